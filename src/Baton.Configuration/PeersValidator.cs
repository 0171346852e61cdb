// peers sections once the whole configuration has been read: who this process is in them, and which tables they share.
using Baton.Configuration.Catalog;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Model;

namespace Baton.Configuration;

internal static class PeersValidator
{
    /// <summary>COMPAT: a part that there is not is no part, and this process has all of them.</summary>
    private static void Shard(PeersConfig section, PeerConfig peer, DiagnosticSink sink)
    {
        int shard = peer.Server.Shard;
        if (shard > section.Shards && !peer.IsLocal)
            sink.Warning(
                peer.Position,
                $"peers section '{section.Name}': 'shard {shard}' of peer '{peer.Name}' is ignored: there are {section.Shards} ('shards').",
                "shard"
            );
        if (shard > section.Shards || peer.IsLocal)
            peer.Server.Shard = 0;
    }

    public static void Validate(ProcessConfig process, DiagnosticSink sink)
    {
        foreach (StickTableConfig table in process.StickTables)
        {
            if (table.Peers is not { } name || table.Proxy is not { } proxy)
                continue;
            if (process.Peers.Find(p => p.Name == name) is not { } section)
                sink.Error(
                    table.Position,
                    $"Proxy '{proxy.Name}': unable to find sync peers '{name}'.",
                    name,
                    Spelling.Nearest(name, process.Peers.ConvertAll(static p => p.Name))
                );
            else if (section.Peers.Count == 0 && !section.Disabled)
                sink.Error(table.Position, $"Proxy '{proxy.Name}': unable to find local peer in peers section '{name}'.", name);
        }
        foreach (PeersConfig section in process.Peers)
        {
            foreach (PeerConfig peer in section.Peers)
                Shard(section, peer, sink);
            if (section is { Disabled: false, Local.Server.Tls: not { IsOn: true }, Bind.Tls.IsSaid: true })
                sink.Warning(
                    section.Local.Position,
                    $"peers section '{section.Name}' listens with TLS, and its local peer is connected to without: "
                        + "another program that takes over cannot be taught (add 'ssl' to 'default-server').",
                    section.Local.Name
                );
        }
        foreach (PeersConfig section in process.Peers)
            if (section.Local is null && !section.Disabled && section.Name.Length > 0)
                ConfigurationValidator.Whole(
                    sink,
                    Severity.Warning,
                    section.Position,
                    $"peers section '{section.Name}' does nothing: none of its peers is this process ('localpeer', or -L on the command line)."
                );
    }
}
