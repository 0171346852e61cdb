// One client connection: opening, the end of a request, errors, time-outs, closing. What is said on it is the subclass's.
using System;
using Baton.Core.Timers;
using Baton.Interop.Linux;

namespace Baton.Inject.Load;

/// <summary>OWNER: one <see cref="LoadThread"/>. A connection is either idle (in the thread's stack) or has one request under
/// way.</summary>
public abstract unsafe class LoadConnection : TimerNode
{
    protected readonly LoadThread Thread;
    protected readonly Options Options;
    protected int Fd = -1;
    private long _dueNs;

    /// <summary>The place in the thread's table and, in events, the number of the descriptor's owner.</summary>
    public readonly int Index;
    public int Generation { get; private set; }

    /// <summary>True while a request is under way.</summary>
    public bool Busy { get; private set; }
    protected long DeadlineAtMs { get; private set; }

    /// <summary>The other side has sent its last byte: no further event will tell, so it has to be read up to there.</summary>
    protected bool PeerEnded { get; private set; }

    protected LoadConnection(LoadThread thread, int index) => (Thread, Options, Index) = (thread, thread.Options, index);

    protected bool IsOpen => Fd >= 0;

    /// <summary>Starts a request that was due at <paramref name="dueNs"/>.</summary>
    public void Begin(long dueNs, long nowMs)
    {
        _dueNs = dueNs;
        Busy = true;
        DeadlineAtMs = nowMs + Options.TimeoutMs;
        Thread.Wheel.Arm(this, DeadlineAtMs);
        if (!IsOpen && !Open())
            return;
        Start();
    }

    /// <summary>Sends the first bytes; called on an open (perhaps still connecting) connection.</summary>
    protected abstract void Start();

    /// <summary>The descriptor is ready.</summary>
    protected abstract void Ready(uint events);

    /// <summary>A new connection: forget what belonged to the last one.</summary>
    protected abstract void Opened();

    /// <summary>True when the request is completely sent.</summary>
    protected abstract bool RequestOut { get; }

    /// <summary>Edge triggered: a subclass reads and writes until it would block.</summary>
    protected virtual uint Interest => Epoll.IN | Epoll.OUT | Epoll.RDHUP | Epoll.ET;

    public void OnEvents(uint events)
    {
        if (!Busy)
        {
            // an idle connection that the other side ended: opened again for the next request, no error
            if ((events & (Epoll.RDHUP | Epoll.HUP | Epoll.ERR)) != 0)
                Close();
            return;
        }
        if ((events & Epoll.ERR) != 0)
        {
            int error = Sockets.GetOption(Fd, Sockets.SOL_SOCKET, Sockets.SO_ERROR);
            if (error > 0)
            {
                Fail(error);
                return;
            }
        }
        if ((events & (Epoll.RDHUP | Epoll.HUP)) != 0)
            PeerEnded = true;
        Ready(events);
    }

    public override void OnTimer(long nowMs)
    {
        if (Busy)
            Fail(ErrorKind.Timeout);
        else
            Thread.Rested(this);
    }

    private bool Open()
    {
        Fd = Sockets.socket(Sockets.AF_INET, Sockets.SOCK_STREAM | Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC, 0);
        if (Fd < 0)
        {
            Fail(ErrorKind.Local);
            return false;
        }
        Generation++;
        PeerEnded = false;
        if (Options.RideOnAck)
            Sockets.SetOption(Fd, Sockets.IPPROTO_TCP, Sockets.TCP_QUICKACK, 0);
        if (Options.FastOpen)
            Sockets.SetOption(Fd, Sockets.IPPROTO_TCP, Sockets.TCP_FASTOPEN_CONNECT, 1);
        if (Options.Mode is LoadMode.Tunnel or LoadMode.WebSocket)
            Sockets.SetOption(Fd, Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY, 1);
        if (Options.Mode == LoadMode.Slow)
            Sockets.SetOption(Fd, Sockets.SOL_SOCKET, Sockets.SO_RCVBUF, 4096);
        if (Options.CloseWithReset)
        {
            var linger = new Linger { OnOff = 1 };
            Sockets.setsockopt(Fd, Sockets.SOL_SOCKET, Sockets.SO_LINGER, &linger, sizeof(Linger));
        }
        byte* address = stackalloc byte[16];
        if (Options.Sources > 1)
        {
            // the port is chosen at connect(), among those free for this destination
            Sockets.SetOption(Fd, Sockets.IPPROTO_IP, Sockets.IP_BIND_ADDRESS_NO_PORT, 1);
            Thread.NextSource(address);
            if (Sockets.bind(Fd, address, 16) < 0)
            {
                Fail(ErrorKind.Local);
                return false;
            }
        }
        Thread.Target(address);
        if (Sockets.connect(Fd, address, 16) < 0 && Sockets.Last is var error && error != Errno.EINPROGRESS)
        {
            Fail(error);
            return false;
        }
        Opened();
        Thread.Watch(Fd, Interest, this);
        Thread.Tally.Connections++;
        return true;
    }

    /// <summary>send(); -1 when it has to wait, -2 when the request has failed.</summary>
    protected int Send(ReadOnlySpan<byte> bytes)
    {
        nint n;
        fixed (byte* p = bytes)
            n = Sockets.send(Fd, p, bytes.Length, Sockets.MSG_NOSIGNAL);
        if (n >= 0)
            return (int)n;
        int error = Sockets.Last;
        if (error is Errno.EAGAIN or Errno.EINPROGRESS or Errno.ENOTCONN)
            return -1;
        Fail(error);
        return -2;
    }

    /// <summary>recv() into the thread's buffer; -1 when it has to wait, -2 when the request has failed, 0 at the end.</summary>
    protected int Receive(out ReadOnlySpan<byte> bytes, int limit = LoadThread.BufferSize)
    {
        bytes = default;
        nint n = Sockets.recv(Fd, Thread.Buffer, limit, 0);
        if (n > 0)
        {
            Thread.Tally.Bytes += n;
            bytes = new ReadOnlySpan<byte>(Thread.Buffer, (int)n);
            return (int)n;
        }
        if (n == 0)
            return 0;
        int error = Sockets.Last;
        if (error is Errno.EAGAIN or Errno.ENOTCONN)
            return -1;
        Fail(error);
        return -2;
    }

    /// <summary>The request is answered.</summary>
    protected void Succeed(bool keep)
    {
        Thread.Record(_dueNs);
        if (!keep || PeerEnded)
            Close();
        Rest();
    }

    protected void Fail(int errno) =>
        Fail(
            errno switch
            {
                Errno.ECONNREFUSED => ErrorKind.Refused,
                Errno.ETIMEDOUT => ErrorKind.Timeout,
                Errno.EADDRNOTAVAIL or Errno.EMFILE or Errno.ENFILE or Errno.ENOBUFS or Errno.ENOMEM or Errno.EADDRINUSE => ErrorKind.Local,
                _ => RequestOut ? ErrorKind.ResetAfter : ErrorKind.ResetBefore,
            }
        );

    protected void Fail(ErrorKind kind)
    {
        Thread.RecordError(kind);
        Close();
        Rest();
    }

    private void Rest()
    {
        Busy = false;
        Thread.Wheel.Cancel(this);
        Thread.Ended(this);
    }

    /// <summary>Closes without a word.</summary>
    public void Close()
    {
        if (Fd < 0)
            return;
        Files.close(Fd);
        Fd = -1;
    }
}
