// The hash functions of "hash-type" and the avalanche that spreads their results.
using System;
using System.Numerics;
using Baton.Configuration.Model;

namespace Baton.Engine.Balancing;

public static class HashFunctions
{
    public static uint Compute(HashFunction function, ReadOnlySpan<byte> key) =>
        function switch
        {
            HashFunction.Djb2 => Djb2(key),
            HashFunction.Crc32 => Crc32(key),
            HashFunction.Wt6 => Wt6(key),
            HashFunction.None => Decimal(key),
            _ => Sdbm(key),
        };

    public static uint Sdbm(ReadOnlySpan<byte> key)
    {
        uint h = 0;
        foreach (byte b in key)
            h = b + (h << 6) + (h << 16) - h;
        return h;
    }

    public static uint Djb2(ReadOnlySpan<byte> key)
    {
        uint h = 5381;
        foreach (byte b in key)
            h = (h << 5) + h + b;
        return h;
    }

    public static uint Crc32(ReadOnlySpan<byte> key)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in key)
        {
            crc ^= b;
            for (int i = 0; i < 8; i++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }
        return ~crc;
    }

    /// <summary>A 16-bit multiplicative hash with rotation, as "wt6" asks for.</summary>
    /// <summary>The manual's wt6: two halves turned by amounts that the bytes themselves decide.</summary>
    public static uint Wt6(ReadOnlySpan<byte> key)
    {
        uint h0 = 0xa53c965au,
            h1 = 0x5ca6953au;
        int turn0 = 6,
            turn1 = 18;
        foreach (byte b in key)
        {
            h0 = ~(h0 ^ b);
            h1 = ~(h1 + b);
            (h0, h1) = (BitOperations.RotateLeft(h1, turn0), BitOperations.RotateLeft(h0, turn1));
            uint mixed = ((h0 >> 16) ^ h1) & 0xffff;
            turn0 = (int)(mixed & 31);
            turn1 = (int)(mixed >> 11);
        }
        return h0 ^ h1;
    }

    /// <summary>"none": the key is taken as a decimal number.</summary>
    private static uint Decimal(ReadOnlySpan<byte> key)
    {
        uint value = 0;
        foreach (byte b in key)
        {
            if (b is < (byte)'0' or > (byte)'9')
                break;
            value = value * 10 + (uint)(b - '0');
        }
        return value;
    }

    /// <summary>Bob Jenkins' full-avalanche integer hash (public domain).</summary>
    public static uint Avalanche(uint a)
    {
        a = a + 0x7ed55d16 + (a << 12);
        a = a ^ 0xc761c23c ^ (a >> 19);
        a = a + 0x165667b1 + (a << 5);
        a = (a + 0xd3a2646c) ^ (a << 9);
        a = a + 0xfd7046c5 + (a << 3);
        a = a ^ 0xb55a4f09 ^ (a >> 16);
        return a * 3221225473u;
    }
}
