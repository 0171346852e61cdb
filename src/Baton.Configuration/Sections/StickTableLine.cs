// stick-table, and "table" of a peers section: the same words (manual, "stick-table").
using System;
using System.Collections.Generic;
using System.Globalization;
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Configuration.Values;

namespace Baton.Configuration.Sections;

/// <summary>Reads one line into a table.</summary>
internal sealed class StickTableLine
{
    /// <summary>Elements of an array at most, so that a message of the peers protocol holds them.</summary>
    private const int MostElements = 100;

    /// <summary>What a key of text or bytes takes at most; longer ones would not fit a buffer.</summary>
    private const int LongestKey = 16384;
    private const int DefaultLength = 32;

    private static readonly bool s_hasPeers = (SectionBuilder.Built & SectionKinds.Peers) != 0;

    private readonly DirectiveContext _c;
    private readonly StickTableConfig _table;
    private readonly bool _ofPeers;
    private bool _hasType;

    private StickTableLine(DirectiveContext c, StickTableConfig table, bool ofPeers) => (_c, _table, _ofPeers) = (c, table, ofPeers);

    /// <summary>The words from <paramref name="first"/> on as a table of that name; null when something was wrong, which has been said
    /// then.</summary>
    public static StickTableConfig? Read(DirectiveContext c, int first, StickTableConfig table, bool ofPeers)
    {
        var line = new StickTableLine(c, table, ofPeers);
        int at = first;
        while (at < c.Count)
            if (!line.Word(ref at))
            {
                _ = c.Arguments;
                return null;
            }
        string? missing =
            table.Size == 0 ? "size"
            : !line._hasType ? "type"
            : null;
        if (missing is not null)
        {
            c.Error($"{c.Keyword}: missing {missing}.", c.Keyword);
            return null;
        }
        return line.Conflict() ? null : table;
    }

    private bool Fail(string message, string word)
    {
        _c.Error($"{_c.Keyword}: {message}", word);
        return false;
    }

    private bool Word(ref int at)
    {
        string word = _c[at++];
        switch (word)
        {
            case "nopurge":
                _table.NoPurge = true;
                return true;
            case "recv-only":
                _table.RecvOnly = true;
                return true;
            case "type":
                return Value(at, word, out string type) && Type(type, ref at);
            case "size" or "expire" or "srvkey" or "brates-factor" or "store" or "write-to" or "peers" when word != "peers" || !_ofPeers:
                return Value(at++, word, out string value) && Set(word, value);
            default:
                return Fail($"unknown argument '{word}'{Spelling.Hint(word, s_words)}.", word);
        }
    }

    private static readonly string[] s_words =
    [
        "type",
        "size",
        "expire",
        "nopurge",
        "peers",
        "srvkey",
        "store",
        "write-to",
        "recv-only",
        "brates-factor",
    ];

    private bool Value(int at, string word, out string value)
    {
        value = _c[at];
        return value.Length > 0 || Fail($"missing argument after '{word}'.", word);
    }

