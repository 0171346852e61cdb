// Many networks, found by hash: one table for each length of prefix that occurs, the longest tried first.
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Baton.Engine.Connections;

namespace Baton.Engine.Patterns;

/// <summary>Made once, then only read.</summary>
internal sealed class NetworkIndex
{
    private readonly record struct Group(int AddressLength, int Prefix, Dictionary<UInt128, PatternEntry> Networks);

    private readonly List<Group> _groups = [];

    /// <summary><paramref name="networks"/>: the longest prefixes first; of equal ones the first counts.</summary>
    public NetworkIndex(ReadOnlySpan<(byte[] Network, int Prefix, PatternEntry Entry)> networks)
    {
        foreach ((byte[] network, int prefix, PatternEntry entry) in networks)
        {
            int at = _groups.FindIndex(g => g.AddressLength == network.Length && g.Prefix == prefix);
            if (at < 0)
            {
                at = _groups.Count;
                _groups.Add(new Group(network.Length, prefix, []));
            }
            _groups[at].Networks.TryAdd(Masked(network, prefix), entry);
        }
    }

    public PatternEntry? Find(in SocketAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        int length = address.Length;
        if (length is not (4 or 16)) return null;
        address.CopyBytes(bytes);
        foreach (Group group in _groups)
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
