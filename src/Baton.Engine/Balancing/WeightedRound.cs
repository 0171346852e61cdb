// The round of a weighted round robin, for the active servers of a backend or for its backups. COMPAT: the same order as
// haproxy's, also when weights and states change in the middle of a round. A round has sixteen places for each unit of all weights
// together, and a server comes up every round/weight places; what the division leaves adds up until it is worth a place.
// A place that nobody is due for goes to the heaviest server that has not begun its round yet.
using System;
using Baton.Engine.Servers;

namespace Baton.Engine.Balancing;

/// <summary>Under the backend's gate.</summary>
internal sealed class WeightedRound
{
    // who has not begun, who comes up again in this round, who is through with it
    private readonly TurnHeap _fresh = new(),
        _due = new();
    private ServerState[] _through = [],
        _aside = [];
    private int _throughCount,
        _asideCount,
        _members;

    // places of the round as it began, and of all weights as they are now
    private int _length,
        _total;
    private int _place;
    private long _stamp;

    /// <summary>The next server that has a free slot and is not <paramref name="avoid"/>; null when there is none.</summary>
    public ServerState? Pick(ServerState? avoid)
    {
        ServerState? chosen = null;
        while (chosen is null && (Next() is { } server || BeginRound() && (server = Next()!) is not null))
        {
            Advance(server);
            _place++;
            // COMPAT: a full one, or the one to avoid, has its turn and lets it pass: it must not catch up all at once later
            if (server != avoid && server.HasFreeSlot)
                chosen = server;
            else
                _aside[_asideCount++] = server;
        }
        if (chosen is not null)
            File(chosen);
        while (_asideCount > 0)
            File(_aside[--_asideCount]);
        return chosen;
    }

    /// <summary>Who is due; else the heaviest that has not begun; else who is due next. Taken out of its heap; null when the round is
    /// over.</summary>
    private ServerState? Next()
    {
        if (_due.Count > 0 && (_fresh.Count == 0 || _due.Peek().Turn.Place <= _place))
            return _due.Pop();
        return _fresh.Count > 0 ? _fresh.Pop() : null;
    }

    /// <summary>COMPAT: a round gets no longer than it was when it began, but it gets shorter.</summary>
    private void Advance(ServerState server)
    {
        ref BalancingTurn turn = ref server.Turn;
        if (turn.IsFresh)
            (turn.Place, turn.IsFresh) = (_place, false);
        turn.LastPlace = turn.Place;
        turn.Place += _total / turn.Weight;
        turn.Remainder += _total % turn.Weight;
        if (turn.Remainder >= turn.Weight)
        {
            turn.Remainder -= turn.Weight;
            turn.Place++;
        }
        Seat(ref turn);
    }

    private void Seat(ref BalancingTurn turn)
    {
        turn.Stamp = ++_stamp;
        turn.IsThrough = turn.Place >= Math.Min(_length, _total);
    }

    private void File(ServerState server)
    {
        if (server.Turn.IsThrough)
            _through[_throughCount++] = server;
        else
            (server.Turn.IsFresh ? _fresh : _due).Push(server);
    }

    /// <summary>Everybody who is through begins anew; false when nobody is.</summary>
    private bool BeginRound()
    {
        if (_throughCount == 0)
            return false;
        _place = 0;
        _length = _total;
        for (int i = 0; i < _asideCount; i++)
            if (_aside[i].Turn.IsThrough)
                Refresh(ref _aside[i].Turn);
        while (_throughCount > 0)
        {
            ServerState server = _through[--_throughCount];
            Refresh(ref server.Turn);
            _fresh.Push(server);
        }
        return true;
    }

    private static void Refresh(ref BalancingTurn turn) => (turn.IsFresh, turn.IsThrough, turn.Place, turn.Remainder) = (true, false, 0, 0);

    /// <summary>Lets the round begin with this server, before anybody has been chosen.</summary>
    public void Begin(ServerState server, int weight)
    {
        Join(server, weight);
        _length = _total;
        server.Turn.IsFresh = true;
        server.Turn.Stamp = ++_stamp;
        _fresh.Push(server);
    }

    /// <summary>Gives a server another weight, 0 for one that is not to be chosen.</summary>
    public void Change(ServerState server, int weight)
    {
        ref BalancingTurn turn = ref server.Turn;
        if (weight == turn.Weight)
            return;
        bool wasIn = turn.Weight > 0;
        if (wasIn)
            Leave(server);
        turn.IsThrough = false;
        if (weight == 0)
        {
            turn.IsFresh = false;
            return;
        }
        Join(server, weight);
        if (turn.IsFresh)
        {
            turn.Stamp = ++_stamp;
            _fresh.Push(server);
            return;
        }
        if (!wasIn)
        {
            // its share of what is left of the round
            turn.Place = _place + (_total - _place) / turn.Weight;
        }
        else
        {
            int step = _total / turn.Weight,
                place = Math.Min(turn.LastPlace + step, turn.Place);
            // COMPAT: one that comes up at once as it is waits a whole step of its new weight
            turn.Place = place < _place + 2 ? _place + step : place;
            turn.Remainder = 0;
        }
        Seat(ref turn);
        File(server);
    }

    private void Join(ServerState server, int weight)
    {
        server.Turn.Weight = weight;
        _total += server.Turn.Weight;
        int room = ++_members;
        _fresh.Reserve(room);
        _due.Reserve(room);
        if (_through.Length >= room)
            return;
        room = Math.Max(room, 2 * _through.Length);
        Array.Resize(ref _through, room);
        Array.Resize(ref _aside, room);
    }

    private void Leave(ServerState server)
    {
        _total -= server.Turn.Weight;
        server.Turn.Weight = 0;
        _members--;
        if (_fresh.Remove(server) || _due.Remove(server))
            return;
        int at = Array.IndexOf(_through, server, 0, _throughCount);
        Array.Copy(_through, at + 1, _through, at, --_throughCount - at);
    }
}
