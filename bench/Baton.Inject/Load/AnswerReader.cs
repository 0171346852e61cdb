// Reads one HTTP/1.1 answer as a load generator needs it: status, length, content, and whether the connection stays.
// Knows Content-Length and "until the end"; a chunked answer is read by its frames.
using System;
using System.Buffers.Text;

namespace Baton.Inject.Load;

/// <summary>A struct inside the connection: nothing is allocated for an answer that arrives with its whole head in one piece.</summary>
public struct AnswerReader
{
    private const int MaxHead = 16384;

    private byte[]? _partial;
    private int _partialLength;
    private bool _inBody,
        _chunked,
        _untilEnd;
    private long _left;
    private ChunkState _chunk;

    private enum ChunkState
    {
        Size,
        SizeLine,
        Data,
        DataEnd,
        Trailer,
        TrailerLine,
    }

    public int Status;
    public long BodyBytes;
    public bool Close,
        WrongContent;

    /// <summary>Bytes of the answer seen, head included.</summary>
    public long Seen;

    public void Reset()
    {
        byte[]? keep = _partial;
        this = default;
        _partial = keep;
    }

    /// <summary>Takes what arrived. <paramref name="verify"/> compares the body with <see cref="Pattern"/>.</summary>
    public AnswerStatus Feed(ReadOnlySpan<byte> bytes, bool verify, out int used)
    {
        int all = bytes.Length;
        used = all;
        Seen += all;
        if (!_inBody)
        {
            if (_partialLength > 0)
            {
                if (_partialLength + bytes.Length > MaxHead)
                    return AnswerStatus.Bad;
                bytes.CopyTo(_partial.AsSpan(_partialLength));
                int before = _partialLength;
                ReadOnlySpan<byte> joined = _partial.AsSpan(0, _partialLength + bytes.Length);
                int joinedEnd = joined.IndexOf("\r\n\r\n"u8);
                if (joinedEnd < 0)
                {
                    _partialLength = joined.Length;
                    return AnswerStatus.More;
                }
                _partialLength = 0;
                if (!Head(joined[..(joinedEnd + 2)]))
                    return AnswerStatus.Bad;
                bytes = bytes[(joinedEnd + 4 - before)..];
            }
            else
            {
                int end = bytes.IndexOf("\r\n\r\n"u8);
                if (end < 0)
                {
                    if (bytes.Length > MaxHead)
                        return AnswerStatus.Bad;
                    _partial ??= new byte[MaxHead];
                    bytes.CopyTo(_partial);
                    _partialLength = bytes.Length;
                    return AnswerStatus.More;
                }
                if (!Head(bytes[..(end + 2)]))
                    return AnswerStatus.Bad;
                bytes = bytes[(end + 4)..];
            }
            _inBody = true;
        }
        AnswerStatus status = _chunked ? Chunks(ref bytes, verify) : Plain(ref bytes, verify);
        used = all - bytes.Length;
        return status;
    }

    /// <summary>The connection ended in order: true when that is where the answer ends.</summary>
    public readonly bool EndsHere => _inBody && _untilEnd;

    private bool Head(ReadOnlySpan<byte> head)
    {
        if (head.Length < 14 || !head.StartsWith("HTTP/1."u8) || !Utf8Parser.TryParse(head[9..12], out Status, out _))
            return false;
        _untilEnd = Status >= 200 && Status is not (204 or 304);
        Close = head[7] == '0';
        ReadOnlySpan<byte> rest = head[(head.IndexOf((byte)'\n') + 1)..];
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)'\n');
            if (end < 0)
                return false;
            if (!Field(rest[..end]))
                return false;
            rest = rest[(end + 1)..];
        }
        if (_chunked)
            _untilEnd = false;
        if (_untilEnd)
            Close = true;
        return true;
    }

    private bool Field(ReadOnlySpan<byte> line)
    {
        int colon = line.IndexOf((byte)':');
        if (colon <= 0)
            return false;
        ReadOnlySpan<byte> value = line[(colon + 1)..].Trim(" \t\r"u8);
        if (Is(line[..colon], "content-length"u8))
        {
            if (!Utf8Parser.TryParse(value, out _left, out int used) || used != value.Length)
                return false;
            _untilEnd = false;
        }
        else if (Is(line[..colon], "connection"u8))
        {
            if (Is(value, "close"u8))
                Close = true;
            else if (Is(value, "keep-alive"u8))
                Close = false;
        }
        else if (Is(line[..colon], "transfer-encoding"u8))
        {
            if (!Is(value, "chunked"u8))
                return false;
            _chunked = true;
        }
        return true;
    }

    private static bool Is(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => System.Text.Ascii.EqualsIgnoreCase(a, b);

    private void Body(ReadOnlySpan<byte> part, bool verify)
    {
        if (verify && !Pattern.Matches(part, BodyBytes))
            WrongContent = true;
        BodyBytes += part.Length;
    }

    private AnswerStatus Plain(ref ReadOnlySpan<byte> bytes, bool verify)
    {
        int take = _untilEnd ? bytes.Length : (int)Math.Min(_left, bytes.Length);
        if (take > 0)
            Body(bytes[..take], verify);
        bytes = bytes[take..];
        if (_untilEnd)
            return AnswerStatus.More;
        _left -= take;
        return _left == 0 ? AnswerStatus.Done : AnswerStatus.More;
    }

    private AnswerStatus Chunks(ref ReadOnlySpan<byte> bytes, bool verify)
    {
        while (!bytes.IsEmpty)
        {
            if (_chunk == ChunkState.Data)
            {
                int take = (int)Math.Min(_left, bytes.Length);
                Body(bytes[..take], verify);
                bytes = bytes[take..];
                if ((_left -= take) == 0)
                    _chunk = ChunkState.DataEnd;
                continue;
            }
            byte b = bytes[0];
            bytes = bytes[1..];
            switch (_chunk)
            {
                case ChunkState.Size when char.IsAsciiHexDigit((char)b):
                    _left = _left * 16 + (b <= '9' ? b - '0' : (b | 0x20) - 'a' + 10);
                    break;
                case ChunkState.Size or ChunkState.SizeLine:
                    _chunk = ChunkState.SizeLine;
                    if (b == '\n')
                        _chunk = _left == 0 ? ChunkState.Trailer : ChunkState.Data;
                    break;
                case ChunkState.DataEnd:
                    if (b == '\n')
                        _chunk = ChunkState.Size;
                    break;
                case ChunkState.Trailer:
                    if (b == '\n')
                        return AnswerStatus.Done;
                    if (b != '\r')
                        _chunk = ChunkState.TrailerLine;
                    break;
                default:
                    if (b == '\n')
                        _chunk = ChunkState.Trailer;
                    break;
            }
        }
        return AnswerStatus.More;
    }
}
