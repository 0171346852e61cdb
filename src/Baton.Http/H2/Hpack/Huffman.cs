// The Huffman code of HPACK (RFC 7541 §5.2 and appendix B). The code is canonical, so the lengths are all that has to be written down.
// Decoding looks ten bits up at a time, which are one or two of the short codes that text is made of; longer codes are found by the
// first code of each length.
// SAFETY: the tables are built once, never freed and read-only from then on; look-ups are by ten bits into 1024 rows, or by a symbol that
// was found by its length. Input is read below its end and output written below its own.
using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Baton.Http.H2.Hpack;

/// <summary>Encodes and decodes strings.</summary>
public static unsafe class Huffman
{
    private const int LookupBits = 10,
        Longest = 30,
        Symbols = 257,
        EndOfString = 256;

    /// <summary>Bits of the code of each octet and, last, of the end of a string; "0" is none, and so on.</summary>
    private static ReadOnlySpan<byte> Lengths =>
        "=GLLLLLLLHNLLNLLLLLLLLNLLLLLLLLL6::<=68;::8;8666555666666678?6<:=67777777777777777777777878=C=>6?565"u8
        + "65666577666567655677777?;>=LDFDDFFFGFGGGGGHGHHFGHGGGGEFGFGGHFEDFFGGEGFFHEFGGEEFEGFGGDFFFGFFGJJDCFGFI"u8
        + "JJJKKJHICEJKKJKHEEJJLKKKDHDEFEEGFFIIHHJGJKJJKKKKKLKKKKKJN"u8;

    /// <summary>
    /// By the next ten bits: first symbol, second symbol, bits of the first, bits of both. All zero: the code is longer.
    /// </summary>
    private static readonly uint* s_lookup;

    /// <summary>By symbol: its code, at the right.</summary>
    private static readonly uint* s_codes;

    /// <summary>The symbols in the order of their codes.</summary>
    private static readonly ushort* s_ordered;

    /// <summary>By length: the first code that is longer, at the left of 32 bits; and what to add to a code for its place above.</summary>
    private static readonly uint* s_limits;
    private static readonly int* s_places;

#pragma warning disable CA1810 // one pass makes all of them
    static Huffman()
    {
        s_lookup = (uint*)NativeMemory.AllocZeroed(1 << LookupBits, sizeof(uint));
        s_codes = (uint*)NativeMemory.AllocZeroed(Symbols, sizeof(uint));
        s_ordered = (ushort*)NativeMemory.AllocZeroed(Symbols, sizeof(ushort));
        s_limits = (uint*)NativeMemory.AllocZeroed(Longest + 1, sizeof(uint));
        s_places = (int*)NativeMemory.AllocZeroed(Longest + 1, sizeof(int));
        uint code = 0;
        int place = 0;
        for (int length = 1; length <= Longest; length++)
        {
            code <<= 1;
            s_places[length] = place - (int)code;
            for (int symbol = 0; symbol < Symbols; symbol++)
            {
                if (Lengths[symbol] - '0' != length)
                    continue;
                s_codes[symbol] = code++;
                s_ordered[place++] = (ushort)symbol;
            }
            s_limits[length] = (uint)Math.Min((ulong)code << (32 - length), uint.MaxValue);
        }
        for (uint bits = 0; bits < 1 << LookupBits; bits++)
            s_lookup[bits] = LookUp(bits);
    }
#pragma warning restore CA1810

    private static uint LookUp(uint bits)
    {
        int first = ShortCode(bits << (32 - LookupBits), LookupBits, out int firstLength);
        if (first < 0)
            return 0;
        int second = ShortCode(bits << (32 - LookupBits + firstLength), LookupBits - firstLength, out int secondLength);
        return (uint)first | (second < 0 ? 0 : (uint)second << 8) | (uint)firstLength << 16 | (uint)(firstLength + secondLength) << 24;
    }

    /// <summary>The symbol whose code begins the bits and is no longer than <paramref name="available"/>, or -1.</summary>
    private static int ShortCode(uint bits, int available, out int length)
    {
        for (length = 5; length <= available; length++)
            if (bits < s_limits[length])
                return s_ordered[(int)(bits >> (32 - length)) + s_places[length]];
        length = 0;
        return -1;
    }

