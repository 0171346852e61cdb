// "strict-maxconn": room for one more connection to a server. Who has a slot finds an idle connection when there is none: no more are in
// use than there are other slots. It may be any worker's, and any client's.
using Baton.Engine.Connections;
using Baton.Engine.Loop;

namespace Baton.Engine.Servers;

/// <summary>On the worker of the stream that wants it.</summary>
internal static class ConnectionRoom
{
    /// <summary>Milliseconds until one looks again after another worker was asked to close an idle connection.</summary>
    public const int WaitMs = 2;

    /// <summary>Room that is taken now; false when another worker was asked for some, or all are in use for a moment more.</summary>
    public static bool TryTake(Worker worker, ServerState server)
    {
        while (!server.OpenConnections!.TryTake(LimitOf(server)))
        {
            if (DropIdle(worker, server))
                continue;
            AskOthers(worker, server);
            return false;
        }
        return true;
    }

    /// <summary>What processes before this one hold counts too.</summary>
    internal static int LimitOf(ServerState server) => server.MaxConn == 0 ? int.MaxValue : server.MaxConn - server.HeldElsewhere;

    private static bool DropIdle(Worker worker, ServerState server)
    {
        if (server.Pools.Find(worker.Index) is not { } pool || pool.Oldest is not { } idle)
            return false;
        idle.Discard();
        return true;
    }

    private static void AskOthers(Worker worker, ServerState server)
    {
        foreach (Worker other in worker.Engine.Workers)
            if (other != worker && server.Pools.Find(other.Index) is { HasIdle: true })
            {
                other.Post(new Request(server));
                return;
            }
    }

    private sealed class Request(ServerState server) : LoopTask
    {
        public override void Run(Worker worker)
        {
            if (server.OpenConnections!.Count >= LimitOf(server))
                DropIdle(worker, server);
        }
    }
}
