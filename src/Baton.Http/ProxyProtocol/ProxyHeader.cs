// What a PROXY protocol header says, without allocations: addresses as bytes in network order, extension
// fields as a place in the header's bytes.
using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Baton.Http.ProxyProtocol;

/// <summary>A parsed header, or one to be written.</summary>
public struct ProxyHeader
{
    /// <summary>16 bytes of address; IPv4 uses the first four.</summary>
    [InlineArray(16)]
    public struct AddressBytes
    {
        private byte _first;
    }

    /// <summary>1 or 2.</summary>
    public byte Version;

    /// <summary>LOCAL (or v1 UNKNOWN): the sender speaks for itself, the connection's own addresses stand.</summary>
    public bool IsLocal;

    /// <summary>Family of the addresses; Unspecified means the connection's own addresses stand.</summary>
    public ProxyFamily Family;

    /// <summary>True for a datagram transport (UDP).</summary>
    public bool IsDatagram;

    /// <summary>Source port in host order.</summary>
    public ushort SourcePort;

    /// <summary>Destination port in host order.</summary>
    public ushort DestinationPort;

    /// <summary>Source address.</summary>
    public AddressBytes SourceBytes;

    /// <summary>Destination address.</summary>
    public AddressBytes DestinationBytes;

    /// <summary>Where the TLVs begin in the header's bytes (version 2).</summary>
    public int TlvOffset;

    /// <summary>Bytes of all TLVs.</summary>
    public int TlvLength;

    /// <summary>The source address: 4, 16 or no bytes.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Source => ((ReadOnlySpan<byte>)SourceBytes)[..AddressLength];

    /// <summary>The destination address: 4, 16 or no bytes.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Destination => ((ReadOnlySpan<byte>)DestinationBytes)[..AddressLength];

    private readonly int AddressLength =>
        Family switch
        {
            ProxyFamily.IPv4 => 4,
            ProxyFamily.IPv6 => 16,
            _ => 0,
        };

    /// <summary>
    /// Sets both addresses, 4 or 16 bytes each; when they differ in family the IPv4 one becomes a mapped IPv6 one.
    /// Other lengths make the header one of no addresses.
    /// </summary>
    public void SetAddresses(ReadOnlySpan<byte> source, ushort sourcePort, ReadOnlySpan<byte> destination, ushort destinationPort)
    {
        if (source.Length is not (4 or 16) || destination.Length is not (4 or 16))
        {
            Family = ProxyFamily.Unspecified;
            return;
        }
        Family = source.Length == 4 && destination.Length == 4 ? ProxyFamily.IPv4 : ProxyFamily.IPv6;
        SourcePort = sourcePort;
        DestinationPort = destinationPort;
        Place(source, SourceBytes);
        Place(destination, DestinationBytes);
    }

    private readonly void Place(ReadOnlySpan<byte> address, Span<byte> to)
    {
        if (Family == ProxyFamily.IPv6 && address.Length == 4)
        {
            to[..10].Clear();
            to[10] = 0xFF;
            to[11] = 0xFF;
            to = to[12..];
        }
        address.CopyTo(to);
    }

    /// <summary>Finds an extension field in the header's bytes as they were parsed.</summary>
    public readonly bool TryGetTlv(ReadOnlySpan<byte> headerBytes, ProxyTlvType type, out ReadOnlySpan<byte> value)
    {
        return TryFind(headerBytes.Slice(TlvOffset, TlvLength), type, out value);
    }

    /// <summary>Finds a TLV among TLVs, such as those nested in <see cref="ProxyTlvType.Ssl"/> behind its first five bytes.</summary>
    public static bool TryFind(ReadOnlySpan<byte> tlvs, ProxyTlvType type, out ReadOnlySpan<byte> value)
    {
        while (tlvs.Length >= 3)
        {
            int length = (tlvs[1] << 8) | tlvs[2];
            if (length > tlvs.Length - 3)
            {
                break;
            }
            if (tlvs[0] == (byte)type)
            {
                value = tlvs.Slice(3, length);
                return true;
            }
            tlvs = tlvs[(3 + length)..];
        }
        value = default;
        return false;
    }
}
