// Where to bind or connect: a ready sockaddr of any family, made once when the configuration is built.
// SAFETY: a sockaddr being written lies on the stack with room for any; a finished one is pinned for the call it is given to.
using System;
using System.Text;
using Baton.Interop.Linux;

namespace Baton.Engine.Connections;

/// <summary>Immutable sockaddr bytes plus the text they came from.</summary>
public sealed class SocketEndpoint
{
    private SocketEndpoint(byte[] sockaddr, string text, SocketAddress address) => (Sockaddr, Text, Address) = (sockaddr, text, address);

    /// <summary>Exactly the bytes given to bind() and connect().</summary>
    public byte[] Sockaddr { get; }
    public string Text { get; }

    /// <summary>The address for IPv4 and IPv6; only a family for UNIX.</summary>
    public SocketAddress Address { get; }
    public int Family => Sockaddr[0] | (Sockaddr[1] << 8);

    /// <summary>The path of a UNIX endpoint, with a leading NUL for an abstract one; empty otherwise.</summary>
    public string Path { get; private init; } = "";

    public static unsafe SocketEndpoint FromAddress(SocketAddress address)
    {
        byte* storage = stackalloc byte[SocketAddress.StorageSize];
        int length = address.Write(storage);
        return new SocketEndpoint(new ReadOnlySpan<byte>(storage, length).ToArray(), address.ToString(), address);
    }

    /// <summary>A UNIX path (at most 107 bytes); an abstract name is padded to the full length as HAProxy does, so that both find each
    /// other.</summary>
    public static SocketEndpoint FromPath(string path, bool isAbstract)
    {
        byte[] name = Encoding.UTF8.GetBytes(path);
        if (name.Length > 107)
            throw new ArgumentException($"UNIX path longer than 107 bytes: {path}");
        byte[] sockaddr = new byte[110];
        sockaddr[0] = Sockets.AF_UNIX;
        name.CopyTo(sockaddr, isAbstract ? 3 : 2);
        return new SocketEndpoint(sockaddr, isAbstract ? "abns@" + path : path, new SocketAddress { Family = Sockets.AF_UNIX })
        {
            Path = isAbstract ? "\0" + path : path,
        };
    }

    public unsafe int Bind(int fd)
    {
        fixed (byte* p = Sockaddr)
            return Sockets.bind(fd, p, Sockaddr.Length);
    }

    public unsafe int Connect(int fd)
    {
        fixed (byte* p = Sockaddr)
            return Sockets.connect_wait(fd, p, Sockaddr.Length);
    }

    public override string ToString() => Text;
}
