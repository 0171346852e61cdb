// balance first: fill the server with the lowest id before the next one is used.
using System;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;
using Baton.Engine.Streams;

namespace Baton.Engine.Balancing;

public sealed class FirstAvailable(BackendState backend) : Balancer(backend)
{
    public override ServerState? Pick(ProxyStream stream, ServerState? avoid)
    {
        foreach (ServerState s in Usable)
            if (s.HasFreeSlot && (s != avoid || Usable.Length == 1))
                return s;
        return null;
    }

    protected override void Arrange(ServerState[] usable) => Array.Sort(usable, static (a, b) => a.Id.CompareTo(b.Id));

    protected override void OnServerChanged(ServerState server) { }
}
