// The blocks of one pool when pools are checked: every one is known by its address, spoiled when it comes back, kept aside, and
// looked at before the pool has it again. What the pool gives to the kernel is never one that is kept here.
using System;
using System.Collections.Generic;
using Baton.Core.Pools;

namespace Baton.Core.Buffers;

/// <summary>OWNER: one pool.</summary>
internal sealed unsafe class BlockInspector(int blockSize, Action<string> onFault)
{
    private readonly HashSet<nint> _rented = [],
        _kept = [];
    private readonly Queue<nint> _spoiled = new();

    /// <summary>Blocks that are kept aside.</summary>
    public int Aside => _spoiled.Count;

    /// <summary>A block goes out.</summary>
    public void Rent(byte* block) => _rented.Add((nint)block);

    /// <summary>Spoils a block that comes back and keeps it aside. False when it is none of those that went out.</summary>
    public bool Return(byte* block)
    {
        if (!_rented.Remove((nint)block))
        {
            onFault($"a block of {blockSize} bytes was returned {(_kept.Contains((nint)block) ? "twice" : "to a pool it is not of")}");
            return false;
        }
        // SAFETY: a rented block has this size
        new Span<byte>(block, blockSize).Fill(PoolChecks.Spoiled);
        _kept.Add((nint)block);
        _spoiled.Enqueue((nint)block);
        return true;
    }

    /// <summary>Looks at the block that has been aside the longest, and is rid of it.</summary>
    public nint TakeBack()
    {
        nint block = _spoiled.Dequeue();
        _kept.Remove(block);
        if (!IsSpoiled((byte*)block))
            onFault($"a block of {blockSize} bytes was written to after it had been returned");
        return block;
    }

    // SAFETY: a block kept here has this size
    private bool IsSpoiled(byte* block) => new ReadOnlySpan<byte>(block, blockSize).IndexOfAnyExcept(PoolChecks.Spoiled) < 0;
}
