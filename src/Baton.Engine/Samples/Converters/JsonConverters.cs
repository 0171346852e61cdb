// Text for JSON, and values out of it (manual 7.3.1): json, json_query.
using System;
using System.Buffers;
using System.Globalization;
using System.Text;
using Baton.Configuration.Expressions;

namespace Baton.Engine.Samples.Converters;

internal static class JsonConverters
{
    /// <summary>How the input is read: bytes, or UTF-8. What is none fails or is left out (Skip); an overlong form may be read as what it
    /// means (Lenient).</summary>
    private enum Input : byte
    {
        Ascii,
        Utf8,
        Utf8Skip,
        Utf8Lenient,
        Utf8LenientSkip,
    }

    private static readonly string[] Inputs = ["ascii", "utf8", "utf8s", "utf8p", "utf8ps"];

    private static string? Check(Argument[] a)
    {
        int input = a[0].Absent ? 0 : Array.IndexOf(Inputs, a[0].Text);
        if (input < 0)
            return "Unexpected input code type. Allowed value are 'ascii', 'utf8', 'utf8s', 'utf8p' and 'utf8ps'";
        a[0] = a[0] with { Number = input };
        return null;
    }

    private static bool Escape(Argument[] a, Span<byte> m, ref SampleValue v)
    {
        var input = (Input)a[0].Number;
        ReadOnlySpan<byte> text = v.Text;
        int at = 0;
        while (!text.IsEmpty)
        {
            int used = 1,
                code = text[0];
            if (input != Input.Ascii && !TryRead(text, input >= Input.Utf8Lenient, out code, out used))
            {
                if (input is not (Input.Utf8Skip or Input.Utf8LenientSkip))
                    return false;
                text = text[1..];
                continue;
            }
            text = text[used..];
            if (at + 12 > m.Length)
                return false;
            at += Write(code, m[at..]);
        }
        v.SetText(m[..at]);
        return true;
    }

    private static bool TryRead(ReadOnlySpan<byte> text, bool lenient, out int code, out int used)
    {
        bool valid = Rune.DecodeFromUtf8(text, out Rune rune, out used) == OperationStatus.Done;
        code = rune.Value;
        return valid || lenient && TryReadOverlong(text, out code, out used);
    }

    /// <summary>A character in more bytes than it needs (RFC 3629 §3 forbids it).</summary>
    private static bool TryReadOverlong(ReadOnlySpan<byte> text, out int code, out int used)
    {
        used = text[0] switch
        {
            0xC0 or 0xC1 => 2,
            0xE0 => 3,
            0xF0 => 4,
            _ => 0,
        };
        code = text[0] & 1;
        if (used == 0 || used > text.Length)
            return false;
        foreach (byte b in text[1..used])
        {
            if ((b & 0xC0) != 0x80)
                return false;
            code = code << 6 | b & 0x3F;
        }
        return true;
    }

    private static int Write(int code, Span<byte> to)
    {
        byte letter = code switch
        {
            '"' => (byte)'"',
            '\\' => (byte)'\\',
            '/' => (byte)'/',
            '\b' => (byte)'b',
            '\f' => (byte)'f',
            '\n' => (byte)'n',
            '\r' => (byte)'r',
            '\t' => (byte)'t',
            _ => 0,
        };
        if (letter != 0)
        {
            to[0] = (byte)'\\';
            to[1] = letter;
            return 2;
        }
        if (code is >= 0x20 and < 0x7F)
        {
            to[0] = (byte)code;
            return 1;
        }
        if (code <= 0xFFFF)
            return WriteUnit(code, to);
        // RFC 8259 §7: two surrogates; HAProxy has nothing to write for them
        code -= 0x10000;
        return WriteUnit(0xD800 | code >> 10, to) + WriteUnit(0xDC00 | code & 0x3FF, to[6..]);
    }

    private static int WriteUnit(int code, Span<byte> to)
    {
        "\\u"u8.CopyTo(to);
        ((ushort)code).TryFormat(to[2..], out _, "x4", CultureInfo.InvariantCulture);
        return 6;
    }

    internal static readonly SampleConverter[] Rows =
    [
        new()
        {
            Name = "json",
            Input = SampleType.String,
            Output = SampleType.String,
            Summary = "escaped for a JSON string",
            Convert = Escape,
            Arguments = [new(ArgumentKind.String, "input", true)],
            Check = Check,
        },
        new()
        {
            Name = "json_query",
            Input = SampleType.String,
            Output = SampleType.Any,
            Summary = "value at a path in a JSON document",
            Convert = (a, m, ref v) => JsonQuery.Run(a, v.Text, m, ref v),
            Arguments = JsonQuery.Arguments(isOptional: false),
            Check = a => a[0].Text.Length == 0 ? "json_path must not be empty" : JsonQuery.Check(a),
        },
    ];
}
