// "socks4": a connection to a server that goes through a SOCKS4 proxy (the protocol of 1992: a request of eight bytes and a user,
// an answer of eight bytes). It is part of connecting: timeout connect and retries are about both.
using System;
using System.Buffers.Binary;
using Baton.Engine.Connections;
using Baton.Interop.Linux;

namespace Baton.Engine.Streams;

public abstract partial class ProxyStream
{
    private const byte SocksVersion = 4,
        SocksConnect = 1,
        SocksGranted = 90;
    private const int SocksAnswerLength = 8;

    /// <summary>COMPAT: the user that HAProxy names.</summary>
    private static ReadOnlySpan<byte> SocksUser => "HAProxy\0"u8;

    /// <summary>Talks to the SOCKS proxy in front of the server as far as it goes now. True once the proxy has connected to the server;
    /// false while it has not, or when it failed and the phase says so.</summary>
    private bool PassSocks(ServerConnection side)
    {
        if (Server!.Socks4 is null || side.SocksPassed)
            return true;
        if (!side.SocksAsked)
        {
            if (!AskSocks(side))
            {
                OnConnectFailed(side.Error != 0 ? side.Error : Errno.ECONNREFUSED);
                return false;
            }
            side.SocksAsked = true;
        }
        switch (ReadSocksAnswer(side))
        {
            case null:
                return false;
            case true:
                return side.SocksPassed = true;
            default:
                OnConnectFailed(Errno.ECONNREFUSED);
                return false;
        }
    }

    private unsafe bool AskSocks(ServerConnection side)
    {
        SocketAddress target = Server!.IsReachedAtClientsDestination ? Server.TargetFor(this) : Server.Endpoint!.Address;
        // SOCKS4 knows IPv4 addresses only
        if (!target.IsIPv4)
            return false;
        Span<byte> text = stackalloc byte[SocksAnswerLength + 8];
        text[0] = SocksVersion;
        text[1] = SocksConnect;
        BinaryPrimitives.WriteUInt16BigEndian(text[2..], target.Port);
        target.CopyBytes(text[4..]);
        SocksUser.CopyTo(text[8..]);
        // SAFETY: text lives on this frame's stack for the duration of the call
        fixed (byte* p = text)
            return side.Send(p, text.Length) == text.Length;
    }

    /// <summary>Takes the answer, and nothing behind it, out of the socket. Null while it is not whole.</summary>
    private static unsafe bool? ReadSocksAnswer(ServerConnection side)
    {
        byte* answer = stackalloc byte[SocksAnswerLength];
        nint n = Sockets.recv(side.Fd, answer, SocksAnswerLength, Sockets.MSG_PEEK);
        if (n < 0 && Sockets.Last is Errno.EAGAIN or Errno.EINTR)
            return null;
        if (n is > 0 and < SocksAnswerLength && !side.PeerClosed)
            return null;
        return n == SocksAnswerLength
            && Sockets.recv(side.Fd, answer, SocksAnswerLength, 0) == SocksAnswerLength
            && answer[0] == 0
            && answer[1] == SocksGranted;
    }
}
