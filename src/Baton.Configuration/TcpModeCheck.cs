// What a proxy in TCP mode was told that only HTTP can do: it is warned of and taken away, so that nothing half works. What would
// be dangerous to leave out is an error.
using System;
using System.Collections.Generic;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;

namespace Baton.Configuration;

internal sealed class TcpModeCheck(ProxyConfig p, DiagnosticSink sink, Func<SourcePosition, LogFormatConfig?> tcpLog)
{
    private readonly string _who = $"{ConfigurationValidator.Kind(p)} '{p.Name}'";

    /// <summary>Options of HTTP, with the side on which they matter.</summary>
    private static readonly (ProxyOptions Option, string Name, ProxyCapabilities Side)[] s_options =
    [
        (ProxyOptions.HttpBufferRequest, "http-buffer-request", ProxyCapabilities.Listen),
        (ProxyOptions.HttpIgnoreProbes, "http-ignore-probes", ProxyCapabilities.Frontend),
        (ProxyOptions.HttpUseProxyHeader, "http-use-proxy-header", ProxyCapabilities.Frontend),
        (ProxyOptions.HttpPretendKeepAlive, "http-pretend-keepalive", ProxyCapabilities.Backend),
        (ProxyOptions.CheckCache, "checkcache", ProxyCapabilities.Backend),
        (ProxyOptions.PreferLastServer, "prefer-last-server", ProxyCapabilities.Backend),
        (ProxyOptions.AcceptUnsafeRequest, "accept-unsafe-violations-in-http-request", ProxyCapabilities.Frontend),
        (ProxyOptions.AcceptUnsafeResponse, "accept-unsafe-violations-in-http-response", ProxyCapabilities.Backend),
        (ProxyOptions.IdleCloseOnResponse, "idle-close-on-response", ProxyCapabilities.Frontend),
        (ProxyOptions.HttpDropRequestTrailers, "http-drop-request-trailers", ProxyCapabilities.Backend),
        (ProxyOptions.HttpDropResponseTrailers, "http-drop-response-trailers", ProxyCapabilities.Frontend),
    ];

    public void Run()
    {
        Options();
        Formats();
        Rules(p.HttpRequest, "http-request");
        Rules(p.HttpResponse, "http-response");
        Rules(p.HttpAfterResponse, "http-after-response");
        Rules(p.Redirects, "redirect");
        if (p.Stats is { } stats)
        {
            Warn(stats.Position, $"'stats' statement ignored for {_who} as it requires HTTP mode.");
            p.Stats = null;
        }
        foreach (BindConfig b in p.Binds)
            if (b.Proto is { } mux)
                sink.Error(b.Position, $"{_who} : MUX protocol '{mux}' is not usable in TCP mode.", mux);
        if (p.IsFrontend)
        {
            Log();
            Front();
        }
        if (p.IsBackend)
            Back();
    }

    private void Warn(SourcePosition at, string message) => ConfigurationValidator.Whole(sink, Severity.Warning, at, message);

    private void Options()
    {
        foreach ((ProxyOptions option, string name, ProxyCapabilities side) in s_options)
        {
            if ((p.Options & option) == 0 || (p.Capabilities & side) == 0)
                continue;
            Warn(p.Position, $"'option {name}' ignored for {_who} as it requires HTTP mode.");
            p.Options &= ~option;
        }
        if (p.ForwardFor is not null)
        {
            Warn(p.Position, $"'option forwardfor' ignored for {_who} as it requires HTTP mode.");
            p.ForwardFor = null;
        }
        if (p.OriginalTo is not null)
        {
            Warn(p.Position, $"'option originalto' ignored for {_who} as it requires HTTP mode.");
            p.OriginalTo = null;
        }
        if (p.Forwarded is not null && p.IsBackend)
        {
            Warn(p.Position, $"'option forwarded' ignored for {_who} as it requires HTTP mode.");
            p.Forwarded = null;
        }
    }

    /// <summary>COMPAT: rules that the proxy has of its own; what a defaults section says for all is not spoken of.</summary>
    private void Rules(List<RuleConfig> rules, string kind)
    {
        if (rules.Find(r => r.Proxy == p) is { } own)
            Warn(own.Position, $"'{kind}' rules ignored for {_who} as they require HTTP mode.");
    }

