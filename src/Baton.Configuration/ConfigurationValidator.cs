// What only the whole configuration shows: references between sections, modes that do not fit, missing pieces.
using System;
using System.Collections.Generic;
using Baton.Configuration.Catalog;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;

namespace Baton.Configuration;

internal static class ConfigurationValidator
{
    /// <param name="tcpLog">Makes the format of option tcplog, for a proxy that cannot log what it was told to.</param>
    public static void Validate(ProcessConfig process, DiagnosticSink sink, Func<SourcePosition, LogFormatConfig?> tcpLog)
    {
        var backends = new Dictionary<string, ProxyConfig>();
        foreach (ProxyConfig p in process.Proxies)
            if (p.IsBackend)
                backends[p.Name] = p;
        foreach (UserListConfig list in process.UserLists)
            Members(list, sink);
        foreach (ResolversConfig section in process.Resolvers)
            if (section.Nameservers.Count == 0 && section.Position.Line > 0)
                Whole(
                    sink,
                    Severity.Warning,
                    section.Position,
                    $"resolvers '{section.Name}' [{section.Position}] has no nameservers configured!"
                );
        Responders(process, sink);
        TrackValidator.Validate(process, sink);
        var seen = new HashSet<RuleConfig>();
        foreach (ProxyConfig p in process.Proxies)
        {
            if (p.Disabled)
                continue;
            if (p.IsFrontend)
                Frontend(p, backends, sink);
            Check(p, process, sink, seen, tcpLog);
        }
    }

    /// <summary>What a section says for itself, also one that is added at run time.</summary>
    /// <param name="seen">Rules that others share with it and that were looked at.</param>
    internal static void Check(
        ProxyConfig p,
        ProcessConfig process,
        DiagnosticSink sink,
        HashSet<RuleConfig> seen,
        Func<SourcePosition, LogFormatConfig?> tcpLog
    )
    {
        CookieCapture(p, process.Global, sink);
        CaptureSlots(p, seen, sink);
        Rules(p, sink);
        if (p.IsBackend)
        {
            Backend(p, sink);
            CheckValidator.Validate(p, process.Global, sink);
            Resolvers(p, process, sink);
        }
        MailersValidator.Validate(p, process, sink);
        UnawaitedCaptures(p, sink);
        Compression(p, sink);
        Timeouts(p, sink);
        if ((p.LogFormat ?? p.LogFormatSd) is { } format && p.IsFrontend && !Logs(p, process.Global))
            Whole(sink, Severity.Warning, format.Position, $"log format ignored for {Kind(p)} '{p.Name}' since it has no log address.");
        if (p.Mode == ProxyMode.Tcp)
            new TcpModeCheck(p, sink, tcpLog).Run();
        else
            RawFetches(p, sink);
        StateFile(p, process.Global, sink);
        if (p.Stats is { Rules.Count: > 0 } stats && (stats.Users.Count > 0 || stats.Realm is not null))
            Whole(
                sink,
                Severity.Alert,
                stats.Position,
                $"proxy '{p.Name}': stats 'auth'/'realm' and 'http-request' can't be used at the same time.",
                "stats"
            );
    }

    /// <summary>Where other filters are, the order of them all has to be said.</summary>
    private static void Compression(ProxyConfig p, DiagnosticSink sink)
    {
        if (p.Compression is null || p.Filters.Count == 0)
            return;
        foreach (FilterConfig filter in p.Filters)
            if (filter.Keyword.Name is "compression" or "comp-req" or "comp-res")
                return;
        Whole(
            sink,
            Severity.Alert,
            p.Filters[0].Position,
            $"{Kind(p)} '{p.Name}': require an explicit filter declaration to use HTTP compression ('filter compression')",
            p.Filters[0].Keyword.Name
        );
    }

    /// <summary>Names of OCSP responders need somebody to ask, too; "default" is the system's resolver where no file has it.</summary>
    private static void Responders(ProcessConfig process, DiagnosticSink sink)
    {
        TlsGlobalConfig tls = process.Global.Tls;
        if (tls.OcspResolvers is { } name && name != Sections.ResolversLines.Default && !process.HasResolvers(name))
            sink.Error(
                tls.OcspResolversPosition,
                $"'httpclient.resolvers.id' : unable to find required resolvers '{name}'",
                name,
                Spelling.Nearest(name, process.Resolvers.ConvertAll(r => r.Name))
            );
    }

