// Many networks, found by hash: one table for each length of prefix that occurs, the longest tried first.
using System;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Threading;
using Baton.Engine.Connections;

namespace Baton.Engine.Patterns;

/// <summary>OWNER: the lock of the list for changes; lookups take none.</summary>
internal sealed class NetworkIndex
{
    private sealed record Group(int AddressLength, int Prefix, ConcurrentDictionary<UInt128, PatternEntry> Networks);

    /// <summary>The longest prefixes first; replaced as a whole.</summary>
    private Group[] _groups = [];
    private bool _hasDuplicates;

    /// <summary>Of equal networks the first counts.</summary>
    public void Add(byte[] network, int prefix, PatternEntry entry)
    {
        if (GroupOf(network, prefix) is not { } group)
        {
            group = new Group(network.Length, prefix, new(concurrencyLevel: 1, capacity: 1));
            int at = Array.FindIndex(_groups, g => g.Prefix < prefix);
            Volatile.Write(ref _groups, at < 0 ? [.. _groups, group] : [.. _groups[..at], group, .. _groups[at..]]);
        }
        if (!group.Networks.TryAdd(Masked(network, prefix), entry)) _hasDuplicates = true;
    }

    /// <summary>False when an equal network of another entry might have to take its place: then the index must be made anew.</summary>
    public bool TryRemove(byte[] network, int prefix)
        => !_hasDuplicates && GroupOf(network, prefix) is { } group && group.Networks.TryRemove(Masked(network, prefix), out _);

    private Group? GroupOf(byte[] network, int prefix) => Array.Find(_groups, g => g.AddressLength == network.Length && g.Prefix == prefix);

    public PatternEntry? Find(in SocketAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        int length = address.Length;
        if (length is not (4 or 16)) return null;
        address.CopyBytes(bytes);
        foreach (Group group in Volatile.Read(ref _groups))
            if (group.AddressLength == length && group.Networks.TryGetValue(Masked(bytes[..length], group.Prefix), out PatternEntry? entry)) return entry;
        return null;
    }

    /// <summary>The bits of the prefix, from the top.</summary>
    private static UInt128 Masked(ReadOnlySpan<byte> address, int prefix)
    {
        UInt128 value = address.Length == 4 ? (UInt128)BinaryPrimitives.ReadUInt32BigEndian(address) << 96 : BinaryPrimitives.ReadUInt128BigEndian(address);
        return prefix == 0 ? 0 : value & (UInt128.MaxValue << (128 - prefix));
    }
}
