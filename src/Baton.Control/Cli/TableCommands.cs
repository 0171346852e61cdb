// show, set and clear table: stick tables while traffic counts in them. A table of any size is shown a little at a time.
using System;
using System.Collections.Generic;
using System.Globalization;
using Baton.Configuration.Model;
using Baton.Engine.Loop;
using Baton.Engine.StickTables;

namespace Baton.Control.Cli;

internal static class TableCommands
{
    /// <summary>Conditions of one command.</summary>
    private const int MostFilters = 4;

    /// <summary>Entries that are looked at in one step.</summary>
    private const int EntriesPerStep = 64;

    private sealed record Filter(StickDataType Type, int Index, string Operator, long Value)
    {
        public bool Holds(StickEntryCopy entry, long nowMs)
        {
            long has = entry.Value(Type, Index, nowMs);
            return Operator switch
            {
                "eq" => has == Value,
                "ne" => has != Value,
                "le" => has <= Value,
                "ge" => has >= Value,
                "lt" => has < Value,
                _ => has > Value,
            };
        }
    }

    private static StickTableState? Find(CliRequest r)
    {
        StickTableState? table = r.Engine.FindStickTable(r[2]);
        if (table is null)
            r.Fail("No such table");
        return table;
    }

    private static IEnumerable<Worker> Show(CliRequest r)
    {
        if (r[2].Length == 0)
        {
            ShowTables(r);
            return [];
        }
        if (Find(r) is not { } table)
            return [];
        if (IsOne(r[3]))
        {
            ShowOne(r, table);
            return [];
        }
        if (r[3].Length > 0 && !IsData(r[3]))
        {
            r.Fail("Optional argument only supports \"data.<store_data_type>\" <operator> <value> and key <key>");
            return [];
        }
        return Filters(r, table) is { } filters ? ShowEntries(r, table, filters) : [];
    }

    private static bool IsData(string word) => word.StartsWith("data.", StringComparison.Ordinal);

    /// <summary>COMPAT: the last that was declared first.</summary>
    private static void ShowTables(CliRequest r)
    {
        for (int i = r.Engine.StickTables.Length - 1; i >= 0; i--)
            Head(r, r.Engine.StickTables[i]);
    }

