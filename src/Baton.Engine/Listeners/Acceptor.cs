// One worker's ear on one listening socket. All workers poll the same descriptor (level-triggered, exclusive wake-up), so that a
// connection wakes one worker and no accept queue belongs to a worker alone.
// SAFETY: the peer's address goes to the stack, into StorageSize bytes, which the kernel is told.
using Baton.Engine.Connections;
using Baton.Engine.Loop;
using Baton.Interop.Linux;

namespace Baton.Engine.Listeners;

/// <summary>OWNER: its worker.</summary>
public sealed unsafe class Acceptor : EventHandler
{
    private readonly Worker _worker;
    private readonly ListenerState _listener;

    /// <summary>Held until <see cref="Close"/>; null then.</summary>
    private ListeningSocket? _socket;

    /// <summary>Among the worker's shared handlers.</summary>
    private readonly int _place;

    private bool _active;
    private bool _mayHaveMore,
        _draining,
        _refused;

    /// <param name="worker">Whose ear it is.</param>
    /// <param name="listener">Whose socket it is.</param>
    /// <param name="socket">What it listens on; the caller has taken hold of it for this ear.</param>
    public Acceptor(Worker worker, ListenerState listener, ListeningSocket socket)
    {
        (_worker, _listener, _socket) = (worker, listener, socket);
        _place = worker.AddShared();
    }

    public ListenerState Listener => _listener;

    /// <summary>
    /// Starts polling, and ends a rest; after <see cref="Close"/> there is nothing to start. Where the kernel refuses
    /// (fs.epoll.max_user_watches, no memory) it is tried again every second; other workers may hear meanwhile.
    /// </summary>
    public void Start()
    {
        if (_active || _socket is null)
            return;
        _worker.Timers.Cancel(this);
        Fd = _socket.Fd;
        _active = _worker.RegisterShared(this, _place, Epoll.IN | (_listener.IsSocketPair ? 0 : Epoll.EXCLUSIVE));
        if (_active == _refused)
            NoteWatched(_active, Sockets.Last);
        if (!_active)
            _worker.Timers.Arm(this, _worker.NowMs + RetryMs);
    }

    /// <summary>Until the kernel is asked again to poll (ms).</summary>
    private const int RetryMs = 1000;

    private void NoteWatched(bool watched, int errno)
    {
        _refused = !watched;
        _worker.Engine.Notices.NoteEar(watched, errno);
    }

    /// <summary>
    /// Stops polling without closing anything: queued connections stay queued. Nothing but <see cref="Start"/> brings it back: no
    /// timer of a rest, and no room that others wait for.
    /// </summary>
    public void Pause()
    {
        _stepsBack = false;
        _worker.Timers.Cancel(this);
        _worker.PausedAcceptors.Remove(this);
        StopPolling();
        if (_refused)
            NoteWatched(true, 0);
    }

    private void StopPolling()
    {
        if (!_active)
            return;
        _active = false;
        _worker.UnregisterShared(this, _place);
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
        if (_socket is null)
            return;
        (Fd, _draining, _mayHaveMore) = (_socket.Fd, true, true);
        for (int i = 0; i < 64 && _mayHaveMore; i++)
            OnEvents(Epoll.IN);
        _draining = false;
    }

    public void Close()
    {
        Pause();
        if (_socket is null)
            return;
        Fd = -1;
        _socket.Release();
        _socket = null;
        _worker.RemoveShared(_place);
    }

    /// <summary>The rest is over.</summary>
    public override void OnTimer(long nowMs)
    {
        if (_listener.Target is not Proxies.FrontendState)
            _worker.Engine.Reserve.Refill();
        if (_listener.Accepting || _stepsBack)
            Start();
        _stepsBack = false;
    }

    private bool _stepsBack;

    /// <summary>How long <see cref="StepBack"/> leaves a socket to others (ms): longer than who asks again waits in between.</summary>
    private const int StepBackMs = 100;

