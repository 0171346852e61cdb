// Walks chunked transfer coding (RFC 9112 §7.1) without changing it, so that it can be forwarded as it
// came: knows where it ends and how much of it is payload. Strict: CRLF only, sizes below 2^60, bounded
// size lines and trailers, trailer fields validated. Keeps its place between calls in a few bytes.
using System;

namespace Baton.Http.H1;

/// <summary>State of one chunked body; <c>default</c> is the start of a body.</summary>
public struct ChunkedScanner
{
    /// <summary>Bytes that one size line with its extensions, or all trailers together, may have.</summary>
    public const int MaxLineLength = 8192;

    private enum State : byte
    {
        SizeStart, Size, SizeSpace, Extension, SizeLineFeed, Data, DataReturn, DataLineFeed,
        TrailerStart, TrailerName, TrailerValue, TrailerLineFeed, EndLineFeed, Done, Bad,
    }

    private long _remaining;
    private int _lineLength;
    private State _state;
    private bool _inTrailerValue;

    /// <summary>Payload bytes seen so far.</summary>
    public long PayloadBytes { get; private set; }

    /// <summary>Bytes of the names and values of trailer fields, without what separates them.</summary>
    public int TrailerBytes { get; private set; }

    /// <summary>True once the last CRLF was consumed.</summary>
    public readonly bool IsDone => _state == State.Done;

    /// <summary>Payload bytes of the current chunk still to come: that many may be moved without looking at them.</summary>
    public readonly long ChunkRemaining => _state == State.Data ? _remaining : 0;

