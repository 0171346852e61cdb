namespace Baton.Engine.Loop;

/// <summary>Work posted to a worker from another thread; runs on the worker's own.</summary>
public abstract class LoopTask
{
    internal LoopTask? NextTask;
    public abstract void Run(Worker worker);

    /// <summary>It failed, before or while it ran: give up what it was about.</summary>
    internal virtual void Abandon(Worker worker) { }
}
