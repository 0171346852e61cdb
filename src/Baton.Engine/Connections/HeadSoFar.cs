// A request of which only the beginning is here waits as bytes in a block of its size, without a buffer and without a stream. And
// what a client has sent ahead waits in its buffer until its own turn.
// SAFETY: _kept is null or a block of the worker's PartialHeads with room for KeptLength bytes, _ahead null or a block of its buffers;
// this value alone holds both. No head is longer than a buffer, so that it fits into one again. While there are both the one is a copy of
// the other: start and end are of either.
using System;
using Baton.Engine.Loop;

namespace Baton.Engine.Connections;

/// <summary>What a client has sent that no stream has begun with. A field of its connection, never copied.</summary>
internal unsafe struct HeadSoFar
{
    private byte* _kept;
    private byte* _ahead;
    private int _start,
        _end;

    /// <summary>A beginning waits for the rest.</summary>
    public readonly bool IsKept => _kept is not null;

    public readonly bool IsEmpty => _kept is null && _ahead is null;

    public readonly int KeptLength => _end - _start;

    public readonly ReadOnlySpan<byte> Bytes =>
        _ahead is not null ? new(_ahead + _start, KeptLength) : new(_kept, _kept is null ? 0 : KeptLength);

    /// <summary>Copies a beginning into a block of its own. False when there is none.</summary>
    public bool Keep(PartialHeads heads, byte* bytes, int length)
    {
        if (_kept is null || length > heads.RoomFor(KeptLength))
        {
            byte* block = heads.Rent(length);
            if (block is null)
                return false;
            if (_kept is not null)
                heads.Return(_kept, KeptLength);
            _kept = block;
        }
        // SAFETY: the block has room for the length, or for more
        Buffer.MemoryCopy(bytes, _kept, length, length);
        (_start, _end) = (0, length);
        return true;
    }

    /// <summary>Puts the beginning into a buffer again; null when there is none. It stays kept.</summary>
    public readonly byte* Unpack(Worker worker, out int start)
    {
        byte* buffer = worker.Buffers.Rent();
        int headroom = worker.Engine.Config.Global.MaxRewrite,
            size = worker.Buffers.BlockSize;
        start = KeptLength <= size - headroom ? headroom : 0;
        if (buffer is not null)
            Buffer.MemoryCopy(_kept, buffer + start, size - start, KeptLength);
        return buffer;
    }

    /// <summary>Holds a buffer that is about to become a request's, with what is in it already (what is kept, where something is); or
    /// none.</summary>
    public void HoldAhead(byte* buffer, int start, int end)
    {
        _ahead = buffer;
        (_start, _end) = (start, end);
    }

    /// <summary>The buffer goes on to another holder. Null when there was none.</summary>
    public byte* TakeAhead(out int start, out int end)
    {
        byte* buffer = _ahead;
        _ahead = null;
        (start, end) = (_start, _end);
        return buffer;
    }

    /// <summary>The bytes of a request that will not begin from here.</summary>
    public void Release(Worker worker)
    {
        if (_ahead is not null)
            worker.Buffers.Return(_ahead);
        _ahead = null;
        if (_kept is null)
            return;
        worker.PartialHeads.Return(_kept, KeptLength);
        _kept = null;
    }
}
