// balance static-rr: through the table of weights, entry by entry.
using Baton.Engine.Proxies;
using Baton.Engine.Servers;
using Baton.Engine.Streams;

namespace Baton.Engine.Balancing;

public sealed class StaticRoundRobin : Balancer
{
    private readonly MapTables _map;
    private readonly bool _isOwner;
    private int _next;

    public StaticRoundRobin(BackendState backend)
        : base(backend) => (_map, _isOwner) = (new MapTables(backend), true);

    /// <summary>With a table that somebody else keeps.</summary>
    internal StaticRoundRobin(BackendState backend, MapTables map)
        : base(backend) => _map = map;

    private protected override ServerTables? Tables => _isOwner ? _map : null;

    public override ServerState? Pick(ProxyStream stream, ServerState? avoid)
    {
        ServerState? avoided = null;
        ServerState[] table = _map.Entries;
        for (int i = 0; i < table.Length; i++)
        {
            if (_next >= table.Length)
                _next = 0;
            ServerState server = table[_next++];
            // one that has just gone may still be in the table
            if (!server.HasFreeSlot || server.BalancedWeight == 0)
                continue;
            if (server != avoid)
                return server;
            avoided = server;
        }
        return avoided ?? PickNewcomer(avoid);
    }

    /// <summary>The table may not know yet who has just come.</summary>
    private ServerState? PickNewcomer(ServerState? avoid)
    {
        foreach (ServerState server in Usable)
            if (server.HasFreeSlot && server != avoid)
                return server;
        return null;
    }

    protected override void OnServerChanged(ServerState server) { }
}
