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
        Rules(p.HttpRequest, "http-request");
        Rules(p.HttpResponse, "http-response");
        Rules(p.HttpAfterResponse, "http-after-response");
        Rules(p.Redirects, "redirect");
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
            if (format?.Nodes.Find(n => n.Alias is { HttpOnly: true }) is { Alias: { } alias })
                sink.Error(
                    format.Position,
                    $"failed to parse {keyword} : format variable '{alias.Name}' is reserved for HTTP mode.",
                    alias.Name
                );
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
        if (p.Balance.Algorithm is BalanceAlgorithm.Uri or BalanceAlgorithm.UrlParam or BalanceAlgorithm.Header)
        {
            Warn(p.Position, $"Layer 7 hash not possible for {_who} (needs 'mode http'). Falling back to round robin.");
            p.Balance = new BalanceConfig();
        }
        foreach (ServerConfig s in p.Servers)
        {
            if (s.Redir is not null)
                sink.Error(s.Position, $"{_who} : server '{s.Name}' cannot have a redirect prefix in non-HTTP mode.", s.Redir);
            if (s.Cookie is null)
                continue;
            Warn(s.Position, $"{_who} : ignoring cookie for server '{s.Name}' as HTTP mode is disabled.");
            s.Cookie = null;
        }
    }
}
