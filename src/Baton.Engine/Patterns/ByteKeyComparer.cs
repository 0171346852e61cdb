using System;
using System.Collections.Generic;
using System.IO.Hashing;
using Baton.Http.Headers;

namespace Baton.Engine.Patterns;

/// <summary>Byte arrays as keys that a span can look up without becoming one.</summary>
internal sealed class ByteKeyComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static readonly ByteKeyComparer Exact = new(false),
        IgnoringCase = new(true);

    /// <summary>Traffic adds keys (set-map, add-acl): nobody outside is to know which ones collide.</summary>
    private static readonly long Seed = Random.Shared.NextInt64();

    private readonly bool _ignoreCase;

    private ByteKeyComparer(bool ignoreCase) => _ignoreCase = ignoreCase;

    public bool Equals(byte[]? a, byte[]? b) => Equals(a.AsSpan(), b!);

    public int GetHashCode(byte[] key) => GetHashCode(key.AsSpan());

    public byte[] Create(ReadOnlySpan<byte> key) => key.ToArray();

    public bool Equals(ReadOnlySpan<byte> a, byte[] b) => _ignoreCase ? ByteClass.EqualsIgnoreCase(a, b) : a.SequenceEqual(b);

    public int GetHashCode(ReadOnlySpan<byte> key)
    {
        if (!_ignoreCase)
            return (int)XxHash3.HashToUInt64(key, Seed);
        // what lies behind the first bytes is left to the comparison
        Span<byte> lower = stackalloc byte[256];
        int length = Math.Min(key.Length, lower.Length);
        for (int i = 0; i < length; i++)
            lower[i] = ByteClass.ToLower(key[i]);
        return (int)XxHash3.HashToUInt64(lower[..length], Seed);
    }
}
