// The name of a responder that a resolvers section is asked about (httpclient.resolvers.id).
using System;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Loop;
using Baton.Engine.Resolvers;

namespace Baton.Engine.OcspUpdates;

/// <param name="found">Called once, with an address that is not set where the name has none.</param>
internal sealed class ResponderName(Worker worker, string name, AddressKind family, Action<SocketAddress> found)
    : DnsQuestion(worker, name, family)
{
    public override void Run(Worker worker) => found(Address);
}
