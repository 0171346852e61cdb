// show, get, add, set, del, clear, prepare and commit, for maps and for ACLs: patterns while traffic looks things up in them.
// Both are lists of patterns; what differs is whether an entry has a value, and the words of the answers.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Baton.Configuration.Model;
using Baton.Engine.Loop;
using Baton.Engine.Patterns;

namespace Baton.Control.Cli;

internal static class PatternCommands
{
    /// <summary>"show map @2 #0": what is named, with the version if one is given, and where the other words begin.</summary>
    private readonly struct Reference
    {
        public Reference(CliRequest r)
        {
            IsMap = r[1] == "map";
            HasVersion = r[2].StartsWith('@');
            // COMPAT: what is no number counts as 0
            Version =
                HasVersion && uint.TryParse(r[2].AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out uint version)
                    ? version
                    : 0;
            Name = r[HasVersion ? 3 : 2];
            Rest = HasVersion ? 4 : 3;
        }

        public bool IsMap { get; }
        public bool HasVersion { get; }
        public uint Version { get; }
        public uint? GivenVersion => HasVersion ? Version : null;
        public string Name { get; }
        public int Rest { get; }
        public string Kind => IsMap ? "map" : "ACL";

        /// <summary>The list; answers when there is none. <paramref name="anyKind"/>: an ACL's patterns may be meant by a map command and
        /// the other way round.</summary>
        public PatternList? Find(CliRequest r, bool anyKind = false)
        {
            PatternList? list = Name.Length == 0 ? null : PatternRegistry.Find(Name);
            if (list is not null && (anyKind || (IsMap ? list.IsMap : list.IsAcl)))
                return list;
            r.Fail($"Unknown {Kind} identifier. Please use #<id> or <file>.");
            return null;
        }
    }

    /// <summary>Entries shown, and lines of a payload read, in one step.</summary>
    private const int EntriesPerStep = 64;

    private static IEnumerable<Worker> Show(CliRequest r)
    {
        var reference = new Reference(r);
        if (!reference.HasVersion && reference.Name.Length == 0)
            return ShowLists(r, reference);
        return reference.Find(r) is { } list ? ShowEntries(r, list, reference.GivenVersion) : [];
    }

    /// <summary>Each line begins with what tells entries of one key apart.</summary>
    private static IEnumerable<Worker> ShowEntries(CliRequest r, PatternList list, uint? version)
    {
        PatternList.Visitor line = e =>
        {
            r.Answer.Append(CultureInfo.InvariantCulture, $"0x{e.Id:x12} ");
            r.Append(e.KeyBytes);
            if (e.HasValue)
            {
                r.Answer.Append(' ');
                r.Append(e.ValueBytes);
            }
            r.Answer.Append('\n');
        };
        for (long after = 0; list.Walk(version, ref after, EntriesPerStep, line); )
            yield return r.Home!;
    }

    private static IEnumerable<Worker> ShowLists(CliRequest r, Reference reference)
    {
        r.Line("# id (file) description");
        foreach (PatternList l in PatternRegistry.All)
        {
            if (reference.IsMap ? l.IsMap : l.IsAcl)
                r.Line($"{l.Id} ({l.File}) {l.Description}. curr_ver={l.CurrentVersion} next_ver={l.NextVersion} entry_cnt={l.Count}");
            yield return r.Home!;
        }
    }

    private static void Get(CliRequest r)
    {
        var reference = new Reference(r);
        if (r[2].Length == 0 || r[3].Length == 0)
        {
            r.Fail($"Missing {reference.Kind} identifier and/or key.");
            return;
        }
        if (reference.HasVersion)
        {
            r.Fail($"Unknown {reference.Kind} identifier. Please use #<id> or <file>.");
            return;
        }
        if (reference.Find(r) is not { } list)
            return;
        foreach ((PatternTable table, bool found, PatternEntry entry) in list.Get(r[3], r.Home!))
        {
            string letters = table.IgnoreCase ? "insensitive" : "sensitive";
            string head = $"type={table.MatchName}, case={letters}, {(reference.IsMap ? "found" : "match")}=";
            if (!found)
                r.Line(head + "no");
            else if (!entry.IsSet)
                r.Line(head + "yes, idx=tree, pattern=unknown");
            else if (reference.IsMap)
                r.Line($"{head}yes, idx={table.IndexName}, key=\"{entry.Key}\", value=\"{entry.Value}\", type=\"str\"");
            else
                r.Line($"{head}yes, idx={table.IndexName}, pattern=\"{entry.Key}\"");
        }
    }

