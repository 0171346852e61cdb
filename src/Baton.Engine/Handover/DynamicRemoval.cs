// What the process before removed while this one already served: it takes nothing new, and goes as soon as nobody is on it.
using System;
using Baton.Core.Timers;
using Baton.Engine.Build;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;

namespace Baton.Engine.Handover;

/// <summary>A server, or a backend without one. OWNER: the first worker, or whoever reads what was told before that runs.</summary>
internal sealed class DynamicRemoval : TimerNode
{
    private const int PauseMs = 20;

    private readonly BackendState _backend;
    private readonly ServerState? _server;
    private readonly Action? _then;

    private DynamicRemoval(BackendState backend, ServerState? server, Action? then) => (_backend, _server, _then) = (backend, server, then);

    /// <param name="then">What is to be done when it is gone, by whichever removal.</param>
    public static void Begin(ServerState server, Action? then = null)
    {
        if (!server.IsInMaintenance)
            ServerChange.Apply(server, static s => s.Admin = AdminOrders.Maintain(s.Admin));
        new DynamicRemoval(server.Backend, server, then).TryNow();
    }

    public static void Begin(BackendState backend)
    {
        backend.IsPublished = false;
        new DynamicRemoval(backend, null, null).TryNow();
    }

    private void TryNow()
    {
        if (_server is { } server ? IsDone(server) : IsDone(_backend))
        {
            if (_server is { IsRemoved: true })
                _then?.Invoke();
            return;
        }
        Worker first = _backend.Engine.Workers[0];
        first.Post(w => w.Timers.Arm(this, w.NowMs + PauseMs));
    }

    /// <summary>An operator who wants it after all keeps it.</summary>
    private static bool IsDone(ServerState server)
    {
        if (server.IsRemoved || !server.IsInMaintenance || DynamicServers.TryRemove(server))
            return true;
        server.Backend.Engine.OnEachWorker(w => server.Pools.Find(w.Index)?.DiscardAll());
        return false;
    }

    private static bool IsDone(BackendState backend) =>
        backend.IsRemoved || backend.IsPublished || DynamicBackends.TryRemove(backend) is null;

    public override void OnTimer(long nowMs) => TryNow();
}
