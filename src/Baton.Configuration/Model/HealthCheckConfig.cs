// What the checks of a backend say and expect: "option httpchk" and its kin with the lines that belong to them.
using System.Collections.Generic;

namespace Baton.Configuration.Model;

public sealed class HealthCheckConfig
{
    public const string DefaultMethod = "OPTIONS",
        DefaultUri = "/",
        DefaultVersion = "HTTP/1.0";

    public CheckKind Kind { get; set; }
    public SourcePosition Position { get; set; }

    /// <summary>"option httpchk [METHOD] [URI] [VERSION]".</summary>
    public string Method { get; set; } = DefaultMethod;
    public string Uri { get; set; } = DefaultUri;
    public string Version { get; set; } = DefaultVersion;

    /// <summary>Hidden behind the version, as it was done once.</summary>
    public List<(string Name, string Value)> Headers { get; private set; } = [];
    public byte[]? Body { get; set; }

    /// <summary>"option smtpchk": what a check greets with.</summary>
    public string Hello { get; set; } = DefaultHello;
    public const string DefaultHello = "HELO localhost";

    /// <summary>"option mysql-check", "option pgsql-check": who logs in; null for nobody.</summary>
    public string? User { get; set; }

    /// <summary>The log-in of MySQL before 4.1.</summary>
    public bool Pre41 { get; set; }

    /// <summary>"external-check": the program and where it is looked for; null where nothing says it.</summary>
    public string? Command { get; set; }
    public SourcePosition CommandPosition { get; set; }
    public string? CommandPath { get; set; }

    /// <summary>"http-check disable-on-404", "http-check send-state".</summary>
    public bool DisableOn404 { get; set; }
    public bool SendState { get; set; }

    public List<CheckRuleConfig> HttpRules { get; private set; } = [];
    public List<CheckRuleConfig> TcpRules { get; private set; } = [];
    private bool _httpInherited,
        _tcpInherited;

    /// <summary>For a section that begins with what its defaults say.</summary>
    public HealthCheckConfig Clone()
    {
        var copy = (HealthCheckConfig)MemberwiseClone();
        copy.Headers = [.. Headers];
        (copy.HttpRules, copy.TcpRules) = ([.. HttpRules], [.. TcpRules]);
        (copy._httpInherited, copy._tcpInherited) = (true, true);
        return copy;
    }

    /// <summary>Some line asks for TLS.</summary>
    public bool UsesTls =>
        Kind == CheckKind.Http && HttpRules.Exists(static r => r.Ssl) || Kind == CheckKind.Tcp && TcpRules.Exists(static r => r.Ssl);

    /// <summary>COMPAT: the first line of a section takes the place of all that its defaults say.</summary>
    public void Add(CheckRuleConfig rule, bool http)
    {
        ref bool inherited = ref http ? ref _httpInherited : ref _tcpInherited;
        List<CheckRuleConfig> rules = http ? HttpRules : TcpRules;
        if (inherited)
            rules.Clear();
        inherited = false;
        rules.Add(rule);
        rule.Number = rules.Count;
    }
}
