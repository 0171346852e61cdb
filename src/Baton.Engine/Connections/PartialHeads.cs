// Beginnings of requests whose rest is not here yet. They wait in blocks of their own size and not in a buffer, and without
// a stream: a client that sends its head slowly costs little more than one that sends nothing.
// SAFETY: a block has one holder, who says its length when it goes back, and with it the pool it came from.
using Baton.Core.Buffers;
using Baton.Core.Pools;

namespace Baton.Engine.Connections;

/// <summary>OWNER: one worker.</summary>
/// <param name="largest">Bytes of a buffer: no head is longer.</param>
internal sealed unsafe class PartialHeads(int largest, PoolSet set)
{
    private readonly BufferPool[] _pools = [new(256, set: set), new(1024, set: set), new(4096, set: set), new(largest, set: set)];

    /// <summary>A block for so many bytes; null when there is no memory. It goes back under what <see cref="RoomFor"/> says.</summary>
    public byte* Rent(int length) => PoolFor(length).Rent();

    public void Return(byte* block, int length) => PoolFor(length).Return(block);

    /// <summary>Bytes of the block that holds so many.</summary>
    public int RoomFor(int length) => PoolFor(length).BlockSize;

    private BufferPool PoolFor(int length)
    {
        int kind = 0;
        while (_pools[kind].BlockSize < length)
            kind++;
        return _pools[kind];
    }
}
