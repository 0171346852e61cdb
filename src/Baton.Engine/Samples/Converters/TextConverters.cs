// lower, upper, length.
using System;
using Baton.Configuration.Expressions;

namespace Baton.Engine.Samples.Converters;

internal static class TextConverters
{
    private static bool Map(Span<byte> scratch, ref SampleValue v, bool lower)
    {
        Span<byte> number = stackalloc byte[48];
        ReadOnlySpan<byte> text = v.AsText(number);
        if (text.Length > scratch.Length) return false;
        for (int i = 0; i < text.Length; i++)
        {
            byte b = text[i];
            scratch[i] = lower && b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : !lower && b is >= (byte)'a' and <= (byte)'z' ? (byte)(b & ~0x20) : b;
        }
        v.SetText(scratch[..text.Length]);
        return true;
    }

    private static bool Length(ref SampleValue v)
    {
        Span<byte> number = stackalloc byte[48];
        v.SetNumber(v.AsText(number).Length);
        return true;
    }

    internal static readonly SampleConverter[] Rows =
    [
        new() { Name = "lower", Input = SampleType.String, Output = SampleType.String, Summary = "in lower case", Convert = (a, m, ref v) => Map(m, ref v, true) },
        new() { Name = "upper", Input = SampleType.String, Output = SampleType.String, Summary = "in upper case", Convert = (a, m, ref v) => Map(m, ref v, false) },
        new() { Name = "length", Input = SampleType.String, Output = SampleType.Integer, Summary = "number of bytes", Convert = (a, m, ref v) => Length(ref v) },
    ];
}
