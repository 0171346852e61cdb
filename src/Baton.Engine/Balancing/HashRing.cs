// The ring of consistent hashes: 16 points per unit of weight of every server, whether it is up or not, so that a server that comes or goes
// changes nothing in it. Points that do not count now are passed over.
using System;
using System.Buffers.Binary;
using Baton.Configuration.Model;
using Baton.Engine.Servers;

namespace Baton.Engine.Balancing;

internal sealed class HashRing(Proxies.BackendState backend) : ServerTables(backend)
{
    /// <summary>As many as a weight has parts, so that a server that starts slowly takes point after point.</summary>
    private const int PointsPerWeight = SlowStart.FullShare;

    /// <summary>Sorted points; whose each is, and which of its points, which decides whether its weight reaches that far.</summary>
    private sealed record Points(uint[] Places, ServerState[] Owners, ushort[] Ranks);

    private Points _points = new([], [], []);

    public int Length => _points.Places.Length;

    /// <summary>The server of a point; null when the point does not count now. Under the gate.</summary>
    public ServerState? At(int index)
    {
        ServerState owner = _points.Owners[index];
        return _points.Ranks[index] < owner.BalancedWeight ? owner : null;
    }

    /// <summary>COMPAT: the nearest point in either direction round the ring, the one before it when both are as near (haproxy 2.6); -1
    /// when there is none.</summary>
    public int Nearest(uint hash)
    {
        uint[] places = _points.Places;
        int at = Array.BinarySearch(places, hash);
        int next = Walk(at >= 0 ? at : ~at, 1);
        if (next < 0 || places[next] == hash)
            return next;
        int previous = Walk((at >= 0 ? at : ~at) - 1, -1);
        return hash - places[previous] <= places[next] - hash ? previous : next;
    }

    /// <summary>The first point from there on that counts.</summary>
    private int Walk(int from, int step)
    {
        int length = Length;
        for (int i = 0; i < length; i++)
        {
            int at = (from + i * step) % length;
            if (at < 0)
                at += length;
            if (At(at) is not null)
                return at;
        }
        return -1;
    }

    /// <summary>Only a weight that has grown, a server that is new or one that is somewhere else needs other points.</summary>
    protected override bool IsStale(ServerState[] usable)
    {
        foreach (ServerState s in usable)
            if (s.EffectiveWeight > s.RingWeight || s.RingPoint != FirstPoint(s))
                return true;
        return false;
    }

    protected override ServerState[] Members(ServerState[] usable) => [.. Backend.Servers];

    protected override int WeightOf(ServerState server)
    {
        server.RingWeight = Math.Max(server.Config.Weight, server.EffectiveWeight);
        server.RingPoint = FirstPoint(server);
        return server.RingWeight;
    }

    protected override long Cost(ServerState[] servers, int[] weights)
    {
        long points = 0;
        foreach (int weight in weights)
            points += weight * PointsPerWeight;
        return points * 16;
    }

    protected override object Make(ServerState[] servers, int[] weights, int unit)
    {
        int total = 0;
        foreach (int weight in weights)
            total += weight * PointsPerWeight;
        var places = new uint[total];
        var order = new (ServerState Owner, ushort Rank)[total];
        int n = 0;
        for (int s = 0; s < servers.Length; s++)
        {
            uint first = servers[s].RingPoint;
            for (int i = 0; i < weights[s] * PointsPerWeight; i++, n++)
                (places[n], order[n]) = (HashFunctions.Avalanche(first + (uint)i), (servers[s], (ushort)i));
        }
        Array.Sort(places, order);
        return new Points(places, Array.ConvertAll(order, static o => o.Owner), Array.ConvertAll(order, static o => o.Rank));
    }

    protected override void Install(object made) => _points = (Points)made;

    /// <summary>hash-key: the same for a server wherever it stands in whichever configuration. What has no address of its own goes by its
    /// id.</summary>
    private static uint FirstPoint(ServerState server)
    {
        if (
            server.Config.HashKey == ServerHashKey.Id
            || server.IsReachedAtClientsDestination
            || server.Endpoint is not { Address: { Length: > 0 } address }
        )
            return (uint)(server.Id * 4096);
        Span<byte> bytes = stackalloc byte[16];
        address.CopyBytes(bytes);
        uint hash = 0;
        for (int i = 0; i < address.Length; i += 4)
            hash = HashFunctions.Avalanche(hash ^ BinaryPrimitives.ReadUInt32BigEndian(bytes[i..]));
        return server.Config.HashKey == ServerHashKey.Address ? hash : HashFunctions.Avalanche(hash ^ address.Port);
    }
}
