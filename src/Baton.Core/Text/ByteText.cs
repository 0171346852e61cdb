// Text that may hold any bytes. HAProxy's language works on bytes; its words are strings here, of which UTF-16 can hold
// every byte sequence when bytes that are no UTF-8 stand as lone low surrogates (U+DC80 to U+DCFF), as Python does it.
// Configuration files, \xNN escapes and map files come in this way and leave it on their way to traffic.
using System;
using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Baton.Core.Text;

public static class ByteText
{
    /// <summary>Puts text behind what is in a span already, as much of it as fits; returns where the next goes.</summary>
    public static int Append(Span<byte> into, int at, ReadOnlySpan<byte> text)
    {
        int n = Math.Min(text.Length, into.Length - at);
        text[..n].CopyTo(into[at..]);
        return at + n;
    }

    private const char FirstRaw = '\uDC80',
        LastRaw = '\uDCFF';

    /// <summary>The character that stands for one byte: itself below 0x80.</summary>
    public static char Raw(byte value) => value < 0x80 ? (char)value : (char)(0xDC00 + value);

    /// <summary>Bytes as text; never fails, and <see cref="GetBytes"/> gives the same bytes back.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
            return Encoding.UTF8.GetString(bytes);
        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out Rune rune, out int length) == OperationStatus.Done)
                text.Append(rune.ToString());
            else
                for (int i = 0; i < length; i++)
                    text.Append(Raw(bytes[i]));
            bytes = bytes[length..];
        }
        return text.ToString();
    }

    /// <summary>Text as bytes: UTF-8, and raw bytes as they were.</summary>
    public static byte[] GetBytes(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange(FirstRaw, LastRaw) < 0)
            return Encoding.UTF8.GetBytes(text);
        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        int at = 0;
        for (int i = 0; i < text.Length; i++)
        {
            bool pair = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]);
            if (!pair && text[i] is >= FirstRaw and <= LastRaw)
            {
                bytes[at++] = (byte)(text[i] - 0xDC00);
                continue;
            }
            at += Encoding.UTF8.GetBytes(text.AsSpan(i, pair ? 2 : 1), bytes.AsSpan(at));
            if (pair)
                i++;
        }
        return bytes.AsSpan(0, at).ToArray();
    }
}
