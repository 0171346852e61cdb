// regsub(regex,substitution[,flags]): the first match replaced, or every one with the flag g; i ignores case.
using System;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Engine.Streams;

namespace Baton.Engine.Samples.Converters;

internal static class RegexConverter
{
    private static bool Substitute(ProxyStream stream, Argument[] a, Span<byte> scratch, ref SampleValue v)
    {
        // the text may lie in the scratch memory itself: the result goes to its other half
        Span<byte> number = stackalloc byte[48];
        ReadOnlySpan<byte> text = v.AsText(number);
        bool low = text.Overlaps(scratch[..(scratch.Length / 2)]);
        Span<byte> into = low ? scratch[(scratch.Length / 2)..] : scratch[..(scratch.Length / 2)];
        int length = ((RegularExpression)a[0].Value!).Substitute(stream.Worker, text, (byte[])a[1].Value!, a[2].Text.Contains('g'), into);
        if (length < 0)
            return false;
        v.SetText(into[..length]);
        return true;
    }

    internal static readonly SampleConverter[] Rows =
    [
        new()
        {
            Name = "regsub",
            Input = SampleType.String,
            Output = SampleType.String,
            Summary = "replaces what a regular expression matches",
            Arguments =
            [
                new(ArgumentKind.Regex, "regex"),
                new(ArgumentKind.Bytes, "substitution"),
                new(ArgumentKind.RegexFlags, "flags", true),
            ],
            Convert = (a, m, ref v) => false,
            ConvertOn = Substitute,
        },
    ];
}
