// A message of the Financial Information eXchange protocol: "8=FIX.4.4|9=5|35=0|10=163|", with SOH for the bars.
using System;
using System.Buffers.Text;

namespace Baton.Engine.Samples.Converters;

/// <summary>Reads one field after the other.</summary>
internal ref struct FixMessage(ReadOnlySpan<byte> bytes)
{
    private const byte Delimiter = 1;

    public const uint BeginString = 8,
        BodyLength = 9,
        CheckSum = 10,
        MsgType = 35;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Where the next field begins.</summary>
    public int Position { get; private set; }

    /// <summary>Null: more bytes are needed; else whether this is a field with a number and a value.</summary>
    public bool? Next(out uint tag, out ReadOnlySpan<byte> value)
    {
        tag = 0;
        value = default;
        ReadOnlySpan<byte> rest = _bytes[Position..];
        int end = rest.IndexOf(Delimiter);
        if (end < 0)
            return null;
        ReadOnlySpan<byte> field = rest[..end];
        int equals = field.IndexOf((byte)'=');
        if (equals < 1 || !Utf8Parser.TryParse(field, out tag, out int digits) || digits != equals || tag == 0)
            return false;
        value = field[(equals + 1)..];
        Position += end + 1;
        return true;
    }

    /// <summary>
    /// Whether a message is one, up to its check sum: version, length and type come first, in this order, and both sums are right. Null
    /// when more bytes are needed to tell.
    /// </summary>
    public static bool? Judge(ReadOnlySpan<byte> bytes)
    {
        var message = new FixMessage(bytes);
        if (message.Expect(BeginString, out ReadOnlySpan<byte> version) is not true and var first)
            return first;
        if (!IsVersion(version))
            return false;
        if (message.Expect(BodyLength, out ReadOnlySpan<byte> text) is not true and var second)
            return second;
        int body = message.Position;
        if (!Utf8Parser.TryParse(text, out int length, out int used) || used != text.Length || length < 0)
            return false;
        if (message.Expect(MsgType, out _) is not true and var third)
            return third;
        while (true)
        {
            int start = message.Position;
            if (message.Next(out uint tag, out ReadOnlySpan<byte> value) is not true and var next)
                return next;
            if (value.IsEmpty)
                return false;
            if (tag == CheckSum)
                return start - body == length && Utf8Parser.TryParse(value, out int sum, out used) && sum == Sum(bytes[..start]);
        }
    }

    private bool? Expect(uint expected, out ReadOnlySpan<byte> value) =>
        Next(out uint tag, out value) is not true and var next ? next : tag == expected && !value.IsEmpty;

    private static bool IsVersion(ReadOnlySpan<byte> version) =>
        version.SequenceEqual("FIXT.1.1"u8)
        || version.Length == 7 && version.StartsWith("FIX.4."u8) && version[6] is >= (byte)'0' and <= (byte)'4';

    private static int Sum(ReadOnlySpan<byte> bytes)
    {
        byte sum = 0;
        foreach (byte b in bytes)
            sum += b;
        return sum;
    }
}
