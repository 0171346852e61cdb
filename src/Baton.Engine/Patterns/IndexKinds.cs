// The three ways entries are told apart by hash: by their key, by their key whatever the case, by the network it stands for.
using System;
using System.IO.Hashing;
using Baton.Http.Headers;

namespace Baton.Engine.Patterns;

/// <summary>By the bytes of the key. The hash is kept: a list asks for it again and again.</summary>
internal readonly unsafe struct ByKey : IIndexKind
{
    /// <summary>Traffic adds keys (set-map, add-acl): nobody outside is to know which ones collide.</summary>
    private static readonly long Seed = Random.Shared.NextInt64();

    // SAFETY: nodes are valid while the list's lock is held, or for the lookup that found them.
    public static uint Hash(PatternNode* node) => node->Hash;

    public static uint HashOf(ReadOnlySpan<byte> key) => (uint)XxHash3.HashToUInt64(key, Seed);

    public readonly ref struct Probe(ReadOnlySpan<byte> key) : IProbe
    {
        private readonly ReadOnlySpan<byte> _key = key;

        public readonly bool Matches(PatternNode* node) => PatternNode.Key(node).SequenceEqual(_key);
    }
}

internal readonly unsafe struct ByKeyIgnoringCase : IIndexKind
{
    public static uint Hash(PatternNode* node) => HashOf(PatternNode.Key(node));

    public static uint HashOf(ReadOnlySpan<byte> key)
    {
        // what lies behind the first bytes is left to the comparison
        Span<byte> lower = stackalloc byte[256];
        int length = Math.Min(key.Length, lower.Length);
        for (int i = 0; i < length; i++)
            lower[i] = ByteClass.ToLower(key[i]);
        return ByKey.HashOf(lower[..length]);
    }

    public readonly ref struct Probe(ReadOnlySpan<byte> key) : IProbe
    {
        private readonly ReadOnlySpan<byte> _key = key;

        public readonly bool Matches(PatternNode* node) => ByteClass.EqualsIgnoreCase(PatternNode.Key(node), _key);
    }
}

internal readonly unsafe struct ByNetwork : IIndexKind
{
    public static uint Hash(PatternNode* node) => HashOf(PatternNetwork.Of(node));

    public static uint HashOf(PatternNetwork network)
    {
        Span<byte> bytes = stackalloc byte[18];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, network.Bits);
        (bytes[16], bytes[17]) = ((byte)network.Prefix, (byte)network.AddressLength);
        return ByKey.HashOf(bytes);
    }

    public readonly ref struct Probe(PatternNetwork network) : IProbe
    {
        private readonly PatternNetwork _network = network;

        public readonly bool Matches(PatternNode* node) => PatternNetwork.Of(node) == _network;
    }
}
