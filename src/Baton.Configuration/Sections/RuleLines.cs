// Lines that hold rules, ACLs and captures: handed to the expression parser.
using System;
using System.Collections.Generic;
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Expressions;
using Baton.Configuration.Lexing;
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

internal static class RuleLines
{
    private static DirectiveParser Rule(RuleSets set, Func<ProxyConfig, List<RuleConfig>> list) => c =>
    {
        if (c.Count == 0) { c.Error($"'{c.Keyword}' expects an action.", c.Keyword); return; }
        if (c.Expressions.ParseRule(set, c.Arguments, c.Proxy, c.Position) is { } rule) list(c.Proxy).Add(rule);
    };

    private static void Acl(DirectiveContext c)
    {
        if (c.Expressions.ParseAclLine(c.Arguments, c.Proxy, c.Position) is { } acl && !c.Proxy.Acls.Contains(acl)) c.Proxy.Acls.Add(acl);
    }

    private static bool Condition(DirectiveContext c, int from, out AclConditionConfig? condition)
    {
        condition = null;
        if (c.Count <= from) return true;
        if (c[from] is not ("if" or "unless")) { c.Error($"'{c.Keyword}' : unexpected keyword '{c[from]}', only 'if' and 'unless' may follow.", c[from]); return false; }
        condition = c.Expressions.ParseCondition(c.Arguments[from..], c.Proxy, c.Position);
        return condition is not null;
    }

    private static void UseBackend(DirectiveContext c)
    {
        if (c.Count == 0) { c.Error("'use_backend' expects a backend name.", "use_backend"); return; }
        LogFormatConfig? name = c.Expressions.ParseFormat(c[0], c.Position, SampleNeeds.Client | SampleNeeds.Session | SampleNeeds.RequestHead | SampleNeeds.RequestPayload);
        if (name is not null && Condition(c, 1, out AclConditionConfig? condition)) c.Proxy.UseBackends.Add(new UseBackendConfig(name, condition, c.Position));
    }

    private static void UseServer(DirectiveContext c)
    {
        if (c.Count < 2) { c.Error("'use-server' expects <server> and either 'if' or 'unless' followed by a condition.", "use-server"); return; }
        LogFormatConfig? name = c.Expressions.ParseFormat(c[0], c.Position, SampleNeeds.Client | SampleNeeds.Session | SampleNeeds.RequestHead);
        if (name is not null && Condition(c, 1, out AclConditionConfig? condition)) c.Proxy.UseServers.Add(new UseServerConfig(name, condition, c.Position));
    }

    private static void MonitorFail(DirectiveContext c)
    {
        if (c[0] != "fail") { c.Error("'monitor' only supports 'fail'.", c[0]); return; }
        if (Condition(c, 1, out AclConditionConfig? condition) && condition is not null) c.Proxy.MonitorFail.Add(condition);
    }

    private static void InspectDelay(DirectiveContext c, bool request)
    {
        if (!c.Time(0, out int ms)) return;
        if (request) c.Proxy.TcpRequestInspectDelayMs = ms; else c.Proxy.TcpResponseInspectDelayMs = ms;
    }

    /// <summary>capture request|response header NAME len N.</summary>
    private static void CaptureHeader(DirectiveContext c, bool request)
    {
        if (c[0] != "header" || c[2] != "len" || !c.Integer(3, 1, 65535, out int length)) { c.Error($"'{c.Keyword}' expects 'header' <header_name> 'len' <len>.", c.Keyword); return; }
        (request ? c.Proxy.RequestCaptures : c.Proxy.ResponseCaptures).Add((c[1], length));
    }

    private const SectionKinds Sections = SectionKinds.Proxies;

    internal static readonly DirectiveKeyword[] Keywords =
    [
        new("acl", SectionKinds.Proxies, Acl),
        new("http-request", Sections, Rule(RuleSets.HttpRequest, p => p.HttpRequest)),
        new("http-response", Sections, Rule(RuleSets.HttpResponse, p => p.HttpResponse)),
        new("http-after-response", Sections, Rule(RuleSets.HttpAfterResponse, p => p.HttpAfterResponse)),
        new("redirect", SectionKinds.NamedProxies, Rule(RuleSets.Redirect, p => p.Redirects)),
        new("tcp-request connection", SectionKinds.FrontSide, Rule(RuleSets.TcpRequestConnection, p => p.TcpRequestConnection)),
        new("tcp-request session", SectionKinds.FrontSide, Rule(RuleSets.TcpRequestSession, p => p.TcpRequestSession)),
        new("tcp-request content", Sections, Rule(RuleSets.TcpRequestContent, p => p.TcpRequestContent)),
        new("tcp-response content", SectionKinds.BackSide, Rule(RuleSets.TcpResponseContent, p => p.TcpResponseContent)),
        new("tcp-request inspect-delay", Sections, c => InspectDelay(c, true)),
        new("tcp-response inspect-delay", SectionKinds.BackSide, c => InspectDelay(c, false)),
        new("use_backend", SectionKinds.Frontends, UseBackend),
        new("use-server", SectionKinds.Backends, UseServer),
        new("monitor", SectionKinds.Frontends, MonitorFail),
        new("capture request", SectionKinds.Frontends, c => CaptureHeader(c, true)),
        new("capture response", SectionKinds.Frontends, c => CaptureHeader(c, false)),
    ];
}
