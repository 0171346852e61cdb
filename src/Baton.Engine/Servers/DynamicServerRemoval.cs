// A server that the process before removed while this one already served: it takes nothing new, and goes as soon as nobody is on it.
using Baton.Core.Timers;
using Baton.Engine.Loop;

namespace Baton.Engine.Servers;

/// <summary>OWNER: the first worker, or whoever reads what was told before that runs.</summary>
internal sealed class DynamicServerRemoval(ServerState server) : TimerNode
{
    private const int PauseMs = 20;

    private readonly Worker _worker = server.Backend.Engine.Workers[0];

    public void Begin()
    {
        if (!server.IsInMaintenance)
            ServerChange.Apply(server, static s => s.Admin = AdminOrders.Maintain(s.Admin));
        TryNow();
    }

    private void TryNow()
    {
        // an operator who lets it in again keeps it
        if (server.IsRemoved || !server.IsInMaintenance || DynamicServers.TryRemove(server))
            return;
        server.Backend.Engine.OnEachWorker(w => server.Pools.Find(w.Index)?.DiscardAll());
        _worker.Post(w => w.Timers.Arm(this, w.NowMs + PauseMs));
    }

    public override void OnTimer(long nowMs) => TryNow();
}
