// The entries of a shard in the order of their last change, for those who tell peers. Every change of the table has a number.
// SAFETY: called inside the shard's gate; numbers of entries as in StickShard.
using System.Collections.Generic;

namespace Baton.Engine.StickTables;

internal sealed unsafe class StickChanges(StickTableState table)
{
    private uint _last;

    /// <summary>Walks through this shard, each with the entry it has come to.</summary>
    private readonly List<StickWalk> _walks = [];
    private readonly int _index;

    public StickChanges(StickTableState table, int index)
        : this(table) => _index = index;

    public uint First { get; private set; }
    public uint Last => _last;

    /// <summary>The entries that were another process's, in their order.</summary>
    public void Adopt(uint first, uint last) => (First, _last) = (first, last);

    public void Add(StickWalk walk) => _walks.Add(walk);

    public void Remove(StickWalk walk) => _walks.Remove(walk);

    public static ref long NumberOf(byte* entry) => ref *(long*)(entry + StickLayout.Change);

    private static ref uint Before(byte* entry) => ref StickShard.Word(entry, StickLayout.ChangedBefore);

    private static ref uint After(byte* entry) => ref StickShard.Word(entry, StickLayout.ChangedAfter);

    /// <summary>The entry was changed just now. What a peer has said of an entry that has news of ours goes with those.</summary>
    public void Note(StickShard shard, uint number, byte* entry, bool learned)
    {
        // "recv-only": nobody is to hear of it from here
        learned |= table.Config.RecvOnly;
        ref ushort flags = ref StickShard.Flags(entry);
        bool isIn = NumberOf(entry) != 0;
        if (learned && isIn && (flags & StickShard.IsLearned) == 0)
            return;
        flags = (ushort)(learned ? flags | StickShard.IsLearned : flags & ~StickShard.IsLearned);
        if (isIn)
            Unlink(shard, number, entry);
        NumberOf(entry) = table.NextChange();
        Before(entry) = _last;
        After(entry) = 0;
        if (_last != 0)
            After(shard.At(_last)) = number;
        else
            First = number;
        _last = number;
    }

    public void Remove(StickShard shard, uint number, byte* entry)
    {
        if (NumberOf(entry) == 0)
            return;
        Unlink(shard, number, entry);
        NumberOf(entry) = 0;
    }

    private void Unlink(StickShard shard, uint number, byte* entry)
    {
        uint before = Before(entry),
            after = After(entry);
        // who has come as far as here has come as far as the one before
        foreach (StickWalk walk in _walks)
            if (walk.At[_index] == number)
                walk.At[_index] = before;
        if (before != 0)
            After(shard.At(before)) = after;
        else
            First = after;
        if (after != 0)
            Before(shard.At(after)) = before;
        else
            _last = before;
    }

    /// <summary>The first entry behind one; behind 0 the first of all.</summary>
    public uint Following(StickShard shard, uint number) => number == 0 ? First : After(shard.At(number));

    /// <summary>Goes back from an entry to the last one whose change has that number or a smaller one (0 for none), so many entries at
    /// most. True when it is there.</summary>
    public static bool GoBack(StickShard shard, ref uint number, long change, int most)
    {
        for (; number != 0 && NumberOf(shard.At(number)) > change; number = Before(shard.At(number)))
            if (most-- == 0)
                return false;
        return true;
    }
}
