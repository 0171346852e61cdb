// The value of Content-Length: digits only, no sign, no more than fits a signed 64-bit number.
using System;

namespace Baton.Http.Headers;

internal static class ContentLengthText
{
    // firstLength: bytes of the first element, all of the value unless it is a list of equal lengths,
    // which is accepted only with acceptList (RFC 9110 §8.6).
    public static bool TryParse(ReadOnlySpan<byte> value, bool acceptList, out long length, out int firstLength)
    {
        int comma = acceptList ? value.IndexOf((byte)',') : -1;
        if (comma < 0)
        {
            firstLength = value.Length;
            return TryParseNumber(value, out length);
        }
        ReadOnlySpan<byte> first = value[..comma].TrimEnd(" \t"u8);
        firstLength = first.Length;
        if (!TryParseNumber(first, out length))
        {
            return false;
        }
        ReadOnlySpan<byte> rest = value[(comma + 1)..];
        while (true)
        {
            comma = rest.IndexOf((byte)',');
            ReadOnlySpan<byte> item = (comma < 0 ? rest : rest[..comma]).Trim(" \t"u8);
            if (!TryParseNumber(item, out long other) || other != length)
            {
                return false;
            }
            if (comma < 0)
            {
                return true;
            }
            rest = rest[(comma + 1)..];
        }
    }

    private static bool TryParseNumber(ReadOnlySpan<byte> text, out long number)
    {
        number = 0;
        if (text.Length == 0)
        {
            return false;
        }
        foreach (byte b in text)
        {
            uint digit = (uint)(b - '0');
            if (digit > 9 || number > (long.MaxValue - digit) / 10)
            {
                return false;
            }
            number = number * 10 + digit;
        }
        return true;
    }
}
