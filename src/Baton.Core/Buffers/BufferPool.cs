// Native buffers of one size (tune.bufsize and others), one pool a worker: taken when bytes arrive, given back when they
// are gone, so that an idle connection holds none. They come from the kernel in runs of 64 KB: blocks of whole pages go
// back to it one by one, smaller ones when nobody has a block of their run.
// SAFETY: a block belongs to whoever rented it until it is returned, once; the pool looks into none, unless it is checked. Its size is
// BlockSize, or what RentAtLeast said, and the holder keeps to it. What goes back to the kernel is in the free list, and so nobody's.
using System;
using Baton.Core.Pools;

namespace Baton.Core.Buffers;

/// <summary>A free list of equally sized native blocks. OWNER: one worker; never shared.</summary>
public sealed unsafe class BufferPool : IShrinkable
{
    private const int RunBytes = 65536;

    /// <summary>In front of the small blocks of a run; holds how many of them are free while that is counted.</summary>
    private const int RunHeader = 64;

    private readonly PoolSet _set;
    private readonly int _stride,
        _perRun,
        _least;
    private readonly bool _ofPages;

    /// <summary>Knows the blocks by address; null when pools are not checked.</summary>
    private readonly BlockInspector? _inspector;

    // as long as all blocks there are, so that giving one back never needs memory
    private nint[] _free = new nint[16];
    private int _freeCount,
        _fewestFree,
        _all;

    /// <param name="blockSize">Bytes of each block.</param>
    /// <param name="bulkSize">Bytes of the blocks of <see cref="Bulk"/>; there are none unless they are larger.</param>
    /// <param name="set">The owner's pools.</param>
    /// <param name="onFault">Gets what is wrong of a pool that is checked in any case (tests of the detection).</param>
    public BufferPool(int blockSize, int bulkSize = 0, PoolSet? set = null, Action<string>? onFault = null)
    {
        BlockSize = blockSize;
        if ((onFault ?? PoolChecks.Reporter) is { } report)
            _inspector = new BlockInspector(blockSize, report);
        _set = set ??= new PoolSet();
        // what would waste much of its last page is cut from runs too
        _ofPages = blockSize >= Pages.Size && (Pages.Round(blockSize) - blockSize) * 8 <= blockSize || blockSize > RunBytes / 4;
        _stride = _ofPages ? Pages.Round(blockSize) : (blockSize + 15) & ~15;
        _perRun = Math.Max(1, _ofPages ? RunBytes / _stride : (RunBytes - RunHeader) / _stride);
        _least = Math.Max(4, _perRun);
        set.Add(this);
        if (bulkSize > blockSize)
            Bulk = new BufferPool(bulkSize, set: set, onFault: onFault);
    }

    /// <summary>Larger blocks for what moves much at a time; null when there are none.</summary>
    public BufferPool? Bulk { get; }

    /// <summary>Bytes of each block.</summary>
    public int BlockSize { get; }

    /// <summary>Blocks handed out and not returned; 0 after a clean stop.</summary>
    public int Rented { get; private set; }

    public int Free => _freeCount + Aside;
    public bool IsSmall => _all - Aside <= _least;
    public bool IsManaged => false;

    /// <summary>
    /// Keeps so many blocks, made now, for <see cref="RentLast"/>: when memory has run out, what is about to end needs one more, and
    /// gives back more than that by ending.
    /// </summary>
    public void KeepReserve(int blocks)
    {
        while (_freeCount < blocks && TryGrow()) { }
        _reserve = Math.Min(blocks, _freeCount);
    }

    private int _reserve;

    /// <summary>A block of <see cref="BlockSize"/> bytes with undefined content; null when there is no memory for one more.</summary>
    public byte* Rent() => _freeCount > _reserve || Grow() ? Take() : null;

    /// <summary>The same, out of the reserve when there is no other.</summary>
    public byte* RentLast() => _freeCount > _reserve || Grow() || _freeCount > 0 ? Take() : null;

    private byte* Take()
    {
        Rented++;
        nint block = _free[--_freeCount];
        if (_freeCount < _fewestFree)
            _fewestFree = _freeCount;
        _inspector?.Rent((byte*)block);
        return (byte*)block;
    }

    public void Return(byte* block)
    {
        if (_inspector is null)
            _free[_freeCount++] = (nint)block;
        else if (!_inspector.Return(block))
            return;
        else
            TakeBack(PoolChecks.Quarantine);
        Rented--;
    }

    /// <summary>Blocks that are kept aside to be looked at.</summary>
    private int Aside => _inspector?.Aside ?? 0;