    /// <summary>For a moment another process, if one listens on the same socket, hears what comes. Of those that poll a shared socket the
    /// kernel wakes the same one again and again.</summary>
    public void StepBack()
    {
        if (!_active)
            return;
        _stepsBack = true;
        Rest(StepBackMs);
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
        for (int i = _worker.Engine.AcceptsPerEvent; i > 0 && (_active || _draining); i--)
        {
            if (!_draining && !_listener.Target.HasRoom(_listener))
            {
                WaitForRoom();
                return;
            }
            if (!_draining && RateDelay() is > 0 and int delay)
            {
                Rest(delay);
                return;
            }
            // counted before it is accepted: a worker that looks and then accepts may have lost the processor in between
            bool counted = !_draining && _worker.Engine.WorkerCount > 1 && _listener.IsLimited;
            if (counted && !_listener.TryEnter())
            {
                WaitForRoom();
                return;
            }
            int length = SocketAddress.StorageSize;
            int client = _listener.IsSocketPair
                ? ReceiveDescriptor()
                : Sockets.accept4(Fd, storage, &length, Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC);
            if (client < 0)
            {
                int error = Sockets.Last;
                if (counted)
                    _listener.GiveBack();
                if (
                    error is Errno.EMFILE or Errno.ENFILE
                    && _listener.Target is not Proxies.FrontendState
                    && _worker.Engine.Reserve.GiveUpOne()
                )
                    continue;
                OnAcceptError(error);
                return;
            }
            SocketAddress source = _listener.IsSocketPair ? default : SocketAddress.Read(storage);
            if (source.Family == 0)
                source.Family = Sockets.AF_UNIX;
            if (IsPrivileged(source))
            {
                Files.close(client);
                if (counted)
                    _listener.GiveBack();
                continue;
            }
            // below zero: so much less than the connection has
            if (_listener.Config.Mss < 0)
                Sockets.SetOption(
                    client,
                    Sockets.IPPROTO_TCP,
                    Sockets.TCP_MAXSEG,
                    Sockets.GetOption(client, Sockets.IPPROTO_TCP, Sockets.TCP_MAXSEG) + _listener.Config.Mss
                );
            if (_listener.Tls is not null)
                _worker.Engine.TlsRates.CountSession(_worker);
            _worker.Engine.Place(_worker, _listener, client, source, counted);
        }
    }

    /// <summary>Milliseconds until the rates let the next client in; 0 for now.</summary>
    private int RateDelay()
    {
        if (_listener.Target is not Proxies.FrontendState frontend)
            return 0;
        int delay = frontend.RateLimitDelay(_worker.NowMs);
        if (_listener.Tls is null)
            return delay;
        // COMPAT: who comes when there are as many as maxsslconn waits
        return Tls.TlsConnections.AreFull(_worker.Engine)
            ? FaultRestMs
            : System.Math.Max(delay, _worker.Engine.TlsRates.Delay(_worker.NowMs));
    }

    /// <summary>harden.reject-privileged-ports.tcp: a low port is what a reflected service answers from, not a client.</summary>
    private bool IsPrivileged(in SocketAddress source)
    {
        const int firstUnprivileged = 1024;
        return _worker.Engine.Config.Global.RejectPrivilegedPorts
            && source is { Length: > 0, Port: < firstUnprivileged }
            && _listener.Target is Proxies.FrontendState;
    }

    private int ReceiveDescriptor()
    {
        System.Span<byte> payload = stackalloc byte[2];
        System.Span<int> fds = stackalloc int[1];
        nint n = DescriptorPassing.Receive(Fd, payload, fds, out int count);
        if (n == 0)
        {
            Pause();
            if (_listener.IsMasterLink)
                _worker.Engine.MasterLost?.Invoke();
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
        if (_worker.PoolPurger.DropOne())
            return;
        if (_draining)
            return;
        Rest(FaultRestMs);
    }

    /// <summary>Polls again once a connection has ended (<see cref="Worker.ResumePausedAcceptors"/>).</summary>
    private void WaitForRoom()
    {
        StopPolling();
        _worker.PausedAcceptors.Add(this);
    }

    private void Rest(int ms)
    {
        StopPolling();
        _worker.Timers.Arm(this, _worker.NowMs + ms);
    }
}