    private bool Set(string word, string value)
    {
        switch (word)
        {
            case "size":
                return Size(value);
            case "expire":
                return Expire(value);
            case "peers" when !s_hasPeers:
                return Fail("'peers' names a peers section, which is not supported by Baton yet.", "peers");
            case "peers":
                _table.Peers = value;
                return true;
            case "write-to":
                _table.WriteTo = new StickTableReference(value, "write-to", null, SampleType.Any, _c.Position);
                return true;
            case "srvkey" when value is "name" or "addr":
                _table.ServerKey = value == "name" ? StickServerKey.Name : StickServerKey.Address;
                return true;
            case "srvkey":
                return Fail($"unknown server key type '{value}'{Spelling.Hint(value, "name", "addr")}.", value);
            case "brates-factor":
                if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int factor) || factor is < 1 or > 1024)
                    return Fail($"'brates-factor' takes a number from 1 to 1024, got '{value}'.", value);
                _table.BytesRateFactor = factor;
                return true;
            default:
                return Store(value);
        }
    }

    private bool Size(string value)
    {
        if (UnitParser.Size(value, out long size) is { } wrong)
            return Fail($"{wrong} in 'size {value}'.", value);
        if (size > int.MaxValue)
            return Fail($"'size {value}' is more than a table can have.", value);
        _table.Size = (int)size;
        return true;
    }

    private bool Expire(string value)
    {
        string? wrong = UnitParser.Time(value, TimeUnit.Millisecond, out long ms);
        if (wrong == UnitParser.Overflow || wrong is null && ms > int.MaxValue)
            return Fail($"timer overflow in argument <{value}> to <expire>, maximum value is 2147483647 ms (~24.8 days).", value);
        if (wrong is not null)
            return Fail($"{wrong} in 'expire {value}'.", value);
        _table.ExpireMs = (int)ms;
        return true;
    }

    private bool Type(string type, ref int at)
    {
        at++;
        (StickKeyType Kind, int Length) found = type switch
        {
            "ip" => (StickKeyType.Ip, 4),
            "ipv6" => (StickKeyType.Ipv6, 16),
            "integer" => (StickKeyType.Integer, 4),
            "string" => (StickKeyType.String, DefaultLength),
            "binary" => (StickKeyType.Binary, DefaultLength),
            _ => (default, 0),
        };
        if (found.Length == 0)
            return Fail($"unknown type '{type}'{Spelling.Hint(type, "ip", "ipv6", "integer", "string", "binary")}.", type);
        if (found.Kind is StickKeyType.String or StickKeyType.Binary && _c[at] == "len")
        {
            string text = _c[at + 1];
            if (
                !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out found.Length)
                || found.Length is < 1 or > LongestKey
            )
                return Fail($"'len' takes a number from 1 to {LongestKey}, got '{text}'.", text.Length > 0 ? text : "len");
            at += 2;
        }
        (_table.Type, _table.KeyLength) = found;
        _hasType = true;
        return true;
    }

    /// <summary>"gpc0,conn_rate(30s),gpc_rate(2,1m)".</summary>
    private bool Store(string list)
    {
        foreach (string item in Items(list))
        {
            int open = item.IndexOf('(');
            string name = open < 0 ? item : item[..open];
            if (StickDataKind.Find(name) is not { } kind)
                return Fail(
                    $"unknown store option '{name}'{Spelling.Hint(name, Array.ConvertAll(StickDataKind.All, static k => k.Name))}.",
                    name
                );
            string[] arguments = open < 0 ? [] : item[(open + 1)..].TrimEnd(')').Split(',');
            if (open >= 0 && !item.EndsWith(')'))
                return Fail($"missing closing ')' of store option '{item}'.", item);
            if (Data(kind, arguments) is not { } data)
                return false;
            if (!_table.Store(data))
                _c.Warning($"{_c.Keyword}: store option '{name}' already enabled, ignored.", name);
        }
        return true;
    }

    /// <summary>What stands between the commas outside of parentheses.</summary>
    private static List<string> Items(string list)
    {
        var items = new List<string>();
        int from = 0,
            depth = 0;
        for (int i = 0; i <= list.Length; i++)
            if (i == list.Length || list[i] == ',' && depth == 0)
            {
                items.Add(list[from..i]);
                from = i + 1;
            }
            else if (list[i] is '(' or ')')
                depth += list[i] == '(' ? 1 : -1;
        return items;
    }

    private StickDataConfig? Data(StickDataKind kind, string[] arguments)
    {
        int expected = (kind.IsArray ? 1 : 0) + (kind.IsRate ? 1 : 0);
        if (arguments.Length != expected)
        {
            string what = arguments.Length < expected ? "missing" : "unexpected";
            Fail($"{what} argument to store option '{kind.Name}'.", kind.Name);
            return null;
        }
        int count = 1,
            at = 0;
        if (kind.IsArray)
        {
            string text = arguments[at++];
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) || count is < 1 or > MostElements)
            {
                Fail($"array size is out of allowed range (1-{MostElements}) for store option '{kind.Name}'.", text);
                return null;
            }
        }
        if (!kind.IsRate)
            return new StickDataConfig(kind.Type, count);
        string? wrong = UnitParser.Time(arguments[at], TimeUnit.Millisecond, out long period);
        if (wrong is null && period is < 1 or > int.MaxValue)
            wrong = period == 0 ? "it must not be zero" : UnitParser.Overflow;
        if (wrong is null)
            return new StickDataConfig(kind.Type, count, (int)period);
        Fail($"'{arguments[at]}' is no period of store option '{kind.Name}': {wrong}.", arguments[at]);
        return null;
    }

    /// <summary>The arrays stand for what they replace.</summary>
    private bool Conflict()
    {
        foreach ((StickDataType array, StickDataType[] replaced, string text) in s_replaced)
            if (_table.Find(array) is not null && Array.Exists(replaced, t => _table.Find(t) is not null))
                return !Fail(text, _c.Keyword);
        return false;
    }

    private static readonly (StickDataType Array, StickDataType[] Replaced, string Text)[] s_replaced =
    [
        (StickDataType.Gpt, [StickDataType.Gpt0], "simultaneous usage of 'gpt' and 'gpt0' in a same table is not permitted."),
        (
            StickDataType.Gpc,
            [StickDataType.Gpc0, StickDataType.Gpc1],
            "simultaneous usage of 'gpc' and 'gpc[0/1]' in a same table is not permitted as 'gpc' overrides 'gpc[0/1]'."
        ),
        (
            StickDataType.GpcRate,
            [StickDataType.Gpc0Rate, StickDataType.Gpc1Rate],
            "simultaneous usage of 'gpc_rate' and 'gpc[0/1]_rate' in a same table is not permitted as 'gpc_rate' overrides them."
        ),
    ];

    private static void Parse(DirectiveContext c)
    {
        if (c.Proxy.StickTable is { } other)
        {
            _ = c.Arguments;
            c.Error($"stick-table name '{c.Proxy.Name}' conflicts with table declared at {other.Position}.", "stick-table");
            return;
        }
        var table = new StickTableConfig
        {
            Name = c.Proxy.Name,
            Position = c.Position,
            Proxy = c.Proxy,
        };
        c.Proxy.StickTable = Read(c, 0, table, ofPeers: false);
    }

    internal static readonly DirectiveKeyword[] Keywords =
    [
        new("stick-table", SectionKinds.Frontend | SectionKinds.Backend | SectionKinds.Listen, Parse),
    ];
}
