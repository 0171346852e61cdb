// The body of a message that comes in frames, read as HTTP/1 would have brought it: in chunks where its length is not known, with its
// trailer section behind the last one.
// SAFETY: _trailers is null or a block of the worker's pool that this reader alone holds, with room for _trailersLength bytes.
using System;
using Baton.Core.Buffers;
using Baton.Core.Frames;
using Baton.Http.Messages;

namespace Baton.Engine.Muxes.Http2;

/// <summary>A field of its stream, never copied. OWNER: the connection's worker.</summary>
internal unsafe struct BodyReader
{
    /// <summary>The largest chunk, so that its size takes four digits.</summary>
    private const int LongestChunk = 0xFFFF;

    private enum Part : byte
    {
        /// <summary>Bytes as they are: a body of known length, or another protocol.</summary>
        Plain,

        /// <summary>A chunk is to be begun.</summary>
        Chunk,
        ChunkSize,
        Payload,
        ChunkEnd,
        Trailers,
        LastLine,
        Over,
    }

    private ByteQueue _queue;
    private Part _part;
    private bool _isTunnel;
    private int _at,
        _chunk,
        _chunkLeft;
    private long _declared,
        _arrived;
    private byte* _trailers;
    private int _trailersLength;

    /// <summary>Bytes that have come and were not read.</summary>
    public readonly int Waiting => _queue.Length;

    public readonly bool HasMemory => _queue.HasBlocks || _trailers is not null;

    /// <summary>The head has said how the body comes.</summary>
    public void Begin(MessageHead head)
    {
        _part = head.Body == BodyKind.Chunked ? Part.Chunk : Part.Plain;
        _declared = head.Body == BodyKind.Length ? head.ContentLength : -1;
    }

    public void BeginTunnel()
    {
        _isTunnel = true;
        _part = Part.Plain;
        _declared = -1;
    }

    /// <summary>What of another protocol was not read, for the next process.</summary>
    public readonly void WriteTo(FrameWriter w) => _queue.WriteTo(w);

    /// <summary>False when there is no memory for it.</summary>
    public bool ReadFrom(ref FrameReader r, BufferPool pool) => _queue.ReadFrom(ref r, pool);

    /// <summary>False when more comes than was said (RFC 9113 §8.1.1), or there is no memory for it.</summary>
    public bool Add(BufferPool pool, ReadOnlySpan<byte> bytes)
    {
        _arrived += bytes.Length;
        return (_declared < 0 || _arrived <= _declared) && _queue.Append(pool, bytes);
    }

    /// <summary>All has come. False when that is less than was said.</summary>
    public readonly bool End() => _declared < 0 || _arrived == _declared;

    /// <summary>Keeps lines for the end of the body; a body of known length has no place for them. False when they are too many.</summary>
    public bool AddTrailers(BufferPool pool, ReadOnlySpan<byte> lines)
    {
        if (_part is Part.Plain || lines.IsEmpty)
            return true;
        _trailers = pool.Rent();
        if (_trailers is null || lines.Length > pool.BlockSize)
            return false;
        lines.CopyTo(new Span<byte>(_trailers, pool.BlockSize));
        _trailersLength = lines.Length;
        return true;
    }

    /// <summary>
    /// Reads as a connection is read: bytes, 0 at the end of another protocol's, -1 when there are none now. <paramref name="payload"/>:
    /// how many of the bytes that came they stand for.
    /// </summary>
    public int Read(BufferPool pool, Span<byte> to, bool hasEnded, out int payload)
    {
        payload = 0;
        if (_part == Part.Plain)
        {
            int n = payload = _queue.Take(pool, to);
            return n > 0 ? n
                : hasEnded && _isTunnel ? 0
                : -1;
        }
        int written = 0;
        while (written < to.Length && Step(pool, to, ref written, ref payload, hasEnded)) { }
        return written > 0 ? written : -1;
    }

    /// <summary>One part of the framing or of what is in it. False when there is nothing more now.</summary>
    private bool Step(BufferPool pool, Span<byte> to, ref int written, ref int payload, bool hasEnded)
    {
        Span<byte> text = stackalloc byte[8];
        switch (_part)
        {
            case Part.Chunk:
                if (_queue.Length == 0 && !hasEnded)
                    return false;
                _chunk = _chunkLeft = Math.Min(_queue.Length, LongestChunk);
                _part = Part.ChunkSize;
                return true;
            case Part.ChunkSize:
                _chunk.TryFormat(text, out int digits, "x");
                "\r\n"u8.CopyTo(text[digits..]);
                return Put(text[..(digits + 2)], to, ref written, next: _chunk == 0 ? Part.Trailers : Part.Payload);
            case Part.Payload:
                int n = _queue.Take(pool, to[written..Math.Min(to.Length, written + _chunkLeft)]);
                written += n;
                payload += n;
                _chunkLeft -= n;
                if (_chunkLeft == 0)
                    _part = Part.ChunkEnd;
                return true;
            case Part.ChunkEnd:
                return Put("\r\n"u8, to, ref written, next: Part.Chunk);
            case Part.Trailers:
                return Put(new ReadOnlySpan<byte>(_trailers, _trailersLength), to, ref written, next: Part.LastLine);
            case Part.LastLine:
                return Put("\r\n"u8, to, ref written, next: Part.Over);
            default:
                return false;
        }
    }

    /// <summary>Copies what fits of a text that may have been begun; then comes <paramref name="next"/>.</summary>
    private bool Put(ReadOnlySpan<byte> text, Span<byte> to, ref int written, Part next)
    {
        int n = Math.Min(text.Length - _at, to.Length - written);
        text.Slice(_at, n).CopyTo(to[written..]);
        written += n;
        _at += n;
        if (_at < text.Length)
            return true;
        _at = 0;
        _part = next;
        return true;
    }

    public void Release(BufferPool pool)
    {
        _queue.Release(pool);
        if (_trailers is not null)
            pool.Return(_trailers);
        _trailers = null;
        _trailersLength = 0;
    }
}
