// Dates as text (manual 7.3.1): http_date, and ltime, utime and their forms for milli- and microseconds.
using System;
using System.Globalization;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Http.Headers;
using Baton.Interop.Linux;

namespace Baton.Engine.Samples.Converters;

internal static class TimeConverters
{
    private static readonly ArgumentSpec[] FormatAndOffset =
    [
        new(ArgumentKind.String, "format"),
        new(ArgumentKind.Integer, "offset", true),
    ];

    /// <summary>Units of a second in the unit of an argument: s, ms or us.</summary>
    private static string? CheckUnit(Argument[] a)
    {
        long scale = a[1].Absent
            ? 1
            : a[1].Text switch
            {
                "s" => 1,
                "ms" => 1000,
                "us" => 1_000_000,
                _ => 0,
            };
        if (scale == 0)
            return $"expects 's', 'ms' or 'us', got '{a[1].Text}'";
        a[1] = a[1] with { Number = scale };
        return null;
    }

    /// <summary>COMPAT: the offset is in the same unit; a fraction is written as a bare number behind the seconds.</summary>
    private static bool HttpDateOf(Argument[] a, Span<byte> m, ref SampleValue v)
    {
        long scale = a[1].Number,
            time = unchecked(v.Number + a[0].Number);
        long seconds = Math.DivRem(time, scale, out long fraction);
        if (fraction < 0)
        {
            fraction += scale;
            seconds--;
        }
        // what HttpDate can write ends with the year 9999
        if (seconds is < -62135596800 or > 253402300799 || !HttpDate.TryFormat(seconds, m))
            return false;
        if (scale == 1)
        {
            v.SetText(m[..29]);
            return true;
        }
        m[25] = (byte)'.';
        fraction.TryFormat(m[26..], out int digits, default, CultureInfo.InvariantCulture);
        " GMT"u8.CopyTo(m[(26 + digits)..]);
        v.SetText(m[..(30 + digits)]);
        return true;
    }

    private static string? PrepareFormat(Argument[] a)
    {
        if (a[0].Text.Length > 512)
            return "the format is longer than 512 bytes";
        a[0] = a[0] with { Value = Encoding.UTF8.GetBytes(a[0].Text + "\0") };
        return null;
    }

    private static bool Format(Argument[] a, Span<byte> m, ref SampleValue v, bool local, long scale)
    {
        long seconds = Math.DivRem(v.Number, scale, out long fraction);
        if (fraction < 0)
        {
            fraction += scale;
            seconds--;
        }
        if (scale > 1)
            seconds = unchecked(seconds + a[1].Number / scale);
        else
            seconds = unchecked(seconds + a[1].Number);
        scoped ReadOnlySpan<byte> format = (byte[])a[0].Value!;
        Span<byte> withFraction = stackalloc byte[4096];
        if (scale > 1)
            format = withFraction[..FillFraction(format, fraction, scale == 1000 ? 3 : 6, withFraction)];
        int n = CalendarTime.Format(seconds, local, format, m);
        v.SetText(m[..n]);
        return n > 0 || format.Length <= 1;
    }

    /// <summary>%N, as date(1) has it, becomes the fraction of the second.</summary>
    private static int FillFraction(ReadOnlySpan<byte> format, long fraction, int digits, Span<byte> to)
    {
        int at = 0;
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 >= format.Length || format[i + 1] is not ((byte)'N' or (byte)'%'))
            {
                to[at++] = format[i];
                continue;
            }
            i++;
            if (format[i] == '%')
            {
                to[at++] = (byte)'%';
                to[at++] = (byte)'%';
                continue;
            }
            long rest = fraction;
            for (int d = digits - 1; d >= 0; d--)
            {
                to[at + d] = (byte)('0' + rest % 10);
                rest /= 10;
            }
            at += digits;
        }
        return at;
    }

    private static SampleConverter Row(string name, string summary, bool local, long scale) =>
        new()
        {
            Name = name,
            Input = SampleType.Integer,
            Output = SampleType.String,
            Summary = summary,
            Arguments = FormatAndOffset,
            Check = PrepareFormat,
            Convert = (a, m, ref v) => Format(a, m, ref v, local, scale),
        };

    internal static readonly SampleConverter[] Rows =
    [
        new()
        {
            Name = "http_date",
            Input = SampleType.Integer,
            Output = SampleType.String,
            Summary = "as the date of an HTTP header",
            Check = CheckUnit,
            Convert = HttpDateOf,
            Arguments = [new(ArgumentKind.Integer, "offset", true), new(ArgumentKind.String, "unit", true)],
        },
        Row("ltime", "local time in a form of its own", true, 1),
        Row("utime", "universal time in a form of its own", false, 1),
        Row("ms_ltime", "milliseconds as local time", true, 1000),
        Row("ms_utime", "milliseconds as universal time", false, 1000),
        Row("us_ltime", "microseconds as local time", true, 1_000_000),
        Row("us_utime", "microseconds as universal time", false, 1_000_000),
    ];
}
