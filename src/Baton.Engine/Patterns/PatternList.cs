// A list of patterns while the process runs: the ones written on an ACL line, or those of a file that ACLs and maps use. It
// holds the entries in their order, and the tables looked at by traffic, one for each way of matching asked for. A change goes
// into the tables; whoever is looking finds what was or what is. Versions are lists made beside the one in use ("prepare"), with
// tables of their own, which replace it as a whole ("commit"). No change takes time in proportion to the length of the list, where
// the way of matching allows it.
using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using Baton.Configuration.Expressions;
using Baton.Configuration.Values;
using Baton.Core.Buffers;
using Baton.Core.Text;
using Baton.Engine.Samples;

namespace Baton.Engine.Patterns;

/// <summary>OWNER: any thread changes it, under its lock; lookups take none.</summary>
public sealed unsafe partial class PatternList
{
    // SAFETY: nodes are reached under the lock, or by lookups as PatternEntry says.
    private readonly Lock _lock = new();
    private readonly List<PatternTable> _tables = new(1);
    private readonly PatternExpressions _expressions = new();

    /// <summary>Versions beside the one in use; null while there are none, as for nearly every list.</summary>
    private Dictionary<uint, PatternEntries>? _otherVersions;
    private List<string>? _uses;

    /// <summary>The version in use, and the one with what was read at first: the same until the list is cleared or one committed.</summary>
    private PatternEntries _entries;
    private readonly PatternEntries _file;
    private long _changes;

    public PatternList(string file, string identity)
    {
        (File, Identity) = (file, identity);
        _entries = _file = new PatternEntries();
    }

    /// <summary>The file's name, "" for patterns of an ACL line.</summary>
    public string File { get; }

    /// <summary>What it is found by after a reload: the file's name, or which line of which proxy it is.</summary>
    internal string Identity { get; }

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

    public string Description =>
        File.Length == 0 ? Line : $"pattern loaded from file '{File}' used {(_uses is null ? "by rules" : string.Join(", ", _uses))}";

    /// <summary>Reads "key value" lines, or lines that are one pattern each; the reason when the file cannot be read.</summary>
    internal string? Load(bool values)
    {
        try
        {
            if (!Read(values))
                return $"failed to open pattern file <{File}>";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"failed to open pattern file <{File}>";
        }
        IsMap = values;
        IsLoaded = true;
        return null;
    }

    /// <summary>Bytes read in one go: a large file is never in memory as a whole.</summary>
    private const int ReadSize = 1 << 20;

    /// <summary>False when the file cannot be opened, or has no end.</summary>
    private bool Read(bool values)
    {
        using FileStream? file = FileBytes.Open(File, out _, out long most);
        if (file is null)
            return false;
        byte[] buffer = new byte[ReadSize];
        int held = 0;
        long length = 0;
        while (file.Read(buffer, held, buffer.Length - held) is > 0 and int n)
        {
            if ((length += n) >= most)
                return false;
            held += n;
            int whole = buffer.AsSpan(0, held).LastIndexOf((byte)'\n') + 1;
            if (whole == 0 && held == buffer.Length)
                Array.Resize(ref buffer, 2 * held);
            if (whole == 0)
                continue;
            TakeLines(buffer.AsSpan(0, whole), values);
            buffer.AsSpan(whole, held - whole).CopyTo(buffer);
            held -= whole;
        }
        TakeLines(buffer.AsSpan(0, held), values);
        return true;
    }

    private void TakeLines(ReadOnlySpan<byte> text, bool values)
    {
        var lines = new PatternFile(text, values);
        while (lines.MoveNext())
            Take(lines.Key, lines.Value, values);
    }

    /// <summary>Takes the pattern of an ACL line; the address of a name among them.</summary>
    internal void Take(string key, byte[]? resolved)
    {
        Take(ByteText.GetBytes(key), resolved, resolved is not null)->IsResolved = resolved is not null;
        IsLoaded = true;
    }

