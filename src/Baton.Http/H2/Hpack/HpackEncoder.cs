// Encodes field blocks (RFC 7541) with the static table alone: there is no table to keep in step, to move over a reload or to be filled
// by a peer, and a name costs an octet when it is a well-known one. Strings go as they are: coding them would save about a fourth of the
// octets and take a look at each of them. HAProxy does the same.
// SAFETY: _to has _room bytes, pinned or native, for as long as the encoder lives: who makes it sees to that. Room is compared before
// anything is written.
using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Baton.Http.Headers;
using Baton.Http.Messages;

namespace Baton.Http.H2.Hpack;

/// <summary>
/// Writes one block. A field that does not fit is not written, and the encoder says so from then on. Nothing is ever inserted into the
/// peer's table; that it is kept to a size is said by <see cref="HpackSendTable"/>.
/// </summary>
public unsafe ref struct HpackEncoder
{
    private const byte NotIndexed = 0x00,
        NeverIndexed = 0x10,
        Indexed = 0x80;

    private readonly byte* _start;
    private readonly byte* _end;
    private byte* _at;

    /// <summary>Begins a block in memory that does not move.</summary>
    public HpackEncoder(byte* to, int room)
    {
        _start = _at = to;
        _end = to + room;
    }

    /// <summary>Bytes written.</summary>
    public readonly int Length => (int)(_at - _start);

    /// <summary>Something did not fit.</summary>
    public bool IsOverflown { get; private set; }

    /// <summary>:status, 100-999.</summary>
    public bool WriteStatus(int status)
    {
        int index = status switch
        {
            200 => StaticTable.Status200,
            204 => StaticTable.Status200 + 1,
            206 => StaticTable.Status200 + 2,
            304 => StaticTable.Status200 + 3,
            400 => StaticTable.Status200 + 4,
            404 => StaticTable.Status200 + 5,
            500 => StaticTable.Status200 + 6,
            _ => 0,
        };
        if (index != 0)
            return WriteIndexed(index);
        if (!HasRoom(5))
            return false;
        *_at++ = NotIndexed | StaticTable.Status200;
        *_at++ = 3;
        *_at++ = (byte)('0' + status / 100);
        *_at++ = (byte)('0' + status / 10 % 10);
        *_at++ = (byte)('0' + status % 10);
        return true;
    }

    /// <summary>:method.</summary>
    public bool WriteMethod(HttpMethod method, scoped ReadOnlySpan<byte> text) =>
        method switch
        {
            HttpMethod.Get => WriteIndexed(StaticTable.MethodGet),
            HttpMethod.Post => WriteIndexed(StaticTable.MethodPost),
            _ => WriteLiteral(StaticTable.MethodGet, text, NotIndexed),
        };

    /// <summary>:scheme.</summary>
    public bool WriteScheme(scoped ReadOnlySpan<byte> scheme) =>
        scheme.SequenceEqual("https"u8) ? WriteIndexed(StaticTable.SchemeHttps)
        : scheme.SequenceEqual("http"u8) ? WriteIndexed(StaticTable.SchemeHttp)
        : WriteLiteral(StaticTable.SchemeHttp, scheme, NotIndexed);

    /// <summary>:authority.</summary>
    public bool WriteAuthority(scoped ReadOnlySpan<byte> authority) => WriteLiteral(StaticTable.Authority, authority, NotIndexed);

    /// <summary>:path, with its query.</summary>
    public bool WritePath(scoped ReadOnlySpan<byte> path) =>
        path.Length == 1 && path[0] == '/' ? WriteIndexed(StaticTable.PathRoot) : WriteLiteral(StaticTable.PathRoot, path, NotIndexed);

    /// <summary>:protocol of an extended CONNECT (RFC 8441).</summary>
    public bool WriteProtocol(scoped ReadOnlySpan<byte> protocol) =>
        WriteField(HeaderId.Other, ":protocol"u8, protocol, isNeverIndexed: false);

    /// <summary>
    /// A field; its name goes in lower case. <paramref name="id"/>: which of the well-known ones it is.
    /// <paramref name="isNeverIndexed"/>: whoever sends it on must not index it either.
    /// </summary>
    public bool WriteField(HeaderId id, scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value, bool isNeverIndexed)
    {
        byte kind = isNeverIndexed ? NeverIndexed : NotIndexed;
        int index = StaticTable.OfHeader[(int)id];
        if (index != 0)
            return WriteLiteral(index, value, kind);
        if (!HasRoom((long)name.Length + value.Length + 13))
            return false;
        *_at++ = kind;
        WriteInteger(0, 0x7F, name.Length);
        byte* to = _at;
        for (int i = 0; i < name.Length; i++)
            to[i] = ByteClass.ToLower(name[i]);
        _at = to + name.Length;
        WriteString(value);
        return true;
    }

    private bool WriteIndexed(int index)
    {
        if (!HasRoom(1))
            return false;
        *_at++ = (byte)(Indexed | index);
        return true;
    }

    private bool WriteLiteral(int nameIndex, scoped ReadOnlySpan<byte> value, byte kind)
    {
        if (!HasRoom(value.Length + 8L))
            return false;
        WriteInteger(kind, 0x0F, nameIndex);
        WriteString(value);
        return true;
    }

    private void WriteString(scoped ReadOnlySpan<byte> text)
    {
        WriteInteger(0, 0x7F, text.Length);
        Unsafe.CopyBlockUnaligned(ref *_at, ref MemoryMarshal.GetReference(text), (uint)text.Length);
        _at += text.Length;
    }

    /// <summary>RFC 7541 §5.1; up to five octets for what a length can be.</summary>
    private void WriteInteger(byte kind, int prefix, int value)
    {
        if (value < prefix)
        {
            *_at++ = (byte)(kind | value);
            return;
        }
        *_at++ = (byte)(kind | prefix);
        for (value -= prefix; value >= 0x80; value >>= 7)
            *_at++ = (byte)(value | 0x80);
        *_at++ = (byte)value;
    }

    private bool HasRoom(long length)
    {
        if (_end - _at >= length)
            return true;
        IsOverflown = true;
        return false;
    }
}
