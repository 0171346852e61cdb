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

    /// <summary>What streams that share a limit have in common, and the table that counts; null where each has its own.</summary>
    public SampleExpressionConfig? Key { get; private set; }
    public StickTableReference? Table { get; private set; }
    private string _tableName = "";
    private bool _isShared,
        _isOwn;

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
        return line.Complete(c, keyword.Name) ? line : null;
    }

    /// <summary>Each stream's own limit has a period, one that is shared has a key.</summary>
    private bool Complete(DirectiveContext c, string keyword)
    {
        if (_isOwn && _isShared)
        {
            c.Error(
                $"'filter {keyword}' : '{Name}' has a limit of each stream (default-limit, default-period) and one that is shared (limit, key).",
                keyword
            );
            return false;
        }
        string? missing =
            Limit <= 0 ? (_isShared ? "limit" : "default-limit")
            : !_isShared && PeriodMs <= 0 ? "default-period"
            : _isShared && Key is null ? "key"
            : null;
        if (missing is not null)
        {
            c.Error($"'filter {keyword}' : '{Name}' has no '{missing}'.", keyword);
            return false;
        }
        if (!_isShared)
            return true;
        Table = new StickTableReference(_tableName, $"filter {keyword}", c.Proxy, Key!.Output, c.Position)
        {
            NeedsData = Side == ChannelSide.Request ? StickDataType.BytesInRate : StickDataType.BytesOutRate,
        };
        c.Expressions.Tables.Add(Table);
        return true;
    }

    /// <summary>"limit", "key" and "table".</summary>
    private bool SetShared(DirectiveContext c, string keyword, string word, int at)
    {
        _isShared = true;
        string text = c[at];
        if (text.Length == 0)
        {
            c.Error($"'filter {keyword}' : '{word}' expects a value.", word);
            return false;
        }
        if (word == "table")
        {
            _tableName = text;
            return true;
        }
        if (word == "key")
        {
            Key = c.Expressions.ParseSample(c.Arguments[at..], c.Position, SampleNeeds.None, out _);
            return Key is not null;
        }
        if (UnitParser.Size(text, out long value) is { } wrong || value == 0 && (wrong = "it must not be zero") is not null)
        {
            c.Error($"'filter {keyword}' : 'limit {text}' : {wrong}.", text);
            return false;
        }
        Limit = value;
        return true;
    }

    private bool Set(DirectiveContext c, string keyword, string word, int at)
    {
        if (word is "limit" or "key" or "table")
            return SetShared(c, keyword, word, at);
        if (word is not ("default-limit" or "default-period" or "min-size"))
        {
            string hint = Spelling.Hint(word, "default-limit", "default-period", "min-size", "limit", "key", "table");
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
        _isOwn |= word != "min-size";
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
