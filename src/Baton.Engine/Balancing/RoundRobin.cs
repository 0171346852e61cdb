// balance roundrobin and static-rr: smooth weighted round robin. Each server's credit grows by its weight at every turn,
// the richest is taken and pays the total, which spreads a heavy server's turns evenly. Equal weights need no credits.
using Baton.Engine.Proxies;
using Baton.Engine.Servers;
using Baton.Engine.Streams;

namespace Baton.Engine.Balancing;

public sealed class RoundRobin(BackendState backend) : Balancer(backend)
{
    private bool _equal;
    private int _next;

    public override ServerState? Pick(ProxyStream stream, ServerState? avoid)
    {
        ServerState? found = _equal ? PickInTurn(avoid) : PickByCredit(avoid);
        if (found is null && avoid is { HasFreeSlot: true } && System.Array.IndexOf(Usable, avoid) >= 0) found = avoid;
        return found;
    }

    private ServerState? PickInTurn(ServerState? avoid)
    {
        for (int i = 0; i < Usable.Length; i++)
        {
            if (_next >= Usable.Length) _next = 0;
            ServerState server = Usable[_next++];
            if (server != avoid && server.HasFreeSlot) return server;
        }
        return null;
    }

    private ServerState? PickByCredit(ServerState? avoid)
    {
        ServerState? best = null;
        int total = 0;
        foreach (ServerState server in Usable)
        {
            if (server == avoid || !server.HasFreeSlot) continue;
            server.BalancingCredit += server.EffectiveWeight;
            total += server.EffectiveWeight;
            if (best is null || server.BalancingCredit > best.BalancingCredit) best = server;
        }
        if (best is not null) best.BalancingCredit -= total;
        return best;
    }

    protected override void OnServersChanged()
    {
        _equal = true;
        foreach (ServerState server in Usable)
        {
            server.BalancingCredit = 0;
            if (server.EffectiveWeight != Usable[0].EffectiveWeight) _equal = false;
        }
    }
}
