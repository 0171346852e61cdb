// The entries of one version of a pattern list, in their order, and by key. Nothing here takes time in proportion to their number:
// they lie in chunks, and are found by number, since later ones have higher numbers, and by hash.
using System;
using System.Collections.Generic;

namespace Baton.Engine.Patterns;

/// <summary>OWNER: the lock of the list they belong to; lookups use <see cref="Keys"/> without.</summary>
internal sealed unsafe class PatternEntries
{
    /// <summary>Up to so many entries are compared one by one, which costs less than a hash.</summary>
    public const int Few = 8;

    private const int ChunkSize = 256;

    // SAFETY: the nodes of a version belong to it, from Append to Unlink or Retire; Nodes has Room places, of which Count are used,
    // and is freed with the last node, or with the version.
    private sealed class Chunk
    {
        public nint* Nodes;
        public int Count,
            Room;

        public Span<nint> Used => new(Nodes, Count);

        public void Add(PatternNode* node)
        {
            if (Count == Room)
            {
                Room = Math.Max(4, Room * 4);
                Nodes = (nint*)PatternMemory.Resize(Nodes, Room * sizeof(nint));
            }
            Nodes[Count++] = (nint)node;
        }
    }

    private readonly List<Chunk> _chunks = [];
    private static long s_lastId;

    /// <summary>Entries in use, and those that are kept although they have been removed.</summary>
    public int Count { get; private set; }
    public int Kept { get; private set; }

    /// <summary>The first entry of each key by hash; null while there are few.</summary>
    public HashIndex<ByKey>? Keys { get; private set; }

    /// <summary>The tables of this version, one for each way of matching, in the order of the list's tables.</summary>
    public List<PatternIndex> Indexes { get; } = new(1);

    /// <summary>When it came into use in place of another version.</summary>
    public long InUseSince { get; set; }

    /// <summary>Takes an entry in at the end; it is told from others by its number from now on.</summary>
    public void Append(PatternNode* node, long change)
    {
        node->Id = System.Threading.Interlocked.Increment(ref s_lastId);
        node->Hash = ByKey.HashOf(PatternNode.Key(node));
        if (First(PatternNode.Key(node)) is var first && first is not null)
        {
            System.Threading.Volatile.Write(ref *(nint*)&first->LastOfKey->SameKey, (nint)node);
            first->LastOfKey = node;
            first->Change = change;
        }
        else
        {
            node->LastOfKey = node;
            node->Change = change;
            Keys?.Add(node);
        }
        Push(node);
        Count++;
        if (Keys is null && Count + Kept > Few)
            MakeKeys();
    }

    /// <summary>Bytes that one entry more takes at most, besides those of its key and value.</summary>
    public long NextBytes
    {
        get
        {
            // its blocks, its share of a chunk, and a table when there are no longer few
            long bytes = sizeof(PatternNode) + 512 + (Keys?.NextBytes ?? 0);
            foreach (PatternIndex index in Indexes)
                bytes += index.NextBytes;
            return bytes;
        }
    }

    private void Push(PatternNode* node)
    {
        if (_chunks.Count == 0 || _chunks[^1].Count == ChunkSize)
            _chunks.Add(new Chunk());
        _chunks[^1].Add(node);
    }

    private void MakeKeys()
    {
        var keys = new HashIndex<ByKey>(Few * 2);
        for (PatternNode* n = After(0); n is not null; n = After(n->Id))
            if (First(PatternNode.Key(n)) == n)
                keys.Add(n);
        Keys = keys;
    }

    /// <summary>The first entry of a key, in use or not; null when there is none.</summary>
    public PatternNode* First(ReadOnlySpan<byte> key)
    {
        if (Keys is { } keys)
        {
            var probe = new ByKey.Probe(key);
            return keys.Find(ByKey.HashOf(key), ref probe);
        }
        foreach (Chunk chunk in _chunks)
        {
            for (int i = 0; i < chunk.Count; i++)
            {
                var node = (PatternNode*)chunk.Nodes[i];
                if (PatternNode.Key(node).SequenceEqual(key))
                    return node;
            }
        }
        return null;
    }

