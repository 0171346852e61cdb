// balance source, uri, url_param, hdr, hash: the same key reaches the same server. The stream computes its key
// (ProxyStream.BalanceHash) while its head is readable; here the hash meets the servers, by a weighted table (map-based)
// or by a ring with 16 points per unit of weight (consistent), which moves few keys when a server comes or goes.
using System;
using System.Buffers.Binary;
using Baton.Configuration.Model;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;
using Baton.Engine.Streams;

namespace Baton.Engine.Balancing;

public sealed class HashBalancer(BackendState backend) : Balancer(backend)
{
    private const int PointsPerWeight = 16;
    private readonly Balancer _withoutKey =
        backend.Config.HashType.Method == HashMethod.Consistent ? new RoundRobin(backend) : new StaticRoundRobin(backend);
    private ServerState[] _table = [];
    private uint[] _points = [];

    public override ServerState? Pick(ProxyStream stream, ServerState? avoid)
    {
        if (!stream.HasBalanceHash || _table.Length == 0)
            return _withoutKey.Pick(stream, avoid);
        uint hash = stream.BalanceHash;
        if (Backend.Config.HashType.Avalanche)
            hash = HashFunctions.Avalanche(hash);
        bool ring = Backend.Config.HashType.Method == HashMethod.Consistent;
        int at = ring ? NearestPoint(hash) : (int)(hash % (uint)_table.Length);
        ServerState chosen = _table[at];
        // a full server is named all the same: its keys wait for it
        if (!ring)
            return chosen == avoid || !chosen.HasFreeSlot && MayLeave(chosen) ? _withoutKey.Pick(stream, avoid) : chosen;
        int bound = BoundedLoad();
        for (int i = 0; i < _table.Length; i++)
        {
            ServerState s = _table[(at + i) % _table.Length];
            if (s != avoid && s.HasFreeSlot && (bound == 0 || s.Served < bound))
                return s;
            if (bound == 0 && s != avoid && !MayLeave(s))
                return s;
        }
        return null;
    }

    /// <summary>hash-preserve-affinity: a key whose server is full goes elsewhere.</summary>
    private bool MayLeave(ServerState server) =>
        Backend.Config.HashAffinity switch
        {
            HashAffinity.MaxConn => true,
            HashAffinity.MaxQueue => server.Config.MaxQueue > 0 && server.Queue.Count >= server.Config.MaxQueue,
            _ => false,
        };

    /// <summary>hash-balance-factor: no server above this share of the average load, in streams; 0 when off.</summary>
    private int BoundedLoad()
    {
        int factor = Backend.Config.HashBalanceFactor;
        if (factor == 0)
            return 0;
        long served = 1;
        foreach (ServerState s in Usable)
            served += s.Served;
        return (int)Math.Max(1, (served * factor + Usable.Length * 100 - 1) / (Usable.Length * 100L));
    }

    /// <summary>COMPAT: the nearest point in either direction round the ring, the one before it when both are as near (haproxy
    /// 2.6).</summary>
    private int NearestPoint(uint hash)
    {
        int at = Array.BinarySearch(_points, hash);
        if (at >= 0)
            return at;
        int next = ~at == _points.Length ? 0 : ~at,
            previous = (~at == 0 ? _points.Length : ~at) - 1;
        return hash - _points[previous] <= _points[next] - hash ? previous : next;
    }

    protected override void OnServersChanged()
    {
        _withoutKey.Refresh();
        if (Backend.Config.HashType.Method == HashMethod.Consistent)
            BuildRing();
        else
            _table = WeightedTable.Create(Backend.Servers, Usable);
    }

    private void BuildRing()
    {
        int total = 0;
        foreach (ServerState s in Usable)
            total += s.EffectiveWeight * PointsPerWeight;
        _points = new uint[total];
        _table = new ServerState[total];
        int n = 0;
        foreach (ServerState s in Usable)
        {
            uint first = FirstPoint(s);
            for (int i = 0; i < s.EffectiveWeight * PointsPerWeight; i++, n++)
            {
                _points[n] = HashFunctions.Avalanche(first + (uint)i);
                _table[n] = s;
            }
        }
        Array.Sort(_points, _table);
    }

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
