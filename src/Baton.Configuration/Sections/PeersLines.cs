// peers: the section and its lines (manual, "Peers").
using System;
using System.Collections.Generic;
using System.Globalization;
using Baton.Configuration.Catalog;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Directives;
using Baton.Configuration.Lexing;
using Baton.Configuration.Model;
using Baton.Configuration.Values;

namespace Baton.Configuration.Sections;

internal static class PeersLines
{
    /// <summary>The section that the following lines fill.</summary>
    public static PeersConfig Open(ProcessConfig process, List<Word> words, DiagnosticSink diagnostics, SourcePosition at)
    {
        string name = SectionName.Read(words, diagnostics, at);
        SectionName.RejectTwin("peers", name, process.Peers.Find(s => s.Name == name)?.Position, diagnostics, at);
        var section = new PeersConfig { Name = name, Position = at };
        process.Peers.Add(section);
        return section;
    }

    /// <summary>The name of this process among peers: "localpeer", -L, or the machine's.</summary>
    private static string LocalName(DirectiveContext c) =>
        c.Global.LocalPeer ?? Environment.GetEnvironmentVariable("HAPROXY_LOCALPEER") ?? Environment.MachineName;

    private static void Peer(DirectiveContext c) => Add(c, isPeerLine: true);

    private static void Server(DirectiveContext c) => Add(c, isPeerLine: false);

    private static void Add(DirectiveContext c, bool isPeerLine)
    {
        if (!c.Expect(1, int.MaxValue, "<name> and <addr>[:<port>] as arguments") || Mixes(c, peerLine: isPeerLine))
            return;
        string name = c[0];
        if (ServerLine.InvalidNameCharacter(name) is { } bad)
        {
            c.Error($"character '{bad}' is not permitted in peer name '{name}'.", name);
            return;
        }
        PeersConfig section = c.Peers;
        bool isLocal = name == LocalName(c);
        if (isLocal && section.Local is { } local)
        {
            c.Error($"'{c.Keyword} {name}' : local peer name already referenced at {local.Position}.", name);
            return;
        }
        if (section.Peers.Find(p => p.Name == name) is { } other)
        {
            // COMPAT: haproxy takes both, and knows the first alone when it is called
            c.Error($"'{c.Keyword} {name}' has same name as another peer (declared at {other.Position}).", name);
            return;
        }
        // a "server" line of the local peer has no address: its "bind" line has
        bool hasAddress = c.Count > 1 && (isPeerLine || !isLocal);
        ServerConfig server = c.DefaultServer.Clone();
        server.Position = c.Position;
        server.Name = name;
        if (hasAddress)
        {
            if (Address(c, c[1], AddressUse.Server) is not { } address || isLocal && !Listen(c, c[1]))
                return;
            server.Address = address;
        }
        ServerLine.Options(c, server, hasAddress ? 2 : 1);
        Judge(c, server);
        var peer = new PeerConfig
        {
            Name = name,
            Position = c.Position,
            IsLocal = isLocal,
            Server = server,
        };
        section.Peers.Add(peer);
        if (isLocal)
            section.Local = peer;
    }

    /// <summary>An address with a port, or a path.</summary>
    private static AddressConfig? Address(DirectiveContext c, string text, AddressUse use)
    {
        if (c.Address(text, use) is not { } address)
            return null;
        if (address.PortHigh > address.Port)
            c.Error($"'{c.Keyword} {c[0]}' : port range not permitted here in '{text}'.", text);
        else if (
            address.Kind is AddressKind.IPv4 or AddressKind.IPv6 or AddressKind.Name or AddressKind.Any
            && (address.PortKind != PortKind.Absolute || address.Port == 0)
        )
            c.Error($"'{c.Keyword} {c[0]}' : missing port specification in '{text}'.", text);
        else
            return address;
        return null;
    }

    /// <summary>The local peer listens where its line says that it is.</summary>
    private static bool Listen(DirectiveContext c, string text)
    {
        if (c.Address(text, AddressUse.Bind) is not { } address)
            return false;
        (c.Peers.Bind ??= new BindConfig { Position = c.Position }).Addresses.Add(address);
        return true;
    }

