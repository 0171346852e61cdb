// Native buffers of one size (tune.bufsize), one pool a worker: taken when bytes arrive, given back when they are gone,
// so that an idle connection holds none.
using System.Runtime.InteropServices;

namespace Baton.Core.Buffers;

/// <summary>A free list of equally sized native blocks. OWNER: one worker; never shared.</summary>
public sealed unsafe class BufferPool
{
    /// <summary>Blocks kept for reuse (4 MB of the default size); what comes back above it is freed.</summary>
    private const int MaxFree = 256;

    private readonly nint[] _free = new nint[MaxFree];
    private int _freeCount;

    public BufferPool(int blockSize) => BlockSize = blockSize;

    /// <summary>Bytes of each block.</summary>
    public int BlockSize { get; }

    /// <summary>Blocks handed out and not returned; 0 after a clean stop.</summary>
    public int Rented { get; private set; }

    public int Free => _freeCount;

    /// <summary>A block of <see cref="BlockSize"/> bytes with undefined content.</summary>
    public byte* Rent()
    {
        Rented++;
        if (_freeCount > 0) return (byte*)_free[--_freeCount];
        return (byte*)NativeMemory.Alloc((nuint)BlockSize);
    }

    public void Return(byte* block)
    {
        Rented--;
        if (_freeCount < MaxFree) _free[_freeCount++] = (nint)block;
        else NativeMemory.Free(block);
    }
}
