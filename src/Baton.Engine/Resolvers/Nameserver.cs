// A name server that is asked by datagrams. Its socket is connected: the kernel drops what comes from elsewhere.
// SAFETY: the kernel stays within the length given with the array, which is pinned for the call.
using System;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Loop;
using Baton.Interop.Linux;

namespace Baton.Engine.Resolvers;

/// <summary>OWNER: the first worker. The socket is made with the first query, and anew (from another port) after an error.</summary>
public unsafe class Nameserver(NameserverConfig config, ResolversState owner, Worker worker) : Loop.EventHandler
{
    /// <summary>Answers taken at one event: the others come with the next.</summary>
    private const int MostAtOnce = 64;

    private byte[] _answer = [];

    public NameserverConfig Config => config;
    protected ResolversState Owner => owner;
    protected Worker Worker => worker;
    protected SocketEndpoint Endpoint { get; } = SocketEndpoint.FromAddress(SocketAddress.From(config.Address.Ip, config.Address.Port));

    /// <summary>For "show resolvers".</summary>
    public NameserverCounters Counters;

    /// <summary>Where what is sent is counted.</summary>
    internal virtual ref NameserverCounters Tally => ref Counters;

    /// <summary>False when it could not be sent.</summary>
    internal bool Ask(ReadOnlySpan<byte> query)
    {
        bool sent = Send(query);
        if (sent)
            Tally.Sent++;
        else
            Tally.SendErrors++;
        return sent;
    }

    /// <summary>A query was not answered in time.</summary>
    internal virtual void NoteTimeout() => Counters.Timeouts++;

    protected virtual bool Send(ReadOnlySpan<byte> query)
    {
        if (Fd < 0 && !Open())
            return false;
        fixed (byte* p = query)
        {
            if (Sockets.send(Fd, p, query.Length, Sockets.MSG_NOSIGNAL) == query.Length)
                return true;
        }
        Close();
        return false;
    }

    private bool Open()
    {
        int fd = Sockets.socket(Endpoint.Family, Sockets.SOCK_DGRAM | Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC, 0);
        if (fd < 0)
            return false;
        if (Endpoint.Connect(fd) < 0)
        {
            Files.close(fd);
            return false;
        }
        Fd = fd;
        if (worker.Register(this, Epoll.IN))
            return true;
        Files.close(fd);
        Fd = -1;
        return false;
    }

    /// <summary>Gives the socket up.</summary>
    internal virtual void Close()
    {
        if (Fd >= 0)
            worker.CloseRegistered(this);
    }

    public override void OnEvents(uint events)
    {
        if (_answer.Length == 0)
            _answer = new byte[owner.Config.AcceptedPayload + 1];
        for (int i = 0; i < MostAtOnce && Fd >= 0; i++)
        {
            nint n;
            fixed (byte* p = _answer)
                n = Sockets.recv(Fd, p, _answer.Length, 0);
            if (n >= 0)
            {
                owner.OnAnswer(this, _answer.AsSpan(0, (int)n), tooBig: n > owner.Config.AcceptedPayload, byStream: false);
                continue;
            }
            if (Sockets.Last is Errno.EAGAIN or Errno.EINTR)
                return;
            // nobody listens there (ICMP)
            Counters.SendErrors++;
            Close();
        }
    }

    public override void OnTimer(long nowMs) { }

    public override void Abandon() => Close();
}
