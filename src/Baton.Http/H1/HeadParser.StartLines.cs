// Start lines: method, target in its four forms, version (RFC 9112 §3); version, status, reason (§4), lenient where servers are sloppy
// and nothing depends on it: no reason phrase, no space before a missing one, a bare LF at the end.
// SAFETY: bounds as in HeadParser.cs; the version of a request is read where 11 bytes are left, and 6 bytes stand before it when the
// method has 3: method, space, one byte of target, space. Of a status line 13 bytes are there before the first is looked at.
using System;
using System.Runtime.CompilerServices;
using Baton.Http.Headers;
using Baton.Http.Messages;

namespace Baton.Http.H1;

public sealed unsafe partial class HeadParser
{
    // Bytes read as little-endian numbers; Linux on x86-64 and arm64 both are.
    private const uint WordGet = 0x20544547; // "GET "
    private const ulong WordHttp11 = 0x312E312F50545448; // "HTTP/1.1"
    private const ulong WordHttp10 = 0x302E312F50545448; // "HTTP/1.0"

    private bool ParseRequestLine(byte* start, byte* end, in ParseOptions options)
    {
        byte* p = start + _position;
        while (p + 1 < end && *p == '\r' && p[1] == '\n')
            p += 2;
        _position = (int)(p - start);
        _scanned = _position;
        _head.Source.LineOffset = _position;
        int methodLength;
        HttpMethod method;
        if (end - p >= 4 && Unsafe.ReadUnaligned<uint>(p) == WordGet)
        {
            method = HttpMethod.Get;
            methodLength = 3;
        }
        else
        {
            byte* space = p;
            while (space < end && ByteClass.Is(*space, ByteClass.Token))
                space++;
            if (space >= end || *space != ' ' || space == p)
                return Judge(start, p, end, ParseStatus.BadRequest);
            methodLength = (int)(space - p);
            method = HttpMethods.Find(new ReadOnlySpan<byte>(p, methodLength));
        }
        byte* target = p + methodLength + 1;
        byte* stop = ByteScan.FindTargetEnd(target, end);
        while (options.AcceptUnsafeViolations && stop < end && (*stop >= 0x80 || *stop == '#'))
        {
            NoteViolation(stop);
            stop = ByteScan.FindTargetEnd(stop + 1, end);
        }
        if (end - stop < 11 || *stop != ' ' || stop == target || stop[9] != '\r' || stop[10] != '\n')
            return Judge(start, p, end, ParseStatus.BadRequest);
        _head.NoteMethod(p, methodLength, method);
        ulong version = Unsafe.ReadUnaligned<ulong>(stop + 1);
        if (version != WordHttp11 && !ParseOtherVersion(version, stop + 1))
            return false;
        _head.TargetText.Text = target;
        _head.TargetText.Length = (int)(stop - target);
        _head.Source.LineLength = (int)(stop + 11 - p);
        if (HeadChecks.IsPreface(_head) || !_head.TargetText.Classify(method))
            return FailAt(target, HeadState.LastLf, ParseStatus.BadRequest);
        _position += _head.Source.LineLength;
        _scanned = _position;
        _stage = StageFields;
        return true;
    }

    // Any HTTP/1.x is spoken to as what it says; 0.9 had no version on the wire, so "HTTP/0.9" is malformed.
    private bool ParseOtherVersion(ulong version, byte* text)
    {
        if (version == WordHttp10)
        {
            _head.MinorVersion = 0;
            return true;
        }
        bool wellFormed =
            new ReadOnlySpan<byte>(text, 5).SequenceEqual("HTTP/"u8)
            && char.IsAsciiDigit((char)text[5])
            && text[6] == '.'
            && char.IsAsciiDigit((char)text[7]);
        if (!wellFormed || text[5] == '0')
            return Fail(ParseStatus.BadRequest);
        if (text[5] != '1')
        {
            // COMPAT: the HTTP/2 preface that comes too late gets 400 from HAProxy, and PRI is no method.
            return Fail(
                _head.MethodSpan.Length == 3 && new ReadOnlySpan<byte>(text - 6, 6).SequenceEqual("PRI * "u8)
                    ? ParseStatus.BadRequest
                    : ParseStatus.VersionNotSupported
            );
        }
        _head.MinorVersion = text[7] - '0';
        _head.IsStartModified = _head.MinorVersion > 1;
        return true;
    }

    private bool ParseStatusLine(byte* start, byte* end, in ParseOptions options)
    {
        byte* p = start + _position;
        _scanned = _position;
        // "HTTP/1.x nnn" and at least a line feed.
        if (end - p < 13 || p[8] != ' ' || !ParseResponseVersion(p) || !ParseStatusCode(p + 9))
            return Judge(start, p, end, ParseStatus.NotHttp);
        byte* reason = p + 12;
        if (*reason == ' ')
            reason++;
        else if (*reason is not ((byte)'\r' or (byte)'\n'))
            return Judge(start, p, end, ParseStatus.NotHttp);
        byte* stop = ByteScan.FindControl(reason, end);
        if (stop + 1 >= end || *stop != '\r' || stop[1] != '\n')
        {
            stop = SlowLineEnd(start, p, stop, end, options);
            if (stop == null)
                return false;
        }
        _head.NoteReason(reason, (int)(stop - reason));
        _head.Source.LineOffset = _position;
        _head.Source.LineLength = (int)(stop - p) + (*stop == '\r' ? 2 : 1);
        _head.IsStartModified = *stop == '\n' || _head.MinorVersion > 1;
        _position += _head.Source.LineLength;
        _scanned = _position;
        _stage = StageFields;
        return true;
    }

    private bool ParseResponseVersion(byte* p)
    {
        ulong version = Unsafe.ReadUnaligned<ulong>(p);
        if (version == WordHttp11)
        {
            _head.MinorVersion = 1;
            return true;
        }
        _head.MinorVersion = p[7] - '0';
        return new ReadOnlySpan<byte>(p, 7).SequenceEqual("HTTP/1."u8) && char.IsAsciiDigit((char)p[7]);
    }

    private bool ParseStatusCode(byte* p)
    {
        uint hundreds = (uint)(p[0] - '0');
        uint tens = (uint)(p[1] - '0');
        uint ones = (uint)(p[2] - '0');
        _head.Status = (int)(hundreds * 100 + tens * 10 + ones);
        return hundreds - 1 < 9 && tens < 10 && ones < 10;
    }
}
