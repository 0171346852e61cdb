// stick on, stick match, stick store-request, stick store-response; and which statuses count as errors in stick tables.
using System;
using System.Globalization;
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

internal static class StickLines
{
    private static void Stick(DirectiveContext c)
    {
        StickRuleUse use = c.Keyword switch
        {
            "stick match" => StickRuleUse.Match,
            "stick store-request" => StickRuleUse.StoreRequest,
            "stick store-response" => StickRuleUse.StoreResponse,
            _ => StickRuleUse.Match | StickRuleUse.StoreRequest,
        };
        RuleSets set = use == StickRuleUse.StoreResponse ? RuleSets.TcpResponseContent : RuleSets.UseServer;
        if (c[0].Length == 0)
        {
            c.Error($"'{c.Keyword}' expects a sample expression.", c.Keyword);
            return;
        }
        SampleNeeds available = RuleContext.Available(set, c.Proxy);
        if (c.Expressions.ParseSample(c.Arguments, c.Position, available, out int at) is not { } key)
            return;
        if (!RuleContext.Knows(available, key.Needs))
        {
            c.Error(
                $"'{c.Keyword}' : fetch method '{key.Fetch.Name}' extracts information from '{RuleContext.Describe(key.Needs)}', none of which is available here",
                key.Fetch.Name
            );
            return;
        }
        string table = "";
        if (c[at] == "table")
        {
            table = c[at + 1];
            at += 2;
            if (table.Length == 0)
            {
                c.Error($"'{c.Keyword}' : 'table' expects a name.", "table");
                return;
            }
        }
        AclConditionConfig? condition = null;
        if (c[at] is "if" or "unless")
        {
            if ((condition = c.Expressions.ParseCondition(c.Arguments[at..], c.Proxy, c.Position, set)) is null)
                return;
        }
        else if (c[at].Length > 0)
        {
            c.Error($"'{c.Keyword}' : unknown keyword '{c[at]}'{Spelling.Hint(c[at], "table", "if", "unless")}.", c[at]);
            return;
        }
        var reference = new StickTableReference(table, c.Keyword, c.Proxy, key.Output, c.Position) { NeedsServer = true };
        c.Expressions.Tables.Add(reference);
        c.Proxy.StickRules.Add(new StickRuleConfig(reference, key, condition, use, c.Position));
    }

    /// <summary>"[+-]400-499,500 …": what begins with a sign changes the set, the rest is the set.</summary>
    private static void Codes(DirectiveContext c)
    {
        StatusSet set = c.Keyword == "http-err-codes" ? c.Global.HttpErrCodes : c.Global.HttpFailCodes;
        if (!c.Expect(1, int.MaxValue, "statuses as arguments"))
            return;
        bool begun = false;
        for (int i = 0; i < c.Count; i++)
        {
            ReadOnlySpan<char> word = c[i];
            bool adds = word[0] != '-';
            if (word[0] is '+' or '-')
                word = word[1..];
            else if (!begun)
                set.Clear();
            begun = true;
            foreach (Range range in word.Split(','))
                if (!TryRange(word[range], out int first, out int last))
                {
                    c.Error($"'{c.Keyword}' : '{word[range]}' is no status and no range of statuses from 100 to 599.", c[i]);
                    return;
                }
                else
                    set.Set(first, last, adds);
        }
    }

    private static bool TryRange(ReadOnlySpan<char> text, out int first, out int last)
    {
        int dash = text.IndexOf('-');
        last = 0;
        if (!int.TryParse(dash < 0 ? text : text[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out first))
            return false;
        if (dash < 0)
            last = first;
        else if (!int.TryParse(text[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out last))
            return false;
        return first >= StatusSet.Least && last <= StatusSet.Most && first <= last;
    }

    internal static readonly DirectiveKeyword[] Keywords =
    [
        new("stick on", SectionKinds.Backends, Stick),
        new("stick match", SectionKinds.Backends, Stick),
        new("stick store-request", SectionKinds.Backends, Stick),
        new("stick store-response", SectionKinds.Backends, Stick),
        new("http-err-codes", SectionKinds.Global, Codes),
        new("http-fail-codes", SectionKinds.Global, Codes),
    ];
}
