// What the next process is told of a list: for each key that is no longer as in the file its values there and now, at first all of
// them, and then those that have changed since. It is told in steps, under the lock for some hundred entries at a time.
// SAFETY: nodes are reached under the list's lock, or belong to a version that is retained while a telling walks it.
using System;
using System.Collections.Generic;
using Baton.Core.Frames;

namespace Baton.Engine.Patterns;

public sealed unsafe partial class PatternList
{
    /// <summary>Entries looked at, and keys taken over, without letting go of the lock.</summary>
    private const int EntriesPerStep = 256;

    private int _tellings;
    private bool _keptForTelling;

    /// <summary>Versions that were replaced while a telling was under way.</summary>
    private List<PatternEntries>? _retained;

    /// <summary>How far one process has told another of a list. From the first telling on nothing that was told of is forgotten.</summary>
    internal sealed class Telling(PatternList list)
    {
        private readonly List<PatternEntries> _walked = [];
        private long _told = -1,
            _since = -1,
            _after;
        private int _version;

        public PatternList List => list;

        /// <summary>Begins the first telling, or the next.</summary>
        public void Begin()
        {
            lock (list._lock)
            {
                if (_told < 0)
                    list._tellings++;
                (_since, _told, _after, _version) = (_told, list._changes, 0, 0);
                _walked.Clear();
                if (list._changes == Math.Max(0, _since))
                    return;
                _walked.Add(list._entries);
                if (list._file != list._entries)
                    _walked.Add(list._file);
                if (_since >= 0 && list._retained is { } retained)
                    _walked.AddRange(retained);
            }
        }

        /// <summary>Writes keys with their values, up to a length. How many; 0 at the end.</summary>
        public int WriteNext(FrameWriter into, int room)
        {
            int start = into.Length,
                count = 0;
            while (_version < _walked.Count && into.Length - start < room)
                count += Step(into);
            return count;
        }

        private int Step(FrameWriter into)
        {
            int count = 0;
            lock (list._lock)
            {
                PatternEntries version = _walked[_version];
                bool all = _since < 0 || version.InUseSince > _since || (version != list._entries && list._entries.InUseSince > _since);
                PatternNode* node = version.After(_after);
                for (int i = 0; i < EntriesPerStep && node is not null; i++, node = version.After(_after))
                {
                    _after = node->Id;
                    ReadOnlySpan<byte> key = PatternNode.Key(node);
                    if (IsAsRead(node) && (_since < 0 || node->Change <= _since) && version == list._entries)
                        continue;
                    // each key once
                    if (version.First(key) != node || !(all || node->Change > _since))
                        continue;
                    if (list.Tell(key, into, always: _since >= 0))
                        count++;
                }
                if (node is null)
                    (_version, _after) = (_version + 1, 0);
            }
            return count;
        }

        /// <summary>The other process has heard it all, or is gone: what was kept for it is not needed any more.</summary>
        public void End()
        {
            List<PatternEntries>? retained;
            bool purge;
            lock (list._lock)
            {
                if (_told < 0 || --list._tellings > 0)
                    return;
                (retained, list._retained) = (list._retained, null);
                (purge, list._keptForTelling) = (list._keptForTelling, false);
            }
            foreach (PatternEntries version in retained ?? [])
                version.Retire();
            for (long after = 0; purge && list.PurgeStep(ref after); ) { }
        }

        /// <summary>PERF: what nearly all entries of a long file are.</summary>
        private static bool IsAsRead(PatternNode* node) =>
            node->Change == 0 && node->IsLoaded && node->FileBlock is null && !node->IsRemoved && node->SameKey is null;
    }

    /// <summary>Frees entries that were removed and kept only to be told of. False at the end.</summary>
    private bool PurgeStep(ref long after)
    {
        lock (_lock)
        {
            for (int i = 0; i < EntriesPerStep; i++)
            {
                PatternNode* node = _entries.After(after);
                if (node is null || _tellings > 0)
                    return false;
                after = node->Id;
                if (node->IsRemoved && !node->IsLoaded)
                    _entries.Forget(node);
            }
            return true;
        }
    }