    /// <summary>Accounts for payload moved elsewhere (spliced); at most <see cref="ChunkRemaining"/> bytes.</summary>
    public void SkipPayload(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, ChunkRemaining);
        TakePayload(bytes);
    }

    /// <summary>Walks the bytes; those up to <paramref name="consumed"/> are valid and may be forwarded verbatim.</summary>
    public ChunkStatus Advance(ReadOnlySpan<byte> data, out int consumed)
    {
        consumed = 0;
        ChunkStatus status;
        do
        {
            status = Next(data, ref consumed, out _, out _);
        }
        while (status == ChunkStatus.NeedMore && consumed < data.Length);
        return status;
    }

    /// <summary>
    /// The same, and takes the trailer section out: of the bytes walked, the first <paramref name="kept"/> stay and go on, the
    /// <paramref name="dropped"/> behind them are gone from the message. What follows the body is not touched.
    /// </summary>
    public ChunkStatus AdvanceWithoutTrailers(Span<byte> data, out int kept, out int dropped)
    {
        kept = dropped = 0;
        ChunkStatus status = ChunkStatus.NeedMore;
        int position = 0;
        while (status == ChunkStatus.NeedMore && position < data.Length && !IsInTrailers) status = Next(data, ref position, out _, out _);
        kept = position;
        bool hasReturn = _state == State.EndLineFeed;
        while (status == ChunkStatus.NeedMore && position < data.Length) status = Next(data, ref position, out _, out _);
        if (!IsInTrailers && status != ChunkStatus.Done) return status;
        // the empty line that ends the body goes on as far as it has come; it was among the bytes walked
        if (!hasReturn && _state is State.EndLineFeed or State.Done && kept < position) data[kept++] = (byte)'\r';
        if (status == ChunkStatus.Done) data[kept++] = (byte)'\n';
        dropped = position - kept;
        return status;
    }

    private readonly bool IsInTrailers => _state is >= State.TrailerStart and < State.Done;

    /// <summary>
    /// Walks to the end of the next piece of payload or of the data. The piece is
    /// <c>data.Slice(payloadStart, payloadLength)</c>, empty when none was met.
    /// </summary>
    public ChunkStatus Next(ReadOnlySpan<byte> data, ref int position, out int payloadStart, out int payloadLength)
    {
        payloadStart = 0;
        payloadLength = 0;
        while (position < data.Length && _state < State.Done)
        {
            if (_state == State.Data)
            {
                payloadStart = position;
                payloadLength = (int)Math.Min(_remaining, data.Length - position);
                TakePayload(payloadLength);
                position += payloadLength;
                return ChunkStatus.NeedMore;
            }
            State next = _state < State.Data ? InSizeLine(data[position]) : BehindData(data[position]);
            if (next == State.Bad)
            {
                _state = State.Bad;
                break;
            }
            _state = next;
            position++;
            // who takes trailers out has to see where they begin
            if (next == State.TrailerStart) return ChunkStatus.NeedMore;
        }
        return _state switch
        {
            State.Done => ChunkStatus.Done,
            State.Bad => ChunkStatus.Bad,
            _ => ChunkStatus.NeedMore,
        };
    }

    private void TakePayload(long bytes)
    {
        _remaining -= bytes;
        PayloadBytes += bytes;
        if (_remaining == 0)
        {
            _state = State.DataReturn;
        }
    }

    private State InSizeLine(byte b)
    {
        if (++_lineLength > MaxLineLength)
        {
            return State.Bad;
        }
        switch (_state)
        {
            case State.SizeStart:
            case State.Size:
                if (ByteClass.Is(b, ByteClass.Hex))
                {
                    if (_remaining >> 56 != 0)
                    {
                        return State.Bad;
                    }
                    _remaining = (_remaining << 4) | (uint)((b & 15) + (b > '9' ? 9 : 0));
                    return State.Size;
                }
                return _state == State.Size ? AfterSize(b) : State.Bad;
            case State.SizeSpace:
                return AfterSize(b);
            case State.Extension:
                // COMPAT: any text is let through, as no one agrees on the grammar of extensions.
                return b == '\r' ? State.SizeLineFeed : ByteClass.Is(b, ByteClass.Control) ? State.Bad : State.Extension;
            default:
                if (b != '\n')
                {
                    return State.Bad;
                }
                _lineLength = 0;
                return _remaining == 0 ? State.TrailerStart : State.Data;
        }
    }

    /// <summary>The space in front of a value is not part of it.</summary>
    private void CountTrailerValue(byte b)
    {
        if (b == '\r' || (!_inTrailerValue && b is ((byte)' ' or (byte)'\t'))) return;
        _inTrailerValue = true;
        TrailerBytes++;
    }

    private static State AfterSize(byte b)
    {
        return b switch
        {
            (byte)'\r' => State.SizeLineFeed,
            (byte)';' => State.Extension,
            (byte)' ' or (byte)'\t' => State.SizeSpace,
            _ => State.Bad,
        };
    }

    private State BehindData(byte b)
    {
        if (_state >= State.TrailerStart && ++_lineLength > MaxLineLength)
        {
            return State.Bad;
        }
        switch (_state)
        {
            case State.DataReturn:
                return b == '\r' ? State.DataLineFeed : State.Bad;
            case State.DataLineFeed:
                return b == '\n' ? State.SizeStart : State.Bad;
            case State.TrailerStart:
                if (ByteClass.IsToken(b)) TrailerBytes++;
                return b == '\r' ? State.EndLineFeed : ByteClass.IsToken(b) ? State.TrailerName : State.Bad;
            case State.TrailerName:
                if (b != ':') TrailerBytes++;
                _inTrailerValue = false;
                return b == ':' ? State.TrailerValue : ByteClass.IsToken(b) ? State.TrailerName : State.Bad;
            case State.TrailerValue:
                CountTrailerValue(b);
                return b == '\r' ? State.TrailerLineFeed : ByteClass.Is(b, ByteClass.Control) ? State.Bad : State.TrailerValue;
            case State.TrailerLineFeed:
                return b == '\n' ? State.TrailerStart : State.Bad;
            default:
                return b == '\n' ? State.Done : State.Bad;
        }
    }
}
