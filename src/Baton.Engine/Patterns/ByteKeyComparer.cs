using System;
using System.Collections.Generic;
using System.IO.Hashing;

namespace Baton.Engine.Patterns;

/// <summary>Byte arrays as keys that a span can look up without becoming one.</summary>
internal sealed class ByteKeyComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static readonly ByteKeyComparer Instance = new();

    /// <summary>Traffic adds keys (set-map, add-acl): nobody outside is to know which ones collide.</summary>
    private static readonly long Seed = Random.Shared.NextInt64();

    public bool Equals(byte[]? a, byte[]? b) => a.AsSpan().SequenceEqual(b);
    public int GetHashCode(byte[] key) => GetHashCode(key.AsSpan());
    public byte[] Create(ReadOnlySpan<byte> key) => key.ToArray();
    public bool Equals(ReadOnlySpan<byte> a, byte[] b) => a.SequenceEqual(b);
    public int GetHashCode(ReadOnlySpan<byte> key) => (int)XxHash3.HashToUInt64(key, Seed);
}
