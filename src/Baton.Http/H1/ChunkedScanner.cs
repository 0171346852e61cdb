// Walks the chunked transfer coding without touching it, so that a proxy can forward the bytes as they are and still know
// where the message ends (RFC 9112 §7.1).
using System;

namespace Baton.Http.H1;

/// <summary>
/// A resumable scanner: give it whatever arrived. Strict: CRLF only, at most 16 hex digits without overflow, extensions
/// and trailers bounded and free of control characters.
/// </summary>
public struct ChunkedScanner
{
    /// <summary>Bytes of extensions in one chunk line, and of all trailers together.</summary>
    private const int MaxExtension = 4096, MaxTrailers = 16384;

    private enum State : byte { SizeStart, Size, AfterSize, Extension, SizeLf, Data, DataCr, DataLf, TrailerStart, TrailerName, TrailerValue, TrailerLf, EndLf, Done, Bad }

    private State _state;
    private int _count;
    private long _remaining;

    /// <summary>Bytes of chunk data seen, without the framing.</summary>
    public long PayloadBytes { get; private set; }

    /// <summary>Consumes framing and data. After Done, what lies behind <paramref name="consumed"/> is not of this message.</summary>
    public ChunkStatus Advance(ReadOnlySpan<byte> data, out int consumed)
    {
        int at = 0;
        while (at < data.Length && _state < State.Done)
        {
            if (_state == State.Data)
            {
                int take = (int)Math.Min(_remaining, data.Length - at);
                at += take;
                _remaining -= take;
                PayloadBytes += take;
                if (_remaining == 0) _state = State.DataCr;
                continue;
            }
            Step(data[at++]);
        }
        consumed = at;
        return _state == State.Done ? ChunkStatus.Done : _state == State.Bad ? ChunkStatus.Bad : ChunkStatus.NeedMore;
    }

    private void Step(byte b)
    {
        switch (_state)
        {
            case State.SizeStart:
                _remaining = 0;
                _count = 0;
                _state = AddDigit(b) ? State.Size : State.Bad;
                break;
            case State.Size:
                if (!AddDigit(b) && _state != State.Bad) AfterDigits(b);
                break;
            case State.AfterSize:
                if (b is not ((byte)' ' or (byte)'\t')) AfterDigits(b);
                else if (++_count > MaxExtension) _state = State.Bad;
                break;
            case State.Extension:
                if (b == '\r') _state = State.SizeLf;
                else if (b < 0x20 && b != '\t' || b == 0x7F || ++_count > MaxExtension) _state = State.Bad;
                break;
            case State.SizeLf:
                _state = b != '\n' ? State.Bad : _remaining == 0 ? State.TrailerStart : State.Data;
                _count = 0;
                break;
            case State.DataCr: _state = b == '\r' ? State.DataLf : State.Bad; break;
            case State.DataLf: _state = b == '\n' ? State.SizeStart : State.Bad; break;
            case State.EndLf: _state = b == '\n' ? State.Done : State.Bad; break;
            default: StepTrailer(b); break;
        }
    }

    private void AfterDigits(byte b)
    {
        _count = 0;
        _state = b switch { (byte)'\r' => State.SizeLf, (byte)';' => State.Extension, (byte)' ' or (byte)'\t' => State.AfterSize, _ => State.Bad };
    }

    private void StepTrailer(byte b)
    {
        if (++_count > MaxTrailers) { _state = State.Bad; return; }
        switch (_state)
        {
            case State.TrailerStart:
                _state = b == '\r' ? State.EndLf : ByteClass.IsToken(b) ? State.TrailerName : State.Bad;
                break;
            case State.TrailerName:
                if (b == ':') _state = State.TrailerValue;
                else if (!ByteClass.IsToken(b)) _state = State.Bad;
                break;
            case State.TrailerValue:
                if (b == '\r') _state = State.TrailerLf;
                else if (b < 0x20 && b != '\t' || b == 0x7F) _state = State.Bad;
                break;
            case State.TrailerLf:
                _state = b == '\n' ? State.TrailerStart : State.Bad;
                break;
        }
    }

    /// <summary>False when the byte is no hex digit, or when the size overflows (the state is Bad then).</summary>
    private bool AddDigit(byte b)
    {
        int digit = b switch { >= (byte)'0' and <= (byte)'9' => b - '0', >= (byte)'a' and <= (byte)'f' => b - 'a' + 10, >= (byte)'A' and <= (byte)'F' => b - 'A' + 10, _ => -1 };
        if (digit < 0) return false;
        if (_remaining > long.MaxValue >> 4) { _state = State.Bad; return false; }
        _remaining = (_remaining << 4) | (uint)digit;
        return true;
    }
}