    private PatternNode* Take(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool hasValue)
    {
        if (!MemoryBudget.HasRoom(_entries.NextBytes + key.Length + value.Length))
            throw new OutOfMemoryException();
        PatternNode* node = PatternNode.Create(key, value, hasValue);
        node->IsLoaded = true;
        _entries.Append(node, 0);
        return node;
    }

    /// <summary>The table for a way of matching; null with the reason when a key cannot be one.</summary>
    internal PatternTable? TableFor(AclMatchMethod match, bool ignoreCase, out string error)
    {
        lock (_lock)
        {
            error = "";
            if (_tables.Find(t => t.Match == match && t.IgnoreCase == ignoreCase) is { } known)
                return known;
            for (PatternNode* n = _entries.After(0); n is not null; n = _entries.After(n->Id))
            {
                if (n->IsRemoved || n->IsResolved || WhatIsWrong(PatternNode.Key(n), match, ignoreCase) is not { } wrong)
                    continue;
                error = File.Length == 0 ? wrong : $"{wrong} in file '{File}'";
                return null;
            }
            var index = PatternIndex.Build(match, ignoreCase, _entries, _expressions);
            _entries.Indexes.Add(index);
            foreach (PatternEntries other in Others)
                other.Indexes.Add(PatternIndex.Build(match, ignoreCase, other, _expressions));
            var table = new PatternTable(match, ignoreCase, index);
            _tables.Add(table);
            return table;
        }
    }

    /// <summary>Null when the key can be a pattern, else what is wrong with it.</summary>
    private string? WhatIsWrong(ReadOnlySpan<byte> key, AclMatchMethod match, bool ignoreCase)
    {
        if (match == AclMatchMethod.Regex)
            return _expressions.Get(ByteText.Decode(key), ignoreCase, out string error) is null ? error : null;
        if (!PatternKey.HasForm(match) || match == AclMatchMethod.Ip && PatternNetwork.TryRead(key, out _))
            return null;
        return PatternKey.WhatIsWrong(ByteText.Decode(key), match);
    }

    private string? WhatIsWrong(ReadOnlySpan<byte> key)
    {
        foreach (PatternTable t in _tables)
            if (WhatIsWrong(key, t.Match, t.IgnoreCase) is { } wrong)
                return wrong;
        return null;
    }

    /// <summary>What each way of matching finds for a text; for a boolean the text may match with no entry.</summary>
    public List<(PatternTable Table, bool Found, PatternEntry Entry)> Get(string text, Loop.Worker worker)
    {
        var found = new List<(PatternTable, bool, PatternEntry)>();
        PatternTable[] tables;
        lock (_lock)
            tables = [.. _tables];
        foreach (PatternTable t in tables)
        {
            SampleValue v = default;
            v.SetText(ByteText.GetBytes(text));
            SampleType type = t.Match switch
            {
                AclMatchMethod.Integer => SampleType.Integer,
                AclMatchMethod.Bool => SampleType.Bool,
                AclMatchMethod.Ip => SampleType.Address,
                _ => SampleType.String,
            };
            bool fits = SampleCast.To(type, default, ref v);
            PatternEntry entry = fits && t.Match is not (AclMatchMethod.Bool or AclMatchMethod.Found) ? t.Find(worker, v, out _) : default;
            found.Add(
                (t, t.Match == AclMatchMethod.Found || (t.Match == AclMatchMethod.Bool ? fits && v.Number != 0 : entry.IsSet), entry)
            );
        }
        return found;
    }

    /// <summary>The version traffic looks at, and the highest one prepared.</summary>
    public uint CurrentVersion { get; private set; }
    public uint NextVersion { get; private set; }

    public delegate void Visitor(PatternEntry entry);

