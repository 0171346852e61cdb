// "source ADDR:LOW-HIGH": when all ports of the range are taken, an idle connection that nobody waits for gives up its own. It is
// closed with a reset: an orderly close would keep the port for a minute.
using Baton.Engine.Connections;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;

namespace Baton.Engine.Servers;

internal static class SourcePorts
{
    /// <summary>Ports tried for one connection before the range counts as taken.</summary>
    public const int MaxTries = 512;

    /// <summary>How long a stream waits for a port that another worker may free, at a time and altogether at most (ms).</summary>
    public const int WaitMs = 10,
        MaxWaitMs = 1000;

    /// <summary>
    /// Closes the oldest idle connection of this worker that holds a port towards the server's address: one of a pool, or else one
    /// kept for a client that has no request under way. False when there is none.
    /// </summary>
    public static bool FreeOne(Worker worker, SocketEndpoint endpoint)
    {
        foreach (BackendState backend in worker.Engine.Backends)
        {
            foreach (ServerState other in backend.Servers)
            {
                IdlePool pool = other.Pools[worker.Index];
                if (pool.Count == 0 || !LeadsTo(other, endpoint))
                    continue;
                Reset(pool[0]);
                return true;
            }
        }
        ServerConnection? oldest = null;
        for (ClientConnection? c = worker.FirstClient; c is not null; c = c.NextClient)
        {
            if (
                c.Session.PrivateServer is { } kept
                && (oldest is null || c.Session.IdleSinceMs < oldest.Keeper!.IdleSinceMs)
                && LeadsTo(kept.Server, endpoint)
            )
                oldest = kept;
        }
        if (oldest is null)
            return false;
        Reset(oldest);
        return true;
    }

    /// <summary>Asks the other workers to do the same.</summary>
    public static void AskOthers(Worker worker, SocketEndpoint endpoint)
    {
        foreach (Worker other in worker.Engine.Workers)
            if (other != worker)
                other.Post(w => FreeOne(w, endpoint));
    }

    /// <summary>Ports are taken for one address and port of a server at a time.</summary>
    private static bool LeadsTo(ServerState server, SocketEndpoint endpoint) =>
        server.Endpoint is { } own
        && (own == endpoint || own.Address.Equals(endpoint.Address))
        && SourceBinding.Ports(SourceOf(server)) > 0;

    public static Configuration.Model.SourceConfig? SourceOf(ServerState server) => server.Config.Source ?? server.Backend.Config.Source;

    private static void Reset(ServerConnection idle)
    {
        idle.AbortOnClose();
        idle.Discard();
    }
}
