// A list of patterns while the process runs: the ones written on an ACL line, or those of a file that ACLs and maps use. It
// holds the entries in their order, and the tables looked at by traffic, one for each way of matching asked for. A change goes
// into the tables, or builds new ones and puts them in place at once; whoever is looking keeps the old ones until it has its answer.
// Versions are lists made beside the one in use ("prepare"), which replace it as a whole ("commit").
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Core.Text;
using Baton.Engine.Samples;

namespace Baton.Engine.Patterns;

/// <summary>OWNER: any thread changes it, under its lock; lookups take none.</summary>
public sealed class PatternList(string file, string identity)
{
    private readonly Lock _lock = new();
    private readonly List<PatternTable> _tables = new(1);
    /// <summary>Versions beside the one in use; null while there are none, as for nearly every list.</summary>
    private Dictionary<uint, PatternEntries>? _otherVersions;
    private List<string>? _uses;
    private PatternEntries _entries = new();
    private PatternEntry[] _loaded = [];
    private bool _edited;

    /// <summary>The file's name, "" for patterns of an ACL line.</summary>
    public string File { get; } = file;

    /// <summary>What it is found by after a reload: the file's name, or which line of which proxy it is.</summary>
    internal string Identity { get; } = identity;

    /// <summary>The number that stands behind "#" in the runtime API, and whether the configuration says it (-u).</summary>
    public int Id { get; internal set; }
    internal bool HasFixedId { get; init; }

    /// <summary>Notes what uses it: "by acl at file 'x' line 3".</summary>
    internal void AddUse(string use) => (_uses ??= []).Add(use);

    /// <summary>The criterion and place of an ACL line, for <see cref="Description"/>.</summary>
    internal string Line { get; init; } = "";
    public bool IsAcl { get; internal set; }
    public bool IsMap { get; internal set; }

    /// <summary>The file has been read.</summary>
    internal bool IsLoaded { get; private set; }

    public string Description => File.Length == 0 ? Line : $"pattern loaded from file '{File}' used {(_uses is null ? "by rules" : string.Join(", ", _uses))}";

    /// <summary>Reads "key value" lines, or lines that are one pattern each; the reason when the file cannot be read.</summary>
    internal string? Load(bool values)
    {
        try
        {
            foreach (PatternEntry entry in Parse(System.IO.File.ReadAllBytes(File), values)) _entries.Add(entry);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"failed to open pattern file <{File}>";
        }
        IsMap = values;
        Loaded();
        return null;
    }

    /// <summary>The entries of a file, a line to each; comments and empty lines are none.</summary>
    public static List<PatternEntry> Parse(ReadOnlySpan<byte> file, bool values)
    {
        var entries = new List<PatternEntry>(file.Count((byte)'\n') + 1);
        foreach (Range line in file.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> text = file[line].TrimStart(" \t"u8);
            if (text.EndsWith("\r"u8)) text = text[..^1];
            text = text.TrimEnd(" \t"u8);
            if (text.IsEmpty || text[0] == '#') continue;
            int end = values ? text.IndexOfAny((byte)' ', (byte)'\t') : -1;
            entries.Add(end < 0 ? new PatternEntry(text.ToArray(), values ? [] : null) : new PatternEntry(text[..end].ToArray(), text[end..].Trim(" \t"u8).ToArray()));
        }
        return entries;
    }

    /// <summary>Takes the patterns of an ACL line.</summary>
    internal void Take(IEnumerable<PatternEntry> entries)
    {
        _entries.AddRange(entries);
        Loaded();
    }

    private void Loaded()
    {
        _loaded = _entries.ToArray();
        IsLoaded = true;
    }

    /// <summary>The table for a way of matching; null with the reason when a key cannot be one.</summary>
    internal PatternTable? TableFor(AclMatchMethod match, bool ignoreCase, out string error)
    {
        lock (_lock)
        {
            error = "";
            if (_tables.Find(t => t.Match == match && t.IgnoreCase == ignoreCase) is { } known) return known;
            for (int i = 0; i < _entries.Count; i++)
            {
                if (_entries[i].WhatIsWrong(match, ignoreCase) is not { } wrong) continue;
                error = File.Length == 0 ? wrong : $"{wrong} in file '{File}'";
                return null;
            }
            var table = new PatternTable(match, ignoreCase);
            table.Rebuild(_entries);
            _tables.Add(table);
            return table;
        }
    }