    /// <summary>Servers whose names are asked for need somebody to ask.</summary>
    private static void Resolvers(ProxyConfig p, ProcessConfig process, DiagnosticSink sink)
    {
        foreach (ServerConfig server in p.Servers)
            if (server.Resolvers is { } name && !process.HasResolvers(name))
                sink.Error(
                    server.Position,
                    $"{Kind(p)} '{p.Name}', server '{server.Name}': unable to find required resolvers '{name}'",
                    name,
                    Spelling.Nearest(name, process.Resolvers.ConvertAll(r => r.Name))
                );
    }

    /// <summary>Users and groups of a userlist may name each other before they are declared, but have to exist.</summary>
    private static void Members(UserListConfig list, DiagnosticSink sink)
    {
        foreach (UserConfig user in list.Users.Values)
        foreach (string group in user.Groups)
            if (!list.Groups.ContainsKey(group))
                sink.Error(
                    user.Position,
                    $"userlist '{list.Name}': no such group '{group}' specified in user '{user.Name}'",
                    group,
                    Spelling.Nearest(group, list.Groups.Keys)
                );
        foreach ((string group, List<string> members) in list.Groups)
        foreach (string member in members)
            if (!list.Users.ContainsKey(member))
                sink.Error(
                    list.Position,
                    $"userlist '{list.Name}': no such user '{member}' specified in group '{group}'",
                    member,
                    Spelling.Nearest(member, list.Users.Keys)
                );
    }

    private static void Frontend(ProxyConfig p, Dictionary<string, ProxyConfig> backends, DiagnosticSink sink)
    {
        if (p.Binds.Count == 0)
            Whole(
                sink,
                Severity.Warning,
                p.Position,
                $"{Kind(p)} '{p.Name}' has no 'bind' directive. Please declare it as a backend if this was intended."
            );
        if (p.DefaultBackend is { } name)
        {
            if (p.Servers.Count > 0)
                Whole(
                    sink,
                    Severity.Warning,
                    p.DefaultBackendPosition,
                    $"In {Kind(p)} '{p.Name}', the 'default_backend' rule always has precedence over the servers, which will never be used."
                );
            if (!backends.TryGetValue(name, out ProxyConfig? target))
                Whole(
                    sink,
                    Severity.Alert,
                    p.DefaultBackendPosition,
                    $"Proxy '{p.Name}': unable to find required default_backend: '{name}'.",
                    name,
                    Spelling.Nearest(name, backends.Keys)
                );
            else
                Modes(p, target, p.DefaultBackendPosition, sink);
        }
        foreach (UseBackendConfig use in p.UseBackends)
        {
            if (!use.BackendName.IsLiteral)
                continue;
            string wanted = use.BackendName.Text;
            if (!backends.TryGetValue(wanted, out ProxyConfig? target))
                Whole(
                    sink,
                    Severity.Alert,
                    use.Position,
                    $"Proxy '{p.Name}': unable to find required use_backend: '{wanted}'.",
                    wanted,
                    Spelling.Nearest(wanted, backends.Keys)
                );
            else
                Modes(p, target, use.Position, sink);
        }
    }

    /// <summary>What actions have to say about rules once everything they may name is there.</summary>
    private static void Rules(ProxyConfig p, DiagnosticSink sink)
    {
        foreach (List<RuleConfig> list in p.RuleLists)
        foreach (RuleConfig rule in list)
            if (rule.Proxy == p && rule.Action.CheckAtEnd?.Invoke(rule) is { } wrong)
                sink.Error(rule.Position, $"'{RuleContext.Name(rule.RuleSet)} {rule.Action.Name}' : {wrong}.", rule.Arguments[0].Text);
    }

