// A stream socket and what epoll has said of it. Edge-triggered and registered once: after that a request costs no
// epoll_ctl at all. The flags remember the edges until a call returns EAGAIN or comes back short.
// SAFETY: the kernel stays within the length that comes with a buffer; the caller (a channel, the scratch memory) holds both.
using System;
using Baton.Core.Buffers;
using Baton.Core.Pools;
using Baton.Engine.Connections.Transports;
using Baton.Engine.Loop;
using Baton.Interop.Linux;

namespace Baton.Engine.Connections;

/// <summary>Base of client and server connections. Who reads and writes them need not know whether a transport lies in between.</summary>
public abstract unsafe class Connection : StreamEnd, IPooled, IRetired
{
    private const uint Interest = Epoll.IN | Epoll.OUT | Epoll.RDHUP | Epoll.ET;

    /// <summary>What changes the bytes on their way to the socket; null when nothing does.</summary>
    public Transport? Transport;

    public bool IsRegistered;

    public bool IsOpen => Fd >= 0;

    /// <summary>Odd while it is in use, another number in each use.</summary>
    public uint Life { get; set; }
    public bool IsQueued { get; set; }

    public abstract void ReturnToPool();

    public virtual string? HeldBy() =>
        Fd >= 0 ? "its descriptor"
        : IsArmed ? "the timer wheel"
        : IsQueued ? "the run queue"
        : Transport is not null ? "a transport"
        : null;

    public virtual void Spoil() => Worker = null!;

    public virtual bool IsSpoiled() => Worker is null && Fd < 0 && !IsArmed && !IsQueued && !IsRegistered;

    protected void ResetConnection(Worker worker, int fd)
    {
        Worker = worker;
        Fd = fd;
        CanRead = CanWrite = PeerClosed = Failed = IsRegistered = EndsAbruptly = false;
        Error = 0;
        Transport = null;
    }

    /// <summary>
    /// Puts the socket into the worker's epoll set. Called only when there is something to wait for: a short connection
    /// that is answered at once never enters the set. Where the kernel refuses, the connection is ended soon.
    /// </summary>
    public override void EnsureRegistered()
    {
        if (IsRegistered || Fd < 0)
            return;
        IsRegistered = true;
        if (!Worker.Register(this, Interest))
        {
            Failed = true;
            Error = Sockets.Last;
            Worker.EndUnwatched(this);
        }
    }

    /// <summary>Notes an event's bits in the flags.</summary>
    protected void NoteEvents(uint events)
    {
        if ((events & (Epoll.IN | Epoll.RDHUP | Epoll.HUP | Epoll.ERR)) != 0)
            CanRead = true;
        if ((events & (Epoll.OUT | Epoll.HUP | Epoll.ERR)) != 0)
            CanWrite = true;
        if ((events & (Epoll.RDHUP | Epoll.HUP)) != 0)
            PeerClosed = true;
        if ((events & Epoll.ERR) != 0)
            Failed = true;
    }

    public sealed override int Receive(byte* buffer, int length)
    {
        int n = Transport is null ? ReceiveRaw(buffer, length) : Transport.Receive(this, buffer, length);
        if (Traces.TraceSwitch.On)
            ConnectionTrace.Passed(this, n, isSent: false);
        return n;
    }

    public sealed override int Send(byte* buffer, int length, bool more = false)
    {
        int n = Transport is null ? SendRaw(buffer, length, more) : Transport.Send(this, buffer, length, more);
        if (Traces.TraceSwitch.On)
            ConnectionTrace.Passed(this, n, isSent: true);
        return n;
    }

    /// <summary><see cref="StreamEnd.Receive"/> for who has memory of the runtime's.</summary>
    public int Receive(Span<byte> buffer)
    {
        fixed (byte* p = buffer)
            return Receive(p, buffer.Length);
    }