    /// <summary>What each way of matching finds for a text; for a boolean the text may match with no entry.</summary>
    public List<(PatternTable Table, bool Found, PatternEntry? Entry)> Get(string text, Loop.Worker worker)
    {
        var found = new List<(PatternTable, bool, PatternEntry?)>();
        PatternTable[] tables;
        lock (_lock) tables = [.. _tables];
        foreach (PatternTable t in tables)
        {
            SampleValue v = default;
            v.SetText(ByteText.GetBytes(text));
            SampleType type = t.Match switch { AclMatchMethod.Integer => SampleType.Integer, AclMatchMethod.Bool => SampleType.Bool, AclMatchMethod.Ip => SampleType.Address, _ => SampleType.String };
            bool fits = SampleCast.To(type, default, ref v);
            PatternEntry? entry = fits && t.Match is not (AclMatchMethod.Bool or AclMatchMethod.Found) ? t.Find(worker, v, out _) : null;
            found.Add((t, t.Match == AclMatchMethod.Found || (t.Match == AclMatchMethod.Bool ? fits && v.Number != 0 : entry is not null), entry));
        }
        return found;
    }

    /// <summary>The version traffic looks at, and the highest one prepared.</summary>
    public uint CurrentVersion { get; private set; }
    public uint NextVersion { get; private set; }

    public PatternEntry[] Entries { get { lock (_lock) return _entries.ToArray(); } }

    /// <summary>Entries of a version; none when there is no such.</summary>
    public PatternEntry[] EntriesOf(uint version)
    {
        lock (_lock) return (version == CurrentVersion ? _entries : _otherVersions?.GetValueOrDefault(version))?.ToArray() ?? [];
    }

    /// <summary>Entries of all versions.</summary>
    public int Count { get { lock (_lock) return _entries.Count + (_otherVersions?.Values.Sum(v => v.Count) ?? 0); } }

    /// <summary>Begins a new version, empty at first.</summary>
    public uint Prepare()
    {
        lock (_lock) return ++NextVersion;
    }

    /// <summary>Puts a version in use in place of the one that was, and forgets those before it; false when there is no such.</summary>
    public bool Commit(uint version)
    {
        lock (_lock)
        {
            if (version < CurrentVersion || version > NextVersion) return false;
            if (version != CurrentVersion)
            {
                _entries = _otherVersions?.GetValueOrDefault(version) ?? new();
                CurrentVersion = version;
                Rebuild();
            }
            foreach (uint old in _otherVersions?.Keys.Where(v => v <= version).ToArray() ?? []) _otherVersions!.Remove(old);
            return true;
        }
    }

    /// <summary>Adds an entry at the end; the reason when its key does not fit how the patterns are used.</summary>
    public string? Add(string key, string? value) => Add([(key, value)]);

    /// <summary>Adds entries at the end of a version (null: the one in use) until one does not fit; the reason then.</summary>
    public string? Add(IEnumerable<(string Key, string? Value)> entries, uint? version = null)
    {
        lock (_lock)
        {
            PatternEntries into = _entries;
            bool current = version is null || version == CurrentVersion;
            if (!current && !(_otherVersions ??= []).TryGetValue(version!.Value, out into!)) _otherVersions[version.Value] = into = new();
            int before = into.Count;
            string? wrong = null;
            foreach ((string key, string? value) in entries)
            {
                var entry = new PatternEntry(key, value);
                if ((wrong = WhatIsWrong(entry)) is not null) break;
                into.Add(entry);
            }
            if (current && into.Count > before) Added(before);
            return wrong;
        }
    }

    private string? WhatIsWrong(PatternEntry entry)
    {
        foreach (PatternTable t in _tables)
            if (entry.WhatIsWrong(t.Match, t.IgnoreCase) is { } wrong) return wrong;
        return null;
    }

