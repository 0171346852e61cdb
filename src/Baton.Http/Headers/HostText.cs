// The host[:port] text of the Host field and of request targets: its syntax and when two name the same place.
using System;

namespace Baton.Http.Headers;

/// <summary>Checks and compares <c>uri-host [ ":" port ]</c> (RFC 9110 §7.2, RFC 3986 §3.2.2).</summary>
public static class HostText
{
    /// <summary>True for a valid host with optional port; the empty text is valid (RFC 9112 §3.2).</summary>
    public static bool IsValid(ReadOnlySpan<byte> text)
    {
        int i = 0;
        if (text.Length > 0 && text[0] == '[')
        {
            i = text.IndexOf((byte)']') + 1;
            if (i < 4)
            {
                return false;
            }
            foreach (byte b in text[1..(i - 1)])
            {
                if (b != ':' && !ByteClass.Is(b, ByteClass.Host))
                {
                    return false;
                }
            }
        }
        else
        {
            while (i < text.Length && ByteClass.Is(text[i], ByteClass.Host))
            {
                i++;
            }
        }
        if (i == text.Length)
        {
            return true;
        }
        if (text[i] != ':' || (i == 0 && text.Length > 0))
        {
            return false;
        }
        for (i++; i < text.Length; i++)
        {
            if (!char.IsAsciiDigit((char)text[i]))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>
    /// True when both name the same host and port; a port that is the default one (80, 443, or either when
    /// <paramref name="scheme"/> is empty) counts as absent.
    /// </summary>
    public static bool AreSame(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, ReadOnlySpan<byte> scheme)
    {
        return ByteClass.EqualsIgnoreCase(WithoutDefaultPort(left, scheme), WithoutDefaultPort(right, scheme));
    }

    private static ReadOnlySpan<byte> WithoutDefaultPort(ReadOnlySpan<byte> text, ReadOnlySpan<byte> scheme)
    {
        int colon = text.LastIndexOf((byte)':');
        if (colon < 0 || text.IndexOf((byte)']') > colon)
        {
            return text;
        }
        ReadOnlySpan<byte> port = text[(colon + 1)..];
        bool isDefault =
            port.Length == 0
            || (port.SequenceEqual("80"u8) && (scheme.Length == 0 || ByteClass.EqualsIgnoreCase(scheme, "http"u8)))
            || (port.SequenceEqual("443"u8) && (scheme.Length == 0 || ByteClass.EqualsIgnoreCase(scheme, "https"u8)));
        return isDefault ? text[..colon] : text;
    }
}
