// balance source, uri, url_param, hdr, hash: the same key reaches the same server. The stream computes its key
// (ProxyStream.BalanceHash) while its head is readable; here the hash meets the servers, by a weighted table (map-based)
// or by a ring with 16 points per unit of weight (consistent), which moves few keys when a server comes or goes.
using System;
using Baton.Configuration.Model;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;
using Baton.Engine.Streams;

namespace Baton.Engine.Balancing;

public sealed class HashBalancer : Balancer
{
    /// <summary>One of the two.</summary>
    private readonly HashRing? _ring;
    private readonly MapTables? _map;
    private readonly Balancer _withoutKey;

    public HashBalancer(BackendState backend)
        : base(backend)
    {
        if (backend.Config.HashType.Method == HashMethod.Consistent)
        {
            _ring = new HashRing(backend);
            _withoutKey = new RoundRobin(backend);
        }
        else
        {
            _map = new MapTables(backend);
            _withoutKey = new StaticRoundRobin(backend, _map);
        }
    }

    private protected override ServerTables? Tables => _ring is null ? _map : _ring;

    public override ServerState? Pick(ProxyStream stream, ServerState? avoid)
    {
        if (!stream.HasBalanceHash || Usable.Length == 0)
            return _withoutKey.Pick(stream, avoid);
        uint hash = stream.BalanceHash;
        if (Backend.Config.HashType.Avalanche)
            hash = HashFunctions.Avalanche(hash);
        return _ring is null ? PickFromMap(stream, hash, avoid) : PickFromRing(stream, hash, avoid);
    }

    private ServerState? PickFromMap(ProxyStream stream, uint hash, ServerState? avoid)
    {
        ServerState[] entries = _map!.Entries;
        if (entries.Length == 0)
            return _withoutKey.Pick(stream, avoid);
        ServerState chosen = entries[(int)(hash % (uint)entries.Length)];
        // a full server is named all the same: its keys wait for it. One that has just gone may still be in the table
        bool isElsewhere = chosen == avoid || chosen.BalancedWeight == 0 || !chosen.HasFreeSlot && MayLeave(chosen);
        return isElsewhere ? _withoutKey.Pick(stream, avoid) : chosen;
    }

    private ServerState? PickFromRing(ProxyStream stream, uint hash, ServerState? avoid)
    {
        int at = _ring!.Nearest(hash);
        // one that has just come may not be in the ring yet
        if (at < 0)
            return _withoutKey.Pick(stream, avoid);
        int bound = BoundedLoad();
        for (int i = 0; i < _ring.Length; i++)
        {
            if (_ring.At((at + i) % _ring.Length) is not { } s || s == avoid)
                continue;
            if (s.HasFreeSlot && (bound == 0 || s.Served < bound))
                return s;
            if (bound == 0 && !MayLeave(s))
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

    protected override void OnServerChanged(ServerState server) => _withoutKey.Follow(Usable, server);

    protected override void OnServersChanged() => _withoutKey.Follow(Usable, null);
}
