// balance leastconn: the server with the fewest streams for its weight; among equals in turn, so that idle servers share.
using Baton.Engine.Proxies;
using Baton.Engine.Servers;
using Baton.Engine.Streams;

namespace Baton.Engine.Balancing;

public sealed class LeastConnections(BackendState backend) : Balancer(backend)
{
    private int _turn;

    public override ServerState? Pick(ProxyStream stream, ServerState? avoid)
    {
        ServerState? best = null;
        long least = long.MaxValue;
        int bestAt = 0, n = Usable.Length;
        for (int i = 0; i < n; i++)
        {
            int at = (_turn + i) % n;
            ServerState s = Usable[at];
            if (s == avoid && n > 1 || !s.HasFreeSlot) continue;
            long load = Load(s);
            if (load >= least) continue;
            (best, least) = (s, load);
            bestAt = at;
        }
        if (best is not null) _turn = (bestAt + 1) % n;
        return best;
    }

    /// <summary>COMPAT: idle servers are equal whatever their weights; with one stream more, by weight.</summary>
    private static long Load(ServerState s)
    {
        const long precision = 256;
        int streams = s.Served + s.Queue.Count;
        return streams == 0 ? 0 : (streams + 1) * precision / s.EffectiveWeight;
    }

    protected override void OnServersChanged() => _turn = 0;
}