    /// <summary>Key, count and values in the file, count and values now. False, and nothing written, when they are the same.</summary>
    private bool Tell(ReadOnlySpan<byte> key, FrameWriter into, bool always)
    {
        int start = into.Length;
        into.Blob(key);
        int file = into.Length;
        WriteFileValues(key, into);
        int now = into.Length;
        int at = now,
            count = 0;
        into.Int32(0);
        for (PatternNode* n = PatternNode.FirstInUse(_entries.First(key)); n is not null; n = PatternNode.FirstInUse(n->SameKey), count++)
            into.Blob(n->IsResolved ? default : PatternNode.Value(n));
        into.PatchInt32(at, count);
        if (always || !into.Written[file..now].SequenceEqual(into.Written[now..]))
            return true;
        into.Truncate(start);
        return false;
    }

    private void WriteFileValues(ReadOnlySpan<byte> key, FrameWriter into)
    {
        int at = into.Length,
            count = 0;
        into.Int32(0);
        for (PatternNode* n = _file.First(key); n is not null; n = n->SameKey)
        {
            if (!n->IsLoaded)
                continue;
            into.Blob(n->IsResolved ? default : PatternNode.FileValue(n));
            count++;
        }
        into.PatchInt32(at, count);
    }

    /// <summary>Lays changes of the previous process over what was read: each stays unless the file has other values for its key
    /// now.</summary>
    /// <returns>False when there was no memory for some of them.</returns>
    internal bool Apply(int count, ref FrameReader from)
    {
        bool complete = true;
        var scratch = new FrameWriter();
        var now = new List<byte[]>(1);
        while (count > 0 && !from.IsShort)
        {
            lock (_lock)
            {
                for (int i = 0; i < EntriesPerStep && count > 0; i++, count--)
                {
                    ReadOnlySpan<byte> key = from.Blob();
                    scratch.Clear();
                    ReadValues(ref from, scratch, null);
                    int then = scratch.Length;
                    now.Clear();
                    ReadValues(ref from, null, now);
                    if (from.IsShort)
                        return complete;
                    WriteFileValues(key, scratch);
                    if (scratch.Written[..then].SequenceEqual(scratch.Written[then..]))
                        complete &= Apply(key, now);
                }
            }
        }
        return complete;
    }

    private static void ReadValues(ref FrameReader from, FrameWriter? asWritten, List<byte[]>? values)
    {
        int count = from.Int32();
        asWritten?.Int32(count);
        for (; count > 0 && !from.IsShort; count--)
        {
            ReadOnlySpan<byte> value = from.Blob();
            asWritten?.Blob(value);
            values?.Add(value.ToArray());
        }
    }

    /// <summary>Makes the entries of a key those with the values given: they keep their places as far as there are as many. False when
    /// there is no memory for that.</summary>
    private bool Apply(ReadOnlySpan<byte> key, List<byte[]> values)
    {
        int at = 0;
        PatternNode* n = PatternNode.FirstInUse(_entries.First(key));
        for (; n is not null && at < values.Count; n = PatternNode.FirstInUse(n->SameKey), at++)
        {
            if (!IsMap || n->IsResolved)
                continue;
            if (!HasRoomForValue(values[at].Length))
                return false;
            Set(n, values[at]);
        }
        if (at == values.Count)
        {
            while (NthInUse(key, at) is var surplus && surplus is not null)
                Remove(surplus);
            return true;
        }
        for (; at < values.Count; at++)
            if (Add(key, values[at], IsMap, null) is { } wrong)
                return wrong != OutOfMemory;
        return true;
    }

    private PatternNode* NthInUse(ReadOnlySpan<byte> key, int index)
    {
        PatternNode* node = PatternNode.FirstInUse(_entries.First(key));
        for (; node is not null && index > 0; index--)
            node = PatternNode.FirstInUse(node->SameKey);
        return node;
    }
}
