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
        int bestAt = 0, n = Usable.Length;
        for (int i = 0; i < n; i++)
        {
            int at = (_turn + i) % n;
            ServerState s = Usable[at];
            if (s == avoid && n > 1 || !s.HasFreeSlot) continue;
            if (best is not null && (long)(s.Served + 1) * best.EffectiveWeight >= (long)(best.Served + 1) * s.EffectiveWeight) continue;
            best = s;
            bestAt = at;
        }
        if (best is not null) _turn = (bestAt + 1) % n;
        return best;
    }

    protected override void OnServersChanged() => _turn = 0;
}