    /// <summary>
    /// The entry behind a number, in use or not; null at the end. A walk that remembers the number of the last one goes on whatever has
    /// changed.
    /// </summary>
    public PatternNode* After(long id)
    {
        int at = ChunkOf(id);
        if (at < 0)
            return null;
        Chunk chunk = _chunks[at];
        int low = 0,
            high = chunk.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (((PatternNode*)chunk.Nodes[middle])->Id <= id)
                low = middle + 1;
            else
                high = middle;
        }
        if (low < chunk.Count)
            return (PatternNode*)chunk.Nodes[low];
        return at + 1 < _chunks.Count ? (PatternNode*)_chunks[at + 1].Nodes[0] : null;
    }

    /// <summary>The last chunk whose first entry is not behind a number; the first one when none is.</summary>
    private int ChunkOf(long id)
    {
        int low = 0,
            high = _chunks.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (((PatternNode*)_chunks[middle].Nodes[0])->Id <= id)
                low = middle + 1;
            else
                high = middle;
        }
        return low > 0 ? low - 1
            : _chunks.Count > 0 ? 0
            : -1;
    }

    /// <summary>The entry in use that has a number; null when there is none.</summary>
    public PatternNode* OfId(long id)
    {
        PatternNode* node = After(id - 1);
        return node is not null && node->Id == id && !node->IsRemoved ? node : null;
    }

    /// <summary>Takes an entry out of use. What is told of to the next process is kept.</summary>
    public void Remove(PatternNode* node, bool keep, long change)
    {
        PatternNode* first = First(PatternNode.Key(node));
        first->Change = change;
        System.Threading.Volatile.Write(ref node->IsRemoved, true);
        Count--;
        if (keep)
        {
            Kept++;
            return;
        }
        Free(first, node);
    }

    /// <summary>Frees an entry that was kept.</summary>
    public void Forget(PatternNode* node)
    {
        Kept--;
        Free(First(PatternNode.Key(node)), node);
    }

    private void Free(PatternNode* first, PatternNode* node)
    {
        Unlink(first, node);
        RemoveFromChunk(node);
        PatternNode.Free(node);
    }

    private void Unlink(PatternNode* first, PatternNode* node)
    {
        if (first != node)
        {
            PatternNode* before = first;
            while (before->SameKey != node)
                before = before->SameKey;
            System.Threading.Volatile.Write(ref *(nint*)&before->SameKey, (nint)node->SameKey);
            if (first->LastOfKey == node)
                first->LastOfKey = before;
            return;
        }
        PatternNode* next = node->SameKey;
        if (next is null)
        {
            Keys?.Remove(node);
            return;
        }
        next->LastOfKey = node->LastOfKey;
        next->Change = node->Change;
        Keys?.Replace(node, next);
    }

    private void RemoveFromChunk(PatternNode* node)
    {
        int at = ChunkOf(node->Id);
        Chunk chunk = _chunks[at];
        int i = chunk.Used.IndexOf((nint)node);
        chunk.Used[(i + 1)..].CopyTo(chunk.Used[i..]);
        if (--chunk.Count > 0)
            return;
        PatternMemory.Free(chunk.Nodes);
        _chunks.RemoveAt(at);
    }

    /// <summary>Frees everything: nobody can find this version any more, and the next process is not told of it.</summary>
    public void Retire()
    {
        Keys?.Retire();
        foreach (PatternIndex index in Indexes)
            index.Retire();
        PatternMemory.Retire(Blocks());
    }

    private IEnumerable<nint> Blocks()
    {
        foreach (Chunk chunk in _chunks)
        {
            for (int i = 0; i < chunk.Count; i++)
            {
                nint node = NodeOf(chunk, i);
                (nint value, nint file) = PatternNode.ValuesOf(node);
                if (value != 0)
                    yield return value;
                if (file != 0 && file != value)
                    yield return file;
                yield return node;
            }
            yield return ArrayOf(chunk);
        }
    }

    // an iterator handles no pointers itself
    private static nint NodeOf(Chunk chunk, int i) => chunk.Nodes[i];

    private static nint ArrayOf(Chunk chunk) => (nint)chunk.Nodes;
}
