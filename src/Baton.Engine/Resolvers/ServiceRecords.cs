// Servers that stand for the records of a service (SRV): each record gets a server of the template, and each server a record.
using System;
using System.Collections.Generic;
using Baton.Configuration.Model;
using Baton.Engine.Servers;

namespace Baton.Engine.Resolvers;

/// <summary>OWNER: the first worker, under the section's gate. One for each service and backend.</summary>
internal sealed class ServiceRecords(ResolversState owner) : DnsRequester
{
    private readonly List<ServerAddress> _servers = [];

    public void Add(ServerAddress server) => _servers.Add(server);

    public override void OnValid(Resolution resolution, string by)
    {
        foreach (ServerAddress server in _servers)
            if (server.Service is { } record && Find(resolution, record) is null)
                Release(server, "entry removed from SRV record");
        foreach (Resolution.Item item in resolution.Items)
        {
            ServerAddress? server = _servers.Find(s => s.Service is { } r && IsSame(r, item.Record));
            server ??= _servers.Find(static s => s.Service is null);
            // more records than servers: those behind it may have theirs already
            if (server is null)
                continue;
            bool isNew = server.Service is null;
            server.Service = item.Record;
            SetWeight(server.Server, item.Record.Weight);
            if (isNew)
                Assign(resolution, server, item.Record, by);
        }
    }

    private static bool IsSame(in DnsRecord a, in DnsRecord b) => a.Target == b.Target && a.Port == b.Port;

    private static DnsRecord? Find(Resolution resolution, in DnsRecord record)
    {
        foreach (Resolution.Item item in resolution.Items)
            if (IsSame(item.Record, record))
                return item.Record;
        return null;
    }

    /// <summary>The server takes the record's name, and its address at once where that came along.</summary>
    private void Assign(Resolution resolution, ServerAddress server, in DnsRecord record, string by)
    {
        string target = record.Target;
        server.Server.Fqdn = target;
        int at = resolution.Extra.FindIndex(e => e.Name == target);
        if (at >= 0)
            ServerAddressing.Give(server.Server, resolution.Extra[at].Address, record.Port, by);
        if (DnsMessage.IsName(target))
            server.Follow(owner.Find(target, ResolversState.TypeFor(server.Server)));
    }

    /// <summary>COMPAT: 0..65535 becomes 1..256.</summary>
    private static void SetWeight(ServerState server, int weight)
    {
        if ((server.Config.ResolveOptions & ResolveOptions.IgnoreWeight) != 0)
            return;
        int own = Math.Min(256, weight / 256 + 1);
        if (server.Weight != own)
            ServerChange.Apply(server, s => s.Weight = own);
    }

    private static void Release(ServerAddress server, string reason)
    {
        server.Service = null;
        server.Follow(null);
        server.Server.Fqdn = null;
        ServerAddressing.TakeAway(server.Server, reason, forget: true);
    }

    public override void OnFailure(Resolution resolution, DnsStatus status)
    {
        foreach (ServerAddress server in _servers)
            if (server.Service is not null)
                Release(server, ServerAddress.Reason(status));
    }
}
