// Percent coding and query parameters of URIs (RFC 3986 §2.1, and the form coding of '+').
using System;

namespace Baton.Http.Uri;

/// <summary>Reading parts of URIs as bytes.</summary>
public static class UriText
{
    /// <summary>
    /// Decodes %XX, and '+' to a space when <paramref name="plusIsSpace"/>. Returns the bytes written, -1 when
    /// <paramref name="to"/> is too small or a percent sign is not followed by two hex digits. May work in place.
    /// </summary>
    public static int Decode(ReadOnlySpan<byte> text, Span<byte> to, bool plusIsSpace)
    {
        int at = 0;
        for (int i = 0; i < text.Length; i++)
        {
            byte b = text[i];
            if (b == '%')
            {
                if (i + 2 >= text.Length || !IsHex(text[i + 1]) || !IsHex(text[i + 2]))
                {
                    return -1;
                }
                b = (byte)((Digit(text[i + 1]) << 4) | Digit(text[i + 2]));
                i += 2;
            }
            else if (b == '+' && plusIsSpace)
            {
                b = (byte)' ';
            }
            if (at == to.Length)
            {
                return -1;
            }
            to[at++] = b;
        }
        return at;
    }

    /// <summary>
    /// Finds a parameter of a query (without its question mark) by its exact, undecoded name; a name without '='
    /// has an empty value. <paramref name="separator"/> is '&amp;' as a rule.
    /// </summary>
    public static bool TryGetParameter(
        ReadOnlySpan<byte> query,
        ReadOnlySpan<byte> name,
        out ReadOnlySpan<byte> value,
        byte separator = (byte)'&'
    )
    {
        while (query.Length > 0)
        {
            int end = query.IndexOf(separator);
            ReadOnlySpan<byte> pair = end < 0 ? query : query[..end];
            query = end < 0 ? default : query[(end + 1)..];
            int equals = pair.IndexOf((byte)'=');
            if ((equals < 0 ? pair : pair[..equals]).SequenceEqual(name))
            {
                value = equals < 0 ? default : pair[(equals + 1)..];
                return true;
            }
        }
        value = default;
        return false;
    }

    private static bool IsHex(byte b) => char.IsAsciiHexDigit((char)b);

    private static int Digit(byte b) => (b & 15) + (b > '9' ? 9 : 0);
}
