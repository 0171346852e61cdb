// An address of a peer or of ourselves, small enough to sit in every connection: no allocation, no IPAddress.
// SAFETY: Read takes the 16 or 28 bytes of a sockaddr that its family stands for, Write needs 28: callers have StorageSize bytes on
// their stack. _bytes is 16 bytes long, and Length, which bounds what is read of it, is never more.
using System;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using Baton.Http.ProxyProtocol;
using Baton.Interop.Linux;

namespace Baton.Engine.Connections;

/// <summary>Family, 16 address bytes in network order and a port. A UNIX peer has a family and nothing else.</summary>
public unsafe struct SocketAddress : IEquatable<SocketAddress>
{
    /// <summary>Bytes a sockaddr buffer needs (sockaddr_storage).</summary>
    public const int StorageSize = 128;

    public ushort Family;
    public ushort Port;
    private fixed byte _bytes[16];

    public readonly bool IsIPv4 => Family == Sockets.AF_INET;
    public readonly bool IsIPv6 => Family == Sockets.AF_INET6;
    public readonly bool IsUnix => Family == Sockets.AF_UNIX;
    public readonly bool IsSet => Family != 0;

    /// <summary>4 bytes for IPv4, 16 for IPv6, none otherwise.</summary>
    public readonly int Length =>
        Family switch
        {
            Sockets.AF_INET => 4,
            Sockets.AF_INET6 => 16,
            _ => 0,
        };

    public readonly void CopyBytes(Span<byte> destination) => Bytes(Length).CopyTo(destination);

    public readonly byte this[int index] => _bytes[index];

    public static SocketAddress From(ReadOnlySpan<byte> ip, int port)
    {
        SocketAddress a = default;
        a.Family = (ushort)(
            ip.Length == 4 ? Sockets.AF_INET
            : ip.Length == 16 ? Sockets.AF_INET6
            : 0
        );
        a.Port = (ushort)port;
        for (int i = 0; i < ip.Length && i < 16; i++)
            a._bytes[i] = ip[i];
        return a;
    }

