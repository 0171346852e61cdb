// IPv4 and IPv6 addresses as text, from and to bytes in network order, as inet_pton and inet_ntop have them.
using System;
using System.Buffers.Text;

namespace Baton.Http.ProxyProtocol;

/// <summary>Textual IP addresses without allocations.</summary>
public static class AddressText
{
    /// <summary>Most bytes an address takes as text.</summary>
    public const int MaxLength = 45;

    /// <summary>Four decimal numbers without leading zeros; writes 4 bytes.</summary>
    public static bool TryParseIPv4(ReadOnlySpan<byte> text, Span<byte> address) =>
        TryReadIPv4(text, address, leadingZeros: false, out int used) && used == text.Length;

    /// <summary>The same at the beginning of a text and with leading zeros allowed; <paramref name="used"/> bytes are read. A dot does not
    /// follow.</summary>
    public static bool TryReadIPv4(ReadOnlySpan<byte> text, Span<byte> address, out int used) =>
        TryReadIPv4(text, address, leadingZeros: true, out used) && (used == text.Length || text[used] != '.');

    private static bool TryReadIPv4(ReadOnlySpan<byte> text, Span<byte> address, bool leadingZeros, out int used)
    {
        used = 0;
        for (int part = 0; part < 4; part++)
        {
            if (part > 0 && (used == text.Length || text[used++] != '.'))
            {
                return false;
            }
            int start = used;
            int value = 0;
            for (; used < text.Length && text[used] is >= (byte)'0' and <= (byte)'9'; used++)
            {
                if ((!leadingZeros && used > start && value == 0) || (value = value * 10 + text[used] - '0') > 255)
                {
                    return false;
                }
            }
            if (used == start)
            {
                return false;
            }
            address[part] = (byte)value;
        }
        return true;
    }

    /// <summary>RFC 4291 §2.2 without zone or brackets; writes 16 bytes.</summary>
    public static bool TryParseIPv6(ReadOnlySpan<byte> text, Span<byte> address)
    {
        address[..16].Clear();
        int at = 0;
        int gap = -1;
        int i = 0;
        if (text.StartsWith("::"u8))
        {
            gap = 0;
            i = 2;
        }
        while (i < text.Length)
        {
            int colon = text[i..].IndexOf((byte)':');
            ReadOnlySpan<byte> group = colon < 0 ? text[i..] : text.Slice(i, colon);
            if (colon < 0 && group.Contains((byte)'.'))
            {
                if (at > 12 || !TryParseIPv4(group, address.Slice(at, 4)))
                {
                    return false;
                }
                at += 4;
                break;
            }
            if (at > 14 || group.Length > 4 || !Utf8Parser.TryParse(group, out ushort value, out int used, 'x') || used != group.Length)
            {
                return false;
            }
            address[at++] = (byte)(value >> 8);
            address[at++] = (byte)value;
            if (colon < 0)
            {
                break;
            }
            i += colon + 1;
            if (i == text.Length)
            {
                return false;
            }
            if (text[i] == ':')
            {
                if (gap >= 0)
                {
                    return false;
                }
                gap = at;
                i++;
            }
        }
        if (gap < 0)
        {
            return at == 16;
        }
        if (at > 14)
        {
            return false;
        }
        Span<byte> tail = address[gap..at];
        tail.CopyTo(address.Slice(16 - tail.Length, tail.Length));
        address[gap..(16 - tail.Length)].Clear();
        return true;
    }

    /// <summary>Writes 4 or 16 bytes as text; returns the length, or 0 when it does not fit.</summary>
    public static int Format(ReadOnlySpan<byte> address, Span<byte> to)
    {
        return address.Length == 4 ? FormatIPv4(address, to) : FormatIPv6(address, to);
    }

    private static int FormatIPv4(ReadOnlySpan<byte> address, Span<byte> to)
    {
        int at = 0;
        for (int i = 0; i < 4; i++)
        {
            if (i > 0)
            {
                if (at == to.Length)
                {
                    return 0;
                }
                to[at++] = (byte)'.';
            }
            if (!Utf8Formatter.TryFormat(address[i], to[at..], out int written))
            {
                return 0;
            }
            at += written;
        }
        return at;
    }

    private static int FormatIPv6(ReadOnlySpan<byte> address, Span<byte> to)
    {
        if (to.Length < MaxLength)
        {
            return 0;
        }
        int best = -1;
        int bestLength = 1;
        for (int i = 0; i < 8; i++)
        {
            int length = 0;
            while (i + length < 8 && address[2 * (i + length)] == 0 && address[2 * (i + length) + 1] == 0)
            {
                length++;
            }
            if (length > bestLength)
            {
                best = i;
                bestLength = length;
            }
            i += length;
        }
        // inet_ntop writes mapped and compatible addresses with a dotted end.
        bool dotted = best == 0 && (bestLength == 6 || (bestLength == 5 && address[10] == 0xFF && address[11] == 0xFF));
        int at = 0;
        for (int i = 0; i < 8; i++)
        {
            if (i == best)
            {
                to[at++] = (byte)':';
                i += bestLength - 1;
                if (i == 7)
                {
                    to[at++] = (byte)':';
                }
                continue;
            }
            if (i > 0)
            {
                to[at++] = (byte)':';
            }
            if (i == 6 && dotted)
            {
                return at + FormatIPv4(address[12..16], to[at..]);
            }
            int group = (address[2 * i] << 8) | address[2 * i + 1];
            for (
                int shift =
                    group > 0xFFF ? 12
                    : group > 0xFF ? 8
                    : group > 0xF ? 4
                    : 0;
                shift >= 0;
                shift -= 4
            )
            {
                to[at++] = "0123456789abcdef"u8[(group >> shift) & 15];
            }
        }
        return at;
    }
}
