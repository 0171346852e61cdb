// show, get, add, set, del and clear map: the entries of the map files while traffic looks things up in them.
using System;
using System.Runtime.CompilerServices;
using Baton.Configuration.Model;
using Baton.Engine.Maps;

namespace Baton.Control.Cli;

internal static class MapCommands
{
    private static MapFile? File(CliRequest r)
    {
        MapFile? file = r[2].Length == 0 ? null : MapRegistry.Find(r[2]);
        if (file is null) r.Line("Unknown map identifier. Please use #<id> or <file>.");
        return file;
    }

    private static void Show(CliRequest r)
    {
        if (r[2].Length > 0)
        {
            if (File(r) is not { } file) return;
            // each line begins with what tells entries of one key apart
            foreach (MapEntry e in file.Entries) r.Line($"0x{RuntimeHelpers.GetHashCode(e):x12} {e.Key} {e.Value}");
            return;
        }
        r.Line("# id (file) description");
        foreach (MapFile f in MapRegistry.All) r.Line($"{f.Id} ({f.Name}) pattern loaded from file '{f.Name}' used by map. curr_ver=0 next_ver=0 entry_cnt={f.Entries.Length}");
    }

    private static void Get(CliRequest r)
    {
        if (r[2].Length == 0 || r[3].Length == 0) { r.Line("Missing map identifier and/or key."); return; }
        if (File(r) is not { } file) return;
        foreach ((string match, MapEntry? entry) in file.Get(r[3], r.Home!))
        {
            string index = match is "str" or "beg" or "ip" ? "tree" : "list";
            r.Line(entry is null ? $"type={match}, case=sensitive, found=no" : $"type={match}, case=sensitive, found=yes, idx={index}, key=\"{entry.Key}\", value=\"{entry.Value}\", type=\"str\"");
        }
    }

    private static void Add(CliRequest r)
    {
        if (r[2].Length == 0 || r.Payload is null && (r[3].Length == 0 || r[4].Length == 0))
        {
            r.Line("'add map' expects three parameters (map identifier, key and value) or one parameter (map identifier) and a payload");
            return;
        }
        if (File(r) is not { } file) return;
        if (r.Payload is null)
        {
            if (file.Add(r[3], r[4]) is { } wrong) r.Line(wrong + ".");
            return;
        }
        foreach (string line in r.Payload.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string text = line.Trim(' ', '\t', '\r');
            int end = text.AsSpan().IndexOfAny(' ', '\t');
            if (text.Length == 0) continue;
            if (end < 0) { r.Line($"Missing value for key '{text}'."); return; }
            if (file.Add(text[..end], text[end..].Trim(' ', '\t')) is { } wrong) { r.Line(wrong + "."); return; }
        }
    }

    private static void Set(CliRequest r)
    {
        if (r[2].Length == 0 || r[3].Length == 0 || r[4].Length == 0) { r.Line("'set map' expects three parameters: map identifier, key and value."); return; }
        if (File(r) is { } file && !file.Set(r[3], r[4])) r.Line("entry not found.");
    }

    private static void Delete(CliRequest r)
    {
        if (r[2].Length == 0 || r[3].Length == 0) { r.Line("This command expects two parameters: map identifier and key."); return; }
        if (File(r) is { } file && !file.Delete(r[3])) r.Line("Key not found.");
    }

    internal static readonly CliCommand[] Rows =
    [
        new("show map", "[<map>]", CliLevel.User, "the map files, or the entries of one", Show),
        new("get map", "<map> <key>", CliLevel.User, "what a key finds in a map", Get),
        new("add map", "<map> <key> <value>", CliLevel.Operator, "add an entry to a map", Add),
        new("set map", "<map> <key> <value>", CliLevel.Operator, "change the entries of a key", Set),
        new("del map", "<map> <key>", CliLevel.Operator, "remove the entries of a key", Delete),
        new("clear map", "<map>", CliLevel.Operator, "remove all entries of a map", r => File(r)?.Clear()),
    ];
}
