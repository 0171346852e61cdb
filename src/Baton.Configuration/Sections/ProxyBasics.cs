// defaults, frontend, backend, listen: the plain settings.
using System;
using System.Globalization;
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

internal static class ProxyBasics
{
    private static void Mode(DirectiveContext c)
    {
        c.Proxy.HasMode = true;
        switch (c[0])
        {
            case "tcp":
                c.Proxy.Mode = ProxyMode.Tcp;
                break;
            case "http":
                c.Proxy.Mode = ProxyMode.Http;
                break;
            case "health":
                c.Error("'mode health' doesn't exist anymore. Please use 'http-request return status 200' instead.", "health");
                break;
            case "log" or "spop":
                c.Error($"'mode {c[0]}' : known HAProxy keyword, not supported by Baton yet", c[0]);
                break;
            default:
                c.Error($"unknown proxy mode '{c[0]}'{Spelling.Hint(c[0], "tcp", "http")}.", c[0]);
                break;
        }
    }

    private static DirectiveParser Number(int min, Action<ProxyConfig, int> set) =>
        c =>
        {
            if (c.Expect(1, 1, "an integer argument") && c.Integer(0, min, int.MaxValue, out int v))
                set(c.Proxy, v);
        };

    private static void DefaultBackend(DirectiveContext c)
    {
        if (c.Expect(1, 1, "a backend name"))
            (c.Proxy.DefaultBackend, c.Proxy.DefaultBackendPosition) = (c[0], c.Position);
    }

    private static void Reuse(DirectiveContext c)
    {
        HttpReuse? reuse = c[0] switch
        {
            "never" => HttpReuse.Never,
            "safe" => HttpReuse.Safe,
            "aggressive" => HttpReuse.Aggressive,
            "always" => HttpReuse.Always,
            _ => null,
        };
        if (reuse is null)
            c.Error(
                $"'http-reuse' only supports 'never', 'safe', 'aggressive', 'always'{Spelling.Hint(c[0], "never", "safe", "aggressive", "always")}.",
                c[0]
            );
        else
            c.Proxy.HttpReuse = reuse.Value;
    }

    private static readonly string[] s_retryWords =
    [
        "none",
        "conn-failure",
        "empty-response",
        "junk-response",
        "response-timeout",
        "0rtt-rejected",
        "all-retryable-errors",
    ];

    private static void RetryOnLine(DirectiveContext c)
    {
        if (c.Count == 0)
        {
            c.Error("'retry-on' expects when to retry, or 'none'.", "retry-on");
            return;
        }
        RetryOn all = RetryOn.None;
        for (int i = 0; i < c.Count; i++)
        {
            RetryOn flag = c[i] switch
            {
                "none" => RetryOn.None,
                "conn-failure" => RetryOn.ConnFailure,
                "empty-response" => RetryOn.EmptyResponse,
                "junk-response" => RetryOn.JunkResponse,
                "response-timeout" => RetryOn.ResponseTimeout,
                "0rtt-rejected" => RetryOn.EarlyData,
                "all-retryable-errors" => RetryOn.AllRetryable,
                "401" => RetryOn.Status401,
                "403" => RetryOn.Status403,
                "404" => RetryOn.Status404,
                "408" => RetryOn.Status408,
                "421" => RetryOn.Status421,
                "425" => RetryOn.Status425,
                "429" => RetryOn.Status429,
                "500" => RetryOn.Status500,
                "501" => RetryOn.Status501,
                "502" => RetryOn.Status502,
                "503" => RetryOn.Status503,
                "504" => RetryOn.Status504,
                _ => RetryOn.DisableL7,
            };
            if (flag == RetryOn.None && c.Count > 1)
            {
                c.Error("'retry-on' : 'none' stands alone.", "none");
                return;
            }
            if (flag == RetryOn.DisableL7)
            {
                c.Error($"'retry-on' : unknown keyword '{c[i]}'{Spelling.Hint(c[i], s_retryWords)}.", c[i]);
                return;
            }
            all |= flag;
        }
        c.Proxy.RetryOn = all;
    }

    private static void Source(DirectiveContext c)
    {
        int i = -1;
        SourceConfig? source = ServerLine.SourceArguments(c, ref i);
        if (source is { Address: { } a } && a.PortHigh > a.Port)
            c.Error($"'source' : a range of ports is for one server's line, not for a section ('{c[0]}').", c[0]);
        c.Proxy.Source = source;
    }

    private static void MonitorUri(DirectiveContext c)
    {
        if (c.Expect(1, 1, "a URI"))
            c.Proxy.MonitorUri = c[0];
    }

    private static void Id(DirectiveContext c)
    {
        if (c.Integer(0, 1, int.MaxValue, out int v))
            c.Proxy.Id = v;
    }

    private static void NameHeader(DirectiveContext c)
    {
        if (!c.Expect(0, 1, "a header name"))
            return;
        if (c.Count == 0)
        {
            c.Error("'http-send-name-header' requires a header string.", "http-send-name-header");
            return;
        }
        c.Proxy.HttpSendNameHeader = c[0];
    }

    internal static readonly DirectiveKeyword[] Keywords =
    [
        new("mode", SectionKinds.Proxies, Mode),
        new("id", SectionKinds.NamedProxies, Id),
        new("description", SectionKinds.NamedProxies, c =>
        {
            if (c.Expect(1, int.MaxValue, "a text"))
                c.Proxy.Description = string.Join(' ', c.Arguments.ToArray());
        }),
        new("disabled", SectionKinds.Proxies, c => c.Proxy.Disabled = true),
        new("enabled", SectionKinds.Proxies, c => c.Proxy.Disabled = false),
        new("maxconn", SectionKinds.FrontSide, Number(0, (p, v) => p.MaxConn = v)),
        new("rate-limit sessions", SectionKinds.FrontSide, c =>
        {
            if (c.IsRepeated(c.Keyword) && c.Section != SectionKinds.Defaults)
                c.Warning("overwriting rate-limit sessions which was already specified", c.Keyword);
            Number(0, (p, v) => p.RateLimitSessions = v)(c);
        }),
        new("backlog", SectionKinds.FrontSide, Number(0, (p, v) => p.Backlog = v)),
        new("default_backend", SectionKinds.FrontSide, DefaultBackend),
        new("monitor-uri", SectionKinds.FrontSide, MonitorUri),
        new("fullconn", SectionKinds.BackSide, Number(0, (p, v) => p.FullConn = v)),
        new("retries", SectionKinds.BackSide, Number(0, (p, v) => p.Retries = v)),
        new("retry-on", SectionKinds.BackSide, RetryOnLine),
        new("http-send-name-header", SectionKinds.BackSide, NameHeader),
        new("max-keep-alive-queue", SectionKinds.BackSide, Number(-1, (p, v) => p.MaxKeepAliveQueue = v)),
        new("http-reuse", SectionKinds.BackSide, Reuse),
        new("source", SectionKinds.BackSide, Source),
    ];
}