    /// <summary>Most bytes that so many encoded ones can become.</summary>
    public static int MaxDecoded(int length) => (int)Math.Min(int.MaxValue, length * 8L / 5);

    /// <summary>What <see cref="Decode(ReadOnlySpan{byte}, Span{byte})"/> says of a string.</summary>
    public const int Malformed = -1,
        TooLong = -2;

    /// <summary>
    /// Decodes a string; returns its length, or <see cref="Malformed"/> or, when it does not fit and whatever comes behind that,
    /// <see cref="TooLong"/>.
    /// </summary>
    public static int Decode(ReadOnlySpan<byte> from, Span<byte> to)
    {
        fixed (byte* p = from)
        fixed (byte* q = to)
            return Decode(p, from.Length, q, to.Length);
    }

    internal static int Decode(byte* p, int length, byte* to, int room)
    {
        uint* lookup = s_lookup;
        byte* end = p + length;
        byte* q = to;
        byte* qEnd = to + room;
        // the next bits of the input, from the left; below the first "count" of them lies nothing that may be relied upon
        ulong bits = 0;
        int count = 0;
        while (true)
        {
            if (end - p >= 8 && qEnd - q >= 10)
            {
                bits |= BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(p)) >> count;
                p += (63 - count) >> 3;
                count |= 56;
                if (TakeFive(lookup, ref bits, ref count, ref q))
                    continue;
            }
            else
            {
                for (; count <= 56 && p < end; count += 8)
                    bits |= (ulong)*p++ << (56 - count);
            }
            uint row = lookup[bits >> (64 - LookupBits)];
            int taken = (int)(row >> 16) & 0xFF;
            if (row == 0)
                row = OneCode((uint)(bits >> 32), out taken);
            if (taken > count)
                break;
            if (row == EndOfString)
                return Malformed;
            if (q == qEnd)
                return TooLong;
            *q++ = (byte)row;
            bits <<= taken;
            count -= taken;
        }
        // what is left is padding: less than an octet, of ones (RFC 7541 §5.2)
        bool isPadding = count < 8 && (count == 0 || bits >> (64 - count) == (1u << count) - 1);
        return isPadding ? (int)(q - to) : Malformed;
    }

    /// <summary>
    /// Takes up to five look-ups' worth of short codes. False when there is none, as a long code comes.
    /// PERF: five times ten bits at most are taken of at least 56, and ten bytes at most are written, so nothing is asked in between.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TakeFive(uint* lookup, ref ulong bits, ref int count, ref byte* q)
    {
        for (int i = 0; i < 5; i++)
        {
            uint row = lookup[bits >> (64 - LookupBits)];
            if (row == 0)
                return i > 0;
            Unsafe.WriteUnaligned(q, (ushort)row);
            int first = (int)(row >> 16) & 0xFF,
                both = (int)(row >> 24);
            q += both == first ? 1 : 2;
            bits <<= both;
            count -= both;
        }
        return true;
    }

    /// <summary>The symbol whose code begins the 32 bits.</summary>
    private static uint OneCode(uint bits, out int length)
    {
        length = 5;
        while (length < Longest && bits >= s_limits[length])
            length++;
        return s_ordered[(int)(bits >> (32 - length)) + s_places[length]];
    }

    /// <summary>Bytes of a string once it is encoded.</summary>
    public static int EncodedLength(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> lengths = Lengths;
        long bits = 0;
        foreach (byte b in text)
            bits += lengths[b] - '0';
        return (int)((bits + 7) / 8);
    }

    /// <summary>Encodes a string into <see cref="EncodedLength"/> bytes; returns that many.</summary>
    public static int Encode(ReadOnlySpan<byte> text, Span<byte> to)
    {
        ReadOnlySpan<byte> lengths = Lengths;
        ulong bits = 0;
        int count = 0,
            at = 0;
        foreach (byte b in text)
        {
            int length = lengths[b] - '0';
            bits = bits << length | s_codes[b];
            count += length;
            for (; count >= 8; count -= 8)
                to[at++] = (byte)(bits >> (count - 8));
        }
        if (count > 0)
            to[at++] = (byte)(bits << (8 - count) | 0xFFu >> count);
        return at;
    }
}
