// Lines that hold rules, ACLs and captures: handed to the expression parser.
using System;
using System.Collections.Generic;
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Expressions;
using Baton.Configuration.Lexing;
using Baton.Configuration.Model;
using Baton.Configuration.Values;

namespace Baton.Configuration.Sections;

internal static class RuleLines
{
    private static DirectiveParser Rule(RuleSets set, Func<ProxyConfig, List<RuleConfig>> list) =>
        c =>
        {
            if (c.Count == 0 && set != RuleSets.Redirect)
            {
                c.Error($"'{c.Keyword}' expects an action.", c.Keyword);
                return;
            }
            if (c.Expressions.ParseRule(set, c.Arguments, c.Proxy, c.Position) is not { } rule)
                return;
            if (rule.Action.IsExperimental && !c.Global.ExposeExperimentalDirectives)
            {
                c.Error(
                    $"'{rule.Action.Name}' action is experimental, must be allowed via a global 'expose-experimental-directives'",
                    rule.Action.Name
                );
                return;
            }
            if (rule.Action.Name == "capture" && !TakeSlot(c, rule))
                return;
            RuleOrder.Check(c, set);
            RuleOrder.CheckReachable(c, set, list(c.Proxy));
            list(c.Proxy).Add(rule);
        };

    /// <summary>A slot keeps its length, one more than there is text, in two bytes.</summary>
    private const int LongestCapture = ushort.MaxValue - 1;

    /// <summary>"capture ... len N" makes a slot of its own, which only a frontend's request rules can (those of a defaults section make
    /// one in each frontend); "id N" names one, for HTTP rules.</summary>
    private static bool TakeSlot(DirectiveContext c, RuleConfig rule)
    {
        bool isTcp = rule.RuleSet == RuleSets.TcpRequestContent;
        bool isFront = c.Proxy.IsFrontend || c.Section == SectionKinds.Defaults;
        if (isTcp && !isFront)
        {
            c.Error($"'{c.Keyword} capture' : proxy '{c.Proxy.Name}' has no frontend capability.", "capture");
            return false;
        }
        if (isTcp && rule.Options is not [({ Name: "len" }, _)])
        {
            c.Error($"'{c.Keyword} capture' : a positive 'len' argument is mandatory.", "capture");
            return false;
        }
        if (rule.Options.Count != 1)
        {
            c.Error("'capture' expects either 'len' or 'id'.", "capture");
            return false;
        }
        (ActionOptionSpec option, Argument[] values) = rule.Options[0];
        if (option.Name == "id")
        {
            rule.CaptureSlot = (int)values[0].Number;
            return true;
        }
        if (!isTcp && (rule.RuleSet != RuleSets.HttpRequest || !isFront))
        {
            c.Error("'capture' : 'len' is only possible in the http-request rules of a frontend, use 'id'.", "len");
            return false;
        }
        if (values[0].Number < 1)
        {
            c.Error($"'{c.Keyword} capture' : length must be > 0.", values[0].Text);
            return false;
        }
        if (values[0].Number > LongestCapture)
        {
            c.Error($"'{c.Keyword} capture' : length must be at most {LongestCapture}.", values[0].Text);
            return false;
        }
        rule.CaptureSlot = c.Proxy.RequestCaptures.Count;
        c.Proxy.RequestCaptures.Add(("", (int)values[0].Number));
        return true;
    }

    private static void Acl(DirectiveContext c)
    {
        if (c.Expressions.ParseAclLine(c.Arguments, c.Proxy, c.Position) is { } acl && c.Proxy.FindAcl(acl.Name) != acl)
            c.Proxy.Acls.Add(acl);
    }

    private static bool Condition(DirectiveContext c, int from, out AclConditionConfig? condition)
    {
        condition = null;
        if (c.Count <= from)
            return true;
        if (c[from] is not ("if" or "unless"))
        {
            c.Error($"'{c.Keyword}' : unexpected keyword '{c[from]}', only 'if' and 'unless' may follow.", c[from]);
            return false;
        }
        condition = c.Expressions.ParseCondition(c.Arguments[from..], c.Proxy, c.Position, RuleSets.UseBackend);
        return condition is not null;
    }

