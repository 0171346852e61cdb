// Where a cookie ends in a Cookie or Set-Cookie field (RFC 6265 §4.1.1, §4.2.1; RFC 2965 §3.3.4 let commas separate as well).
using System;

namespace Baton.Http.Headers;

public static class CookieText
{
    /// <summary>Offset of the first semicolon or comma outside quotes, or the length. COMPAT: a comma ends a cookie as a semicolon
    /// does.</summary>
    public static int EndOfPair(ReadOnlySpan<byte> text)
    {
        int first = text.IndexOfAny((byte)';', (byte)',', (byte)'"');
        if (first < 0 || text[first] != '"')
            return first < 0 ? text.Length : first;
        bool quoted = false;
        for (int i = first; i < text.Length; i++)
        {
            if (text[i] == '"')
                quoted = !quoted;
            else if (text[i] == '\\' && quoted)
                i++;
            else if (!quoted && text[i] is (byte)';' or (byte)',')
                return i;
        }
        return text.Length;
    }
}
