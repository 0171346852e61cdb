// balance leastconn: the server with the fewest streams for its weight; among equals the one that has been left alone for
// longest, so that idle servers share.
using Baton.Engine.Proxies;
using Baton.Engine.Servers;
using Baton.Engine.Streams;

namespace Baton.Engine.Balancing;

public sealed class LeastConnections(BackendState backend) : Balancer(backend)
{
    private long _stamp;

    public override ServerState? Pick(ProxyStream stream, ServerState? avoid)
    {
        ServerState? best = null;
        long least = long.MaxValue;
        foreach (ServerState s in Usable)
        {
            if (s == avoid && Usable.Length > 1 || !s.HasFreeSlot)
                continue;
            long load = Load(s);
            if (load > least || load == least && s.Turn.Stamp > best!.Turn.Stamp)
                continue;
            (best, least) = (s, load);
        }
        if (best is not null)
            best.Turn.Stamp = ++_stamp;
        return best;
    }

    /// <summary>COMPAT: a stream that comes and one that goes both send a server behind its equals.</summary>
    public override void Released(ServerState server) => server.Turn.Stamp = ++_stamp;

    /// <summary>COMPAT: idle servers are equal whatever their weights; with one stream more, by weight.</summary>
    private static long Load(ServerState s)
    {
        const long precision = 256 * SlowStart.FullShare;
        int streams = s.Served + s.Queue.Count;
        return streams == 0 ? 0 : (streams + 1) * precision / s.BalancedWeight;
    }

    /// <summary>COMPAT: so does another weight.</summary>
    protected override void OnServerChanged(ServerState server)
    {
        int weight = server.IsUsable ? server.ScaledWeight : 0;
        if (weight != server.Turn.Weight)
            (server.Turn.Weight, server.Turn.Stamp) = (weight, ++_stamp);
    }
}