    private static IEnumerable<Worker> Add(CliRequest r)
    {
        var reference = new Reference(r);
        bool complete = r.Payload is not null || (r[reference.Rest].Length > 0 && (!reference.IsMap || r[reference.Rest + 1].Length > 0));
        if (reference.Name.Length == 0 || !complete)
        {
            r.Fail(
                reference.IsMap
                    ? "'add map' expects three parameters (map identifier, key and value) or one parameter (map identifier) and a payload"
                    : "'add acl' expects two parameters: ACL identifier and pattern."
            );
            return [];
        }
        if (reference.Find(r, anyKind: true) is not { } list)
            return [];
        if (!reference.IsMap && list.IsMap)
        {
            r.Fail("This ACL is shared with a map containing samples. You must use the command 'add map' to add values.");
            return [];
        }
        if (reference.Version > list.NextVersion)
        {
            r.Fail($"Version number in the future, please use 'prepare {r[1]}' before.");
            return [];
        }
        bool withValue = reference.IsMap && list.IsMap;
        if (r.Payload is not null)
            return AddPayload(r, list, reference, withValue);
        if (list.Add([(r[reference.Rest], withValue ? r[reference.Rest + 1] : null)], reference.GivenVersion) is { } refused)
            r.Fail(refused + ".");
        return [];
    }

    /// <summary>Lines "key value", or for an ACL one pattern each; adds until one is wrong and tells what is.</summary>
    private static IEnumerable<Worker> AddPayload(CliRequest r, PatternList list, Reference reference, bool withValue)
    {
        var entries = new List<(string, string?)>(EntriesPerStep);
        var at = new CliPayload.Place();
        string? wrong = null;
        while (wrong is null && ReadLines(r.Payload!, ref at, entries, reference.IsMap, withValue, out wrong))
        {
            if (list.Add(entries, reference.GivenVersion) is { } refused)
                wrong = refused + ".";
            entries.Clear();
            yield return r.Home!;
        }
        if (wrong is not null)
            r.Fail(wrong);
    }

    /// <summary>The next lines, as far as they are right. False when there are none.</summary>
    private static bool ReadLines(
        CliPayload payload,
        ref CliPayload.Place at,
        List<(string, string?)> entries,
        bool isMap,
        bool withValue,
        out string? wrong
    )
    {
        wrong = null;
        bool any = false;
        while (wrong is null && entries.Count < EntriesPerStep && payload.Next(ref at, out ReadOnlySpan<byte> line))
        {
            any = true;
            wrong = ReadLine(Encoding.UTF8.GetString(line).AsSpan().Trim(" \t\r"), entries, isMap, withValue);
        }
        return any;
    }

    private static string? ReadLine(ReadOnlySpan<char> text, List<(string, string?)> entries, bool isMap, bool withValue)
    {
        if (text.IsEmpty)
            return null;
        int end = isMap ? text.IndexOfAny(' ', '\t') : text.Length;
        if (end < 0)
            return $"Missing value for key '{text}'.";
        entries.Add((text[..end].ToString(), withValue ? text[end..].Trim(" \t").ToString() : null));
        return null;
    }

