// balance random(N): the least loaded of N servers drawn by weight (default 2, "power of two choices").
using System;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;
using Baton.Engine.Streams;

namespace Baton.Engine.Balancing;

public sealed class RandomDraws(BackendState backend, int draws, Random random) : Balancer(backend)
{
    private int _totalWeight;

    public override ServerState? Pick(ProxyStream stream, ServerState? avoid)
    {
        if (Usable.Length == 0)
            return null;
        ServerState? best = null;
        for (int i = 0; i < draws; i++)
        {
            ServerState s = Draw();
            if (s == avoid && Usable.Length > 1 || !s.HasFreeSlot)
                continue;
            if (best is null || (long)s.Served * best.BalancedWeight < (long)best.Served * s.BalancedWeight)
                best = s;
        }
        if (best is not null)
            return best;
        // the draws were unlucky: any free one
        foreach (ServerState s in Usable)
            if (s != avoid && s.HasFreeSlot)
                return s;
        return null;
    }

    private ServerState Draw()
    {
        int at = random.Next(_totalWeight);
        foreach (ServerState s in Usable)
        {
            at -= s.BalancedWeight;
            if (at < 0)
                return s;
        }
        return Usable[^1];
    }

    protected override void OnServersChanged()
    {
        _totalWeight = 0;
        foreach (ServerState s in Usable)
            _totalWeight += s.BalancedWeight;
    }

    protected override void OnServerChanged(ServerState server) => OnServersChanged();
}
