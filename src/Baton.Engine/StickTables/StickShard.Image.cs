// A shard as the next process takes it over with its memory: where its blocks lie in the area, and where its lists begin.
// SAFETY: called inside the gate, or before anybody else knows the shard; offsets are checked against the area.
using System;
using Baton.Configuration.Model;
using Baton.Core.Frames;

namespace Baton.Engine.StickTables;

internal sealed unsafe partial class StickShard
{
    public void WriteImage(FrameWriter w, byte* area, long used)
    {
        w.Int64(used);
        foreach (uint word in (ReadOnlySpan<uint>)[_bucketCount, _oldest, _newest, _free, _made, (uint)Count])
            w.Int32((int)word);
        w.Flag(IsUnordered);
        w.Int32((int)(Changes?.First ?? 0));
        w.Int32((int)(Changes?.Last ?? 0));
        WriteBlocks(w, _blocks, area);
        WriteBlocks(w, _buckets, area);
    }

    private static void WriteBlocks(FrameWriter w, nint[] blocks, byte* area)
    {
        int count = Array.FindIndex(blocks, static b => b == 0);
        count = count < 0 ? blocks.Length : count;
        w.Int32(count);
        for (int i = 0; i < count; i++)
            w.Int64(blocks[i] - (nint)area);
    }

    /// <summary>Takes over what was written; false when it is none, and then the shard is of no use.</summary>
    public bool ReadImage(ref FrameReader r, byte* area, long areaBytes, out long used)
    {
        used = r.Int64();
        _bucketCount = (uint)r.Int32();
        _oldest = (uint)r.Int32();
        _newest = (uint)r.Int32();
        _free = (uint)r.Int32();
        _made = (uint)r.Int32();
        Count = r.Int32();
        IsUnordered = r.Flag();
        uint first = (uint)r.Int32(),
            last = (uint)r.Int32();
        bool isRight =
            used >= 0
            && used <= areaBytes
            && ReadBlocks(ref r, area, used, _layout.Size << _shift, out _blocks)
            && ReadBlocks(ref r, area, used, BucketsPerBlock * sizeof(uint), out _buckets)
            && _made >= 1
            && _made <= (long)_blocks.Length << _shift | _made == 1
            && _bucketCount <= _buckets.Length * BucketsPerBlock
            && Math.Max(Math.Max(_oldest, _newest), Math.Max(_free, Math.Max(first, last))) < _made;
        if (isRight)
            Changes?.Adopt(first, last);
        return isRight;
    }

    private static bool ReadBlocks(ref FrameReader r, byte* area, long used, int bytes, out nint[] blocks)
    {
        int count = r.Int32();
        blocks = [];
        if (count < 0 || (long)count * sizeof(long) > r.Remaining)
            return false;
        blocks = new nint[count];
        for (int i = 0; i < count; i++)
        {
            long offset = r.Int64();
            if (offset < 0 || offset > used - bytes)
                return false;
            blocks[i] = (nint)(area + offset);
        }
        return true;
    }

    /// <summary>
    /// Looks at every entry once: what the process before has open counts until it says otherwise, and nobody holds anything here. False
    /// when one of them is none.
    /// </summary>
    public bool Settle(Action<nint, int> counts)
    {
        int current = _layout.OffsetOf(StickDataType.ConnCur),
            seen = 0;
        for (uint n = 1; n < _made; n++)
        {
            byte* entry = At(n);
            if ((Flags(entry) & IsUsed) == 0)
                continue;
            seen++;
            uint links = Math.Max(Word(entry, StickLayout.Next), Math.Max(Word(entry, StickLayout.Older), Word(entry, StickLayout.Newer)));
            if (links >= _made || *(ushort*)(entry + StickLayout.KeyLength) > _table.Config.KeyLength)
                return false;
            // PERF: a page that is not written to stays common
            if (Holders(entry) != 0)
                Holders(entry) = 0;
            if (current >= 0 && *(int*)(entry + current) is not 0 and var connections)
                counts((nint)entry, connections);
        }
        return seen == Count;
    }
}
