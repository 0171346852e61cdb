// "server NAME ADDRESS [options]" and "default-server [options]".
using System;
using System.Collections.Generic;
using System.Globalization;
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Model;
using Baton.Configuration.Values;

namespace Baton.Configuration.Sections;

internal static class ServerLine
{
    internal delegate string? OptionParser(ServerConfig server, string value);

    internal sealed record Option(string Name, bool TakesValue, OptionParser Parse);

    private static void Server(DirectiveContext c)
    {
        if (Read(c) is { } server)
            c.Proxy.Servers.Add(server);
    }

    /// <summary>NAME ADDRESS [options]; null when name or address are wrong, complaints are with the context.</summary>
    internal static ServerConfig? Read(DirectiveContext c)
    {
        if (c.Count < 2)
        {
            c.Error("'server' expects <name> and <addr>[:<port>] as arguments.", "server");
            return null;
        }
        if (InvalidNameCharacter(c[0]) is { } bad)
        {
            c.Error($"character '{bad}' is not permitted in server name '{c[0]}'.", c[0]);
            return null;
        }
        AddressConfig? address = c.Address(c[1], AddressUse.Server);
        if (address is null)
            return null;
        ServerConfig server = c.DefaultServer.Clone();
        server.Position = c.Position;
        server.Name = c[0];
        server.Address = address;
        Options(c, server, 2);
        if (server.Shard > 0)
            c.Warning($"'server {c[0]}' : 'shard' is about peers and changes nothing here.", "shard");
        if (c.Proxy.Servers is [.., var before])
            server.ShareWith(before);
        return server;
    }