    /// <summary>"capture ... id N" of a frontend, or of the defaults section it inherits from, names a slot that the same section has; a
    /// backend's is that of whatever frontend leads there.</summary>
    private static void CaptureSlots(ProxyConfig p, HashSet<RuleConfig> seen, DiagnosticSink sink)
    {
        foreach (List<RuleConfig> list in p.RuleLists)
        foreach (RuleConfig rule in list)
        {
            if (rule.Action.Name != "capture" || rule.Proxy.Capabilities == ProxyCapabilities.Backend || !seen.Add(rule))
                continue;
            int slots = (
                rule.RuleSet is RuleSets.HttpRequest or RuleSets.TcpRequestContent
                    ? rule.Proxy.RequestCaptures
                    : rule.Proxy.ResponseCaptures
            ).Count;
            if (rule.CaptureSlot < slots)
                continue;
            Whole(
                sink,
                Severity.Alert,
                rule.Position,
                $"Proxy '{rule.Proxy.Name}': unable to find capture id '{rule.CaptureSlot}' referenced by {RuleContext.Name(rule.RuleSet)} capture rule.",
                "id"
            );
        }
    }

    /// <summary>tune.http.cookielen bounds what is kept of a cookie.</summary>
    private static void CookieCapture(ProxyConfig p, GlobalConfig global, DiagnosticSink sink)
    {
        if (p.CookieCapture is not { } capture || capture.Length <= global.CapturedCookieLength)
            return;
        Whole(
            sink,
            Severity.Warning,
            p.Position,
            $"truncating capture length to {global.CapturedCookieLength} bytes for {Kind(p)} '{p.Name}'."
        );
        p.CookieCapture = (capture.Name, global.CapturedCookieLength);
    }

    private static void Modes(ProxyConfig frontend, ProxyConfig backend, SourcePosition at, DiagnosticSink sink)
    {
        if (frontend.Mode == backend.Mode || frontend.Mode == ProxyMode.Tcp && backend.Mode == ProxyMode.Http)
            return;
        Whole(
            sink,
            Severity.Alert,
            at,
            $"{Kind(frontend)} '{frontend.Name}' (mode {Mode(frontend)}) tries to use incompatible backend '{backend.Name}' (mode {Mode(backend)}) at {backend.Position}.",
            backend.Name
        );
    }

    private static void Backend(ProxyConfig p, DiagnosticSink sink)
    {
        var names = new Dictionary<string, ServerConfig>();
        foreach (ServerConfig s in p.Servers)
            if (!names.TryAdd(s.Name, s))
                sink.Error(
                    s.Position,
                    $"'server {s.Name}' : another server named '{s.Name}' was already defined at line {names[s.Name].Position.Line}, please use distinct names.",
                    s.Name
                );
        const RetryOn afterFastOpen = RetryOn.ConnFailure | RetryOn.EmptyResponse | RetryOn.ResponseTimeout;
        foreach (ServerConfig s in p.Servers)
            if (s.TcpFastOpen && (p.RetryOn & afterFastOpen) != afterFastOpen)
                Whole(
                    sink,
                    Severity.Warning,
                    s.Position,
                    $"'server {p.Name}/{s.Name}' : with tfo what was sent may be lost: 'retry-on' should name conn-failure, empty-response and response-timeout, or the client learns of it."
                );
        foreach (UseServerConfig use in p.UseServers)
            if (use.ServerName.IsLiteral && !names.ContainsKey(use.ServerName.Text))
                sink.Error(
                    use.Position,
                    $"unable to find server '{use.ServerName.Text}' in proxy '{p.Name}' referenced in a 'use-server' rule.",
                    use.ServerName.Text,
                    Spelling.Nearest(use.ServerName.Text, names.Keys)
                );
    }

    private static void Timeouts(ProxyConfig p, DiagnosticSink sink)
    {
        bool missing =
            p.IsFrontend && p.Timeouts.Client < 0
            || p.IsBackend && p.Servers.Count > 0 && (p.Timeouts.Connect < 0 || p.Timeouts.Server < 0);
        if (!missing)
            return;
        Whole(
            sink,
            Severity.Warning,
            p.Position,
            $"missing timeouts for {Kind(p)} '{p.Name}'.\n"
                + "   | While not properly invalid, you will certainly encounter various problems\n"
                + "   | with such a configuration. To fix this, please ensure that all following\n"
                + "   | timeouts are set to a non-zero value: 'client', 'connect', 'server'."
        );
    }