    private static void UseBackend(DirectiveContext c)
    {
        if (c[0].Length == 0)
        {
            c.Error("'use_backend' expects a backend name.", "use_backend");
            return;
        }
        LogFormatConfig? name = c.Expressions.ParseName(c[0], RuleSets.UseBackend, c.Proxy, c.Position);
        if (name is not null && Condition(c, 1, out AclConditionConfig? condition))
            c.Proxy.UseBackends.Add(new UseBackendConfig(name, condition, c.Position));
    }

    /// <summary>monitor fail if|unless CONDITION.</summary>
    private static void MonitorFail(DirectiveContext c)
    {
        if (c[0] is not ("if" or "unless") || c.Count < 2)
        {
            c.Error("'monitor fail' requires either 'if' or 'unless' followed by a condition.", c[0]);
            return;
        }
        if (Condition(c, 0, out AclConditionConfig? condition))
            c.Proxy.MonitorFail.Add(condition!);
    }

    private static DirectiveParser InspectDelay(Action<ProxyConfig, int> set) =>
        c =>
        {
            string? error = UnitParser.Time(c[0], TimeUnit.Millisecond, out long ms);
            if (c.Count != 1 || error is not null || ms > int.MaxValue)
                c.Error($"'{c.Keyword}' expects a positive delay in milliseconds, in '{c.Proxy.Name}'.", c[0]);
            else
            {
                if (c.IsRepeated(c.Keyword) && c.Section != SectionKinds.Defaults)
                    c.Warning($"'{c.Keyword}' was already specified in '{c.Proxy.Name}', the last one counts.", c.Keyword);
                set(c.Proxy, (int)ms);
            }
        };

    private const SectionKinds Sections = SectionKinds.Proxies;

    internal static readonly DirectiveKeyword[] Keywords =
    [
        new("acl", SectionKinds.Proxies, Acl) { NeedsNamedDefaults = true },
        new("tcp-request connection", SectionKinds.FrontSide, Rule(RuleSets.TcpRequestConnection, p => p.TcpRequestConnection))
        {
            NeedsNamedDefaults = true,
        },
        new("tcp-request session", SectionKinds.FrontSide, Rule(RuleSets.TcpRequestSession, p => p.TcpRequestSession))
        {
            NeedsNamedDefaults = true,
        },
        new("tcp-request content", Sections, Rule(RuleSets.TcpRequestContent, p => p.TcpRequestContent)) { NeedsNamedDefaults = true },
        new("tcp-request inspect-delay", Sections, InspectDelay((p, ms) => p.TcpRequestInspectDelayMs = ms)) { NeedsNamedDefaults = true },
        new("tcp-response content", SectionKinds.BackSide, Rule(RuleSets.TcpResponseContent, p => p.TcpResponseContent))
        {
            NeedsNamedDefaults = true,
        },
        new("tcp-response inspect-delay", SectionKinds.BackSide, InspectDelay((p, ms) => p.TcpResponseInspectDelayMs = ms))
        {
            NeedsNamedDefaults = true,
        },
        new("http-request", Sections, Rule(RuleSets.HttpRequest, p => p.HttpRequest)) { NeedsNamedDefaults = true },
        new("http-response", Sections, Rule(RuleSets.HttpResponse, p => p.HttpResponse)) { NeedsNamedDefaults = true },
        new("http-after-response", Sections, Rule(RuleSets.HttpAfterResponse, p => p.HttpAfterResponse)) { NeedsNamedDefaults = true },
        new("redirect", SectionKinds.NamedProxies, Rule(RuleSets.Redirect, p => p.Redirects)),
        new("monitor fail", SectionKinds.Frontends, MonitorFail),
        new("use_backend", SectionKinds.Frontends, UseBackend),
    ];
}
