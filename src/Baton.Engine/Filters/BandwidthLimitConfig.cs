// The lines "filter bwlim-in" and "filter bwlim-out".
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Configuration.Values;

namespace Baton.Engine.Filters;

internal sealed class BandwidthLimitConfig : StreamFilterConfig
{
    public required ChannelSide Side { get; init; }

    /// <summary>Bytes that may pass in a period, where a rule says nothing else.</summary>
    public long Limit { get; internal set; }
    public long PeriodMs { get; internal set; }

    /// <summary>What passes at a time is no less, but for the end of what there is.</summary>
    public long MinSize { get; private set; }

    public override StreamFilter Create() => new BandwidthLimit(this);

    private static FilterConfig? Parse(FilterKeyword keyword, DirectiveContext c)
    {
        string name = c[1];
        if (name.Length == 0)
        {
            c.Error($"'filter {keyword.Name}' expects a name.", keyword.Name);
            return null;
        }
        if (c.Proxy.Filters.Find(f => f is BandwidthLimitConfig && f.Name == name) is { } before)
        {
            c.Error($"'filter {keyword.Name}' : the name '{name}' is that of the filter at [{before.Position}].", name);
            return null;
        }
        var line = new BandwidthLimitConfig
        {
            Keyword = keyword,
            Name = name,
            Position = c.Position,
            Side = keyword.Name == "bwlim-in" ? ChannelSide.Request : ChannelSide.Response,
        };
        for (int i = 2; i < c.Count; i += 2)
            if (!line.Set(c, keyword.Name, c[i], i + 1))
                return null;
        string? missing =
            line.Limit <= 0 ? "default-limit"
            : line.PeriodMs <= 0 ? "default-period"
            : null;
        if (missing is null)
            return line;
        c.Error($"'filter {keyword.Name}' : '{name}' has no '{missing}'.", keyword.Name);
        return null;
    }

    private bool Set(DirectiveContext c, string keyword, string word, int at)
    {
        // shared between the streams of a key: the rates are kept in a table
        if (word is "limit" or "key" or "table")
        {
            _ = c.Arguments;
            c.Error($"'filter {keyword}' : '{word}' needs a stick-table, which is not supported by Baton yet.", word);
            return false;
        }
        if (word is not ("default-limit" or "default-period" or "min-size"))
        {
            string hint = Spelling.Hint(word, "default-limit", "default-period", "min-size");
            c.Error($"'filter {keyword}' : unknown argument '{word}'{hint}.", word);
            return false;
        }
        if (at >= c.Count)
        {
            c.Error($"'filter {keyword}' : '{word}' expects a value.", word);
            return false;
        }
        string text = c[at];
        string? wrong =
            word == "default-period" ? UnitParser.Time(text, TimeUnit.Millisecond, out long value) : UnitParser.Size(text, out value);
        if (wrong is null && value == 0 && word != "min-size")
            wrong = "it must not be zero";
        if (wrong is null && word == "default-period" && value > int.MaxValue)
            wrong = UnitParser.Overflow;
        if (wrong is not null)
        {
            c.Error($"'filter {keyword}' : '{word} {text}' : {wrong}.", text);
            return false;
        }
        if (word == "default-limit")
            Limit = value;
        else if (word == "default-period")
            PeriodMs = value;
        else
            MinSize = value;
        return true;
    }

    internal static readonly FilterKeyword[] Rows = [new("bwlim-in", Parse), new("bwlim-out", Parse)];
}
