// The request line of MessageHead: method, target in its four forms, version (RFC 9112 §3).
// SAFETY: bounds as in MessageHead.Parsing.cs; the version is read where 11 bytes are left, and 6 bytes stand before it when
// the method has 3: method, space, one byte of target, space.
using System;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Baton.Http.H1;

public sealed unsafe partial class MessageHead
{
    // Bytes read as little-endian numbers; Linux on x86-64 and arm64 both are.
    private const uint WordGet = 0x20544547; // "GET "
    private const ulong WordHttp11 = 0x312E312F50545448; // "HTTP/1.1"
    private const ulong WordHttp10 = 0x302E312F50545448; // "HTTP/1.0"

    private bool ParseRequestLine(byte* start, byte* end, in ParseOptions options)
    {
        byte* p = start + _position;
        while (p + 1 < end && *p == '\r' && p[1] == '\n')
        {
            p += 2;
        }
        _position = (int)(p - start);
        _scanned = _position;
        _startOffset = _position;
        byte* target;
        if (end - p >= 4 && Unsafe.ReadUnaligned<uint>(p) == WordGet)
        {
            Method = HttpMethod.Get;
            _methodLength = 3;
            target = p + 4;
        }
        else
        {
            byte* space = p;
            while (space < end && ByteClass.Is(*space, ByteClass.Token))
            {
                space++;
            }
            if (space >= end || *space != ' ' || space == p)
            {
                return Judge(start, p, end, ParseStatus.BadRequest);
            }
            _methodLength = (int)(space - p);
            Method = Recognise(new ReadOnlySpan<byte>(p, _methodLength));
            target = space + 1;
        }
        byte* stop = FindTargetEnd(target, end);
        while (options.AcceptUnsafeViolations && stop < end && (*stop >= 0x80 || *stop == '#'))
        {
            NoteViolation(stop);
            stop = FindTargetEnd(stop + 1, end);
        }
        if (end - stop < 11 || *stop != ' ' || stop == target || stop[9] != '\r' || stop[10] != '\n')
        {
            return Judge(start, p, end, ParseStatus.BadRequest);
        }
        ulong version = Unsafe.ReadUnaligned<ulong>(stop + 1);
        if (version != WordHttp11 && !ParseOtherVersion(version, stop + 1))
        {
            return false;
        }
        _method = p;
        _target = target;
        _targetLength = (int)(stop - target);
        _startLength = (int)(stop + 11 - p);
        if (!ClassifyTarget())
        {
            return FailAt(target, HeadState.LastLf, ParseStatus.BadRequest);
        }
        _position += _startLength;
        _scanned = _position;
        _stage = StageFields;
        return true;
    }

    // Any HTTP/1.x is spoken to as what it says; 0.9 had no version on the wire, so "HTTP/0.9" is malformed.
    private bool ParseOtherVersion(ulong version, byte* text)
    {
        if (version == WordHttp10)
        {
            MinorVersion = 0;
            return true;
        }
        bool wellFormed =
            new ReadOnlySpan<byte>(text, 5).SequenceEqual("HTTP/"u8)
            && char.IsAsciiDigit((char)text[5])
            && text[6] == '.'
            && char.IsAsciiDigit((char)text[7]);
        if (!wellFormed || text[5] == '0')
        {
            return Fail(ParseStatus.BadRequest);
        }
        if (text[5] != '1')
        {
            // COMPAT: the HTTP/2 preface that comes too late gets 400 from HAProxy, and PRI is no method.
            return Fail(
                _methodLength == 3 && new ReadOnlySpan<byte>(text - 6, 6).SequenceEqual("PRI * "u8)
                    ? ParseStatus.BadRequest
                    : ParseStatus.VersionNotSupported
            );
        }
        MinorVersion = text[7] - '0';
        _startModified = MinorVersion > 1;
        return true;
    }

    private static HttpMethod Recognise(ReadOnlySpan<byte> method)
    {
        return method.Length switch
        {
            3 when method.SequenceEqual("GET"u8) => HttpMethod.Get,
            3 when method.SequenceEqual("PUT"u8) => HttpMethod.Put,
            4 when method.SequenceEqual("POST"u8) => HttpMethod.Post,
            4 when method.SequenceEqual("HEAD"u8) => HttpMethod.Head,
            5 when method.SequenceEqual("PATCH"u8) => HttpMethod.Patch,
            5 when method.SequenceEqual("TRACE"u8) => HttpMethod.Trace,
            6 when method.SequenceEqual("DELETE"u8) => HttpMethod.Delete,
            7 when method.SequenceEqual("OPTIONS"u8) => HttpMethod.Options,
            7 when method.SequenceEqual("CONNECT"u8) => HttpMethod.Connect,
            _ => HttpMethod.Other,
        };
    }

    // COMPAT: like HAProxy, the bytes " < > \ ^ ` { | } pass although RFC 3986 has no place for them:
    // browsers send them. Controls, space, '#', DEL and bytes above 0x7F do not.
    private static byte* FindTargetEnd(byte* p, byte* end)
    {
        while (end - p >= 16)
        {
            Vector128<byte> v = Vector128.Load(p);
            Vector128<byte> bad =
                Vector128.GreaterThanOrEqual(v - Vector128.Create((byte)0x21), Vector128.Create((byte)0x5E))
                | Vector128.Equals(v, Vector128.Create((byte)'#'));
            uint mask = bad.ExtractMostSignificantBits();
            if (mask != 0)
            {
                return p + BitOperations.TrailingZeroCount(mask);
            }
            p += 16;
        }
        while (p < end && ByteClass.Is(*p, ByteClass.Target))
        {
            p++;
        }
        return p;
    }

    private bool ClassifyTarget()
    {
        if (*_target == '/')
        {
            Form = TargetForm.Origin;
            return Method != HttpMethod.Connect && !IsPri;
        }
        return ClassifyOtherTarget();
    }

    private bool IsPri => _methodLength == 3 && Method == HttpMethod.Other && MethodSpan.SequenceEqual("PRI"u8);

    private bool ClassifyOtherTarget()
    {
        ReadOnlySpan<byte> target = Target;
        if (IsPri)
        {
            return false;
        }
        if (Method == HttpMethod.Connect)
        {
            Form = TargetForm.Authority;
            int colon = target.LastIndexOf((byte)':');
            return colon > 0 && colon < target.Length - 1 && HostText.IsValid(target);
        }
        if (target.Length == 1 && target[0] == '*')
        {
            Form = TargetForm.Asterisk;
            return Method == HttpMethod.Options;
        }
        Form = TargetForm.Absolute;
        int separator = target.IndexOf((byte)':');
        if (separator <= 0 || !char.IsAsciiLetter((char)target[0]) || !target[separator..].StartsWith("://"u8))
        {
            return false;
        }
        foreach (byte b in target[..separator])
        {
            if (!char.IsAsciiLetterOrDigit((char)b) && b is not ((byte)'+' or (byte)'-' or (byte)'.'))
            {
                return false;
            }
        }
        // RFC 9110 §4.2.4: user information in an http target is an error (HostText allows no '@').
        ReadOnlySpan<byte> authority = Authority;
        // COMPAT: an authority with a query and no path between them is refused: a reader may take the query for a part of the host.
        return authority.Length > 0 && HostText.IsValid(authority) && (target.Length == _pathOffset || target[_pathOffset] == '/');
    }
}
