// One defaults, frontend, backend or listen section, after inheritance. Filled by the section builders of this
// assembly, checked by ConfigurationValidator, and read-only from then on: the engine builds its *State from it.
using System.Collections.Generic;
using Baton.Configuration.Expressions;

namespace Baton.Configuration.Model;

public sealed class ProxyConfig
{
    public required string Name { get; set; }
    public required ProxyCapabilities Capabilities { get; set; }
    public required SourcePosition Position { get; set; }
    public bool IsFrontend => (Capabilities & ProxyCapabilities.Frontend) != 0;
    public bool IsBackend => (Capabilities & ProxyCapabilities.Backend) != 0;

    /// <summary>The manual's id, unique among proxies; assigned from 2 upwards when not set.</summary>
    public int Id { get; set; }

    /// <summary>"guid": a name that no other proxy and no server has; null without one.</summary>
    public string? Guid { get; set; }
    public string? Description { get; set; }
    public ProxyMode Mode { get; set; }

    /// <summary>A "mode" line was read, here or in the defaults.</summary>
    public bool HasMode { get; set; }
    public bool Disabled { get; set; }

    /// <summary>What checks say to the servers.</summary>
    public HealthCheckConfig HealthCheck { get; private set; } = new();

    /// <summary>A new section that starts from a defaults section, or from nothing. Lists are copied; binds, servers and ACLs are never
    /// inherited: rules of the defaults keep to theirs.</summary>
    public static ProxyConfig Inherit(ProxyConfig? defaults, string name, ProxyCapabilities capabilities, SourcePosition at)
    {
        if (defaults is null)
            return new ProxyConfig
            {
                Name = name,
                Capabilities = capabilities,
                Position = at,
            };
        var copy = (ProxyConfig)defaults.MemberwiseClone();
        copy.Name = name;
        copy.Capabilities = capabilities;
        copy.Position = at;
        copy.Id = 0;
        copy.Guid = null;
        copy.CopyLists();
        return copy;
    }

    /// <summary>A copy with which a line can be read and thrown away: what it adds stays in the copy.</summary>
    internal ProxyConfig Scratch(ProxyCapabilities capabilities)
    {
        var copy = (ProxyConfig)MemberwiseClone();
        List<AclConfig> acls = Acls;
        copy.Capabilities = capabilities;
        copy.CopyLists();
        copy.Acls.AddRange(acls);
        return copy;
    }

    private void CopyLists()
    {
        HealthCheck = HealthCheck.Clone();
        UseBackends = new(UseBackends);
        MonitorFail = new(MonitorFail);
        UseServers = new(UseServers);
        StickRules = [];
        PersistRules = new(PersistRules);
        Logs = new(Logs);
        ErrorLines = new(ErrorLines);
        ErrorReplies = [];
        Acls = [];
        _aclsByName = null;
        TcpRequestConnection = new(TcpRequestConnection);
        TcpRequestSession = new(TcpRequestSession);
        TcpRequestContent = new(TcpRequestContent);
        TcpResponseContent = new(TcpResponseContent);
        HttpRequest = new(HttpRequest);
        HttpResponse = new(HttpResponse);
        HttpAfterResponse = new(HttpAfterResponse);
        Redirects = new(Redirects);
        RequestCaptures = new(RequestCaptures);
        ResponseCaptures = new(ResponseCaptures);
        Filters = [];
        StickTable = null;
        Binds = [];
        Servers = [];
        Dispatch = null;
    }

    // frontend side
    public List<BindConfig> Binds { get; private set; } = [];

    /// <summary>-1: not set (frontends: the process limit).</summary>
    public int MaxConn { get; set; } = -1;
    public int Backlog { get; set; }
    public int RateLimitSessions { get; set; }
    public string? DefaultBackend { get; set; }
    public SourcePosition DefaultBackendPosition { get; set; }
    public List<UseBackendConfig> UseBackends { get; private set; } = [];
    public string? MonitorUri { get; set; }
    public List<AclConditionConfig> MonitorFail { get; private set; } = [];

    // backend side
    public List<ServerConfig> Servers { get; private set; } = [];
    public BalanceConfig Balance { get; set; } = new();

    /// <summary>A "balance" line was read: without one, "dispatch" and "transparent" go before balancing.</summary>
    public bool HasBalance { get; set; }

    /// <summary>dispatch: where streams go that no server is chosen for.</summary>
    public AddressConfig? Dispatch { get; set; }

    /// <summary>The name of the cookie of "persist rdp-cookie"; null without it.</summary>
    public string? PersistRdpCookie { get; set; }
    public HashTypeConfig HashType { get; set; } = new(HashMethod.MapBased, HashFunction.Sdbm, false);

    /// <summary>load-server-state-from-file, and server-state-file-name: null for the backend's own name.</summary>
    public ServerStateSource ServerStateSource { get; set; }
    public string? ServerStateFileName { get; set; }
    public int HashBalanceFactor { get; set; }
    public int FullConn { get; set; }
    public int Retries { get; set; } = 3;

    /// <summary>0: off; 1: redispatch at the last retry (plain "option redispatch" is -1 as in the manual); N: see manual.</summary>
    public int RedispatchAfter { get; set; }
    public RetryOn RetryOn { get; set; } = RetryOn.ConnFailure;
    public HttpReuse HttpReuse { get; set; } = HttpReuse.Safe;
    public SourceConfig? Source { get; set; }
    public List<UseServerConfig> UseServers { get; private set; } = [];

