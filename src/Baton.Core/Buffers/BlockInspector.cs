// The blocks of one pool when pools are checked: every one is known by its address, spoiled when it comes back, kept aside, and
// looked at before it goes out again.
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Baton.Core.Pools;

namespace Baton.Core.Buffers;

/// <summary>OWNER: one pool.</summary>
internal sealed unsafe class BlockInspector(int blockSize, Action<string> onFault)
{
    private readonly HashSet<nint> _rented = [], _kept = [];
    private readonly Queue<nint> _spoiled = new();

    public byte* Rent()
    {
        nint block = _spoiled.Count > PoolChecks.Quarantine ? _spoiled.Dequeue() : (nint)NativeMemory.Alloc((nuint)blockSize);
        // a fresh one from the allocator may hold anything
        if (_kept.Remove(block) && !IsSpoiled((byte*)block)) onFault($"a block of {blockSize} bytes was written to after it had been returned");
        _rented.Add(block);
        return (byte*)block;
    }

    public void Return(byte* block)
    {
        if (!_rented.Remove((nint)block))
        {
            onFault($"a block of {blockSize} bytes was returned {(_kept.Contains((nint)block) ? "twice" : "to a pool it is not of")}");
            return;
        }
        // SAFETY: a rented block has this size
        new Span<byte>(block, blockSize).Fill(PoolChecks.Spoiled);
        _kept.Add((nint)block);
        _spoiled.Enqueue((nint)block);
    }

    // SAFETY: a block kept here has this size
    private bool IsSpoiled(byte* block) => new ReadOnlySpan<byte>(block, blockSize).IndexOfAnyExcept(PoolChecks.Spoiled) < 0;
}
