// Work that is posted to a worker's loop as a delegate.
namespace Baton.Engine.Loop;

/// <summary>A task that runs a delegate; for control paths (runtime API, handover), never for traffic.</summary>
public sealed class DelegateTask(System.Action<Worker> action) : LoopTask
{
    public override void Run(Worker worker) => action(worker);
}
