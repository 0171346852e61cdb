// Bytes written as text and read back (manual 7.3.1): hexadecimal, base64, percent encoding.
using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Baton.Configuration.Expressions;

namespace Baton.Engine.Samples.Converters;

internal static class EncodingConverters
{
    private static readonly SearchValues<byte> Unreserved = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"u8
    );

    private static bool Hex(Span<byte> m, ref SampleValue v)
    {
        if (v.Text.Length * 2 > m.Length)
            return false;
        Convert.TryToHexString(v.Text, m, out int n);
        v.SetText(m[..n]);
        return true;
    }

    private static int Digit(byte b) =>
        b switch
        {
            >= (byte)'0' and <= (byte)'9' => b - '0',
            >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
            >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
            _ => -1,
        };

    private static bool HexToNumber(ref SampleValue v)
    {
        ulong n = 0;
        foreach (byte b in v.Text)
        {
            int digit = Digit(b);
            if (digit < 0)
                return false;
            n = n << 4 | (uint)digit;
        }
        v.SetNumber((long)n);
        return true;
    }

    private static bool ToBase64(Span<byte> m, ref SampleValue v, bool url)
    {
        bool done = url
            ? Base64Url.TryEncodeToUtf8(v.Text, m, out int n)
            : Base64.EncodeToUtf8(v.Text, m, out _, out n) == OperationStatus.Done;
        if (done)
            v.SetText(m[..n]);
        return done;
    }

    private static bool FromBase64(Span<byte> m, ref SampleValue v, bool url)
    {
        if (!Base64Text.TryDecode(v.Text, url, m, out int n))
            return false;
        v.SetBinary(m[..n]);
        return true;
    }

    /// <summary>Decodes %XX; a plus is a space behind a question mark, or everywhere in a form. False on a wrong escape.</summary>
    internal static bool PercentDecode(ReadOnlySpan<byte> text, Span<byte> into, bool form, out int length)
    {
        length = 0;
        if (text.Length > into.Length)
            return false;
        bool inQuery = form;
        for (int i = 0; i < text.Length; i++)
        {
            byte b = text[i];
            if (b == '+' && inQuery)
                b = (byte)' ';
            else if (b == '?')
                inQuery = true;
            else if (b == '%')
            {
                int high = i + 2 < text.Length ? Digit(text[i + 1]) : -1,
                    low = high < 0 ? -1 : Digit(text[i + 2]);
                if (low < 0)
                    return false;
                b = (byte)(high << 4 | low);
                i += 2;
            }
            into[length++] = b;
        }
        return true;
    }

    private static bool UrlDecode(Argument[] a, Span<byte> m, ref SampleValue v)
    {
        if (!PercentDecode(v.Text, m, a[0].Number != 0, out int n))
            return false;
        v.SetText(m[..n]);
        return true;
    }

    private static bool UrlEncode(Span<byte> m, ref SampleValue v)
    {
        int at = 0;
        foreach (byte b in v.Text)
        {
            if (at + 3 > m.Length)
                return false;
            if (Unreserved.Contains(b))
            {
                m[at++] = b;
                continue;
            }
            m[at++] = (byte)'%';
            at += WriteHex(b, m[at..]);
        }
        v.SetText(m[..at]);
        return true;
    }

    private static int WriteHex(byte b, Span<byte> to)
    {
        const string Digits = "0123456789ABCDEF";
        to[0] = (byte)Digits[b >> 4];
        to[1] = (byte)Digits[b & 15];
        return 2;
    }

    private static string? CheckChunks(Argument[] a, int longest)
    {
        if (!a[2].Absent && a[2].Number is not (0 or 1))
            return "Unsupported value for truncate (must be 0 or 1)";
        return a[1].Absent || a[1].Number >= 1 && a[1].Number <= longest ? null : $"Unexpected value for chunk size (1 to {longest})";
    }

    /// <summary>Numbers of so many bytes, in decimal or hexadecimal, with a separator; the last one may be short unless
    /// truncated.</summary>
    private static bool Chunks(Argument[] a, Span<byte> m, ref SampleValue v, bool hexadecimal, bool littleEndian)
    {
        ReadOnlySpan<byte> separator = (byte[]?)a[0].Value,
            bytes = v.Text;
        int size = a[1].Absent ? Math.Max(1, bytes.Length) : (int)a[1].Number;
        bool truncate = a[2].Number != 0;
        int at = 0;
        for (int i = 0; i < bytes.Length; i += size)
        {
            ReadOnlySpan<byte> chunk = bytes[i..Math.Min(i + size, bytes.Length)];
            if (chunk.Length < size && truncate)
                break;
            if (at + separator.Length + Math.Max(20, chunk.Length * 2) > m.Length)
                return false;
            if (i > 0)
            {
                separator.CopyTo(m[at..]);
                at += separator.Length;
            }
            if (hexadecimal)
                foreach (byte b in chunk)
                    at += WriteHex(b, m[at..]);
            else
            {
                ulong n = 0;
                for (int k = 0; k < chunk.Length; k++)
                    n = n << 8 | chunk[littleEndian ? chunk.Length - 1 - k : k];
                n.TryFormat(m[at..], out int written, default, CultureInfo.InvariantCulture);
                at += written;
            }
        }
        v.SetText(m[..at]);
        return true;
    }

    private static bool BinaryDigits(Span<byte> m, ref SampleValue v)
    {
        if (v.Text.Length * 8 > m.Length)
            return false;
        int at = 0;
        foreach (byte b in v.Text)
            for (int bit = 7; bit >= 0; bit--)
                m[at++] = (byte)('0' + (b >> bit & 1));
        v.SetText(m[..at]);
        return true;
    }

    private static bool ToNetworkOrder(Span<byte> m, ref SampleValue v)
    {
        BinaryPrimitives.WriteUInt32BigEndian(m, (uint)v.Number);
        v.SetBinary(m[..4]);
        return true;
    }

    private static SampleConverter Row(
        string name,
        SampleType input,
        SampleType output,
        string summary,
        ConvertFunction f,
        ArgumentSpec[]? arguments = null,
        Func<Argument[], string?>? check = null
    ) =>
        new()
        {
            Name = name,
            Input = input,
            Output = output,
            Summary = summary,
            Convert = f,
            Arguments = arguments ?? [],
            Check = check,
        };

    private static readonly ArgumentSpec[] Form = [new(ArgumentKind.Integer, "form", true)],
        Query = [new(ArgumentKind.Choice, "type", true, ["query"])],
        Sized = [new(ArgumentKind.String, "separator"), new(ArgumentKind.Integer, "size"), new(ArgumentKind.Integer, "truncate", true)],
        MaySized =
        [new(ArgumentKind.String, "separator", true), new(ArgumentKind.Integer, "size", true), new(ArgumentKind.Integer, "truncate", true)];

    internal static readonly SampleConverter[] Rows =
    [
        Row("hex", SampleType.Binary, SampleType.String, "in hexadecimal", (a, m, ref v) => Hex(m, ref v)),
        Row("hex2i", SampleType.String, SampleType.Integer, "a hexadecimal number read", (a, m, ref v) => HexToNumber(ref v)),
        Row("base2", SampleType.Binary, SampleType.String, "in binary digits", (a, m, ref v) => BinaryDigits(m, ref v)),
        Row("base64", SampleType.Binary, SampleType.String, "in base64", (a, m, ref v) => ToBase64(m, ref v, false)),
        Row("b64dec", SampleType.String, SampleType.Binary, "base64 read", (a, m, ref v) => FromBase64(m, ref v, false)),
        Row("ub64enc", SampleType.Binary, SampleType.String, "in base64url", (a, m, ref v) => ToBase64(m, ref v, true)),
        Row("ub64dec", SampleType.String, SampleType.Binary, "base64url read", (a, m, ref v) => FromBase64(m, ref v, true)),
        Row("url_dec", SampleType.String, SampleType.String, "percent encoding read", UrlDecode, Form),
        Row("url_enc", SampleType.String, SampleType.String, "with percent encoding", (a, m, ref v) => UrlEncode(m, ref v), Query),
        Row(
            "be2dec",
            SampleType.Binary,
            SampleType.String,
            "big-endian numbers in decimal",
            (a, m, ref v) => Chunks(a, m, ref v, false, false),
            Sized,
            a => CheckChunks(a, 8)
        ),
        Row(
            "le2dec",
            SampleType.Binary,
            SampleType.String,
            "little-endian numbers in decimal",
            (a, m, ref v) => Chunks(a, m, ref v, false, true),
            Sized,
            a => CheckChunks(a, 8)
        ),
        Row(
            "be2hex",
            SampleType.Binary,
            SampleType.String,
            "big-endian numbers in hexadecimal",
            (a, m, ref v) => Chunks(a, m, ref v, true, false),
            MaySized,
            a => CheckChunks(a, 16384)
        ),
        Row("htonl", SampleType.Integer, SampleType.Binary, "four bytes in network order", (a, m, ref v) => ToNetworkOrder(m, ref v)),
    ];
}
