// The body of a message that leaves in frames, out of bytes as HTTP/1 frames them: chunks are taken off it, its trailer section becomes
// fields of its own.
// SAFETY: _trailers is null or a block of the worker's pool that this writer alone holds, with room for _trailersLength bytes.
using System;
using Baton.Core.Buffers;
using Baton.Http.H1;
using Baton.Http.Messages;

namespace Baton.Engine.Muxes.Http2;

/// <summary>A field of its stream, never copied. OWNER: the connection's worker.</summary>
internal unsafe struct BodyWriter
{
    private BodyKind _kind;
    private long _left;
    private ChunkedScanner _scanner;
    private byte* _trailers;
    private int _trailersLength;

    /// <summary>There is no body: the head is all.</summary>
    public readonly bool IsEmpty => _kind == BodyKind.None || _kind == BodyKind.Length && _left == 0;

    public readonly bool HasMemory => _trailers is not null;

    /// <summary>The head has said how the body comes.</summary>
    public void Begin(MessageHead head)
    {
        // a filter that changes the length sends what it makes in chunks
        _kind = head.IsSentInChunks && head.Body != BodyKind.None ? BodyKind.Chunked : head.Body;
        _left = _kind == BodyKind.Length ? head.ContentLength : 0;
        _scanner = default;
    }

    public void BeginTunnel() => _kind = BodyKind.UntilClose;

    /// <summary>Sends bytes of the body; returns how many were taken.</summary>
    public int Write(MuxStream stream, ReadOnlySpan<byte> bytes)
    {
        if (_kind == BodyKind.Chunked)
            return WriteChunks(stream, bytes);
        if (_kind == BodyKind.UntilClose)
            return stream.SendPayload(bytes, isLast: false);
        int sent = stream.SendPayload(bytes, isLast: bytes.Length >= _left);
        _left -= sent;
        return sent;
    }

    private int WriteChunks(MuxStream stream, ReadOnlySpan<byte> bytes)
    {
        int position = 0;
        while (position < bytes.Length && !_scanner.IsDone)
        {
            _scanner.SkipFraming(bytes, ref position);
            if (_scanner.IsInTrailers)
            {
                position += TakeTrailers(stream, bytes[position..]);
                continue;
            }
            int piece = (int)Math.Min(_scanner.ChunkRemaining, bytes.Length - position);
            if (piece == 0)
                break;
            // PERF: an answer that is whole ends with its last byte, and not with a frame of its own
            bool isLast = piece == _scanner.ChunkRemaining && bytes[(position + piece)..].SequenceEqual("\r\n0\r\n\r\n"u8);
            int sent = stream.SendPayload(bytes.Slice(position, piece), isLast);
            _scanner.SkipPayload(sent);
            position += sent;
            if (sent < piece)
                return position;
            if (isLast)
                return bytes.Length;
        }
        return position;
    }

    /// <summary>Keeps what comes of the trailer section; sends it when it is whole. Bytes taken.</summary>
    private int TakeTrailers(MuxStream stream, ReadOnlySpan<byte> bytes)
    {
        BufferPool pool = stream.Worker.Buffers;
        _scanner.Advance(bytes, out int taken);
        if (_scanner.TrailerBytes > 0)
        {
            if (_trailers is null)
                _trailers = pool.RentLast();
            int room = _trailers is null ? 0 : pool.BlockSize - _trailersLength;
            // bounded where they were read; what finds no memory is left out
            int n = Math.Min(room, taken);
            if (n > 0)
                bytes[..n].CopyTo(new Span<byte>(_trailers + _trailersLength, n));
            _trailersLength += n;
        }
        if (!_scanner.IsDone)
            return taken;
        if (_trailersLength > 0)
            stream.SendTrailers(new ReadOnlySpan<byte>(_trailers, _trailersLength));
        else
            stream.EndSending();
        Release(pool);
        return taken;
    }

    public void Release(BufferPool pool)
    {
        if (_trailers is not null)
            pool.Return(_trailers);
        _trailers = null;
        _trailersLength = 0;
    }
}