    /// <summary>Formats of rules: what only HTTP has would be empty for ever.</summary>
    private void Formats()
    {
        foreach (List<RuleConfig> list in p.RuleLists)
        foreach (RuleConfig rule in list)
        {
            if (rule.Proxy != p)
                continue;
            foreach (Argument argument in (Argument[])[.. rule.ParenthesisArguments, .. rule.Arguments])
                if (argument.Value is LogFormatConfig format && Reserved(format, $"{RuleContext.Name(rule.RuleSet)} {rule.Action.Name}"))
                    NeedsHttp(format);
        }
        foreach (UseBackendConfig use in p.UseBackends)
            Reserved(use.BackendName, "use_backend");
        foreach (UseServerConfig use in p.UseServers)
            Reserved(use.ServerName, "use-server");
        Reserved(p.UniqueIdFormat, "unique-id-format");
    }

    /// <summary>False when there was an error.</summary>
    private bool Reserved(LogFormatConfig? format, string keyword)
    {
        if (format?.Nodes.Find(n => n.Alias is { HttpOnly: true }) is not { Alias: { } alias })
            return true;
        sink.Error(format.Position, $"failed to parse {keyword} : format variable '{alias.Name}' is reserved for HTTP mode.", alias.Name);
        return false;
    }

    private void NeedsHttp(LogFormatConfig format)
    {
        const SampleNeeds http = SampleNeeds.RequestHead | SampleNeeds.RequestLine | SampleNeeds.RequestBody;
        if (format.Nodes.Exists(n => n.Alias is { Name: "ST" or "rt" } || n.Sample is { } s && (s.Needs & http) != 0))
            Warn(format.Position, $"HTTP log/header format not usable with {_who} (needs 'mode http').");
    }

    private void Log()
    {
        if (p.LogFormatOption is { } option && option != "option tcplog")
        {
            SourcePosition at = p.LogFormat?.Position ?? p.Position;
            sink.Warning(at, $"'{option}' not usable with {_who} (needs 'mode http'). Falling back to 'option tcplog'.", option);
            (p.LogFormat, p.LogFormatOption) = (tcpLog(at), "option tcplog");
        }
        foreach (
            (LogFormatConfig? format, string keyword) in (ReadOnlySpan<(LogFormatConfig?, string)>)
                [(p.LogFormat, "log-format"), (p.LogFormatSd, "log-format-sd"), (p.ErrorLogFormat, "error-log-format")]
        )
            Reserved(format, keyword);
    }

    private void Front()
    {
        if (p.MonitorUri is not null)
        {
            Warn(p.Position, $"monitor-uri will be ignored for {_who} (needs 'mode http').");
            p.MonitorUri = null;
        }
        if (p.CookieCapture is not null)
        {
            Warn(p.Position, $"'capture' statement ignored for {_who} as it requires HTTP mode.");
            p.CookieCapture = null;
        }
    }

    private void Back()
    {
        if (p.Cookie is not null)
        {
            Warn(p.Position, $"cookie will be ignored for {_who} (needs 'mode http').");
            p.Cookie = null;
        }
        if (p.Balance.Algorithm.NeedsHttp)
        {
            Warn(p.Position, $"Layer 7 hash not possible for {_who} (needs 'mode http'). Falling back to round robin.");
            p.Balance = new BalanceConfig();
        }
        foreach (ServerConfig s in p.Servers)
        {
            if (s.Redir is not null)
                sink.Error(s.Position, $"{_who} : server '{s.Name}' cannot have a redirect prefix in non-HTTP mode.", s.Redir);
            if (s.Proto is { } mux)
                sink.Error(s.Position, $"{_who} : MUX protocol '{mux}' is not usable for server '{s.Name}' in TCP mode.", mux);
            if (s.Cookie is null)
                continue;
            Warn(s.Position, $"{_who} : ignoring cookie for server '{s.Name}' as HTTP mode is disabled.");
            s.Cookie = null;
        }
    }
}
