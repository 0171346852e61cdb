// Numbers and words for "baton top": short, and with nothing in them that a terminal would obey.
using System;
using System.Globalization;
using System.Text;

namespace Baton.Control.Top;

public static class TopFormat
{
    private static readonly string[] s_units = ["", "k", "M", "G", "T"];

    /// <summary>A number of processes: as it is written.</summary>
    public static TopCell Plain(string text) =>
        new(Readable(text), double.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out double value) ? value : 0);

    /// <summary>1,234 and 12.3M.</summary>
    public static TopCell Count(double value) =>
        new(value < 100_000 ? value.ToString("#,0", CultureInfo.InvariantCulture) : Scaled(value, 1000), value);

    /// <summary>Events in a second; empty for none.</summary>
    public static TopCell Rate(double value) =>
        new(
            value == 0 ? ""
                : value < 10 ? value.ToString("0.0", CultureInfo.InvariantCulture)
                : Count(Math.Round(value)).Text,
            value
        );

    /// <summary>Bytes in a second; empty for none.</summary>
    public static TopCell Bytes(double value) => new(value == 0 ? "" : Scaled(value, 1024) + "B", value);

    /// <summary>What was told in milliseconds; empty for what was not told, or does not hold yet (below 0).</summary>
    public static TopCell Milliseconds(string text)
    {
        bool known = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double ms) && ms >= 0;
        return known ? new(ms < 10_000 ? $"{ms:0}ms" : Age(ms / 1000).Text, ms) : new("", -1);
    }

    /// <summary>Seconds, by their two largest units: 3d4h, 5m12s.</summary>
    public static TopCell Age(double seconds)
    {
        long s = (long)Math.Max(0, seconds);
        string text =
            s >= 86400 ? $"{s / 86400}d{s / 3600 % 24}h"
            : s >= 3600 ? $"{s / 3600}h{s / 60 % 60:00}m"
            : s >= 60 ? $"{s / 60}m{s % 60:00}s"
            : $"{s}s";
        return new(text, s);
    }

    /// <summary>A time as the runtime API writes it, such as 1h5m, 10s, 250ms.</summary>
    public static TopCell Span(string text)
    {
        double seconds = 0;
        for (int i = 0, begin = 0; i < text.Length; i++)
        {
            if (char.IsAsciiDigit(text[i]))
                continue;
            _ = double.TryParse(text.AsSpan(begin, i - begin), NumberStyles.None, CultureInfo.InvariantCulture, out double number);
            bool thousandth = text.AsSpan(i).StartsWith("ms");
            seconds +=
                number
                * (
                    thousandth
                        ? 0.001
                        : text[i] switch
                        {
                            'd' => 86400,
                            'h' => 3600,
                            'm' => 60,
                            _ => 1,
                        }
                );
            i += thousandth ? 1 : 0;
            begin = i + 1;
        }
        return new(Readable(text), seconds);
    }

    /// <summary>The local time of a moment, with its day.</summary>
    public static string Moment(long secondsSince1970)
    {
        DateTime at = DateTimeOffset.FromUnixTimeSeconds(secondsSince1970).LocalDateTime;
        return at.ToString("MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
    }

    /// <summary>What came from elsewhere, without what would move the cursor or worse.</summary>
    public static string Readable(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return text;
        var readable = new StringBuilder(text.Length);
        foreach (char c in text)
            readable.Append(c is >= ' ' and <= '~' ? c : '?');
        return readable.ToString();
    }

    private static string Scaled(double value, double step)
    {
        int unit = 0;
        for (; value >= step && unit < s_units.Length - 1; unit++)
            value /= step;
        return value.ToString(value < 10 && unit > 0 ? "0.0" : "0", CultureInfo.InvariantCulture) + s_units[unit];
    }
}
