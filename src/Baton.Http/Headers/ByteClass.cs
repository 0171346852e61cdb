// What a byte may be in a message head: one table of bits shared by every scanner and check.
using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Baton.Http.Headers;

/// <summary>Classes of bytes after RFC 9110 §5.6.2 (tokens) and RFC 3986 (hosts).</summary>
public static class ByteClass
{
    internal const byte Token = 1;
    internal const byte Host = 2;
    internal const byte Hex = 4;
    internal const byte Control = 8;
    internal const byte Target = 16;

    private static ReadOnlySpan<byte> Bits =>
        [
            8,
            8,
            8,
            8,
            8,
            8,
            8,
            8,
            8,
            0,
            8,
            8,
            8,
            8,
            8,
            8,
            8,
            8,
            8,
            8,
            8,
            8,
            8,
            8,
            8,
            8,
            8,
            8,
            8,
            8,
            8,
            8,
            0,
            19,
            16,
            1,
            19,
            19,
            19,
            19,
            18,
            18,
            19,
            19,
            18,
            19,
            19,
            16,
            23,
            23,
            23,
            23,
            23,
            23,
            23,
            23,
            23,
            23,
            16,
            18,
            16,
            18,
            16,
            16,
            16,
            23,
            23,
            23,
            23,
            23,
            23,
            19,
            19,
            19,
            19,
            19,
            19,
            19,
            19,
            19,
            19,
            19,
            19,
            19,
            19,
            19,
            19,
            19,
            19,
            19,
            19,
            16,
            16,
            16,
            17,
            19,
            17,
            23,
            23,
            23,
            23,
            23,
            23,
            19,
            19,
            19,
            19,
            19,
            19,
            19,
            19,
            19,
            19,
            19,
            19,
            19,
            19,
            19,
            19,
            19,
            19,
            19,
            19,
            16,
            17,
            16,
            19,
            8,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
        ];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool Is(byte value, byte bits) => (Unsafe.Add(ref MemoryMarshal.GetReference(Bits), value) & bits) != 0;

    /// <summary>True for tchar (RFC 9110 §5.6.2).</summary>
    public static bool IsToken(byte value) => Is(value, Token);

    /// <summary>True for a token: one tchar or more.</summary>
    public static bool IsToken(ReadOnlySpan<byte> text)
    {
        foreach (byte b in text)
            if (!Is(b, Token))
                return false;
        return !text.IsEmpty;
    }

    /// <summary>Nothing in it ends a request target: no white space, no control bytes.</summary>
    internal static bool IsTargetText(ReadOnlySpan<byte> text)
    {
        foreach (byte b in text)
            if (b <= ' ' || b == 0x7F)
                return false;
        return true;
    }

    /// <summary>Nothing in it ends a field and begins another.</summary>
    internal static bool IsFieldText(ReadOnlySpan<byte> value) => value.IndexOfAny((byte)'\r', (byte)'\n', (byte)0) < 0;

    /// <summary>ASCII letters in lower case, anything else as it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte ToLower(byte value) => (uint)(value - 'A') < 26 ? (byte)(value | 0x20) : value;

    /// <summary>The upper-case form of a letter, anything else unchanged.</summary>
    public static byte ToUpper(byte value) => (uint)(value - 'a') < 26 ? (byte)(value & ~0x20) : value;

    /// <summary>Compares ignoring the case of ASCII letters.</summary>
    public static bool EqualsIgnoreCase(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.Length != right.Length)
        {
            return false;
        }
        for (int i = 0; i < left.Length; i++)
        {
            if (left[i] != right[i] && ToLower(left[i]) != ToLower(right[i]))
            {
                return false;
            }
        }
        return true;
    }
}
