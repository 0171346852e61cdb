// Walks chunked transfer coding (RFC 9112 §7.1): knows where it ends and how much of it is payload. Strict: CRLF only, sizes below
// 2^31, bounded size lines and trailers, trailer fields validated. What goes on is written plainly, in place: a size without zeros in
// front, blanks or extensions, for not all readers agree on what else may stand in that line. Keeps its place between calls in a few
// bytes.
using System;
using Baton.Http.Headers;

namespace Baton.Http.H1;

/// <summary>State of one chunked body; <c>default</c> is the start of a body.</summary>
public struct ChunkedScanner
{
    /// <summary>Bytes that one size line with its extensions, or all trailers together, may have.</summary>
    public const int MaxLineLength = 8192;

    private enum State : byte
    {
        SizeStart,
        Size,
        SizeSpace,
        Extension,
        SizeLineFeed,
        Data,
        DataReturn,
        DataLineFeed,
        TrailerStart,
        TrailerName,
        TrailerValue,
        TrailerLineFeed,
        EndLineFeed,
        Done,
        Bad,
    }

    /// <summary>Larger chunks are refused: to a reader that counts in 32 bits they are of another size. Nobody fills one.</summary>
    private const long MaxSize = int.MaxValue;

    private long _remaining;
    private int _lineLength;
    private State _state;
    private bool _inTrailerValue;
    private TrailerName _trailerName;

    /// <summary>Payload bytes seen so far.</summary>
    public long PayloadBytes { get; private set; }

    /// <summary>Bytes of the names and values of trailer fields, without what separates them.</summary>
    public int TrailerBytes { get; private set; }

    /// <summary>True once the last CRLF was consumed.</summary>
    public readonly bool IsDone => _state == State.Done;

    /// <summary>Payload bytes of the current chunk still to come: that many may be moved without looking at them.</summary>
    public readonly long ChunkRemaining => _state == State.Data ? _remaining : 0;

    /// <summary>The last chunk is behind: what is left is the trailer section with the empty line at its end.</summary>
    public readonly bool IsInTrailers => _state is >= State.TrailerStart and < State.Bad;

    /// <summary>Walks what frames the payload, to the payload itself, to the trailer section or to the end of the data.</summary>
    public void SkipFraming(ReadOnlySpan<byte> data, ref int position)
    {
        while (position < data.Length && _state is not State.Data && _state < State.TrailerStart)
        {
            Step(data[position]);
            position++;
        }
    }

    /// <summary>Accounts for payload moved elsewhere (spliced); at most <see cref="ChunkRemaining"/> bytes.</summary>
    public void SkipPayload(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, ChunkRemaining);
        if (bytes > 0)
            TakePayload(bytes);
    }

    /// <summary>Walks the bytes, which stay as they are; those up to <paramref name="consumed"/> are valid.</summary>
    public ChunkStatus Advance(ReadOnlySpan<byte> data, out int consumed)
    {
        consumed = 0;
        ChunkStatus status;
        do
        {
            status = Next(data, ref consumed, out _, out _);
        } while (status == ChunkStatus.NeedMore && consumed < data.Length);
        return status;
    }

    /// <summary>
    /// Walks the bytes and leaves of them what goes on: the first <paramref name="kept"/>. The <paramref name="dropped"/> behind those
    /// are gone from the message: what is not plain in the size lines and, <paramref name="withoutTrailers"/>, the trailer section.
    /// What follows the body is not touched.
    /// </summary>
    public ChunkStatus Rewrite(Span<byte> data, bool withoutTrailers, out int kept, out int dropped)
    {
        kept = 0;
        int position = 0;
        ChunkStatus status = ChunkStatus.NeedMore;
        while (position < data.Length && status == ChunkStatus.NeedMore)
        {
            if (_state == State.Data)
            {
                int length = (int)Math.Min(_remaining, data.Length - position);
                if (kept != position)
                    data.Slice(position, length).CopyTo(data[kept..]);
                TakePayload(length);
                position += length;
                kept += length;
                continue;
            }
            byte b = data[position];
            State before = _state;
            status = Step(b);
            if (status == ChunkStatus.Bad)
                break;
            position++;
            if (IsKept(before, withoutTrailers))
                data[kept++] = b;
        }
        dropped = position - kept;
        return status;
    }

    /// <summary>The byte that led from one state to the present one goes on.</summary>
    private readonly bool IsKept(State before, bool withoutTrailers) =>
        _state switch
        {
            // a first zero may be the only one: it is kept, as no reader minds it
            State.Size => before == State.SizeStart || _remaining != 0,
            State.SizeSpace or State.Extension => false,
            State.TrailerName or State.TrailerValue or State.TrailerLineFeed => !withoutTrailers,
            State.TrailerStart => !withoutTrailers || before == State.SizeLineFeed,
            _ => true,
        };

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
            if (Step(data[position]) == ChunkStatus.Bad)
                break;
            position++;
        }
        return Status;
    }

    private readonly ChunkStatus Status =>
        _state switch
        {
            State.Done => ChunkStatus.Done,
            State.Bad => ChunkStatus.Bad,
            _ => ChunkStatus.NeedMore,
        };

    /// <summary>One byte that is no payload.</summary>
    private ChunkStatus Step(byte b)
    {
        if (_state < State.Done)
            _state = _state < State.Data ? InSizeLine(b) : BehindData(b);
        return Status;
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
                    _remaining = (_remaining << 4) | (uint)((b & 15) + (b > '9' ? 9 : 0));
                    return _remaining <= MaxSize ? State.Size : State.Bad;
                }
                return _state == State.Size ? AfterSize(b) : State.Bad;
            case State.SizeSpace:
                return AfterSize(b);
            case State.Extension:
                // COMPAT: any text is let through, as no one agrees on the grammar of extensions.
                return b == '\r' ? State.SizeLineFeed
                    : ByteClass.Is(b, ByteClass.Control) ? State.Bad
                    : State.Extension;
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
        if (b == '\r' || (!_inTrailerValue && b is ((byte)' ' or (byte)'\t')))
            return;
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
                if (!ByteClass.IsToken(b))
                    return b == '\r' ? State.EndLineFeed : State.Bad;
                TrailerBytes++;
                _trailerName = default;
                _trailerName.Add(b);
                return State.TrailerName;
            case State.TrailerName:
                if (b == ':')
                {
                    _inTrailerValue = false;
                    return _trailerName.TellsTheEnd ? State.Bad : State.TrailerValue;
                }
                TrailerBytes++;
                _trailerName.Add(b);
                return ByteClass.IsToken(b) ? State.TrailerName : State.Bad;
            case State.TrailerValue:
                CountTrailerValue(b);
                return b == '\r' ? State.TrailerLineFeed
                    : ByteClass.Is(b, ByteClass.Control) ? State.Bad
                    : State.TrailerValue;
            case State.TrailerLineFeed:
                return b == '\n' ? State.TrailerStart : State.Bad;
            default:
                return b == '\n' ? State.Done : State.Bad;
        }
    }
}
