// Writes the PROXY protocol header that "send-proxy" and "send-proxy-v2" put before a server connection.
using System;
using System.Buffers.Binary;
using System.Buffers.Text;

namespace Baton.Http.ProxyProtocol;

/// <summary>
/// Encoder of PROXY headers into memory of the caller. Version 2: construct, add TLVs, <see cref="Finish"/>.
/// What does not fit makes Finish return 0.
/// </summary>
public ref struct ProxyHeaderWriter
{
    private readonly Span<byte> _to;
    private int _length;
    private int _sslStart;
    private int _checksum;
    private bool _full;

    /// <summary>Begins a version 2 header; LOCAL when the header says so.</summary>
    public ProxyHeaderWriter(Span<byte> to, scoped in ProxyHeader header)
    {
        _to = to;
        _sslStart = -1;
        bool known = !header.IsLocal && header.Family is ProxyFamily.IPv4 or ProxyFamily.IPv6 && !header.IsLocal;
        int size = known ? header.Source.Length : 0;
        if (to.Length < ProxyHeaderParser.V2PrefixLength + 2 * size + 4)
        {
            _full = true;
            return;
        }
        ProxyHeaderParser.Signature.CopyTo(to);
        to[12] = (byte)(header.IsLocal ? 0x20 : 0x21);
        to[13] = (byte)(known ? ((int)header.Family << 4) | (header.IsDatagram ? 2 : 1) : 0);
        _length = ProxyHeaderParser.V2PrefixLength;
        if (known)
        {
            header.Source.CopyTo(to[_length..]);
            header.Destination.CopyTo(to[(_length + size)..]);
            BinaryPrimitives.WriteUInt16BigEndian(to[(_length + 2 * size)..], header.SourcePort);
            BinaryPrimitives.WriteUInt16BigEndian(to[(_length + 2 * size + 2)..], header.DestinationPort);
            _length += 2 * size + 4;
        }
    }

    /// <summary>Adds an extension field; inside BeginSsl/EndSsl a nested one.</summary>
    public void AddTlv(ProxyTlvType type, scoped ReadOnlySpan<byte> value)
    {
        if (_full || value.Length > ushort.MaxValue || _to.Length - _length < 3 + value.Length)
        {
            _full = true;
            return;
        }
        _to[_length] = (byte)type;
        BinaryPrimitives.WriteUInt16BigEndian(_to[(_length + 1)..], (ushort)value.Length);
        value.CopyTo(_to[(_length + 3)..]);
        _length += 3 + value.Length;
    }

    /// <summary>Adds the CRC-32C field, which <see cref="Finish"/> fills in.</summary>
    public void AddCrc32C()
    {
        Span<byte> zero = stackalloc byte[4];
        zero.Clear();
        _checksum = _length + 3;
        AddTlv(ProxyTlvType.Crc32C, zero);
    }

    /// <summary>Begins the SSL field: the client's flags (1 SSL, 2 certificate on this connection, 4 in this session) and the verify result
    /// (0: verified or none).</summary>
    public void BeginSsl(byte client, uint verify)
    {
        Span<byte> fixedPart = stackalloc byte[5];
        fixedPart[0] = client;
        BinaryPrimitives.WriteUInt32BigEndian(fixedPart[1..], verify);
        _sslStart = _length;
        AddTlv(ProxyTlvType.Ssl, fixedPart);
    }

    /// <summary>Ends the SSL field.</summary>
    public void EndSsl()
    {
        if (!_full && _length - _sslStart - 3 <= ushort.MaxValue)
        {
            BinaryPrimitives.WriteUInt16BigEndian(_to[(_sslStart + 1)..], (ushort)(_length - _sslStart - 3));
        }
        _sslStart = -1;
    }

    /// <summary>Writes length and checksum; returns the header's length or 0 when it does not fit.</summary>
    public int Finish()
    {
        int body = _length - ProxyHeaderParser.V2PrefixLength;
        if (_full || body > ushort.MaxValue)
        {
            return 0;
        }
        BinaryPrimitives.WriteUInt16BigEndian(_to[14..], (ushort)body);
        if (_checksum > 0)
        {
            BinaryPrimitives.WriteUInt32BigEndian(_to[_checksum..], Crc32C.OfHeader(_to[.._length], _checksum));
        }
        return _length;
    }

    /// <summary>Writes a version 1 header: TCP4, TCP6, or UNKNOWN for anything else. Returns its length or 0 when it does not
    /// fit.</summary>
    public static int WriteV1(Span<byte> to, in ProxyHeader header)
    {
        if (to.Length < ProxyHeaderParser.MaxV1Length)
        {
            return 0;
        }
        if (header.IsLocal || header.Family is not (ProxyFamily.IPv4 or ProxyFamily.IPv6))
        {
            "PROXY UNKNOWN\r\n"u8.CopyTo(to);
            return 15;
        }
        (header.Family == ProxyFamily.IPv4 ? "PROXY TCP4 "u8 : "PROXY TCP6 "u8).CopyTo(to);
        int at = 11;
        at += AddressText.Format(header.Source, to[at..]);
        to[at++] = (byte)' ';
        at += AddressText.Format(header.Destination, to[at..]);
        to[at++] = (byte)' ';
        Utf8Formatter.TryFormat(header.SourcePort, to[at..], out int written);
        at += written;
        to[at++] = (byte)' ';
        Utf8Formatter.TryFormat(header.DestinationPort, to[at..], out written);
        at += written;
        to[at++] = (byte)'\r';
        to[at++] = (byte)'\n';
        return at;
    }
}
