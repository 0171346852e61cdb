// "option forwarded [proto] [host|host-expr E] [by|by-expr E] [by_port|by_port-expr E] [for|for-expr E] [for_port|for_port-expr E]".
using System;
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

internal static class ForwardedLine
{
    private const string ExpressionSuffix = "-expr";

    private static void Read(DirectiveContext c)
    {
        if (c.IsNo)
        {
            c.Proxy.Forwarded = null;
            return;
        }
        var all = new ForwardedConfig();
        // without a word: "proto for"
        if (c.Count == 0)
            all = all with { Proto = true, For = new ForwardedPart(true, null) };
        for (int i = 0; i < c.Count; i++)
        {
            string word = c[i];
            if (word == "proto")
            {
                all = all with { Proto = true };
                continue;
            }
            ForwardedPart part = new(true, null);
            if (word.EndsWith(ExpressionSuffix, StringComparison.Ordinal))
            {
                word = word[..^ExpressionSuffix.Length];
                if (i + 1 >= c.Count)
                {
                    c.Error($"'option forwarded' : '{c[i]}' expects a sample expression.", c[i]);
                    return;
                }
                if (Sample(c, ++i) is not { } sample)
                    return;
                part = part with { Sample = sample };
            }
            switch (word)
            {
                case "host":
                    all = all with { Host = part };
                    break;
                case "by":
                    all = all with { By = part };
                    break;
                case "by_port":
                    all = all with { ByPort = part };
                    break;
                case "for":
                    all = all with { For = part };
                    break;
                case "for_port":
                    all = all with { ForPort = part };
                    break;
                default:
                    c.Error(
                        $"'option forwarded' only supports 'proto', and 'host', 'by', 'by_port', 'for', 'for_port' by themselves or with '-expr' (got '{c[i]}').",
                        c[i]
                    );
                    return;
            }
        }
        WarnOfLonePort(c, "by", all.By, all.ByPort);
        WarnOfLonePort(c, "for", all.For, all.ForPort);
        c.Proxy.Forwarded = all;
    }

    private static SampleExpressionConfig? Sample(DirectiveContext c, int at)
    {
        if (c.Expressions.ParseSample(c.Arguments[at..], c.Position, SampleNeeds.None, out _) is not { } sample)
            return null;
        // in a backend, while the request is prepared for a server that is not chosen yet
        SampleNeeds available = RuleContext.Available(RuleSets.HttpRequest, c.Proxy) | SampleNeeds.Backend;
        if (RuleContext.Knows(available, sample.Needs))
            return sample;
        c.Error(
            $"sample fetch <{sample.Text}> needs '{RuleContext.Describe(sample.Needs)}', which is not available here.",
            sample.Fetch.Name
        );
        return null;
    }

    private static void WarnOfLonePort(DirectiveContext c, string name, ForwardedPart node, ForwardedPart port)
    {
        if (port.IsWanted && !node.IsWanted)
            c.Warning($"'option forwarded' : '{name}_port' is ignored without '{name}' or '{name}-expr'.", name + "_port");
    }

    internal static readonly DirectiveKeyword[] Keywords = [new("option forwarded", SectionKinds.BackSide, Read, true)];
}
