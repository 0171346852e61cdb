// The one way in which a server's state changes while the process runs, whoever wants it: a check, an operator. What follows from it
// follows here: the balancer, the queues, streams that are ended, times and counts of the server and its backend, and what is said.
using System;
using Baton.Configuration.Model;

namespace Baton.Engine.Servers;

public static class ServerChange
{
    /// <param name="change">Sets what is new.</param>
    /// <param name="why">What the log says behind "is DOWN": ", reason: ..." or ", changed from CLI".</param>
    /// <param name="maintenance">What the log says in brackets of a server that goes into maintenance; empty for nothing.</param>
    public static void Apply(ServerState server, Action<ServerState> change, string why = ", changed from CLI", string maintenance = "")
    {
        Proxies.BackendState backend = server.Backend;
        ServerNotices notices;
        bool goesDown,
            comesUp,
            isChanged,
            wasUp;
        lock (backend.StateLock)
        {
            // who found it before it was removed comes too late: the balancer would take it in again
            if (server.IsRemoved)
                return;
            using (backend.Gate.Enter())
            {
                wasUp = backend.IsUp;
                bool wasOut = server.IsInMaintenance,
                    ran = !wasOut && !server.IsDown;
                notices = new ServerNotices(server, why, maintenance);
                (AdminState Admin, ServerOperation Operation) before = (server.Admin, server.Operation);
                change(server);
                if (wasOut != server.IsInMaintenance)
                    CrossMaintenance(server);
                SlowStart.Begin(server, !wasOut && before.Operation == ServerOperation.Running);
                bool runs = !server.IsInMaintenance && !server.IsDown;
                (goesDown, comesUp) = (ran && !runs, !ran && runs);
                isChanged = before != (server.Admin, server.Operation);
                // COMPAT: who was down and goes into maintenance has been out since then
                if (isChanged && (ran || runs))
                    server.NoteChange(ran, runs);
                if (isChanged)
                    SlowStart.Adjust(server);
            }
            backend.Balancer.Change(server);
            if (wasUp != backend.IsUp)
                backend.NoteChange(wasUp);
        }
        int requeued = 0;
        if (goesDown)
        {
            if (server.Config.Check.EndsSessionsWhenDown)
                Proxies.ServerSessions.End(server, Streams.TerminationCause.Down);
            requeued = server.Requeue();
        }
        else if (comesUp && server is { Config: { Backup: false, Check.EndsBackupSessionsWhenUp: true }, EffectiveWeight: > 0 })
            foreach (ServerState other in backend.Servers)
                if (other.Config.Backup)
                    Proxies.ServerSessions.End(other, Streams.TerminationCause.Up);
        notices.Announce(requeued);
        foreach (ServerState s in backend.Servers)
            s.ServeQueue(null);
        if (isChanged)
            Tracking.Follow(server);
    }

    /// <summary>COMPAT: who leaves maintenance is up, whatever checks said of it before, and one bad check from being down; what an
    /// agent said stands; who follows another server is as that one is.</summary>
    private static void CrossMaintenance(ServerState server)
    {
        if (server.IsInMaintenance)
        {
            if (server.Check is { } ended)
                ended.Health.Points = 0;
            return;
        }
        server.Operation =
            server.Tracked is { } tracked ? Tracking.OperationFrom(tracked)
            : server.IsDownByAgent || server.Config.Check.BeginsDown ? ServerOperation.Stopped
            : ServerOperation.Running;
        if (server.Check is { } check)
            check.BeginAnew();
    }
}
