// Messages of the Financial Information eXchange protocol (manual 7.3.1): fix_is_valid, fix_tag_value.
using System;
using Baton.Configuration.Expressions;

namespace Baton.Engine.Samples.Converters;

internal static class FixConverters
{
    private static readonly (string Name, uint Tag)[] s_names =
    [
        ("BeginString", FixMessage.BeginString),
        ("BodyLength", FixMessage.BodyLength),
        ("CheckSum", FixMessage.CheckSum),
        ("MsgType", FixMessage.MsgType),
        ("SenderCompID", 49),
        ("TargetCompID", 56),
    ];

    private static string? CheckTag(Argument[] a)
    {
        uint tag = Array.Find(s_names, n => n.Name.Equals(a[0].Text, StringComparison.OrdinalIgnoreCase)).Tag;
        if (tag == 0 && (!uint.TryParse(a[0].Text, out tag) || tag == 0))
            return $"Unknown FIX tag name '{a[0].Text}'";
        a[0] = a[0] with { Number = tag };
        return null;
    }

    private static bool IsValid(ref SampleValue v)
    {
        bool? valid = FixMessage.Judge(v.Text);
        if (valid is { } known)
            v.SetBool(known);
        else
            v.MayChange = true;
        return valid is not null;
    }

    private static bool Tag(Argument[] a, ref SampleValue v)
    {
        var message = new FixMessage(v.Text);
        bool? next;
        while ((next = message.Next(out uint tag, out ReadOnlySpan<byte> value)) is true)
        {
            if (tag != a[0].Number)
                continue;
            v.SetBinary(value);
            return true;
        }
        v.MayChange |= next is null;
        return false;
    }

    internal static readonly SampleConverter[] Rows =
    [
        new()
        {
            Name = "fix_is_valid",
            Input = SampleType.Binary,
            Output = SampleType.Bool,
            Summary = "whether the bytes begin with a message of FIX",
            Convert = (a, m, ref v) => IsValid(ref v),
        },
        new()
        {
            Name = "fix_tag_value",
            Input = SampleType.Binary,
            Output = SampleType.Binary,
            Summary = "value of a tag in a message of FIX",
            Convert = (a, m, ref v) => Tag(a, ref v),
            Arguments = [new(ArgumentKind.String, "tag")],
            Check = CheckTag,
        },
    ];
}
