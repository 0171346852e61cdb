// Rules run in the order of their kinds, whatever the order of their lines, and nothing runs behind a rule that ends it all:
// both are warned of, as a file that reads otherwise is not what its author thinks.
using System.Collections.Generic;
using Baton.Configuration.Directives;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

internal static class RuleOrder
{
    private static readonly HashSet<string> s_final = ["allow", "deny", "tarpit", "return", "redirect", "auth"];

    /// <summary>Called before a rule of the set (or a use_backend, for which the set is UseBackend) is added.</summary>
    public static void Check(DirectiveContext c, RuleSets set)
    {
        ProxyConfig p = c.Proxy;
        string? before = set switch
        {
            RuleSets.TcpRequestConnection when Own(p, p.TcpRequestSession) => "a 'tcp-request session'",
            RuleSets.TcpRequestConnection or RuleSets.TcpRequestSession when Own(p, p.TcpRequestContent) => "a 'tcp-request content'",
            RuleSets.TcpRequestConnection or RuleSets.TcpRequestSession or RuleSets.TcpRequestContent when Own(p, p.HttpRequest) =>
                "an 'http-request'",
            RuleSets.TcpRequestConnection
            or RuleSets.TcpRequestSession
            or RuleSets.TcpRequestContent
            or RuleSets.HttpRequest when Own(p, p.Redirects) => "a 'redirect'",
            RuleSets.TcpRequestConnection
            or RuleSets.TcpRequestSession
            or RuleSets.TcpRequestContent
            or RuleSets.HttpRequest
            or RuleSets.Redirect when p.UseBackends.Count > 0 && IsOwn(p, p.UseBackends[^1].Position) => "a 'use_backend'",
            _ => null,
        };
        string word = set switch
        {
            RuleSets.HttpRequest => "http-request",
            RuleSets.Redirect => "redirect",
            _ => "tcp-request",
        };
        if (before is not null)
            c.Warning($"a '{word}' rule placed after {before} rule will still be processed before.", word);
    }

    /// <summary>Whether the last rule of a list leaves nothing to those behind it.</summary>
    public static void CheckReachable(DirectiveContext c, RuleSets set, List<RuleConfig> list)
    {
        if (
            (set & RuleSets.AnyHttp) == 0
            || !Own(c.Proxy, list)
            || list[^1] is not { Condition: null } last
            || !s_final.Contains(last.Action.Name)
        )
            return;
        c.Warning($"previous '{c.Keyword}' action is final and has no condition attached, further entries are NOOP.", c.Keyword);
    }

    /// <summary>The list's last rule was written in this section, and not in its defaults.</summary>
    private static bool Own(ProxyConfig proxy, List<RuleConfig> list) => list.Count > 0 && IsOwn(proxy, list[^1].Position);

    private static bool IsOwn(ProxyConfig proxy, SourcePosition at) => at.File == proxy.Position.File && at.Line > proxy.Position.Line;
}