    /// <summary>Which entries are meant: those of a key, or the one of a reference "#0x...". False, and answered, when the reference is
    /// none.</summary>
    private static bool Meant(CliRequest r, string key, out PatternSelector meant)
    {
        meant = new PatternSelector(key);
        if (!key.StartsWith("#0x", StringComparison.Ordinal))
            return true;
        if (!long.TryParse(key.AsSpan(3), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long id))
        {
            r.Fail("Malformed identifier. Please use #<id> or <file>.");
            return false;
        }
        meant = new PatternSelector(id);
        return true;
    }

    private static void Set(CliRequest r)
    {
        if (r[2].Length == 0 || r[3].Length == 0 || r[4].Length == 0)
        {
            r.Fail("'set map' expects three parameters: map identifier, key and value.");
            return;
        }
        if (new Reference(r).Find(r) is not { } list || !Meant(r, r[3], out PatternSelector meant))
            return;
        if (!list.Set(meant, r[4], out string? error))
            r.Fail(error is null ? "entry not found." : $"{error}.");
    }

    private static void Delete(CliRequest r)
    {
        var reference = new Reference(r);
        if (r[2].Length == 0 || r[3].Length == 0)
        {
            r.Fail($"This command expects two parameters: {reference.Kind} identifier and key.");
            return;
        }
        if (reference.HasVersion)
        {
            r.Fail($"Unknown {reference.Kind} identifier. Please use #<id> or <file>.");
            return;
        }
        if (reference.Find(r) is not { } list || !Meant(r, r[3], out PatternSelector meant))
            return;
        if (!list.Delete(meant))
            r.Fail("Key not found.");
    }

    private static void Clear(CliRequest r)
    {
        var reference = new Reference(r);
        if (reference.Name.Length == 0)
        {
            r.Fail($"Missing {reference.Kind} identifier.");
            return;
        }
        reference.Find(r)?.Clear(reference.GivenVersion);
    }

    private static void Prepare(CliRequest r)
    {
        if (new Reference(r).Find(r) is { } list)
            r.Line($"New version created: {list.Prepare()}");
    }

    private static void Commit(CliRequest r)
    {
        var reference = new Reference(r);
        if (!reference.HasVersion)
        {
            r.Fail("Missing version number.");
            return;
        }
        if (reference.Find(r) is { } list && !list.Commit(reference.Version))
            r.Fail("Version number out of range.");
    }

    internal static readonly CliCommand[] Rows =
    [
        new("show map", "[[@<ver>] <map>]", CliLevel.User, "the maps, or the entries of one", Show),
        new("get map", "<map> <key>", CliLevel.User, "what a key finds in a map", Get),
        new("add map", "[@<ver>] <map> <key> <value>", CliLevel.Operator, "add an entry to a map (payload supported)", Add),
        new("set map", "<map> [<key>|#<ref>] <value>", CliLevel.Operator, "change the entries of a key", Set),
        new("del map", "<map> [<key>|#<ref>]", CliLevel.Operator, "remove the entries of a key", Delete),
        new("clear map", "[@<ver>] <map>", CliLevel.Operator, "remove all entries of a map", Clear),
        new("prepare map", "<map>", CliLevel.Operator, "begin a new version of a map", Prepare),
        new("commit map", "@<ver> <map>", CliLevel.Operator, "put a version of a map in use", Commit),
        new("show acl", "[[@<ver>] <acl>]", CliLevel.User, "the ACLs, or the patterns of one", Show),
        new("get acl", "<acl> <value>", CliLevel.User, "what a value matches in an ACL", Get),
        new("add acl", "[@<ver>] <acl> <pattern>", CliLevel.Operator, "add a pattern to an ACL (payload supported)", Add),
        new("del acl", "<acl> [<key>|#<ref>]", CliLevel.Operator, "remove a pattern from an ACL", Delete),
        new("clear acl", "[@<ver>] <acl>", CliLevel.Operator, "remove all patterns of an ACL", Clear),
        new("prepare acl", "<acl>", CliLevel.Operator, "begin a new version of an ACL", Prepare),
        new("commit acl", "@<ver> <acl>", CliLevel.Operator, "put a version of an ACL in use", Commit),
    ];
}
