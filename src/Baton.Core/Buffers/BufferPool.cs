// Native buffers of one size (tune.bufsize), one pool a worker: taken when bytes arrive, given back when they are gone,
// so that an idle connection holds none.
// SAFETY: a block belongs to whoever rented it until it is returned, once; the pool looks into none. Its size is BlockSize, or
// what RentAtLeast said, and the holder keeps to it.
using System.Runtime.InteropServices;
using Baton.Core.Pools;

namespace Baton.Core.Buffers;

/// <summary>A free list of equally sized native blocks. OWNER: one worker; never shared.</summary>
public sealed unsafe class BufferPool
{
    /// <summary>Blocks kept for reuse (4 MB of the default size); what comes back above it is freed.</summary>
    private const int MaxFree = 256;

    private readonly nint[] _free = new nint[MaxFree];
    private int _freeCount;

    /// <summary>Knows the blocks by address; null when pools are not checked.</summary>
    private readonly BlockInspector? _inspector;

    /// <param name="blockSize">Bytes of each block.</param>
    /// <param name="bulkSize">Bytes of the blocks of <see cref="Bulk"/>; there are none unless they are larger.</param>
    /// <param name="onFault">Gets what is wrong of a pool that is checked in any case (tests of the detection).</param>
    public BufferPool(int blockSize, int bulkSize = 0, System.Action<string>? onFault = null)
    {
        BlockSize = blockSize;
        if ((onFault ?? PoolChecks.Reporter) is { } report) _inspector = new BlockInspector(blockSize, report);
        if (bulkSize > blockSize) Bulk = new BufferPool(bulkSize);
    }

    /// <summary>Larger blocks for what moves much at a time; null when there are none.</summary>
    public BufferPool? Bulk { get; }

    /// <summary>Bytes of each block.</summary>
    public int BlockSize { get; }

    /// <summary>Blocks handed out and not returned; 0 after a clean stop.</summary>
    public int Rented { get; private set; }

    public int Free => _freeCount;

    /// <summary>A block of <see cref="BlockSize"/> bytes with undefined content.</summary>
    public byte* Rent()
    {
        Rented++;
        if (_inspector is not null) return _inspector.Rent();
        if (_freeCount > 0) return (byte*)_free[--_freeCount];
        return (byte*)NativeMemory.Alloc((nuint)BlockSize);
    }

    /// <summary>Takes back a block of any size: one of its own, one of <see cref="Bulk"/>, or one of <see cref="RentAtLeast"/>.</summary>
    public void Return(byte* block, int size)
    {
        if (size == BlockSize) Return(block);
        else if (size == Bulk?.BlockSize) Bulk.Return(block);
        else NativeMemory.Free(block);
    }

    /// <summary>The smallest block that holds <paramref name="length"/> bytes, made for it when none is large enough.</summary>
    public byte* RentAtLeast(int length, out int size)
    {
        size = BlockSize;
        if (length <= size) return Rent();
        size = Bulk?.BlockSize ?? 0;
        if (length <= size) return Bulk!.Rent();
        size = length;
        return (byte*)NativeMemory.Alloc((nuint)size);
    }

    public void Return(byte* block)
    {
        Rented--;
        if (_inspector is not null) { _inspector.Return(block); return; }
        if (_freeCount < MaxFree) _free[_freeCount++] = (nint)block;
        else NativeMemory.Free(block);
    }
}
