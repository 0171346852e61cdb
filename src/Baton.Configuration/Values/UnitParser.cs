// Numbers with units (manual 2.5 "Time format" and 2.6 "Size format").
namespace Baton.Configuration.Values;

public static class UnitParser
{
    public const string Overflow = "timer overflow";

    /// <summary>A time as milliseconds, rounded up from us. Null, or what is wrong with it.</summary>
    public static string? Time(string text, TimeUnit unit, out long ms)
    {
        ms = 0;
        if (!Number(text, out long value, out int at))
            return at == 0 ? $"unexpected character '{(text.Length > 0 ? text[0] : ' ')}'" : Overflow;
        string suffix = text[at..];
        if (suffix.Length == 0)
            suffix = unit switch
            {
                TimeUnit.Microsecond => "us",
                TimeUnit.Second => "s",
                _ => "ms",
            };
        long factor = suffix switch
        {
            "ms" => 1,
            "s" => 1000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            "us" => 0,
            _ => -1,
        };
        if (factor < 0)
            return $"unexpected character '{suffix[0]}'";
        if (factor == 0)
        {
            ms = value / 1000 + (value % 1000 > 0 ? 1 : 0);
            return null;
        }
        if (value > long.MaxValue / factor)
            return Overflow;
        ms = value * factor;
        return null;
    }

    /// <summary>A size in bytes: k, m, g are powers of 1024.</summary>
    public static string? Size(string text, out long bytes)
    {
        bytes = 0;
        if (!Number(text, out long value, out int at))
            return "invalid size";
        if (at < text.Length - 1)
            return $"unexpected character '{text[at + 1]}' in size";
        int shift =
            at == text.Length
                ? 0
                : char.ToLowerInvariant(text[at]) switch
                {
                    'k' => 10,
                    'm' => 20,
                    'g' => 30,
                    _ => -1,
                };
        if (shift < 0)
            return $"unexpected character '{text[at]}' in size";
        if (value > long.MaxValue >> shift)
            return "size too large";
        bytes = value << shift;
        return null;
    }

    private static bool Number(string text, out long value, out int at)
    {
        value = 0;
        for (at = 0; at < text.Length && char.IsAsciiDigit(text[at]); at++)
        {
            if (value > (long.MaxValue - 9) / 10)
                return false;
            value = value * 10 + (text[at] - '0');
        }
        return at > 0;
    }
}
