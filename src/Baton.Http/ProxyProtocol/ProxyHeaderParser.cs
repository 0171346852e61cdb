// Reads the PROXY protocol header that a load balancer in front sends, versions 1 and 2
// (proxy-protocol.txt). Bytes in, addresses out; what is not a header at all is told from the first byte on.
using System;
using System.Buffers.Binary;
using System.Buffers.Text;

namespace Baton.Http.ProxyProtocol;

/// <summary>Parser of PROXY headers, stateless: give it all bytes received so far.</summary>
public static class ProxyHeaderParser
{
    /// <summary>Longest version 1 header with its CRLF.</summary>
    public const int MaxV1Length = 107;

    /// <summary>Signature, version, family and length of version 2.</summary>
    public const int V2PrefixLength = 16;

    internal static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>
    /// Parses the header at the start of <paramref name="data"/>. <paramref name="length"/> is the header's length
    /// when Complete, and also when Incomplete once it is known (version 2), else 0.
    /// </summary>
    public static ProxyParseStatus Parse(ReadOnlySpan<byte> data, out ProxyHeader header, out int length)
    {
        header = default;
        length = 0;
        if (data.Length == 0)
        {
            return ProxyParseStatus.Incomplete;
        }
        return data[0] == 'P' ? ParseV1(data, ref header, ref length) : ParseV2(data, ref header, ref length);
    }

    private static ProxyParseStatus ParseV1(ReadOnlySpan<byte> data, ref ProxyHeader header, ref int length)
    {
        ReadOnlySpan<byte> prefix = "PROXY "u8;
        int common = Math.Min(prefix.Length, data.Length);
        if (!data[..common].SequenceEqual(prefix[..common]))
        {
            return ProxyParseStatus.Bad;
        }
        ReadOnlySpan<byte> window = data[..Math.Min(data.Length, MaxV1Length)];
        int end = window.IndexOf((byte)'\r');
        if (end < 0 || end + 1 == window.Length)
        {
            return window.Length == MaxV1Length ? ProxyParseStatus.Bad : ProxyParseStatus.Incomplete;
        }
        if (data[end + 1] != '\n' || end < prefix.Length)
        {
            return ProxyParseStatus.Bad;
        }
        length = end + 2;
        header.Version = 1;
        return ParseV1Fields(data[prefix.Length..end], ref header) ? ProxyParseStatus.Complete : ProxyParseStatus.Bad;
    }

    private static bool ParseV1Fields(ReadOnlySpan<byte> line, ref ProxyHeader header)
    {
        ReadOnlySpan<byte> protocol = TakeWord(ref line);
        if (protocol.SequenceEqual("UNKNOWN"u8))
        {
            header.IsLocal = true;
            return true;
        }
        bool v6 = protocol.SequenceEqual("TCP6"u8);
        if (!v6 && !protocol.SequenceEqual("TCP4"u8))
        {
            return false;
        }
        header.Family = v6 ? ProxyFamily.IPv6 : ProxyFamily.IPv4;
        ReadOnlySpan<byte> source = TakeWord(ref line);
        ReadOnlySpan<byte> destination = TakeWord(ref line);
        return (
                v6
                    ? AddressText.TryParseIPv6(source, header.SourceBytes) && AddressText.TryParseIPv6(destination, header.DestinationBytes)
                    : AddressText.TryParseIPv4(source, header.SourceBytes) && AddressText.TryParseIPv4(destination, header.DestinationBytes)
            )
            && TryParsePort(TakeWord(ref line), out header.SourcePort)
            && TryParsePort(line, out header.DestinationPort);
    }

    private static ReadOnlySpan<byte> TakeWord(ref ReadOnlySpan<byte> line)
    {
        int space = line.IndexOf((byte)' ');
        ReadOnlySpan<byte> word = space < 0 ? line : line[..space];
        line = space < 0 ? default : line[(space + 1)..];
        return word;
    }

    private static bool TryParsePort(ReadOnlySpan<byte> text, out ushort port)
    {
        port = 0;
        return text.Length is > 0 and <= 5
            && (text[0] != '0' || text.Length == 1)
            && text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0
            && Utf8Parser.TryParse(text, out port, out int used)
            && used == text.Length;
    }

    private static ProxyParseStatus ParseV2(ReadOnlySpan<byte> data, ref ProxyHeader header, ref int length)
    {
        int common = Math.Min(Signature.Length, data.Length);
        if (!data[..common].SequenceEqual(Signature[..common]))
        {
            return ProxyParseStatus.Bad;
        }
        if (data.Length > Signature.Length && data[12] is not (0x20 or 0x21))
        {
            return ProxyParseStatus.Bad;
        }
        if (data.Length < V2PrefixLength)
        {
            return ProxyParseStatus.Incomplete;
        }
        int bodyLength = BinaryPrimitives.ReadUInt16BigEndian(data[14..]);
        length = V2PrefixLength + bodyLength;
        header.Version = 2;
        header.IsLocal = data[12] == 0x20;
        if (data.Length < length)
        {
            return ProxyParseStatus.Incomplete;
        }
        int addresses = header.IsLocal ? 0 : ParseV2Addresses(data[13], data[V2PrefixLength..length], ref header);
        if (addresses < 0)
        {
            return ProxyParseStatus.Bad;
        }
        if (header.IsLocal)
        {
            // Whatever a LOCAL header carries is to be skipped.
            return ProxyParseStatus.Complete;
        }
        header.TlvOffset = V2PrefixLength + addresses;
        header.TlvLength = length - header.TlvOffset;
        return AreTlvsValid(data[..length], header.TlvOffset) ? ProxyParseStatus.Complete : ProxyParseStatus.Bad;
    }

    // Bytes of the address block, or -1 when it is cut short.
    private static int ParseV2Addresses(byte family, ReadOnlySpan<byte> body, ref ProxyHeader header)
    {
        header.IsDatagram = (family & 15) == 2;
        int size = (family >> 4) switch
        {
            1 => 4,
            2 => 16,
            3 => 108,
            _ => 0,
        };
        if (size == 0 || (family & 15) is not (1 or 2))
        {
            // COMPAT: families that are unspecified or not known leave the connection's addresses alone.
            return 0;
        }
        bool isUnix = size == 108;
        int total = 2 * size + (isUnix ? 0 : 4);
        if (body.Length < total)
        {
            return -1;
        }
        header.Family = (ProxyFamily)(family >> 4);
        if (!isUnix)
        {
            body[..size].CopyTo(header.SourceBytes);
            body.Slice(size, size).CopyTo(header.DestinationBytes);
            header.SourcePort = BinaryPrimitives.ReadUInt16BigEndian(body[(2 * size)..]);
            header.DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(body[(2 * size + 2)..]);
        }
        return total;
    }

    private static bool AreTlvsValid(ReadOnlySpan<byte> header, int offset)
    {
        while (offset < header.Length)
        {
            if (header.Length - offset < 3)
            {
                return false;
            }
            int length = BinaryPrimitives.ReadUInt16BigEndian(header[(offset + 1)..]);
            if (length > header.Length - offset - 3)
            {
                return false;
            }
            if (
                header[offset] == (byte)ProxyTlvType.Crc32C
                && (length != 4 || BinaryPrimitives.ReadUInt32BigEndian(header[(offset + 3)..]) != Crc32C.OfHeader(header, offset + 3))
            )
            {
                return false;
            }
            offset += 3 + length;
        }
        return true;
    }
}
