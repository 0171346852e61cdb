// The fixed-length date of HTTP (RFC 9110 §5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT".
using System;
using System.Buffers.Text;

namespace Baton.Http.Headers;

/// <summary>Writes and reads IMF-fixdate.</summary>
public static class HttpDate
{
    /// <summary>Bytes of a date.</summary>
    public const int Length = 29;

    /// <summary>Writes seconds since 1970 UTC, up to the year 9999; false when it does not fit.</summary>
    public static bool TryFormat(long unixSeconds, Span<byte> to)
    {
        return unixSeconds is >= 0 and <= 253402300799
            && Utf8Formatter.TryFormat(DateTimeOffset.FromUnixTimeSeconds(unixSeconds), to, out _, 'R');
    }

    /// <summary>Reads a date into seconds since 1970 UTC; only IMF-fixdate, the obsolete forms are refused.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long unixSeconds)
    {
        unixSeconds = 0;
        if (text.Length != Length || !Utf8Parser.TryParse(text, out DateTimeOffset date, out int used, 'R') || used != Length)
        {
            return false;
        }
        unixSeconds = date.ToUnixTimeSeconds();
        return true;
    }
}
