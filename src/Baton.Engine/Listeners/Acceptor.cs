// One worker's ear on one listening socket. Each worker polls a duplicate of the shared descriptor (level-triggered,
// exclusive wake-up), so that a connection wakes one worker and no accept queue belongs to a worker alone.
// SAFETY: the peer's address goes to the stack, into StorageSize bytes, which the kernel is told.
using Baton.Engine.Connections;
using Baton.Engine.Loop;
using Baton.Interop.Linux;

namespace Baton.Engine.Listeners;

/// <summary>OWNER: its worker.</summary>
public sealed unsafe class Acceptor(Worker worker, ListenerState listener, int fd) : EventHandler
{
    private bool _active;
    private bool _mayHaveMore,
        _draining;

    public ListenerState Listener => listener;

    /// <summary>
    /// Starts polling, and ends a rest. The duplicate was made by the caller and is closed by <see cref="Close"/>; after that there is
    /// nothing to start.
    /// </summary>
    public void Start()
    {
        if (_active || fd < 0)
            return;
        worker.Timers.Cancel(this);
        Fd = fd;
        _active = worker.Register(this, Epoll.IN | (listener.IsSocketPair ? 0 : Epoll.EXCLUSIVE));
    }

    /// <summary>
    /// Stops polling without closing anything: queued connections stay queued. Nothing but <see cref="Start"/> brings it back: no
    /// timer of a rest, and no room that others wait for.
    /// </summary>
    public void Pause()
    {
        worker.Timers.Cancel(this);
        worker.PausedAcceptors.Remove(this);
        StopPolling();
    }

    private void StopPolling()
    {
        if (!_active)
            return;
        _active = false;
        worker.Unregister(this);
    }

    /// <summary>
    /// Looks again. The wake-up for a queued connection goes to one poller of a shared socket; when that one stops polling
    /// before it has accepted, nobody else hears of the connection until the next one arrives.
    /// </summary>
    public void LookAgain()
    {
        if (!_active)
            return;
        StopPolling();
        Start();
    }

    /// <summary>
    /// Takes what is queued before closing, whatever the limits say and whether or not the socket was paused: on a socket
    /// that nobody else holds it would be reset otherwise. On a socket shared with the next process this takes a few
    /// connections that are answered here.
    /// </summary>
    public void DrainAndClose()
    {
        DrainAndPause();
        Close();
    }

    /// <summary>The same without the end: it may be started again.</summary>
    public void DrainAndPause()
    {
        Pause();
        if (fd < 0)
            return;
        (Fd, _draining, _mayHaveMore) = (fd, true, true);
        for (int i = 0; i < 64 && _mayHaveMore; i++)
            OnEvents(Epoll.IN);
        _draining = false;
    }

    public void Close()
    {
        Pause();
        if (fd >= 0)
            Files.close(fd);
        Fd = fd = -1;
    }

    /// <summary>The rest is over.</summary>
    public override void OnTimer(long nowMs)
    {
        if (listener.Target is not Proxies.FrontendState)
            worker.Engine.Reserve.Refill();
        if (listener.Accepting)
            Start();
    }

    /// <summary>A connection could not be taken: it is not tried again at once.</summary>
    public override void Abandon()
    {
        if (_active)
            Rest(FaultRestMs);
    }

    /// <summary>How long it rests after an error that has nothing to do with a client (ms).</summary>
    private const int FaultRestMs = 100;

    public override void OnEvents(uint events)
    {
        byte* storage = stackalloc byte[SocketAddress.StorageSize];
        for (int i = worker.Engine.AcceptsPerEvent; i > 0 && (_active || _draining); i--)
        {
            if (!_draining && !listener.Target.HasRoom(listener))
            {
                WaitForRoom();
                return;
            }
            if (
                !_draining
                && listener.Target is Proxies.FrontendState frontend
                && frontend.RateLimitDelay(worker.NowMs) is > 0 and int delay
            )
            {
                Rest(delay);
                return;
            }
            // counted before it is accepted: a worker that looks and then accepts may have lost the processor in between
            bool counted = !_draining && worker.Engine.WorkerCount > 1 && listener.IsLimited;
            if (counted && !listener.TryEnter())
            {
                WaitForRoom();
                return;
            }
            int length = SocketAddress.StorageSize;
            int client = listener.IsSocketPair
                ? ReceiveDescriptor()
                : Sockets.accept4(Fd, storage, &length, Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC);
            if (client < 0)
            {
                int error = Sockets.Last;
                if (counted)
                    listener.GiveBack();
                if (
                    error is Errno.EMFILE or Errno.ENFILE
                    && listener.Target is not Proxies.FrontendState
                    && worker.Engine.Reserve.GiveUpOne()
                )
                    continue;
                OnAcceptError(error);
                return;
            }
            SocketAddress source = listener.IsSocketPair ? default : SocketAddress.Read(storage);
            if (source.Family == 0)
                source.Family = Sockets.AF_UNIX;
            if (IsPrivileged(source))
            {
                Files.close(client);
                if (counted)
                    listener.GiveBack();
                continue;
            }
            // below zero: so much less than the connection has
            if (listener.Config.Mss < 0)
                Sockets.SetOption(
                    client,
                    Sockets.IPPROTO_TCP,
                    Sockets.TCP_MAXSEG,
                    Sockets.GetOption(client, Sockets.IPPROTO_TCP, Sockets.TCP_MAXSEG) + listener.Config.Mss
                );
            worker.Engine.Place(worker, listener, client, source, counted);
        }
    }

    /// <summary>harden.reject-privileged-ports.tcp: a low port is what a reflected service answers from, not a client.</summary>
    private bool IsPrivileged(in SocketAddress source)
    {
        const int firstUnprivileged = 1024;
        return worker.Engine.Config.Global.RejectPrivilegedPorts
            && source is { Length: > 0, Port: < firstUnprivileged }
            && listener.Target is Proxies.FrontendState;
    }

    private int ReceiveDescriptor()
    {
        System.Span<byte> payload = stackalloc byte[2];
        System.Span<int> fds = stackalloc int[1];
        nint n = DescriptorPassing.Receive(Fd, payload, fds, out int count);
        if (n == 0)
        {
            Pause();
            if (listener.IsMasterLink)
                worker.Engine.MasterLost?.Invoke();
            return -1;
        }
        if (count == 0)
            return -1;
        Files.SetNonBlocking(fds[0]);
        return fds[0];
    }

    /// <summary>Out of descriptors or memory: rest for 100 ms instead of spinning on a readable socket; the backlog keeps the
    /// clients.</summary>
    private void OnAcceptError(int errno)
    {
        _mayHaveMore = false;
        if (errno is not (Errno.EMFILE or Errno.ENFILE or Errno.ENOBUFS or Errno.ENOMEM))
            return;
        if (worker.PoolPurger.DropOne())
            return;
        if (_draining)
            return;
        Rest(FaultRestMs);
    }

    /// <summary>Polls again once a connection has ended (<see cref="Worker.ResumePausedAcceptors"/>).</summary>
    private void WaitForRoom()
    {
        StopPolling();
        worker.PausedAcceptors.Add(this);
    }

    private void Rest(int ms)
    {
        StopPolling();
        worker.Timers.Arm(this, worker.NowMs + ms);
    }
}