    /// <summary>Reads a kernel sockaddr.</summary>
    public static SocketAddress Read(byte* sockaddr)
    {
        ushort family = *(ushort*)sockaddr;
        return family switch
        {
            Sockets.AF_INET => From(
                new ReadOnlySpan<byte>(sockaddr + 4, 4),
                BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(sockaddr + 2, 2))
            ),
            Sockets.AF_INET6 => From(
                new ReadOnlySpan<byte>(sockaddr + 8, 16),
                BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(sockaddr + 2, 2))
            ),
            _ => new SocketAddress { Family = family },
        };
    }

    /// <summary>Writes a kernel sockaddr into <paramref name="sockaddr"/> (at least 28 bytes); returns its length.</summary>
    public readonly int Write(byte* sockaddr)
    {
        new Span<byte>(sockaddr, 28).Clear();
        *(ushort*)sockaddr = Family;
        BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(sockaddr + 2, 2), Port);
        if (Family == Sockets.AF_INET)
        {
            CopyBytes(new Span<byte>(sockaddr + 4, 4));
            return 16;
        }
        if (Family == Sockets.AF_INET6)
        {
            CopyBytes(new Span<byte>(sockaddr + 8, 16));
            return 28;
        }
        return 2;
    }

    /// <summary>Family, port, address bytes: the form used between processes.</summary>
    public readonly void WriteTo(Core.Frames.FrameWriter w)
    {
        w.UInt16(Family);
        w.UInt16(Port);
        for (int i = 0; i < Length; i++)
            w.Byte(_bytes[i]);
    }

    public static SocketAddress ReadFrom(ref Core.Frames.FrameReader r)
    {
        var a = new SocketAddress { Family = (ushort)r.UInt16(), Port = (ushort)r.UInt16() };
        for (int i = 0; i < a.Length; i++)
            a._bytes[i] = r.Byte();
        return a;
    }

    /// <summary>The local address of a socket.</summary>
    public static SocketAddress OfSocket(int fd)
    {
        byte* storage = stackalloc byte[StorageSize];
        int length = StorageSize;
        return Sockets.getsockname(fd, storage, &length) < 0 ? default : Read(storage);
    }

    /// <summary>The address at the other end of a connected socket.</summary>
    public static SocketAddress OfPeer(int fd)
    {
        byte* storage = stackalloc byte[StorageSize];
        int length = StorageSize;
        return Sockets.getpeername(fd, storage, &length) < 0 ? default : Read(storage);
    }

    /// <summary>An IPv4 or IPv6 address of nothing but zeros.</summary>
    public readonly bool IsUnspecified
    {
        get
        {
            for (int i = 0; i < Length; i++)
                if (_bytes[i] != 0)
                    return false;
            return Length > 0;
        }
    }

    /// <summary>A socket can be bound to it: it is one of this machine's.</summary>
    public readonly bool IsOfThisMachine()
    {
        int fd = Sockets.socket(Family, Sockets.SOCK_DGRAM | Sockets.SOCK_CLOEXEC, 0);
        if (fd < 0)
            return false;
        SocketAddress anyPort = this;
        anyPort.Port = 0;
        byte* storage = stackalloc byte[StorageSize];
        int bound = Sockets.bind(fd, storage, anyPort.Write(storage));
        Files.close(fd);
        return bound == 0;
    }

    /// <summary>Inside a network of the same family.</summary>
    public readonly bool IsIn(ReadOnlySpan<byte> network, int prefix)
    {
        if (network.Length != Length || Length == 0)
            return false;
        for (int bit = 0; bit < prefix; bit += 8)
        {
            int mask = 0xFF << (8 - Math.Min(8, prefix - bit));
            if (((_bytes[bit >> 3] ^ network[bit >> 3]) & mask & 0xFF) != 0)
                return false;
        }
        return true;
    }

    /// <summary>True for an IPv6 address that stands for an IPv4 one (::ffff:a.b.c.d), as clients of IPv4 have on a listener for
    /// both.</summary>
    public readonly bool IsMappedIPv4 => Family == Sockets.AF_INET6 && Bytes(16).StartsWith(MappedPrefix);

    private static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF];

    /// <summary>The IPv4 address that an IPv6 one carries: mapped (::ffff:a.b.c.d), compatible (::a.b.c.d) or of 6to4 (2002::/16, RFC
    /// 3056).</summary>
    public readonly bool TryGetIPv4(out SocketAddress address)
    {
        address = default;
        if (Family != Sockets.AF_INET6)
            return false;
        ReadOnlySpan<byte> bytes = Bytes(16);
        if (bytes.StartsWith(MappedPrefix) || bytes[..12].IndexOfAnyExcept((byte)0) < 0)
            address = From(bytes[12..], Port);
        else if (bytes[0] == 0x20 && bytes[1] == 2)
            address = From(bytes.Slice(2, 4), Port);
        return address.IsSet;
    }

    /// <summary>An IPv4 address as an IPv6 one.</summary>
    public readonly SocketAddress ToMappedIPv6()
    {
        Span<byte> bytes = stackalloc byte[16];
        MappedPrefix.CopyTo(bytes);
        CopyBytes(bytes[12..]);
        return From(bytes, Port);
    }

    [UnscopedRef]
    private readonly ReadOnlySpan<byte> Bytes(int length) => MemoryMarshal.CreateReadOnlySpan(in _bytes[0], length);

    /// <summary>Writes the address without port ("10.0.0.1", "::1", "unix"); returns the bytes written (at most 45).</summary>
    public readonly int FormatIp(Span<byte> destination)
    {
        if (Length > 0)
            return AddressText.Format(Bytes(Length), destination);
        "unix"u8.CopyTo(destination);
        return 4;
    }

    public readonly bool Equals(SocketAddress other) =>
        Family == other.Family && Port == other.Port && Bytes(16).SequenceEqual(other.Bytes(16));

    public override readonly bool Equals(object? o) => o is SocketAddress a && Equals(a);

    public override readonly int GetHashCode() => HashCode.Combine(Family, Port, _bytes[3], _bytes[15], _bytes[2]);

    /// <summary>"10.0.0.1:80", "[::1]:80" or "unix".</summary>
    public override readonly string ToString()
    {
        Span<byte> text = stackalloc byte[48];
        string ip = Encoding.ASCII.GetString(text[..FormatIp(text)]);
        return Family switch
        {
            Sockets.AF_INET => $"{ip}:{Port}",
            Sockets.AF_INET6 => $"[{ip}]:{Port}",
            _ => ip,
        };
    }

    public readonly string IpToString()
    {
        Span<byte> text = stackalloc byte[48];
        return Encoding.ASCII.GetString(text[..FormatIp(text)]);
    }
}
