// One "server" line with default-server already merged in.
namespace Baton.Configuration.Model;

public sealed class ServerConfig
{
    public SourcePosition Position { get; set; }
    public string Name { get; set; } = "";
    public int Id { get; set; }
    public AddressConfig Address { get; set; } = null!;

    /// <summary>0..256, default 1.</summary>
    public int Weight { get; set; } = 1;

    /// <summary>0: unlimited.</summary>
    public int MaxConn { get; set; }
    public int MinConn { get; set; }
    public int MaxQueue { get; set; }
    public bool Backup { get; set; }

    /// <summary>"non-stick": never written into stick tables.</summary>
    public bool NonStick { get; set; }
    public bool Disabled { get; set; }
    public string? Cookie { get; set; }

    /// <summary>"guid": a name that no other server and no proxy has; null without one.</summary>
    public string? Guid { get; set; }

    /// <summary>"pool-conn-name": which idle connections a request may use; null for what "sni" says.</summary>
    public Expressions.SampleExpressionConfig? PoolConnName { get; set; }
    public ServerHashKey HashKey { get; set; }
    public string? Redir { get; set; }
    public ProxyHeaderOptions ProxyHeader { get; set; }

    /// <summary>COMPAT: an option of version 2 without it still asks for a header, one of version 1.</summary>
    public ProxyProtocolVersion SendProxy =>
        ProxyHeader == ProxyHeaderOptions.None ? ProxyProtocolVersion.None
        : (ProxyHeader & ProxyHeaderOptions.V2) != 0 ? ProxyProtocolVersion.V2
        : ProxyProtocolVersion.V1;

    /// <summary>set-proxy-v2-tlv-fmt: extra fields of the version 2 PROXY header, in order.</summary>
    public ProxyFieldConfig[] ProxyFields { get; set; } = [];

    /// <summary>socks4: the SOCKS4 proxy that connections go through; null without one.</summary>
    public AddressConfig? Socks4 { get; set; }
    public SourceConfig? Source { get; set; }
    public string? Interface { get; set; }
    public string? Namespace { get; set; }
    public bool TcpFastOpen { get; set; }
    public int TcpUserTimeoutMs { get; set; }

    /// <summary>"idle-ping": how often an idle HTTP/2 connection is asked whether the server is there; 0 for never.</summary>
    public int IdlePingMs { get; set; }

    /// <summary>-1: unlimited (default).</summary>
    public int PoolMaxConn { get; set; } = -1;
    public int PoolLowConn { get; set; }

    /// <summary>"strict-maxconn": maxconn bounds connections, idle ones too, and not only requests.</summary>
    public bool StrictMaxConn { get; set; }

    /// <summary>The part of the keys that a peer is told of (shard); 0 for all of them.</summary>
    public int Shard { get; set; }

    /// <summary>Milliseconds, default 5000.</summary>
    public int PoolPurgeDelayMs { get; set; } = 5000;

    /// <summary>-1: unlimited. Requests served by one server connection before it is closed.</summary>
    public int MaxReuse { get; set; } = -1;

    /// <summary>Methods in order; empty means the default "last,libc".</summary>
    public string[] InitAddrMethods { get; set; } = [];
    public AddressKind ResolvePrefer { get; set; } = AddressKind.IPv6;

    /// <summary>The resolvers section that keeps the address fresh; null when it is asked for once, at the start.</summary>
    public string? Resolvers { get; set; }
    public ResolveOptions ResolveOptions { get; set; }

    /// <summary>Networks that are preferred among several addresses, and the length of each prefix.</summary>
    public (byte[] Network, int Prefix)[] ResolveNetworks { get; set; } = [];
    public string? Proto { get; set; }

    /// <summary>"ws": what WebSockets are spoken in.</summary>
    public WebSocketProtocol WebSockets { get; set; }

    /// <summary>"track": the server whose state it takes over, as it is written.</summary>
    public string? Track { get; set; }

    /// <summary>The proxy, null for the server's own, and the server that a "track" names.</summary>
    public static (string? Proxy, string Server) SplitTrack(string track)
    {
        int slash = track.IndexOf('/');
        return slash < 0 ? (null, track) : (track[..slash], track[(slash + 1)..]);
    }

    /// <summary>How its health is found out.</summary>
    public CheckConfig Check { get; set; } = new();

    /// <summary>Who else says how it does.</summary>
    public AgentConfig Agent { get; set; } = new();

    /// <summary>What the line says of TLS; null for nothing.</summary>
    public TlsServerConfig? Tls { get; set; }

    public ServerConfig Clone()
    {
        var copy = (ServerConfig)MemberwiseClone();
        copy.Check = Check with { };
        copy.Agent = Agent with { };
        copy.Tls = Tls?.Clone();
        return copy;
    }

    /// <summary>Nothing of its line changes any more: what it has in common with another server is one object from here on. Thousands of
    /// servers differ in their names and addresses alone.</summary>
    internal void ShareWith(ServerConfig other)
    {
        if (Check == other.Check)
            Check = other.Check;
        if (Agent == other.Agent)
            Agent = other.Agent;
    }
}