    /// <summary>What a server line may say and a peer has no use for.</summary>
    private static void Judge(DirectiveContext c, ServerConfig server)
    {
        if (server.Check.On || server.Resolvers is not null || server.InitAddrMethods.Length > 0)
            c.Warning($"'{c.Keyword} {c[0]}' : init_addr, resolvers, check and agent are ignored for peers.", c[0]);
        const ProxyHeaderOptions versions = ProxyHeaderOptions.V1 | ProxyHeaderOptions.V2;
        if ((server.ProxyHeader & ~versions) != 0 || server.ProxyFields.Length > 0)
            c.Error($"'{c.Keyword} {c[0]}' : a PROXY header between peers tells of no client: it has no extension fields.", c[0]);
    }

    private static bool Mixes(DirectiveContext c, bool peerLine)
    {
        PeersConfig section = c.Peers;
        section.HasPeerLine |= peerLine;
        if (!section.HasBindLine || !section.HasPeerLine)
            return false;
        _ = c.Arguments;
        c.Error("mixing \"peer\" and \"bind\" line is forbidden.", c.Keyword);
        return true;
    }

    private static void Bind(DirectiveContext c)
    {
        if (!c.Expect(1, int.MaxValue, "[<address>]:<port> as argument"))
            return;
        PeersConfig section = c.Peers;
        if (section.HasBindLine)
        {
            _ = c.Arguments;
            c.Error($"one listener for each peers section: another is configured at {section.Bind!.Position}.", "bind");
            return;
        }
        section.HasBindLine = true;
        if (Mixes(c, peerLine: false))
            return;
        BindConfig bind = section.Bind ??= new BindConfig { Position = c.Position };
        foreach (string part in c[0].Split(','))
            if (Address(c, part, AddressUse.Bind) is { } address)
                bind.Addresses.Add(address);
        Options(c, bind, 1);
    }

    private static void DefaultBind(DirectiveContext c) => Options(c, c.Peers.Bind ??= new BindConfig { Position = c.Position }, 0);

    private static void Options(DirectiveContext c, BindConfig bind, int from) => BindLine.Options(c, bind, from, cli: false);

    private static void DefaultServer(DirectiveContext c) => ServerLine.Options(c, c.DefaultServer, 0);

    private static void Table(DirectiveContext c)
    {
        string name = c[0];
        if (name.Length == 0)
        {
            c.Error("'table' expects <name> as argument.", "table");
            return;
        }
        string full = $"{c.Peers.Name}/{name}";
        if (c.Process.StickTables.Find(t => t.Name == full) is { } other)
        {
            _ = c.Arguments;
            c.Error($"stick-table name '{full}' conflicts with table declared at {other.Position}.", name);
            return;
        }
        var table = new StickTableConfig
        {
            Name = full,
            NameInSection = name,
            Position = c.Position,
            Peers = c.Peers.Name,
        };
        if (StickTableLine.Read(c, 1, table, ofPeers: true) is { } read)
            c.Process.StickTables.Add(read);
    }

    private static void Able(DirectiveContext c)
    {
        if (c.Expect(0, 0, "no argument"))
            c.Peers.Disabled = c.Keyword == "disabled";
    }

    private static void Shards(DirectiveContext c)
    {
        if (!c.Expect(1, 1, "a number"))
            return;
        if (int.TryParse(c[0], NumberStyles.None, CultureInfo.InvariantCulture, out int shards) && shards > 0)
            c.Peers.Shards = shards;
        else
            c.Error($"'shards' takes a number from 1 on, got '{c[0]}'.", c[0]);
    }

    internal static readonly DirectiveKeyword[] Keywords =
    [
        new("peer", SectionKinds.Peers, Peer),
        new("server", SectionKinds.Peers, Server),
        new("bind", SectionKinds.Peers, Bind),
        new("default-bind", SectionKinds.Peers, DefaultBind),
        new("default-server", SectionKinds.Peers, DefaultServer),
        new("shards", SectionKinds.Peers, Shards),
        new("table", SectionKinds.Peers, Table),
        new("disabled", SectionKinds.Peers, Able),
        new("enabled", SectionKinds.Peers, Able),
    ];
}
