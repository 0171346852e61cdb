// balance static-rr: through the table of weights, entry by entry.
using System;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;
using Baton.Engine.Streams;

namespace Baton.Engine.Balancing;

public sealed class StaticRoundRobin(BackendState backend) : Balancer(backend)
{
    private ServerState[] _table = [];
    private int _next;

    public override ServerState? Pick(ProxyStream stream, ServerState? avoid)
    {
        ServerState? avoided = null;
        for (int i = 0; i < _table.Length; i++)
        {
            if (_next >= _table.Length)
                _next = 0;
            ServerState server = _table[_next++];
            if (!server.HasFreeSlot)
                continue;
            if (server != avoid)
                return server;
            avoided = server;
        }
        return avoided;
    }

    protected override void OnServersChanged() => _table = WeightedTable.Create(Backend.Servers, Usable);
}
