// filter NAME ...: what a proxy's streams pass through, in the order of the lines.
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

internal static class FilterLine
{
    private static void Parse(DirectiveContext c)
    {
        if (c[0].Length == 0)
        {
            c.Error("'filter' expects the name of a filter.", "filter");
            return;
        }
        if (c.Expressions.FindFilter(c[0]) is not { } keyword)
        {
            // one message is enough
            _ = c.Arguments;
            c.Error(KeywordVerdict.Of(KeywordFamily.Filter, "filter", c[0]).Message, c[0]);
            return;
        }
        if (keyword.Parse(keyword, c) is { } filter)
            c.Proxy.Filters.Add(filter);
    }

    internal static readonly DirectiveKeyword[] Keywords = [new("filter", SectionKinds.NamedProxies, Parse)];
}
