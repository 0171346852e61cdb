// balance first: fill the server with the lowest id before the next one is used.
using System;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;
using Baton.Engine.Streams;

namespace Baton.Engine.Balancing;

public sealed class FirstAvailable(BackendState backend) : Balancer(backend)
{
    private ServerState[] _byId = [];

    public override ServerState? Pick(ProxyStream stream, ServerState? avoid)
    {
        foreach (ServerState s in _byId)
            if (s.HasFreeSlot && (s != avoid || _byId.Length == 1))
                return s;
        return null;
    }

    protected override void OnServersChanged()
    {
        _byId = (ServerState[])Usable.Clone();
        Array.Sort(_byId, static (a, b) => a.Id.CompareTo(b.Id));
    }
}