    /// <summary>The "stick" lines, in their order.</summary>
    public List<StickRuleConfig> StickRules { get; private set; } = [];

    /// <summary>"cookie": null when there is none.</summary>
    public CookieConfig? Cookie { get; set; }
    public string? DynamicCookieKey { get; set; }

    /// <summary>force-persist and ignore-persist, in order.</summary>
    public List<PersistRuleConfig> PersistRules { get; private set; } = [];
    public int MaxKeepAliveQueue { get; set; } = -1;
    public string? HttpSendNameHeader { get; set; }
    public HashAffinity HashAffinity { get; set; }

    // both
    /// <summary>"stick-table"; null without one.</summary>
    public StickTableConfig? StickTable { get; set; }

    /// <summary>"stats": its statistics page; null without one. The defaults' own as long as the section says nothing of it.</summary>
    public StatsConfig? Stats { get; set; }
    public TimeoutsConfig Timeouts = new();
    public HttpConnectionMode ConnectionMode { get; set; }
    public ProxyOptions Options { get; set; } = ProxyOptions.None;

    /// <summary>option http-restrict-req-hdr-names.</summary>
    public HeaderNamePolicy HeaderNamePolicy { get; set; }
    public ForwardForConfig? ForwardFor { get; set; }

    /// <summary>option forwarded; null without it.</summary>
    public ForwardedConfig? Forwarded { get; set; }
    public ForwardForConfig? OriginalTo { get; set; }
    public List<LogTargetConfig> Logs { get; private set; } = [];
    public string? LogTag { get; set; }

    /// <summary>"email-alert"; null without it.</summary>
    public EmailAlertConfig? EmailAlert { get; set; }

    /// <summary>log-format, or what option httplog, tcplog, httpslog, "httplog clf" stand for; null: the default short line.</summary>
    public LogFormatConfig? LogFormat { get; set; }

    /// <summary>"option httplog" and the like, when the format is that option's; null when it was written out.</summary>
    public string? LogFormatOption { get; set; }
    public LogFormatConfig? ErrorLogFormat { get; set; }

    /// <summary>"ssl-f-use": certificates of TLS bind lines that name none.</summary>
    public List<TlsListEntryConfig> CertificateUses { get; } = [];
    public LogFormatConfig? LogFormatSd { get; set; }
    public LogFormatConfig? UniqueIdFormat { get; set; }
    public string? UniqueIdHeader { get; set; }

    /// <summary>errorfile, errorloc, http-error and errorfiles, in order.</summary>
    public List<ErrorLineConfig> ErrorLines { get; private set; } = [];

    /// <summary>What they come to, by status.</summary>
    public Dictionary<int, HttpReplyConfig> ErrorReplies { get; private set; } = [];
    public List<AclConfig> Acls { get; private set; } = [];
    private Dictionary<string, AclConfig>? _aclsByName;

    /// <summary>The named ACL of this section, or null.</summary>
    public AclConfig? FindAcl(string name)
    {
        // built when first asked and caught up with what was added since
        Dictionary<string, AclConfig> byName = _aclsByName ??= [];
        for (int i = byName.Count; i < Acls.Count; i++)
            byName.TryAdd(Acls[i].Name, Acls[i]);
        return byName.GetValueOrDefault(name);
    }

    /// <summary>Whether there are TCP or HTTP rules: a defaults section that has some cannot be the ground of any section.</summary>
    public bool HasRules => RuleLists.Exists(static list => list.Count > 0);

    /// <summary>Every list of rules.</summary>
    internal List<List<RuleConfig>> RuleLists =>
        [
            TcpRequestConnection,
            TcpRequestSession,
            TcpRequestContent,
            TcpResponseContent,
            HttpRequest,
            HttpResponse,
            HttpAfterResponse,
            Redirects,
        ];

    /// <summary>The "compression" lines; null without any.</summary>
    public CompressionConfig? Compression { get; set; }

    /// <summary>The "filter" lines, in their order.</summary>
    public List<FilterConfig> Filters { get; private set; } = [];

    public List<RuleConfig> TcpRequestConnection { get; private set; } = [];
    public List<RuleConfig> TcpRequestSession { get; private set; } = [];
    public List<RuleConfig> TcpRequestContent { get; private set; } = [];
    public List<RuleConfig> TcpResponseContent { get; private set; } = [];
    public List<RuleConfig> HttpRequest { get; private set; } = [];
    public List<RuleConfig> HttpResponse { get; private set; } = [];
    public List<RuleConfig> HttpAfterResponse { get; private set; } = [];

    /// <summary>"redirect" lines (run after http-request rules, as in the manual).</summary>
    public List<RuleConfig> Redirects { get; private set; } = [];

    /// <summary>tcp-request inspect-delay in milliseconds; -1 when unset.</summary>
    public int TcpRequestInspectDelayMs { get; set; } = -1;
    public int TcpResponseInspectDelayMs { get; set; } = -1;

    /// <summary>capture request/response header NAME len N, in order.</summary>
    public List<(string Name, int Length)> RequestCaptures { get; private set; } = [];
    public List<(string Name, int Length)> ResponseCaptures { get; private set; } = [];

    /// <summary>capture cookie NAME len N.</summary>
    public (string Name, int Length)? CookieCapture { get; set; }

    /// <summary>clitcpka-* and srvtcpka-*.</summary>
    public KeepAliveConfig ClientKeepAlive,
        ServerKeepAlive;
}
