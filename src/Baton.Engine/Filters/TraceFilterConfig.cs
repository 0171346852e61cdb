// The line "filter trace".
using System;
using System.Globalization;
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Configuration.Values;

namespace Baton.Engine.Filters;

internal sealed class TraceFilterConfig : StreamFilterConfig
{
    /// <summary>Prints nothing, but for the bytes when it is told to.</summary>
    public bool IsQuiet { get; private init; }
    public bool HasHexDump { get; private init; }

    /// <summary>Lets a part of what it sees go on, by chance.</summary>
    public bool IsRandom { get; private init; }

    /// <summary>Bytes that it lets go on at a time; 0 for all.</summary>
    public int MaxForward { get; private init; }

    public override StreamFilter Create() => new TraceFilter(this);

    public override void Started(string proxy)
    {
        if (!IsQuiet)
            TraceFilter.Line(this, proxy, $"filter initialized [quiet=false - fwd random={Word(IsRandom)} - hexdump={Word(HasHexDump)}]");
    }

    private static string Word(bool value) => value ? "true" : "false";

    private static FilterConfig? Parse(FilterKeyword keyword, DirectiveContext c)
    {
        string name = "TRACE";
        bool quiet = false,
            random = false,
            dump = false;
        int most = 0;
        for (int i = 1; i < c.Count; i++)
            switch (c[i])
            {
                case "name" when i + 1 < c.Count:
                    name = c[++i];
                    break;
                case "max-fwd" when i + 1 < c.Count:
                    if (!int.TryParse(c[++i], NumberStyles.None, CultureInfo.InvariantCulture, out most) || most == 0)
                    {
                        c.Error($"'filter trace' : 'max-fwd' expects a number of bytes, got '{c[i]}'.", c[i]);
                        return null;
                    }
                    break;
                case "name" or "max-fwd":
                    c.Error($"'filter trace' : '{c[i]}' expects a value.", c[i]);
                    return null;
                case "quiet":
                    quiet = true;
                    break;
                case "random-forwarding":
                    random = true;
                    break;
                case "hexdump":
                    dump = true;
                    break;
                case "random-parsing":
                    // COMPAT: parsing and forwarding have been one step for long
                    c.Warning("'filter trace' : 'random-parsing' : accepted, but it changes nothing in Baton", "random-parsing");
                    break;
                default:
                    string hint = Spelling.Hint(c[i], "name", "quiet", "random-forwarding", "max-fwd", "hexdump");
                    c.Error($"'filter trace' : unknown keyword '{c[i]}'{hint}.", c[i]);
                    return null;
            }
        return new TraceFilterConfig
        {
            Keyword = keyword,
            Name = name,
            Position = c.Position,
            IsQuiet = quiet,
            HasHexDump = dump,
            IsRandom = random,
            MaxForward = most,
        };
    }

    internal static readonly FilterKeyword[] Rows = [new("trace", Parse)];
}
