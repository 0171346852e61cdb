// One map file while the process runs: its entries in their order, and the tables looked at by traffic, one for each way of
// matching that a converter asks for. A change builds new tables and puts them in place at once; whoever is looking keeps
// the old ones until it has its answer.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using Baton.Configuration.Expressions;
using Baton.Engine.Samples;

namespace Baton.Engine.Maps;

/// <summary>OWNER: any thread changes it, under its lock; lookups take none.</summary>
public sealed class MapFile(string name, int id)
{
    private readonly Lock _lock = new();
    private readonly List<MapEntry> _entries = [];
    private readonly List<MapTable> _tables = [];
    private MapEntry[] _loaded = [];
    private bool _edited;

    public string Name { get; } = name;

    /// <summary>The number that stands behind "#" in the runtime API.</summary>
    public int Id { get; } = id;

    /// <summary>The file has been read.</summary>
    internal bool IsLoaded { get; private set; }

    /// <summary>Reads "key value" lines; the reason when the file cannot be read.</summary>
    internal string? Load()
    {
        try
        {
            foreach (string line in File.ReadLines(Name))
            {
                string text = line.TrimStart(' ', '\t');
                if (text.Length == 0 || text[0] == '#') continue;
                int end = text.AsSpan().IndexOfAny(' ', '\t');
                _entries.Add(new MapEntry(end < 0 ? text : text[..end], end < 0 ? "" : text[end..].Trim(' ', '\t', '\r')));
            }
            _loaded = [.. _entries];
            IsLoaded = true;
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"failed to open pattern file <{Name}>";
        }
    }

    /// <summary>The table for a way of matching; null with the reason when a key cannot be one.</summary>
    internal MapTable? TableFor(AclMatchMethod match, out string error)
    {
        lock (_lock)
        {
            error = "";
            if (_tables.Find(t => t.Match == match) is { } known) return known;
            var table = new MapTable(match);
            foreach (MapEntry entry in _entries)
                if (!table.IsKey(entry.Key, out error)) { error = $"unable to parse '{entry.Key}' of file '{Name}' : {error}"; return null; }
            table.Rebuild(_entries);
            _tables.Add(table);
            return table;
        }
    }

    /// <summary>What each way of matching finds for a text: the word of "-m" and the entry, or null.</summary>
    public List<(string Match, MapEntry? Entry)> Get(string text, Loop.Worker worker)
    {
        var found = new List<(string, MapEntry?)>();
        MapTable[] tables;
        lock (_lock) tables = [.. _tables];
        foreach (MapTable t in tables)
        {
            SampleValue v = default;
            v.SetText(Encoding.UTF8.GetBytes(text));
            bool fits = SampleCast.To(t.Match switch { AclMatchMethod.Integer => SampleType.Integer, AclMatchMethod.Ip => SampleType.Address, _ => SampleType.String }, default, ref v);
            found.Add((t.MatchName, fits ? t.Find(worker, v, out _) : null));
        }
        return found;
    }

    public MapEntry[] Entries { get { lock (_lock) return [.. _entries]; } }

    /// <summary>Adds an entry at the end; the reason when its key does not fit how the map is used.</summary>
    public string? Add(string key, string value)
    {
        lock (_lock)
        {
            foreach (MapTable t in _tables) if (!t.IsKey(key, out string error)) return error;
            _entries.Add(new MapEntry(key, value));
            Rebuild();
            return null;
        }
    }

    /// <summary>Gives every entry of that key a value; false when there is none.</summary>
    public bool Set(string key, string value)
    {
        lock (_lock)
        {
            bool found = false, changed = false;
            for (int i = 0; i < _entries.Count; i++)
            {
                if (_entries[i].Key != key) continue;
                found = true;
                if (_entries[i].Value == value) continue;
                _entries[i] = new MapEntry(key, value);
                changed = true;
            }
            if (changed) Rebuild();
            return found;
        }
    }

    /// <summary>Set, or Add when there is none (the action set-map). A key that does not fit how the map is used is not added.</summary>
    internal void SetOrAdd(string key, string value)
    {
        lock (_lock)
        {
            if (!Set(key, value)) Add(key, value);
        }
    }

    /// <summary>Removes every entry of that key; false when there is none.</summary>
    public bool Delete(string key)
    {
        lock (_lock)
        {
            if (_entries.RemoveAll(e => e.Key == key) == 0) return false;
            Rebuild();
            return true;
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _entries.Clear();
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
            ILookup<string, string> file = _loaded.ToLookup(e => e.Key, e => e.Value), now = _entries.ToLookup(e => e.Key, e => e.Value);
            foreach (string key in file.Select(g => g.Key).Union(now.Select(g => g.Key)))
                if (!file[key].SequenceEqual(now[key])) edits.Add((key, [.. file[key]], [.. now[key]]));
            return edits;
        }
    }

    /// <summary>Lays changes of the previous process over what was read: each stays unless the file has other values for its key than then.</summary>
    internal void Apply(List<(string Key, string[] File, string[] Now)> edits)
    {
        lock (_lock)
        {
            ILookup<string, string> file = _loaded.ToLookup(e => e.Key, e => e.Value);
            var replaced = new HashSet<string>();
            var added = new List<MapEntry>();
            foreach ((string key, string[] then, string[] now) in edits)
            {
                if (!file[key].SequenceEqual(then) || !_tables.TrueForAll(t => t.IsKey(key, out _))) continue;
                replaced.Add(key);
                foreach (string value in now) added.Add(new MapEntry(key, value));
            }
            _entries.RemoveAll(e => replaced.Contains(e.Key));
            _entries.AddRange(added);
            Rebuild();
        }
    }

    private void Rebuild()
    {
        _edited = true;
        foreach (MapTable t in _tables) t.Rebuild(_entries);
    }
}