    /// <summary>server-template PREFIX N|FROM-TO ADDR [options]: so many servers that differ in their names alone.</summary>
    private static void Template(DirectiveContext c)
    {
        if (c.Count < 3)
        {
            c.Error("'server-template' expects <prefix> <nb | range> <addr>[:<port>] as arguments.", "server-template");
            return;
        }
        if (InvalidNameCharacter(c[0]) is { } bad)
        {
            c.Error($"character '{bad}' is not permitted in server-template prefix '{c[0]}'.", c[0]);
            return;
        }
        int dash = c[1].IndexOf('-');
        string from = dash < 0 ? "1" : c[1][..dash],
            to = dash < 0 ? c[1] : c[1][(dash + 1)..];
        if (
            !int.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out int low)
            || !int.TryParse(to, NumberStyles.None, CultureInfo.InvariantCulture, out int high)
            || low < 1
            || high < low
            || high - low >= MaxTemplate
        )
        {
            c.Error($"wrong number of servers or range '{c[1]}' for 'server-template'.", c[1]);
            return;
        }
        AddressConfig? address = c.Address(c[2], AddressUse.Server);
        if (address is null)
            return;
        ServerConfig model = c.DefaultServer.Clone();
        model.Position = c.Position;
        model.Address = address;
        Options(c, model, 3);
        for (int i = low; i <= high; i++)
        {
            ServerConfig server = model.Clone();
            server.ShareWith(model);
            server.Name = c[0] + i.ToString(CultureInfo.InvariantCulture);
            c.Proxy.Servers.Add(server);
        }
    }

    /// <summary>Servers that one template line may make.</summary>
    private const int MaxTemplate = 65536;

    private static void Default(DirectiveContext c) => Options(c, c.DefaultServer, 0);

    internal static char? InvalidNameCharacter(string name)
    {
        foreach (char ch in name)
            if (!char.IsAsciiLetterOrDigit(ch) && ch is not ('.' or ':' or '_' or '-'))
                return ch;
        return null;
    }

    internal static void Options(DirectiveContext c, ServerConfig server, int from)
    {
        string who = from > 0 ? $"'server {c[0]}'" : "'default-server'";
        for (int i = from; i < c.Count; i++)
        {
            string word = c[i];
            if (word is "source" or "usesrc")
            {
                if (!Source(c, server, ref i))
                    return;
                continue;
            }
            if (ProxyFieldOption.IsMeant(word))
            {
                if (!ProxyFieldOption.Read(c, server, who, ref i))
                    return;
                continue;
            }
            if (word is TlsServerOptions.ServerName or TlsServerOptions.PoolName)
            {
                if (!TlsServerOptions.ReadServerName(c, server, who, ref i))
                    return;
                continue;
            }
            if (TlsServerOptions.ReadAutomaticName(c, server, word))
                continue;
            if (TlsServerOptions.Find(word) is { } tls)
            {
                if (!TlsServerOptions.Read(c, server, tls, who, ref i))
                    return;
                continue;
            }
            if (!Table.TryGetValue(word, out Option? option))
            {
                KeywordVerdict verdict = KeywordVerdict.Of(KeywordFamily.ServerOption, "keyword", word);
                if (verdict.IsError)
                    c.Error($"{who} : {verdict.Message}.", word);
                else
                    c.Diagnostics.Notice(c.Position, $"{who} : {verdict.Message}.");
                // a word nobody knows may or may not have had an argument: the rest of the line cannot be judged
                if (KeywordCatalog.Find(KeywordFamily.ServerOption, word) is not { } known)
                    return;
                if (known.Arguments.Length > 0 && !(known.Arguments[0] == '[' && known.Arguments[^1] == ']'))
                    _ = c[++i];
                continue;
            }
            string value = "";
            if (option.TakesValue)
            {
                if (i + 1 >= c.Count)
                {
                    c.Error($"{who} : '{word}' expects an argument.", word);
                    return;
                }
                value = c[++i];
            }
            if (option.Parse(server, value) is { } error)
                c.Error($"{who} : '{word}' : {error}.", word);
        }
    }

    private static bool Source(DirectiveContext c, ServerConfig server, ref int i)
    {
        SourceConfig? source = SourceArguments(c, ref i);
        if (source is null)
            return false;
        server.Source = source;
        return true;
    }

    /// <summary>ADDR[:PORT[-PORT]] [usesrc X] [interface IF] from the word after <paramref name="i"/>; leaves i at the last word
    /// used.</summary>
    internal static SourceConfig? SourceArguments(DirectiveContext c, ref int i)
    {
        if (i + 1 >= c.Count)
        {
            c.Error($"'{c.Keyword}' : 'source' expects <addr>[:<port>[-<port>]] as argument.", "source");
            return null;
        }
        AddressConfig? address = c.Address(c[++i], AddressUse.Source);
        if (address is null)
            return null;
        var source = new SourceConfig { Address = address };
        while (i + 2 < c.Count && c[i + 1] is "usesrc" or "interface")
        {
            bool foreign = c[i + 1] == "usesrc";
            i += 2;
            if (!foreign)
                source = source with { Interface = c[i] };
            else if (Foreign(c, source, c[i]) is { } used)
                source = used;
            else
                return null;
        }
        return source;
    }

    private static SourceConfig? Foreign(DirectiveContext c, SourceConfig source, string word)
    {
        if (word is "client" or "clientip")
            return source with { UseSource = word == "client" ? ForeignSource.Client : ForeignSource.ClientIp };
        if (word.StartsWith("hdr_ip(", StringComparison.Ordinal))
        {
            c.Error($"'{c.Keyword}' : 'usesrc hdr_ip' : known HAProxy keyword, not supported by Baton yet", word);
            return null;
        }
        if (c.Address(word, AddressUse.Source) is not { } address)
            return null;
        if (address.Kind is AddressKind.IPv4 or AddressKind.IPv6)
            return source with { UseSource = ForeignSource.Address, ForeignAddress = address };
        c.Error($"'{c.Keyword}' : 'usesrc' expects 'client', 'clientip' or an address, got '{word}'.", word);
        return null;
    }

    private static string? Integer(string text, int min, int max, Action<int> set)
    {
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int v) || v < min || v > max)
            return $"expects an integer between {min} and {max}, got '{text}'";
        set(v);
        return null;
    }

    private static string? Time(string text, Action<int> set)
    {
        string? error = UnitParser.Time(text, TimeUnit.Millisecond, out long ms);
        if (error is null)
            set((int)Math.Min(ms, int.MaxValue));
        return error;
    }

    private static string? HashKey(ServerConfig s, string v)
    {
        if (v is "id32" or "guid")
            return $"hash key '{v}' is known but not supported by Baton yet";
        if (v is not ("id" or "addr" or "addr-port"))
            return $"expects 'id', 'addr' or 'addr-port', got '{v}'";
        s.HashKey = v switch
        {
            "id" => ServerHashKey.Id,
            "addr" => ServerHashKey.Address,
            _ => ServerHashKey.AddressAndPort,
        };
        return null;
    }

    private static string? InitAddr(ServerConfig s, string v)
    {
        s.InitAddrMethods = v.Split(',', StringSplitOptions.RemoveEmptyEntries);
        foreach (string m in s.InitAddrMethods)
            if (m is not ("last" or "libc" or "none") && AddressParser.Ip(m) is null)
                return $"unknown init-addr address or method '{m}'{Spelling.Hint(m, "last", "libc", "none")}";
        return null;
    }

    private static readonly string[] s_headerOptions =
    [
        "crc32c",
        "unique-id",
        "authority",
        "ssl",
        "cert-cn",
        "cert-key",
        "cert-sig",
        "ssl-cipher",
    ];

    private static string? V2Options(ServerConfig s, string v)
    {
        foreach (string word in v.Split(','))
        {
            ProxyHeaderOptions flag = word switch
            {
                "crc32c" => ProxyHeaderOptions.Crc32C,
                "unique-id" => ProxyHeaderOptions.UniqueId,
                "authority" => ProxyHeaderOptions.Authority,
                "ssl" => ProxyHeaderOptions.Ssl,
                "cert-cn" => ProxyHeaderOptions.CertCn,
                "cert-key" => ProxyHeaderOptions.CertKey,
                "cert-sig" => ProxyHeaderOptions.CertSig,
                "ssl-cipher" => ProxyHeaderOptions.SslCipher,
                _ => ProxyHeaderOptions.None,
            };
            if (flag == ProxyHeaderOptions.None)
                return $"unknown option '{word}'{Spelling.Hint(word, s_headerOptions)}";
            s.ProxyHeader |= flag;
        }
        return null;
    }

    private static string? Socks4(ServerConfig s, string v)
    {
        if (AddressParser.Parse(v, AddressUse.Server, out string error) is not { } address)
            return error;
        if (address is not { Kind: AddressKind.IPv4, PortKind: PortKind.Absolute })
            return $"expects an IPv4 address and a port, got '{v}'";
        s.Socks4 = address;
        return null;
    }

    private static string? ResolveOpts(ServerConfig s, string v)
    {
        foreach (string word in v.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            switch (word)
            {
                case "allow-dup-ip":
                    s.ResolveOptions |= ResolveOptions.AllowDuplicates;
                    break;
                case "prevent-dup-ip":
                    s.ResolveOptions &= ~ResolveOptions.AllowDuplicates;
                    break;
                case "ignore-weight":
                    s.ResolveOptions |= ResolveOptions.IgnoreWeight;
                    break;
                default:
                    return $"unknown resolve-opts option '{word}', supported methods are 'allow-dup-ip', 'ignore-weight', and 'prevent-dup-ip'";
            }
        }
        return null;
    }

    private static string? ResolveNet(ServerConfig s, string v)
    {
        var networks = new List<(byte[], int)>();
        foreach (string text in v.Split(','))
        {
            int slash = text.IndexOf('/');
            byte[]? ip = AddressParser.Ip(slash < 0 ? text : text[..slash]);
            int prefix = ip is null ? 0 : ip.Length * 8;
            if (
                ip is null
                || slash >= 0 && !(int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out prefix))
                || prefix > ip.Length * 8
            )
                return $"invalid network '{text}'";
            networks.Add((ip, prefix));
        }
        s.ResolveNetworks = [.. networks];
        return null;
    }

    private static string? Proto(ServerConfig s, string v)
    {
        if (v is "h1" or "h2" or "none")
        {
            s.Proto = v;
            return null;
        }
        return v is "fcgi" or "spop" ? $"MUX protocol '{v}' is known but not supported by Baton yet" : $"unknown MUX protocol '{v}'";
    }

    private static string? WebSockets(ServerConfig s, string v)
    {
        if (v is not ("auto" or "h1" or "h2"))
            return $"has to be 'auto', 'h1' or 'h2' (got '{v}')";
        s.WebSockets = v switch
        {
            "h1" => WebSocketProtocol.Http1,
            "h2" => WebSocketProtocol.Http2,
            _ => WebSocketProtocol.Auto,
        };
        return null;
    }

    private static Option Flag(string name, Action<ServerConfig> set) => new(name, false, (s, _) =>
        {
            set(s);
            return null;
        });

    private static Option[] Both(string name, ProxyHeaderOptions options) =>
        [Flag(name, s => s.ProxyHeader |= options), Flag("no-" + name, s => s.ProxyHeader &= ~options)];

    internal static readonly Option[] OptionRows =
    [
        Flag("backup", s => s.Backup = true),
        Flag("no-backup", s => s.Backup = false),
        Flag("non-stick", s => s.NonStick = true),
        Flag("stick", s => s.NonStick = false),
        new("cookie", true, (s, v) =>
        {
            s.Cookie = v;
            return null;
        }),
        Flag("disabled", s => s.Disabled = true),
        Flag("enabled", s => s.Disabled = false),
        new("hash-key", true, HashKey),
        new("id", true, (s, v) => Integer(v, 1, int.MaxValue, n => s.Id = n)),
        new("guid", true, (s, v) =>
        {
            s.Guid = v;
            return GuidLines.Fault(v);
        }),
        new("idle-ping", true, (s, v) => Time(v, n => s.IdlePingMs = n)),
        new("init-addr", true, InitAddr),
        new("maxconn", true, (s, v) => Integer(v, 0, int.MaxValue, n => s.MaxConn = n)),
        new("maxqueue", true, (s, v) => Integer(v, 0, int.MaxValue, n => s.MaxQueue = n)),
        new("max-reuse", true, (s, v) => Integer(v, -1, int.MaxValue, n => s.MaxReuse = n)),
        new("minconn", true, (s, v) => Integer(v, 0, int.MaxValue, n => s.MinConn = n)),
        new("namespace", true, (s, v) =>
        {
            s.Namespace = v;
            return v == "*" ? "the namespace of the PROXY header ('*') is known but not supported by Baton yet" : BindLine.Namespace(v);
        }),
        new("pool-low-conn", true, (s, v) => Integer(v, 0, int.MaxValue, n => s.PoolLowConn = n)),
        new("pool-max-conn", true, (s, v) => Integer(v, -1, int.MaxValue, n => s.PoolMaxConn = n)),
        new("pool-purge-delay", true, (s, v) => Time(v, n => s.PoolPurgeDelayMs = n)),
        new("proto", true, Proto),
        new("proxy-v2-options", true, V2Options),
        new("redir", true, (s, v) =>
        {
            s.Redir = v;
            return null;
        }),
        new("resolvers", true, (s, v) =>
        {
            s.Resolvers = v;
            return null;
        }),
        new("resolve-opts", true, ResolveOpts),
        new("resolve-net", true, ResolveNet),
        new("resolve-prefer", true, (s, v) =>
        {
            if (v is not ("ipv4" or "ipv6"))
                return "expects 'ipv4' or 'ipv6'";
            s.ResolvePrefer = v == "ipv4" ? AddressKind.IPv4 : AddressKind.IPv6;
            return null;
        }),
        .. Both("send-proxy", ProxyHeaderOptions.V1),
        .. Both("send-proxy-v2", ProxyHeaderOptions.V2),
        .. Both("send-proxy-v2-ssl", ProxyHeaderOptions.V2 | ProxyHeaderOptions.Ssl),
        .. Both("send-proxy-v2-ssl-cn", ProxyHeaderOptions.V2 | ProxyHeaderOptions.Ssl | ProxyHeaderOptions.CertCn),
        new("shard", true, (s, v) => Integer(v, 0, int.MaxValue, n => s.Shard = n)),
        new("socks4", true, Socks4),
        Flag("strict-maxconn", s => s.StrictMaxConn = true),
        new("tcp-ut", true, (s, v) => Time(v, n => s.TcpUserTimeoutMs = n)),
        Flag("tfo", s => s.TcpFastOpen = true),
        Flag("no-tfo", s => s.TcpFastOpen = false),
        .. CheckOptions.Rows,
        .. AgentOptions.Rows,
        new("ws", true, WebSockets),
        new("weight", true, (s, v) => Integer(v, 0, 256, n => s.Weight = n)),
    ];

    private static readonly Dictionary<string, Option> Table = Index();

    private static Dictionary<string, Option> Index()
    {
        var map = new Dictionary<string, Option>();
        foreach (Option o in OptionRows)
            map[o.Name] = o;
        return map;
    }

    internal static readonly DirectiveKeyword[] Keywords =
    [
        new("server", SectionKinds.Backends, Server),
        new("server-template", SectionKinds.Backends, Template),
        new("default-server", SectionKinds.BackSide, Default),
    ];
}