    /// <summary>Looks at blocks that are aside until no more than so many are. False when there was none.</summary>
    private bool TakeBack(int most)
    {
        int before = _freeCount;
        while (Aside > most)
            _free[_freeCount++] = _inspector!.TakeBack();
        return _freeCount > before;
    }

    /// <summary>Takes back a block of any size: one of its own, one of <see cref="Bulk"/>, or one of <see cref="RentAtLeast"/>.</summary>
    public void Return(byte* block, int size)
    {
        if (size == BlockSize)
            Return(block);
        else if (size == Bulk?.BlockSize)
            Bulk.Return(block);
        else
            Pages.Unmap(block, Pages.Round(size));
    }

    /// <summary>The smallest block that holds <paramref name="length"/> bytes, made for it when none is large enough; null when there is no
    /// memory.</summary>
    public byte* RentAtLeast(int length, out int size)
    {
        size = BlockSize;
        if (length <= size)
            return Rent();
        size = Bulk?.BlockSize ?? 0;
        if (length <= size)
            return Bulk!.Rent();
        size = length;
        return Pages.Map(Pages.Round(size));
    }

    private bool Grow()
    {
        // rather one that was looked at early than none
        if (TryGrow() || TakeBack(0) && _freeCount > _reserve || _set.MakeRoom() && TryGrow())
            return true;
        MemoryBudget.CountFailure();
        _set.IsStarved = true;
        return false;
    }

    private bool TryGrow()
    {
        _fewestFree = 0;
        if (!EnsureCapacity())
            return false;
        byte* run = _ofPages ? Pages.Map(_perRun * _stride) : Pages.MapAligned(RunBytes);
        // near the limit one block may be had where a run is not
        int count = _perRun;
        if (run is null && _ofPages && _perRun > 1)
        {
            run = Pages.Map(_stride);
            count = 1;
        }
        if (run is null)
            return false;
        for (int i = count - 1; i >= 0; i--)
            _free[_freeCount++] = (nint)run + (_ofPages ? 0 : RunHeader) + (nint)i * _stride;
        _all += count;
        _set.HasGrown = true;
        return true;
    }

    private bool EnsureCapacity()
    {
        if (_all + _perRun <= _free.Length)
            return true;
        try
        {
            Array.Resize(ref _free, Math.Max(2 * _free.Length, _all + _perRun));
        }
        catch (OutOfMemoryException)
        {
            MemoryBudget.NoteRefusal();
            return false;
        }
        return true;
    }

    public long Shrink(int most, bool all)
    {
        if (all)
            TakeBack(0);
        int give = Math.Min(Math.Max(most, Math.Max(_all / 16, _perRun)), (all ? _freeCount : _fewestFree) - _least);
        if (give > 0)
            give =
                _ofPages ? GivePages(give)
                : give >= _perRun ? GiveRuns(give)
                : 0;
        _fewestFree = _freeCount;
        return (long)Math.Max(0, give) * _stride;
    }

    /// <summary>From the bottom of the list: those that were not asked for the longest.</summary>
    private int GivePages(int give)
    {
        // SAFETY: free blocks are whole pages that nobody points to
        for (int i = 0; i < give; i++)
            Pages.Unmap((byte*)_free[i], _stride);
        Remove(give);
        return give;
    }

    private void Remove(int give)
    {
        Array.Copy(_free, give, _free, 0, _freeCount - give);
        _freeCount -= give;
        _all -= give;
    }

    private static nint RunOf(nint block) => block & ~(nint)(RunBytes - 1);

    /// <summary>Runs of which every block is free, as many as hold at least so many blocks.</summary>
    private int GiveRuns(int give)
    {
        // SAFETY: the run of a block of ours begins with a header of ours
        for (int i = 0; i < _freeCount; i++)
            *(int*)RunOf(_free[i]) = 0;
        for (int i = 0; i < _freeCount; i++)
            ++*(int*)RunOf(_free[i]);
        int kept = 0,
            given = 0,
            leaving = 0;
        for (int i = 0; i < _freeCount; i++)
        {
            int* count = (int*)RunOf(_free[i]);
            // the first block of a run that may leave decides it for the others; the last one takes it along
            if (*count == _perRun && leaving < give)
            {
                leaving += _perRun;
                *count = -_perRun;
            }
            if (*count >= 0)
            {
                _free[kept++] = _free[i];
                continue;
            }
            given++;
            if (++*count == 0)
                Pages.Unmap((byte*)count, RunBytes);
        }
        _freeCount = kept;
        _all -= given;
        return given;
    }
}
