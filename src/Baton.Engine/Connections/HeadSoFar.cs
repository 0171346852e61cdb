// A request of which only the beginning is here waits as bytes in a block of its size, without a buffer and without a stream. And
// what a client has sent ahead waits in its buffer until its own turn.
// SAFETY: _kept is null or a block of the worker's PartialHeads with room for _keptLength bytes, _ahead null or a block of its buffers;
// this value alone holds both. No head is longer than a buffer, so that it fits into one again.
using System;
using Baton.Engine.Loop;

namespace Baton.Engine.Connections;

/// <summary>What a client has sent that no stream has begun with. A field of its connection, never copied.</summary>
internal unsafe struct HeadSoFar
{
    private byte* _kept;
    private int _keptLength;
    private byte* _ahead;
    private int _aheadStart,
        _aheadEnd;

    /// <summary>A beginning waits for the rest.</summary>
    public readonly bool IsKept => _kept is not null;

    public readonly bool IsEmpty => _kept is null && _ahead is null;

    public readonly int KeptLength => _keptLength;

    public readonly ReadOnlySpan<byte> Bytes =>
        _ahead is not null ? new(_ahead + _aheadStart, _aheadEnd - _aheadStart) : new(_kept, _kept is null ? 0 : _keptLength);

    /// <summary>Copies a beginning into a block of its own. False when there is none.</summary>
    public bool Keep(PartialHeads heads, byte* bytes, int length)
    {
        if (_kept is null || length > heads.RoomFor(_keptLength))
        {
            byte* block = heads.Rent(length);
            if (block is null)
                return false;
            if (_kept is not null)
                heads.Return(_kept, _keptLength);
            _kept = block;
        }
        // SAFETY: the block has room for the length, or for more
        Buffer.MemoryCopy(bytes, _kept, length, length);
        _keptLength = length;
        return true;
    }

    /// <summary>Puts the beginning into a buffer again; null when there is none. It stays kept.</summary>
    public readonly byte* Unpack(Worker worker, out int start)
    {
        byte* buffer = worker.Buffers.Rent();
        int headroom = worker.Engine.Config.Global.MaxRewrite,
            size = worker.Buffers.BlockSize;
        start = _keptLength <= size - headroom ? headroom : 0;
        if (buffer is not null)
            Buffer.MemoryCopy(_kept, buffer + start, size - start, _keptLength);
        return buffer;
    }

    /// <summary>Holds a buffer that is about to become a request's, with what is in it already; or none.</summary>
    public void HoldAhead(byte* buffer, int start, int end)
    {
        _ahead = buffer;
        (_aheadStart, _aheadEnd) = (start, end);
    }

    /// <summary>The buffer goes on to another holder. Null when there was none.</summary>
    public byte* TakeAhead(out int start, out int end)
    {
        byte* buffer = _ahead;
        _ahead = null;
        (start, end) = (_aheadStart, _aheadEnd);
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
        worker.PartialHeads.Return(_kept, _keptLength);
        _kept = null;
    }
}