    /// <summary>Gives every entry that is meant a value; false when there is none.</summary>
    public bool Set(PatternSelector meant, string value)
    {
        byte[] bytes = ByteText.GetBytes(value);
        lock (_lock)
        {
            List<PatternEntry> found = _entries.Find(meant);
            foreach (PatternEntry entry in found) _edited |= entry.SetValue(bytes);
            return found.Count > 0;
        }
    }

    /// <summary>Gives the entries of a key a value, or adds one (the action set-map). A key that does not fit how the map is used is not added.</summary>
    internal void SetOrAdd(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        lock (_lock)
        {
            PatternEntry? entry = _entries.Last(key);
            if (entry is null) { AddFromTraffic(new PatternEntry(key.ToArray(), value.ToArray())); return; }
            for (; entry is not null; entry = entry.SameKey) _edited |= entry.SetValue(value);
        }
    }

    /// <summary>Adds a key that is not there yet (the action add-acl), unless it does not fit how the patterns are used.</summary>
    internal void AddOnce(ReadOnlySpan<byte> key)
    {
        lock (_lock)
        {
            if (_entries.Last(key) is null) AddFromTraffic(new PatternEntry(key.ToArray(), null));
        }
    }

    private void AddFromTraffic(PatternEntry entry)
    {
        if (WhatIsWrong(entry) is not null) return;
        _entries.Add(entry);
        Added(_entries.Count - 1);
    }

    private void Added(int from)
    {
        _edited = true;
        foreach (PatternTable t in _tables) t.Add(_entries, from);
    }

    /// <summary>Removes every entry that is meant; false when there is none.</summary>
    public bool Delete(PatternSelector meant)
    {
        lock (_lock)
        {
            List<PatternEntry> gone = _entries.Find(meant);
            if (gone.Count == 0) return false;
            foreach (PatternEntry entry in gone) _entries.Remove(entry);
            _edited = true;
            foreach (PatternTable t in _tables) t.Remove(gone, _entries);
            return true;
        }
    }

    /// <summary>Empties a version, null for the one in use.</summary>
    public void Clear(uint? version)
    {
        lock (_lock)
        {
            if (version is { } other && other != CurrentVersion) { _otherVersions?.Remove(other); return; }
            _entries = new();
            Rebuild();
        }
    }

    /// <summary>What was changed since the file was read: keys with their values in the file and now. Empty when nothing was.</summary>
    internal List<(string Key, string[] File, string[] Now)> Edits()
    {
        lock (_lock)
        {
            var edits = new List<(string, string[], string[])>();
            if (!_edited) return edits;
            ILookup<string, string> file = FileValues(), now = _entries.ToArray().ToLookup(e => e.Key, e => e.Value ?? "");
            foreach (string key in file.Select(g => g.Key).Union(now.Select(g => g.Key)))
                if (!file[key].SequenceEqual(now[key])) edits.Add((key, [.. file[key]], [.. now[key]]));
            return edits;
        }
    }

    private ILookup<string, string> FileValues() => _loaded.ToLookup(e => e.Key, e => e.FirstValue);

    /// <summary>Lays changes of the previous process over what was read: each stays unless the file has other values for its key than then.</summary>
    internal void Apply(List<(string Key, string[] File, string[] Now)> edits)
    {
        lock (_lock)
        {
            ILookup<string, string> file = FileValues();
            var replaced = new HashSet<string>();
            var added = new List<PatternEntry>();
            foreach ((string key, string[] then, string[] now) in edits)
            {
                if (!file[key].SequenceEqual(then) || WhatIsWrong(new PatternEntry(key, null)) is not null) continue;
                replaced.Add(key);
                foreach (string value in now) added.Add(new PatternEntry(key, IsMap ? value : null));
            }
            _entries.RemoveAll(e => replaced.Contains(e.Key));
            _entries.AddRange(added);
            Rebuild();
        }
    }

    private void Rebuild()
    {
        _edited = true;
        foreach (PatternTable t in _tables) t.Rebuild(_entries);
    }
}