    /// <summary><see cref="StreamEnd.Send"/> for who has memory of the runtime's.</summary>
    public int Send(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* p = bytes)
            return Send(p, bytes.Length);
    }

    /// <summary><see cref="StreamEnd.Receive"/> of the socket itself.</summary>
    internal int ReceiveRaw(byte* buffer, int length)
    {
        if (FaultInjection.On)
            FaultInjection.Strike(FaultPlace.Receive);
        nint n = Sockets.recv(Fd, buffer, length, 0);
        if (n > 0)
        {
            // epoll(7): a short read on a stream socket means it was drained; but an end of stream behind it must still be read.
            if (n < length && !PeerClosed)
                CanRead = false;
            return (int)n;
        }
        CanRead = false;
        if (n == 0)
        {
            PeerClosed = true;
            return 0;
        }
        return NoteError();
    }

    /// <summary>
    /// Looks at what has come without taking it: bytes, 0 at the end, -1 when nothing is there (CanRead is false then), -2 on a hard error.
    /// </summary>
    internal int PeekRaw(byte* buffer, int length)
    {
        nint n = Sockets.recv(Fd, buffer, length, Sockets.MSG_PEEK);
        if (n > 0)
            return (int)n;
        if (n == 0)
        {
            PeerClosed = true;
            return 0;
        }
        CanRead = false;
        return NoteError();
    }

    /// <summary>Takes what has been looked at out of the socket; TCP copies nothing then.</summary>
    internal bool DropRaw(byte* buffer, int length) => Sockets.recv(Fd, buffer, length, Sockets.MSG_TRUNC) == length;

    /// <summary><see cref="StreamEnd.Send"/> of the socket itself.</summary>
    internal int SendRaw(byte* buffer, int length, bool more)
    {
        if (FaultInjection.On)
            FaultInjection.Strike(FaultPlace.Send);
        nint n = Sockets.send(Fd, buffer, length, Sockets.MSG_NOSIGNAL | (more ? Sockets.MSG_MORE : 0));
        if (n >= 0)
        {
            if (n < length)
                CanWrite = false;
            return (int)n;
        }
        CanWrite = false;
        return NoteError();
    }

    public override SplicePipePool? Pipes => Transport is null ? Worker.Pipes : null;

    public override int SpliceTo(SplicePipe pipe, int length)
    {
        if (Transport is not null)
            return CannotSplice;
        nint n = Files.splice(Fd, null, pipe.WriteEnd, null, length, Files.SPLICE_F_MOVE | Files.SPLICE_F_NONBLOCK);
        if (n > 0)
        {
            // few bytes do not mean that the socket was drained: small segments fill a pipe's slots early
            pipe.Held = (int)n;
            return (int)n;
        }
        if (n < 0 && Sockets.Last == Errno.EINVAL)
            return CannotSplice;
        CanRead = false;
        if (n == 0)
        {
            PeerClosed = true;
            return 0;
        }
        return NoteError();
    }

    public override int SpliceFrom(SplicePipe pipe, bool more)
    {
        if (Transport is not null)
            return CannotSplice;
        nint n = Files.splice(
            pipe.ReadEnd,
            null,
            Fd,
            null,
            pipe.Held,
            Files.SPLICE_F_MOVE | Files.SPLICE_F_NONBLOCK | (more ? Files.SPLICE_F_MORE : 0u)
        );
        if (n >= 0)
        {
            pipe.Held -= (int)n;
            return (int)n;
        }
        if (Sockets.Last == Errno.EINVAL)
            return CannotSplice;
        CanWrite = false;
        return NoteError();
    }

    /// <summary>Nothing more has come from the peer, not even the end. Asks the socket where the flags do not know.</summary>
    public bool IsSilent()
    {
        if (PeerClosed || Failed)
            return false;
        if (Transport is not null)
            return Transport.IsSilent(this);
        if (!CanRead)
            return true;
        byte b;
        if (Sockets.recv(Fd, &b, 1, Sockets.MSG_PEEK) >= 0 || NoteError() != -1)
            return false;
        CanRead = false;
        return true;
    }

    /// <summary>Something has come from the peer that nobody has read yet.</summary>
    internal bool HasUnread => Transport is null ? HasUnreadRaw : Transport.HasUnread(this);

    /// <summary>The same of the socket itself.</summary>
    internal bool HasUnreadRaw
    {
        get
        {
            byte b;
            return Sockets.recv(Fd, &b, 1, Sockets.MSG_PEEK) > 0;
        }
    }

    private int NoteError()
    {
        int errno = Sockets.Last;
        if (errno is Errno.EAGAIN or Errno.EINTR)
            return -1;
        Failed = true;
        Error = errno;
        return -2;
    }

    /// <summary>SO_ERROR of the socket, read and remembered.</summary>
    public int TakeSocketError()
    {
        int error = Sockets.GetOption(Fd, Sockets.SOL_SOCKET, Sockets.SO_ERROR);
        if (error > 0)
            Error = error;
        return error;
    }

    public override void ShutdownWrite()
    {
        Transport?.ShutdownWrite(this);
        Sockets.shutdown(Fd, Sockets.SHUT_WR);
    }

    /// <summary>It ends with a reset, or without a word: nobody says goodbye.</summary>
    internal bool EndsAbruptly { get; private protected set; }

    /// <summary>Closes with a reset instead of a FIN.</summary>
    public void AbortOnClose()
    {
        EndsAbruptly = true;
        var linger = new Linger { OnOff = 1, Seconds = 0 };
        Sockets.setsockopt(Fd, Sockets.SOL_SOCKET, Sockets.SO_LINGER, &linger, sizeof(Linger));
    }

    /// <summary>The connection is over here.</summary>
    protected void ReleaseTransport()
    {
        Transport?.Release(Worker);
        Transport = null;
    }

    /// <summary>Something failed in the handling of this connection, which ends in the ordinary way: it is told, and counted.</summary>
    internal void NoteFault(Exception failure)
    {
        Worker.Engine.Notices.NoteFault(failure);
        if (!MemoryBudget.IsLack(failure))
            CountFault();
    }

    private protected virtual void CountFault() { }

    /// <summary>Leaves the epoll set and closes the descriptor.</summary>
    public void CloseSocket()
    {
        Worker.Timers.Cancel(this);
        if (!EndsAbruptly)
            Transport?.BeforeClose(this);
        ReleaseTransport();
        if (Fd < 0)
            return;
        if (IsRegistered)
            Worker.CloseRegistered(this);
        else
        {
            Files.close(Fd);
            Fd = -1;
        }
        IsRegistered = false;
    }
}
