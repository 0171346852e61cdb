// balance roundrobin. COMPAT: the same order as haproxy's for the same weights. A round has as many places as all weights
// together, and a server comes up every round/weight places; what the division leaves adds up until it is worth a place.
// A place that nobody is due for goes to the heaviest server that has not begun its round yet. Equal weights need no places.
using Baton.Engine.Proxies;
using Baton.Engine.Servers;
using Baton.Engine.Streams;

namespace Baton.Engine.Balancing;

public sealed class RoundRobin(BackendState backend) : Balancer(backend)
{
    /// <summary>COMPAT: places for each unit of weight.</summary>
    private const int Scale = 16;

    private bool _equal;
    private int _next, _place, _round;
    private long _stamp;

    public override ServerState? Pick(ProxyStream stream, ServerState? avoid)
    {
        ServerState? found = _equal ? PickInTurn(avoid) : PickByPlace(avoid);
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

    private ServerState? PickByPlace(ServerState? avoid)
    {
        ServerState? chosen = Candidate(avoid);
        if (chosen is null)
        {
            BeginRound();
            chosen = Candidate(avoid);
        }
        if (chosen is null) return null;
        Advance(chosen);
        _place++;
        return chosen;
    }

    /// <summary>Who is due; else the heaviest that has not begun; else who is due next. Null when the round is over.</summary>
    private ServerState? Candidate(ServerState? avoid)
    {
        ServerState? due = null, fresh = null;
        foreach (ServerState server in Usable)
        {
            ref BalancingTurn turn = ref server.Turn;
            if (!server.HasFreeSlot)
            {
                // its turn passes: it must not catch up all at once when it is free again
                if (turn.Begun && turn.Place <= _place) Advance(server);
                continue;
            }
            if (server == avoid) continue;
            if (!turn.Begun) { if (fresh is null || Precedes(server, fresh)) fresh = server; }
            else if (turn.Place < _round && (due is null || Precedes(server, due))) due = server;
        }
        return due is not null && due.Turn.Place <= _place ? due : fresh ?? due;
    }

    /// <summary>The earlier place, then the heavier server with the smaller remainder, then who queued first.</summary>
    private static bool Precedes(ServerState a, ServerState b)
    {
        ref BalancingTurn x = ref a.Turn, y = ref b.Turn;
        if (x.Begun && x.Place != y.Place) return x.Place < y.Place;
        int xKey = (x.Remainder - a.EffectiveWeight * Scale) >> 4, yKey = (y.Remainder - b.EffectiveWeight * Scale) >> 4;
        return xKey != yKey ? xKey < yKey : x.Stamp < y.Stamp;
    }

    private void Advance(ServerState server)
    {
        ref BalancingTurn turn = ref server.Turn;
        int weight = server.EffectiveWeight * Scale;
        turn.Place = (turn.Begun ? turn.Place : _place) + _round / weight;
        turn.Remainder += _round % weight;
        if (turn.Remainder >= weight) { turn.Remainder -= weight; turn.Place++; }
        turn.Begun = true;
        turn.Stamp = ++_stamp;
    }

    private void BeginRound()
    {
        _place = 0;
        foreach (ServerState server in Usable) server.Turn.Begun = false;
    }

    protected override void OnServersChanged()
    {
        _equal = true;
        _place = _round = 0;
        foreach (ServerState server in Usable)
        {
            server.Turn = new BalancingTurn { Stamp = ++_stamp };
            _round += server.EffectiveWeight * Scale;
            if (server.EffectiveWeight != Usable[0].EffectiveWeight) _equal = false;
        }
    }
}