    private static void Head(CliRequest r, StickTableState table) =>
        r.Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"# table: {table.Config.Name}, type: {table.Config.TypeName}, size:{table.Config.Size}, used:{table.Used}"
            )
        );

    private static IEnumerable<Worker> ShowEntries(CliRequest r, StickTableState table, List<Filter> filters)
    {
        Head(r, table);
        var entry = new StickEntryCopy(table);
        StickPlace place = default;
        for (int seen = 1; table.Next(ref place, entry, r.Home!.NowMs); seen++)
        {
            if (filters.TrueForAll(f => f.Holds(entry, r.Home!.NowMs)))
                Entry(r, entry);
            if (seen % EntriesPerStep == 0)
                yield return r.Home!;
        }
    }

    /// <summary>One entry is meant, by its key or by the address that "show table" has told it by.</summary>
    private static bool IsOne(string word) => word is "key" or "ptr";

    private static void ShowOne(CliRequest r, StickTableState table)
    {
        if (Key(r, table) is not { } key)
            return;
        var entry = new StickEntryCopy(table);
        if (!table.TryCopy(key, entry, r.Home!.NowMs))
            return;
        Head(r, table);
        Entry(r, entry);
    }

    /// <summary>COMPAT: what is no key of the table is like one that is not there, where nothing is written and it is no number.</summary>
    private static byte[]? Key(CliRequest r, StickTableState table)
    {
        if (r[3] == "ptr")
            return KeyAt(r, table);
        if (r[4].Length == 0)
        {
            r.Fail("Key value expected");
            return null;
        }
        byte[]? key = StickKey.Parse(table.Config, r[4]);
        if (key is null && (table.Config.Type == StickKeyType.Integer || r[0] == "set"))
            r.Fail("Invalid key");
        return key;
    }

    private static byte[]? KeyAt(CliRequest r, StickTableState table)
    {
        ReadOnlySpan<char> text = r[4].AsSpan();
        text = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text;
        var entry = new StickEntryCopy(table);
        if (text.IsEmpty)
            r.Fail("Pointer value expected");
        else if (
            ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong address)
            && table.TryCopyAt(address, entry, r.Home!.NowMs)
        )
            return entry.Key.ToArray();
        else
            r.Fail("No entry can be found matching ptr.");
        return null;
    }

    private static void Entry(CliRequest r, StickEntryCopy entry)
    {
        StickTableConfig config = entry.Table.Config;
        long now = r.Home!.NowMs;
        r.Answer.Append(
            CultureInfo.InvariantCulture,
            $"0x{entry.Address:x}: key={StickKey.Format(config, entry.Key)} use={entry.Holders} exp={Math.Max(0, entry.ExpiresInMs)}"
        );
        foreach (StickDataConfig data in config.Data)
            for (int i = 0; i < data.Count; i++)
            {
                r.Answer.Append(' ').Append(NameOf(data, i));
                if (data.PeriodMs > 0)
                    r.Answer.Append(CultureInfo.InvariantCulture, $"({data.PeriodMs})");
                r.Answer.Append('=');
                if (data.Kind.Form == StickDataForm.Text)
                    r.Answer.Append(entry.Text(data.Type) is { Length: > 0 } text ? text : "-");
                else
                    r.Answer.Append(CultureInfo.InvariantCulture, $"{entry.Value(data.Type, i, now)}");
            }
        r.Answer.Append('\n');
    }

    /// <summary>"gpc" and "gpc_rate" of an array are gpc0, gpc1 and gpc0_rate, gpc1_rate.</summary>
    private static string NameOf(StickDataConfig data, int index) =>
        !data.Kind.IsArray ? data.Kind.Name
        : data.Type == StickDataType.GpcRate ? string.Create(CultureInfo.InvariantCulture, $"gpc{index}_rate")
        : string.Create(CultureInfo.InvariantCulture, $"{data.Kind.Name}{index}");

    /// <summary>The conditions from the fourth word on; null when something is wrong with them, which has been said then.</summary>
    private static List<Filter>? Filters(CliRequest r, StickTableState table)
    {
        var filters = new List<Filter>();
        for (int at = 3; r[at].Length > 0; at += 3)
        {
            int number = filters.Count + 1;
            if (!IsData(r[at]) || number > MostFilters)
            {
                r.Fail($"Detected extra data in filter, {at + 1}th word of input, after '{r[at - 1]}'");
                return null;
            }
            string? wrong = Data(table, r[at], out StickDataType type, out int index);
            long value = 0;
            if (wrong is null && r[at + 1] is not ("eq" or "ne" or "le" or "ge" or "lt" or "gt"))
                wrong = "Require and operator among \"eq\", \"ne\", \"le\", \"ge\", \"lt\", \"gt\"";
            if (wrong is null && !long.TryParse(r[at + 2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
                wrong = "Require a valid integer value to compare against";
            if (wrong is not null)
            {
                r.Fail($"Filter entry #{number}: {wrong}");
                return null;
            }
            filters.Add(new Filter(type, index, r[at + 1], value));
        }
        return filters;
    }

    /// <summary>"data.http_req_rate", and "data.gpc1" or "data.gpc1_rate" of an array.</summary>
    private static string? Data(StickTableState table, string word, out StickDataType type, out int index)
    {
        string name = word[5..];
        index = 0;
        type = default;
        if (StickDataKind.Find(name) is { } kind)
            type = kind.Type;
        else if (!TryElement(name, out type, out index))
            return "Unknown data type";
        if (table.Config.Find(type) is { Kind.IsArray: var isArray })
            return isArray && name == StickDataKind.Of(type).Name ? "Data type not stored in this table" : null;
        return table.TryResolve(ref type, ref index) ? null : "Data type not stored in this table";
    }

    /// <summary>gpc0 to gpc99, gpt0 to gpt99, gpc0_rate to gpc99_rate.</summary>
    private static bool TryElement(string name, out StickDataType type, out int index)
    {
        bool isRate = name.EndsWith("_rate", StringComparison.Ordinal);
        string element = isRate ? name[..^5] : name;
        type =
            element.StartsWith("gpt", StringComparison.Ordinal) && !isRate ? StickDataType.Gpt
            : isRate ? StickDataType.GpcRate
            : StickDataType.Gpc;
        index = 0;
        return element.Length is 4 or 5
            && element[..3] is "gpc" or "gpt"
            && int.TryParse(element.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out index);
    }

    private static void Set(CliRequest r)
    {
        if (r[2].Length == 0)
        {
            r.Fail("Required arguments: <table> key <key> [data.<store_data_type> <value>]*");
            return;
        }
        if (Find(r) is not { } table)
            return;
        if (IsData(r[3]))
            r.Fail("content-based lookup is only supported with the \"show\" and \"clear\" actions");
        else if (r[3].Length > 0 && !IsOne(r[3]))
            r.Fail("Required arguments: <table> key <key> [data.<store_data_type> <value>]*");
        else if (r[3].Length > 0)
            SetKey(r, table);
    }

    private static void SetKey(CliRequest r, StickTableState table)
    {
        if (r[3] == "key" && table.Config.Type == StickKeyType.Binary)
        {
            r.Fail("Inserting keys into tables of type other than ip, ipv6, string and integer is not supported");
            return;
        }
        byte[]? key = Key(r, table);
        if (key is null)
            return;
        long now = r.Home!.NowMs;
        StickEntry entry = table.FindOrAdd(key, now);
        if (!entry.IsSet)
        {
            r.Fail("Unable to allocate a new entry");
            return;
        }
        if (SetData(r, table, entry) is { } wrong)
            r.Fail(wrong);
        // behind the data: a peer that hears of the entry while it is empty may teach that back
        table.Touch(entry, now);
        table.Release(entry);
    }

    private static string? SetData(CliRequest r, StickTableState table, in StickEntry entry)
    {
        for (int at = 5; r[at].Length > 0; at += 2)
        {
            if (!IsData(r[at]))
                return "\"data.<type>\" followed by a value expected";
            if (Data(table, r[at], out StickDataType type, out int index) is { } wrong)
                return wrong;
            long value;
            if (StickDataKind.Of(type).Form == StickDataForm.Text)
                value = table.Texts.NumberOf(r[at + 1]);
            else if (!long.TryParse(r[at + 1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
                return "Require a valid integer value to store";
            table.TrySet(entry, type, index, value, r.Home!.NowMs, out _);
        }
        return null;
    }

    private static IEnumerable<Worker> Clear(CliRequest r)
    {
        const string usage = "Required arguments: <table> \"data.<store_data_type>\" <operator> <value> or <table> key <key>";
        if (r[2].Length == 0)
        {
            r.Fail(usage);
            return [];
        }
        if (Find(r) is not { } table)
            return [];
        if (IsOne(r[3]))
        {
            if (Key(r, table) is { } key && !table.Remove(key))
                r.Fail("Entry currently in use, cannot remove");
            return [];
        }
        if (r[3].Length > 0 && !IsData(r[3]))
        {
            r.Fail(usage);
            return [];
        }
        return Filters(r, table) is { } filters ? ClearEntries(r, table, filters) : [];
    }

    private static IEnumerable<Worker> ClearEntries(CliRequest r, StickTableState table, List<Filter> filters)
    {
        var entry = new StickEntryCopy(table);
        StickPlace place = default;
        for (int seen = 1; table.Next(ref place, entry, r.Home!.NowMs); seen++)
        {
            if (filters.TrueForAll(f => f.Holds(entry, r.Home!.NowMs)))
                table.Remove(entry.Key);
            if (seen % EntriesPerStep == 0)
                yield return r.Home!;
        }
    }

    internal static readonly CliCommand[] Rows =
    [
        new("show table", "<table> [<filter>]*", CliLevel.User, "stick tables, or the entries of one (filter: data, key, ptr)", Show),
        new("set table", "<table> key <k>|ptr <p> [data.* <v>]*", CliLevel.Operator, "make or change an entry of a stick table", Set),
        new("clear table", "<table> [<filter>]*", CliLevel.Operator, "remove entries of a stick table (filter: data, key, ptr)", Clear),
    ];
}
