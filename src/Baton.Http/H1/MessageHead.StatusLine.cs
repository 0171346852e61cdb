// The status line of MessageHead (RFC 9112 §4). Lenient where servers are sloppy and nothing depends on
// it: no reason phrase, no space before a missing one, a bare LF at the end.
// SAFETY: bounds as in MessageHead.Parsing.cs; 13 bytes are there before the first is looked at.
using System;
using System.Runtime.CompilerServices;

namespace Baton.Http.H1;

public sealed unsafe partial class MessageHead
{
    private bool ParseStatusLine(byte* start, byte* end, in ParseOptions options)
    {
        byte* p = start + _position;
        _scanned = _position;
        // "HTTP/1.x nnn" and at least a line feed.
        if (end - p < 13 || p[8] != ' ' || !ParseResponseVersion(p) || !ParseStatusCode(p + 9))
        {
            return Judge(start, p, end, ParseStatus.NotHttp);
        }
        byte* reason = p + 12;
        if (*reason == ' ')
        {
            reason++;
        }
        else if (*reason is not ((byte)'\r' or (byte)'\n'))
        {
            return Judge(start, p, end, ParseStatus.NotHttp);
        }
        byte* stop = FindControl(reason, end);
        if (stop + 1 >= end || *stop != '\r' || stop[1] != '\n')
        {
            stop = SlowLineEnd(start, p, stop, end, options);
            if (stop == null)
            {
                return false;
            }
        }
        _reason = reason;
        _reasonLength = (int)(stop - reason);
        _startOffset = _position;
        _startLength = (int)(stop - p) + (*stop == '\r' ? 2 : 1);
        _startModified = *stop == '\n' || MinorVersion > 1;
        _position += _startLength;
        _scanned = _position;
        _stage = StageFields;
        return true;
    }

    private bool ParseResponseVersion(byte* p)
    {
        ulong version = Unsafe.ReadUnaligned<ulong>(p);
        if (version == WordHttp11)
        {
            MinorVersion = 1;
            return true;
        }
        MinorVersion = p[7] - '0';
        return new ReadOnlySpan<byte>(p, 7).SequenceEqual("HTTP/1."u8) && char.IsAsciiDigit((char)p[7]);
    }

    private bool ParseStatusCode(byte* p)
    {
        uint hundreds = (uint)(p[0] - '0');
        uint tens = (uint)(p[1] - '0');
        uint ones = (uint)(p[2] - '0');
        Status = (int)(hundreds * 100 + tens * 10 + ones);
        return hundreds - 1 < 9 && tens < 10 && ones < 10;
    }
}
