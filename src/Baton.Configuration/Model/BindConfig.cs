// One "bind" line (or one "stats socket" line): addresses and their options.
using System.Collections.Generic;

namespace Baton.Configuration.Model;

public sealed class BindConfig
{
    public required SourcePosition Position { get; init; }
    public List<AddressConfig> Addresses { get; } = [];
    public string? Name { get; set; }
    public int Id { get; set; }
    public string? Interface { get; set; }
    public string? Namespace { get; set; }
    public bool V4V6 { get; set; }
    public bool V6Only { get; set; }
    public bool Transparent { get; set; }
    public bool AcceptProxy { get; set; }
    public bool DeferAccept { get; set; }
    public bool TcpFastOpen { get; set; }

    /// <summary>TCP_USER_TIMEOUT in milliseconds; 0 when unset.</summary>
    public int TcpUserTimeoutMs { get; set; }

    /// <summary>"idle-ping": how often an HTTP/2 client without a stream is asked whether it is there; 0 for never.</summary>
    public int IdlePingMs { get; set; }

    /// <summary>TCP_MAXSEG; 0 when unset, negative to clamp as the manual says.</summary>
    public int Mss { get; set; }

    /// <summary>tcp-ss: whether the first packet of a connection is kept, 1 from its IP header on, 2 from that of the link on.</summary>
    public int SaveSyn { get; set; }

    /// <summary>0: the proxy's backlog or maxconn.</summary>
    public int Backlog { get; set; }
    public int MaxConn { get; set; }

    /// <summary>0: one listening socket shared by all workers. N: N SO_REUSEPORT sockets. -1: by-thread, -2: by-group.</summary>
    public int Shards { get; set; }

    /// <summary>Workers (0-based) that may accept; null means all.</summary>
    public int[]? Threads { get; set; }
    public int UnixMode { get; set; } = -1;
    public int UnixUid { get; set; } = -1;
    public int UnixGid { get; set; } = -1;

    /// <summary>stats socket only: user, operator or admin.</summary>
    public CliLevel Level { get; set; } = CliLevel.Operator;

    /// <summary>stats socket only: "expose-fd listeners".</summary>
    public bool ExposeListeners { get; set; }
    public string? Proto { get; set; }

    /// <summary>TLS on this socket.</summary>
    public TlsBindConfig Tls { get; } = new();

    /// <summary>stats socket only: whether messages begin with their severity.</summary>
    public SeverityOutput SeverityOutput { get; set; }
}
