// "stats enable", "stats uri" and their kin: the statistics page of a section. Each of them turns the page on.
using System;
using System.Linq;
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Configuration.Values;

namespace Baton.Configuration.Sections;

internal static class StatsLines
{
    /// <summary>COMPAT: a section that says anything of its page has nothing of its defaults' page any more.</summary>
    private static StatsConfig Page(DirectiveContext c)
    {
        if (c.Proxy.Stats is { } page && page != c.Parent?.Stats)
            return page;
        bool continues = c.Section == SectionKinds.Defaults && c.Proxy.Stats is not null;
        return c.Proxy.Stats = continues ? c.Proxy.Stats!.Copy() : new StatsConfig { Position = c.Position };
    }

    /// <summary>COMPAT: words too many are let pass; here with a warning.</summary>
    private static void WarnOfRest(DirectiveContext c, int from)
    {
        if (c.Count > from)
            c.Warning(
                $"'{c.Keyword}' : '{string.Join(' ', Rest(c, from))}' is ignored{(from == 1 ? ", it takes one word" : "")}.",
                c[from]
            );
    }

    private static string[] Rest(DirectiveContext c, int from) =>
        [.. Enumerable.Range(from, Math.Max(0, c.Count - from)).Select(i => c[i])];

    private static DirectiveParser Switch(Action<StatsConfig> set) =>
        c =>
        {
            WarnOfRest(c, 0);
            set(Page(c));
        };

    private static DirectiveParser Word(string what, Action<DirectiveContext, StatsConfig, string> set) =>
        c =>
        {
            if (c.Count == 0 || c[0].Length == 0)
            {
                c.Error($"'{c.Keyword}' needs {what}.", c.Keyword);
                return;
            }
            WarnOfRest(c, 1);
            set(c, Page(c), c[0]);
        };

    private static void Auth(DirectiveContext c, StatsConfig page, string account)
    {
        int colon = account.IndexOf(':');
        string name = colon < 0 ? account : account[..colon];
        if (colon < 0)
            c.Warning($"'{c.Keyword}' : user '{name}' has no password, anybody who knows the name may log in.", account);
        if (page.Users.Exists(u => u.Name == name))
            c.Warning($"'{c.Keyword}' : ignoring duplicated user '{name}'.", account);
        else
            page.Users.Add((name, colon < 0 ? "" : account[(colon + 1)..]));
    }

    private static void Refresh(DirectiveContext c, StatsConfig page, string text)
    {
        if (c.Time(0, out int ms, TimeUnit.Second))
            page.RefreshSeconds = ms / 1000;
    }

    private static void ShowNode(DirectiveContext c)
    {
        StatsConfig page = Page(c);
        WarnOfRest(c, 1);
        foreach (char letter in c[0])
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_' or '.'))
            {
                c.Error($"'{c.Keyword}' : invalid node name '{c[0]}', it is made of letters, digits, '-', '_' and '.'.", c[0]);
                return;
            }
        page.Node = c[0];
    }

    private static void ShowDescription(DirectiveContext c)
    {
        StatsConfig page = Page(c);
        page.Description = string.Join(' ', Rest(c, 0));
        if (page.Description.Length == 0 && c.Global.Description is null)
            c.Warning($"'{c.Keyword}' requires a text, or a 'description' in the global section.", c.Keyword);
    }

    private static void Admin(DirectiveContext c)
    {
        if (c[0] is not ("if" or "unless") || c.Count < 2)
        {
            c.Error($"'{c.Keyword}' requires either 'if' or 'unless' followed by a condition.", c.Count > 0 ? c[0] : c.Keyword);
            return;
        }
        StatsConfig page = Page(c);
        if (c.Expressions.ParseCondition(c.Arguments, c.Proxy, c.Position, RuleSets.HttpRequest) is { } condition)
            page.Admin.Add(condition);
    }

    /// <summary>allow, deny, auth: rules as http-request has them, for the page alone.</summary>
    private static void HttpRequest(DirectiveContext c)
    {
        if (c[0] is not ("allow" or "deny" or "auth"))
        {
            string got = c.Count > 0 ? $", got '{c[0]}'{Spelling.Hint(c[0], "allow", "deny", "auth")}" : "";
            c.Error($"'{c.Keyword}' expects 'allow', 'deny' or 'auth'{got}.", c.Count > 0 ? c[0] : c.Keyword);
            return;
        }
        StatsConfig page = Page(c);
        if (page.Rules.Count > 0 && page.Rules[^1].Condition is null)
            c.Warning($"'{c.Keyword}' : the rule before it has no condition, this one never runs.", c.Keyword);
        if (c.Expressions.ParseRule(RuleSets.HttpRequest, c.Arguments, c.Proxy, c.Position) is not { } rule)
            return;
        if (rule.Action.Name == "auth" && rule.Options.Count == 0)
            rule.Options.Add((rule.Action.Options[0], [new Argument(ArgumentKind.String, Text: StatsConfig.DefaultRealm)]));
        page.Rules.Add(rule);
    }

    private const SectionKinds Sections = SectionKinds.Proxies;

    internal static readonly DirectiveKeyword[] Keywords =
    [
        new("stats enable", Sections, Switch(_ => { })),
        new("stats uri", Sections, Word("an URI prefix", (_, page, text) => page.Uri = text)),
        new("stats realm", Sections, Word("a realm name", (_, page, text) => page.Realm = text)),
        new("stats auth", Sections, Word("a user:password account", Auth)),
        new("stats refresh", Sections, Word("an interval", Refresh)),
        new("stats scope", Sections, Word("a proxy name", (_, page, text) => page.Scopes.Add(text))),
        new("stats hide-version", Sections, Switch(page => page.HideVersion = true)),
        new("stats show-version", Sections, Switch(page => page.HideVersion = false)),
        new("stats show-legends", Sections, Switch(page => page.ShowLegends = true)),
        new("stats show-modules", Sections, Switch(page => page.ShowModules = true)),
        new("stats show-node", Sections, ShowNode),
        new("stats show-desc", Sections, ShowDescription),
        new("stats admin", SectionKinds.NamedProxies, Admin),
        new("stats http-request", SectionKinds.NamedProxies, HttpRequest),
    ];
}
