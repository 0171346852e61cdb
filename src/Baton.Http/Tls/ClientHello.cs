// A TLS ClientHello read from the wire without taking part in the handshake (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2), so that
// connections passed through can be told apart by the name they ask for. Only a greeting within one record is understood,
// as with HAProxy; every client sends it so.
using System;
using System.Buffers.Binary;

namespace Baton.Http.Tls;

/// <summary>Spans into the bytes it was parsed from.</summary>
public readonly ref struct ClientHello
{
    private const byte HandshakeRecord = 0x16,
        ClientHelloMessage = 1;
    private const int RecordHeader = 5,
        MessageHeader = 4;

    /// <summary>version, random, session id, one cipher, one compression, extensions' length and one extension's head (COMPAT: less has no
    /// extension worth looking at).</summary>
    private const int ShortestBody = 2 + 32 + 1 + 2 + 2 + 1 + 1 + 2 + 2;

    private readonly ReadOnlySpan<byte> _extensions;

    private ClientHello(int version, ReadOnlySpan<byte> ciphers, ReadOnlySpan<byte> extensions)
    {
        Version = version;
        Ciphers = ciphers;
        _extensions = extensions;
    }

    /// <summary>Version the client names in the greeting: major in the upper 16 bits, minor in the lower.</summary>
    public int Version { get; }

    /// <summary>Cipher suites, two bytes each, in the client's order.</summary>
    public ReadOnlySpan<byte> Ciphers { get; }

    /// <summary>Reads the greeting at the start of <paramref name="data"/>; what follows it is not looked at.</summary>
    public static HelloStatus Parse(ReadOnlySpan<byte> data, out ClientHello hello)
    {
        hello = default;
        if (data.IsEmpty)
            return HelloStatus.Incomplete;
        if (data[0] != HandshakeRecord)
            return HelloStatus.NotHello;
        if (data.Length < 3)
            return HelloStatus.Incomplete;
        if (data[1] < 3)
            return HelloStatus.NotHello;
        if (data.Length < RecordHeader)
            return HelloStatus.Incomplete;
        int record = BinaryPrimitives.ReadUInt16BigEndian(data[3..]);
        if (record < MessageHeader + ShortestBody)
            return HelloStatus.NotHello;
        data = data[RecordHeader..];
        if (data.IsEmpty)
            return HelloStatus.Incomplete;
        if (data[0] != ClientHelloMessage)
            return HelloStatus.NotHello;
        if (data.Length < MessageHeader)
            return HelloStatus.Incomplete;
        int length = data[1] << 16 | data[2] << 8 | data[3];
        if (length < ShortestBody || length > record - MessageHeader)
            return HelloStatus.NotHello;
        data = data[MessageHeader..];
        return data.Length < length ? HelloStatus.Incomplete : ParseBody(data[..length], out hello);
    }

    private static HelloStatus ParseBody(ReadOnlySpan<byte> body, out ClientHello hello)
    {
        hello = default;
        if (body[0] < 3 || body[1] < 1)
            return HelloStatus.NotHello;
        int version = body[0] << 16 | body[1];
        body = body[34..];
        if (!Take(ref body, 1, out ReadOnlySpan<byte> session) || session.Length > 32)
            return HelloStatus.NotHello;
        if (!Take(ref body, 2, out ReadOnlySpan<byte> ciphers) || ciphers.Length < 2 || !Take(ref body, 1, out _))
            return HelloStatus.NotHello;
        ReadOnlySpan<byte> extensions = default;
        if (!body.IsEmpty && !Take(ref body, 2, out extensions))
            return HelloStatus.NotHello;
        if (!AreWhole(extensions))
            return HelloStatus.NotHello;
        hello = new ClientHello(version, ciphers, extensions);
        return HelloStatus.Complete;
    }

    /// <summary>Each extension ends within the list.</summary>
    private static bool AreWhole(ReadOnlySpan<byte> extensions)
    {
        while (extensions.Length >= 4)
        {
            extensions = extensions[2..];
            if (!Take(ref extensions, 2, out _))
                return false;
        }
        return extensions.IsEmpty;
    }

    /// <summary>Takes a vector with a length of 1 or 2 bytes off the front.</summary>
    private static bool Take(scoped ref ReadOnlySpan<byte> from, int lengthBytes, out ReadOnlySpan<byte> vector)
    {
        vector = default;
        if (from.Length < lengthBytes)
            return false;
        int length = lengthBytes == 1 ? from[0] : BinaryPrimitives.ReadUInt16BigEndian(from);
        if (from.Length - lengthBytes < length)
            return false;
        vector = from.Slice(lengthBytes, length);
        from = from[(lengthBytes + length)..];
        return true;
    }

    /// <summary>The content of the first extension of a type; false when there is none.</summary>
    public bool TryGetExtension(TlsExtension type, out ReadOnlySpan<byte> content)
    {
        ReadOnlySpan<byte> rest = _extensions;
        content = default;
        while (rest.Length >= 4)
        {
            bool found = BinaryPrimitives.ReadUInt16BigEndian(rest) == (ushort)type;
            rest = rest[2..];
            if (!Take(ref rest, 2, out content))
                return false;
            if (found)
                return true;
        }
        content = default;
        return false;
    }

    /// <summary>The host name asked for (RFC 6066 §3); false when there is none.</summary>
    public bool TryGetServerName(out ReadOnlySpan<byte> name)
    {
        name = default;
        if (!TryGetExtension(TlsExtension.ServerName, out ReadOnlySpan<byte> content) || !Take(ref content, 2, out ReadOnlySpan<byte> list))
            return false;
        while (!list.IsEmpty)
        {
            byte kind = list[0];
            list = list[1..];
            if (!Take(ref list, 2, out name))
                return false;
            if (kind == 0)
                return true;
        }
        return false;
    }

    /// <summary>The protocols of ALPN (RFC 7301) with commas between them; the bytes written, -1 when there are none or they do not
    /// fit.</summary>
    public int WriteAlpn(Span<byte> into)
    {
        if (!TryGetExtension(TlsExtension.Alpn, out ReadOnlySpan<byte> content) || !Take(ref content, 2, out ReadOnlySpan<byte> list))
            return -1;
        int at = 0;
        while (!list.IsEmpty)
        {
            if (!Take(ref list, 1, out ReadOnlySpan<byte> protocol) || at + protocol.Length + 1 > into.Length)
                return -1;
            if (at > 0)
                into[at++] = (byte)',';
            protocol.CopyTo(into[at..]);
            at += protocol.Length;
        }
        return at;
    }

    /// <summary>An extension that holds one list with a length of two bytes (groups, signature algorithms): the list.</summary>
    public bool TryGetList(TlsExtension type, out ReadOnlySpan<byte> list)
    {
        list = default;
        return TryGetExtension(type, out ReadOnlySpan<byte> content) && Take(ref content, 2, out list);
    }

    /// <summary>The groups of the key shares (RFC 8446 §4.2.8), two bytes each; the bytes written, -1 when there are none.</summary>
    public int WriteKeyShareGroups(Span<byte> into)
    {
        if (!TryGetList(TlsExtension.KeyShare, out ReadOnlySpan<byte> shares))
            return -1;
        int at = 0;
        while (shares.Length >= 4)
        {
            if (at + 2 > into.Length)
                return -1;
            shares[..2].CopyTo(into[at..]);
            at += 2;
            shares = shares[2..];
            if (!Take(ref shares, 2, out _))
                return -1;
        }
        return at;
    }

    /// <summary>
    /// The type of the handshake message that begins <paramref name="data"/>, of a client or a server, once all of it is here.
    /// COMPAT: HAProxy's req.ssl_hello_type and res.ssl_hello_type.
    /// </summary>
    public static HelloStatus ParseType(ReadOnlySpan<byte> data, out int type)
    {
        type = 0;
        if (data.IsEmpty)
            return HelloStatus.Incomplete;
        if (data[0] is not (>= 0x14 and <= 0x17 or 0xFF))
            return HelloStatus.NotHello;
        if (data.Length < 9)
            return HelloStatus.Incomplete;
        if (data[1] < 3 || BinaryPrimitives.ReadUInt16BigEndian(data[3..]) < 4)
            return HelloStatus.NotHello;
        type = data[5];
        int length = data[6] << 16 | data[7] << 8 | data[8];
        return data.Length < 9 + length ? HelloStatus.Incomplete : HelloStatus.Complete;
    }

    /// <summary>
    /// The client's version once the record is here, even of a greeting that is not otherwise understood; SSLv2's greeting has
    /// a form of its own. COMPAT: HAProxy's req.ssl_ver.
    /// </summary>
    public static HelloStatus ParseVersion(ReadOnlySpan<byte> data, out int version)
    {
        version = 0;
        if (data.IsEmpty)
            return HelloStatus.Incomplete;
        if (data[0] == HandshakeRecord)
        {
            if (data.Length < 11)
                return HelloStatus.Incomplete;
            int record = BinaryPrimitives.ReadUInt16BigEndian(data[3..]);
            if (data[1] < 3 || record is < 6 or > 16384 + 2048)
                return HelloStatus.NotHello;
            version = data[9] << 16 | data[10];
            return data.Length - RecordHeader < record ? HelloStatus.Incomplete : HelloStatus.Complete;
        }
        // SSLv2: two bytes of length with the top bit set, the message's type, the version
        if (data.Length < 5)
            return HelloStatus.Incomplete;
        if ((data[0] & 0x80) == 0 || data[2] != ClientHelloMessage)
            return HelloStatus.NotHello;
        int length = (data[0] & 0x7F) << 8 | data[1];
        if (length < 9)
            return HelloStatus.NotHello;
        version = data[3] << 16 | data[4];
        return data.Length - 2 < length ? HelloStatus.Incomplete : HelloStatus.Complete;
    }
}