    /// <summary>
    /// Shows up to so many entries of a version (null: the one in use) that come behind a number, and moves it on. False at the end.
    /// A walk that goes on later misses nothing that was there all the time.
    /// </summary>
    public bool Walk(uint? version, ref long after, int count, Visitor visit)
    {
        lock (_lock)
        {
            bool current = version is null || version == CurrentVersion;
            PatternEntries? entries = current ? _entries : _otherVersions?.GetValueOrDefault(version!.Value);
            for (PatternNode* n = entries is null ? null : entries.After(after); n is not null; n = entries!.After(n->Id))
            {
                if (count-- == 0)
                    return true;
                after = n->Id;
                if (!n->IsRemoved)
                    visit(new PatternEntry(n));
            }
            return false;
        }
    }

    private IEnumerable<PatternEntries> Others => _otherVersions?.Values ?? (IEnumerable<PatternEntries>)[];

    /// <summary>Entries of all versions.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                int count = _entries.Count;
                foreach (PatternEntries other in Others)
                    count += other.Count;
                return count;
            }
        }
    }

    /// <summary>Begins a new version, empty at first.</summary>
    public uint Prepare()
    {
        lock (_lock)
            return ++NextVersion;
    }

    /// <summary>Puts a version in use in place of the one that was, and forgets those before it; false when there is no such.</summary>
    public bool Commit(uint version)
    {
        lock (_lock)
        {
            if (version <= CurrentVersion || version > NextVersion)
                return false;
            PatternEntries? next = null;
            _otherVersions?.Remove(version, out next);
            CurrentVersion = version;
            PutInUse(next ?? NewVersion());
            foreach (uint old in _otherVersions is null ? [] : (uint[])[.. _otherVersions.Keys])
                if (old <= version && _otherVersions!.Remove(old, out PatternEntries? forgotten))
                    forgotten.Retire();
            return true;
        }
    }

    private PatternEntries NewVersion()
    {
        var version = new PatternEntries();
        foreach (PatternTable t in _tables)
            version.Indexes.Add(PatternIndex.Build(t.Match, t.IgnoreCase, version, _expressions));
        return version;
    }

    private void PutInUse(PatternEntries next)
    {
        PatternEntries before = _entries;
        next.InUseSince = ++_changes;
        _entries = next;
        for (int i = 0; i < _tables.Count; i++)
            _tables[i].Use(next.Indexes[i]);
        // what was read at first is told of to the next process, and so is what is being told just now
        if (before == _file)
            return;
        if (_tellings > 0)
            (_retained ??= []).Add(before);
        else
            before.Retire();
    }

    /// <summary>Adds an entry at the end; the reason when its key does not fit how the patterns are used.</summary>
    public string? Add(string key, string? value) => Add([(key, value)]);

    /// <summary>Adds entries at the end of a version (null: the one in use) until one does not fit; the reason then.</summary>
    public string? Add(IReadOnlyList<(string Key, string? Value)> entries, uint? version = null)
    {
        lock (_lock)
        {
            foreach ((string key, string? value) in entries)
            {
                ReadOnlySpan<byte> bytes = value is null ? default : ByteText.GetBytes(value);
                if (Add(ByteText.GetBytes(key), bytes, value is not null, version) is { } wrong)
                    return wrong;
            }
            return null;
        }
    }

    private string? Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool hasValue, uint? version)
    {
        if (WhatIsWrong(key) is { } wrong)
            return wrong;
        PatternEntries into = _entries;
        if (version is { } number && number != CurrentVersion && !(_otherVersions ??= []).TryGetValue(number, out into!))
            _otherVersions[number] = into = NewVersion();
        if (!MemoryBudget.HasRoom(into.NextBytes + key.Length + value.Length))
        {
            MemoryBudget.CountFailure();
            return OutOfMemory;
        }
        Append(into, PatternNode.Create(key, value, hasValue));
        return null;
    }

    /// <summary>Why an entry is not added, or a value not set, when nothing is wrong with it.</summary>
    public const string OutOfMemory = "Out of memory";

    private static bool HasRoomForValue(int length)
    {
        const int overhead = 64;
        if (MemoryBudget.HasRoom(length + overhead))
            return true;
        MemoryBudget.CountFailure();
        return false;
    }

    private void Append(PatternEntries into, PatternNode* node)
    {
        into.Append(node, ++_changes);
        for (int i = 0; i < into.Indexes.Count; i++)
            if (!into.Indexes[i].TryAdd(node))
                Rebuild(into, i);
    }

    private void Rebuild(PatternEntries version, int index)
    {
        PatternIndex before = version.Indexes[index];
        version.Indexes[index] = PatternIndex.Build(_tables[index].Match, _tables[index].IgnoreCase, version, _expressions);
        if (version == _entries)
            _tables[index].Use(version.Indexes[index]);
        before.Retire();
    }

    /// <summary>Gives every entry that is meant a value; false when there is none, or no memory for it, which <paramref name="error"/> says
    /// then.</summary>
    public bool Set(PatternSelector meant, string value, out string? error)
    {
        ReadOnlySpan<byte> bytes = ByteText.GetBytes(value);
        lock (_lock)
        {
            error = HasRoomForValue(bytes.Length) ? null : OutOfMemory;
            if (error is not null)
                return false;
            if (meant.IsKey)
                return Set(meant.Key, bytes);
            PatternNode* node = _entries.OfId(meant.Id);
            return node is not null && Set(node, bytes);
        }
    }

    private bool Set(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        bool any = false;
        PatternNode* node = PatternNode.FirstInUse(_entries.First(key));
        for (; node is not null; node = PatternNode.FirstInUse(node->SameKey))
            any = Set(node, value);
        return any;
    }

    private bool Set(PatternNode* node, ReadOnlySpan<byte> value)
    {
        if (PatternNode.SetValue(node, value))
            _entries.First(PatternNode.Key(node))->Change = ++_changes;
        return true;
    }

    /// <summary>Gives the entries of a key a value, or adds one (the action set-map). A key that does not fit how the map is used is not
    /// added, nor what there is no memory for.</summary>
    internal void SetOrAdd(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        lock (_lock)
        {
            if (HasRoomForValue(value.Length) && !Set(key, value))
                Add(key, value, true, null);
        }
    }

    /// <summary>Adds a key that is not there yet (the action add-acl), unless it does not fit how the patterns are used.</summary>
    internal void AddOnce(ReadOnlySpan<byte> key)
    {
        lock (_lock)
        {
            if (PatternNode.FirstInUse(_entries.First(key)) is null)
                Add(key, default, false, null);
        }
    }

    /// <summary>Removes every entry that is meant; false when there is none.</summary>
    public bool Delete(PatternSelector meant)
    {
        lock (_lock)
        {
            if (meant.IsKey)
                return Delete(meant.Key);
            PatternNode* node = _entries.OfId(meant.Id);
            if (node is not null)
                Remove(node);
            return node is not null;
        }
    }

    private bool Delete(ReadOnlySpan<byte> key)
    {
        bool any = false;
        while (PatternNode.FirstInUse(_entries.First(key)) is var node && node is not null)
        {
            Remove(node);
            any = true;
        }
        return any;
    }

    private void Remove(PatternNode* node)
    {
        ReadOnlySpan<byte> key = PatternNode.Key(node);
        bool only = PatternNode.FirstInUse(_entries.First(key)) == node && PatternNode.FirstInUse(node->SameKey) is null;
        if (only && _expressions.IsUsed)
            _expressions.Forget(ByteText.Decode(key));
        Volatile.Write(ref node->IsRemoved, true);
        for (int i = 0; i < _entries.Indexes.Count; i++)
            if (!_entries.Indexes[i].TryRemove(node))
                Rebuild(_entries, i);
        _keptForTelling |= _tellings > 0 && !node->IsLoaded;
        _entries.Remove(node, node->IsLoaded || _tellings > 0, ++_changes);
    }

    /// <summary>Empties a version, null for the one in use.</summary>
    public void Clear(uint? version)
    {
        lock (_lock)
        {
            if (version is null || version == CurrentVersion)
            {
                PutInUse(NewVersion());
                return;
            }
            if (_otherVersions is not null && _otherVersions.Remove(version.Value, out PatternEntries? other))
                other.Retire();
        }
    }
}
