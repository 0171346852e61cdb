// Bytes that wait, one behind the other in blocks of the worker's pool: the frames of a connection on their way out, so that what all its
// streams have to say in one turn of the loop leaves in one write; and what has come of a stream's body and was not taken yet.
// SAFETY: _first to _last are blocks that this queue alone holds; in front of each lies its Header, and Start <= End <= BlockSize.
using System;
using Baton.Core.Buffers;
using Baton.Core.Frames;
using Baton.Engine.Connections;

namespace Baton.Engine.Muxes.Http2;

/// <summary>A field of its owner, never copied; empty it holds nothing. OWNER: the connection's worker.</summary>
internal unsafe struct ByteQueue
{
    private struct Header
    {
        public Header* Next;
        public int Start,
            End;
    }

    private Header* _first,
        _last;

    /// <summary>Bytes that wait.</summary>
    public int Length { get; private set; }

    public readonly bool HasBlocks => _first is not null;

    /// <summary>The most that <see cref="Reserve"/> can give in one piece.</summary>
    public static int LargestPiece(BufferPool pool) => pool.BlockSize - sizeof(Header);

    /// <summary>Room for one piece of that size, and what is left of its block; empty when there is no memory for it. What of it is used is
    /// said by <see cref="Commit"/>.</summary>
    public Span<byte> Reserve(BufferPool pool, int size)
    {
        if (_last is null || pool.BlockSize - _last->End < size)
        {
            var block = (Header*)pool.RentLast();
            if (block is null)
                return default;
            *block = new Header { Start = sizeof(Header), End = sizeof(Header) };
            if (_last is null)
                _first = block;
            else
                _last->Next = block;
            _last = block;
        }
        return new Span<byte>((byte*)_last + _last->End, pool.BlockSize - _last->End);
    }

    /// <summary>So many bytes of what was reserved last belong to the queue.</summary>
    public void Commit(int length)
    {
        _last->End += length;
        Length += length;
    }

    /// <summary>Copies a piece of any length; false when there is no memory for all of it.</summary>
    public bool Append(BufferPool pool, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            Span<byte> room = Reserve(pool, 1);
            if (room.IsEmpty)
                return false;
            int n = Math.Min(room.Length, bytes.Length);
            bytes[..n].CopyTo(room);
            Commit(n);
            bytes = bytes[n..];
        }
        return true;
    }

    /// <summary>Moves bytes out, as many as there are and fit; returns how many.</summary>
    public int Take(BufferPool pool, Span<byte> to)
    {
        int taken = 0;
        while (_first is not null && taken < to.Length)
        {
            int n = Math.Min(_first->End - _first->Start, to.Length - taken);
            new ReadOnlySpan<byte>((byte*)_first + _first->Start, n).CopyTo(to[taken..]);
            taken += n;
            Skip(pool, n);
        }
        return taken;
    }

    /// <summary>All of it as a blob; it stays here.</summary>
    public readonly void WriteTo(FrameWriter w)
    {
        w.Int32(Length);
        for (Header* block = _first; block is not null; block = block->Next)
            w.Bytes(new ReadOnlySpan<byte>((byte*)block + block->Start, block->End - block->Start));
    }

    /// <summary>Puts a blob behind what is there; false when there is no memory for all of it.</summary>
    public bool ReadFrom(ref FrameReader r, BufferPool pool) => Append(pool, r.Blob());

    /// <summary>Writes what the connection takes. False when it has failed.</summary>
    public bool Flush(Connection connection, BufferPool pool)
    {
        while (_first is not null && connection.CanWrite)
        {
            int n = connection.Send((byte*)_first + _first->Start, _first->End - _first->Start, more: _first->Next is not null);
            if (n < 0)
                return n != -2;
            Skip(pool, n);
        }
        return true;
    }

    /// <summary>So many bytes of the first block are done with.</summary>
    private void Skip(BufferPool pool, int length)
    {
        _first->Start += length;
        Length -= length;
        if (_first->Start == _first->End)
            DropFirst(pool);
    }

    private void DropFirst(BufferPool pool)
    {
        Header* block = _first;
        _first = block->Next;
        if (_first is null)
            _last = null;
        pool.Return((byte*)block);
    }

    /// <summary>Gives back all blocks, with what is in them.</summary>
    public void Release(BufferPool pool)
    {
        while (_first is not null)
            DropFirst(pool);
        Length = 0;
    }
}
