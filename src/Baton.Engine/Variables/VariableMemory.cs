// Memory for the texts of variables: native blocks in a few sizes, pooled per worker, so that setting a variable costs no
// managed allocation and a short value holds a short block.
// SAFETY: a block has one holder, which gives it back under the kind it came with; the kind says its size.
using Baton.Core.Buffers;
using Baton.Core.Pools;

namespace Baton.Engine.Variables;

/// <summary>OWNER: one worker.</summary>
public sealed unsafe class VariableMemory(int largest, PoolSet? set = null)
{
    private readonly BufferPool[] _pools = [new(64, set: set), new(512, set: set), new(4096, set: set), new(largest, set: set)];

    /// <summary>The longest text a variable can hold, in bytes (tune.bufsize).</summary>
    public int Largest => largest;

    /// <summary>A block of at least <paramref name="length"/> bytes (at most <see cref="Largest"/>) and the kind to return it under; null
    /// when there is no memory.</summary>
    public byte* Rent(int length, out byte kind)
    {
        kind = 0;
        while (_pools[kind].BlockSize < length)
            kind++;
        return _pools[kind].Rent();
    }

    public int SizeOf(byte kind) => _pools[kind].BlockSize;

    public void Return(byte* block, byte kind) => _pools[kind].Return(block);
}