    /// <summary>A capture of what the client sends, where nothing waits for it to come.</summary>
    private static void UnawaitedCaptures(ProxyConfig p, DiagnosticSink sink)
    {
        const SampleNeeds contents =
            SampleNeeds.RequestPayload | SampleNeeds.RequestHead | SampleNeeds.RequestLine | SampleNeeds.RequestBody;
        if (p.TcpRequestInspectDelayMs >= 0)
            return;
        foreach (RuleConfig rule in p.TcpRequestContent)
            if (
                rule.Proxy == p
                && rule.Action.Name == "capture"
                && Array.Exists(rule.Arguments, static a => a.Value is SampleExpressionConfig s && (s.Needs & contents) != 0)
            )
                Whole(
                    sink,
                    Severity.Warning,
                    rule.Position,
                    $"{Kind(p)} '{p.Name}' : a 'tcp-request content capture' rule looks at what the client sends, without a 'tcp-request inspect-delay' that waits for it: it will find it or not."
                );
    }

    private static bool Logs(ProxyConfig p, GlobalConfig global) => p.Logs.Exists(l => !l.Global || global.Logs.Count > 0);

    /// <summary>COMPAT: what looks at raw bytes has its value in HTTP too, but when it has one depends on what has been read.</summary>
    private static void RawFetches(ProxyConfig p, DiagnosticSink sink)
    {
        foreach (List<RuleConfig> list in p.RuleLists)
            if (list != p.Redirects)
                foreach (RuleConfig rule in list)
                    if (
                        rule.Proxy == p
                        && (rule.RuleSet & (RuleSets.TcpRequestContent | RuleSets.TcpResponseContent | RuleSets.AnyHttp)) != 0
                    )
                        Raw(p, rule.Condition, rule.Position, sink);
        foreach (UseBackendConfig use in p.UseBackends)
            Raw(p, use.Condition, use.Position, sink);
        if (p.UniqueIdFormat is { } id && id.Nodes.Find(static n => n.Sample is { } s && IsRaw(s)) is { Sample: { } raw })
            Whole(sink, Severity.Warning, id.Position, $"L6 sample fetch '{raw.Text}' ignored in HTTP log-format string.");
    }

    private static void Raw(ProxyConfig p, AclConditionConfig? condition, SourcePosition at, DiagnosticSink sink)
    {
        if (
            condition is null
            || !Array.Exists(condition.Alternatives, terms => Array.Exists(terms, t => t.Acl.Alternatives.Exists(a => IsRaw(a.Sample))))
        )
            return;
        Whole(sink, Severity.Warning, at, $"Proxy '{p.Name}': L6 sample fetches ignored on HTTP proxies (declared at {at}).");
    }

    /// <summary>Needs bytes and nothing else would do.</summary>
    private static bool IsRaw(SampleExpressionConfig sample)
    {
        const SampleNeeds raw = SampleNeeds.RequestPayload | SampleNeeds.ResponsePayload;
        SampleNeeds needs = sample.Needs;
        return needs != SampleNeeds.None && (needs & ~raw) == 0;
    }

    private static void StateFile(ProxyConfig p, GlobalConfig global, DiagnosticSink sink)
    {
        if (p.IsBackend && p.ServerStateSource == ServerStateSource.Global && global.ServerStateFile is null)
            Whole(
                sink,
                Severity.Warning,
                p.Position,
                $"backend '{p.Name}' configured to load server state file from global section 'server-state-file' directive. Unfortunately, 'server-state-file' is not set!"
            );
    }

    internal static string Kind(ProxyConfig p) =>
        p.IsFrontend && p.IsBackend ? "proxy"
        : p.IsFrontend ? "frontend"
        : "backend";

    private static string Mode(ProxyConfig p) => p.Mode == ProxyMode.Http ? "http" : "tcp";

    internal static void Whole(
        DiagnosticSink sink,
        Severity severity,
        SourcePosition at,
        string message,
        string word = "",
        string? hint = null
    ) => sink.Add(new Diagnostic(severity, at, message, word) { Located = false, Hint = hint });
}
