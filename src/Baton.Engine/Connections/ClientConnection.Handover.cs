// A client connection on its way to the next process: out of the loop (frozen), then gone (its copy closed, which no peer
// notices) or back (thawed). And the way in.
// SAFETY: what another process sends of a head is compared with a buffer before it is kept.
using System;
using Baton.Core.Frames;
using Baton.Engine.Connections.Transports;
using Baton.Engine.Handover;
using Baton.Engine.Listeners;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;
using Baton.Interop.Linux;

namespace Baton.Engine.Connections;

public sealed unsafe partial class ClientConnection
{
    private MoveVerdict _verdict;

    /// <summary>Out of the loop, on its way to the next process.</summary>
    internal bool IsFrozen { get; private set; }

    /// <summary>The next process has no use for it: another configuration, or no room.</summary>
    public bool IsRefused => _verdict.IsRefused(this);

    /// <summary>It ends here, and soon: the process is leaving, or the next one, which stays, has no use for it.</summary>
    internal bool IsLeaving => _verdict.IsLeaving(this);

    /// <summary>
    /// Whether an answer is to be the last on the connection. What a client has sent before it was told is answered first:
    /// <paramref name="hasMore"/> when some of it has been read already.
    /// </summary>
    internal bool EndsWithAnswer(bool hasMore) => _verdict.EndsWithAnswer(this, hasMore);

    /// <summary>How it can move now; None while it is in the middle of a request, and when the next process has refused it.</summary>
    internal MovedKind Movable => _verdict.KindNow(this);

    /// <summary>The next process may have use for it, once it is idle.</summary>
    internal bool MayMove => _verdict.MayMove(this);

    /// <summary>It stands in front of its session, where some steps can move.</summary>
    internal bool HasMovableOpening => Frontend.IsHttp && _opening.IsMovable;

    /// <summary>The next process stays: what it has refused is told, as in any soft stop.</summary>
    internal void OnProbationOver()
    {
        if (IsLeaving)
            OnSoftStop();
    }

    /// <summary>What it is without a stream of its own: by itself, or with the tunnels in its frames.</summary>
    internal MovedKind MovesAs => Mux is { StreamCount: > 0 } ? MovedKind.Tunnels : MovedKind.Client;

    /// <summary>Descriptors that move with it at most.</summary>
    internal int DescriptorCount => 2 + (Mux?.StreamCount ?? 0);

    /// <summary>Out of the loop: no event and no timer reaches it until <see cref="Thaw"/> or <see cref="Depart"/>.</summary>
    internal void Freeze(MovedKind kind)
    {
        IsFrozen = true;
        if (IsRegistered)
            Worker.Unregister(this);
        IsRegistered = false;
        Worker.Timers.Cancel(this);
        Worker.RemoveClient(this);
        if (kind != MovedKind.Client)
            Stream?.Freeze();
        Mux?.FreezeStreams();
        Session.PrivateServer?.Freeze();
    }

    /// <summary>Goes on here, to its end when the next process has <paramref name="refused"/> it.</summary>
    internal void Thaw(bool refused)
    {
        IsFrozen = false;
        Worker.AddClient(this);
        if (refused)
            _verdict.Refuse(this);
        CanRead = CanWrite = true;
        Session.PrivateServer?.Thaw();
        if (Stream is not null)
        {
            Stream.Thaw();
            return;
        }
        Mux?.ThawStreams();
        if (IsOpen)
            Resume();
    }

    /// <summary>Continues where a connection without a stream stands.</summary>
    internal void Resume()
    {
        if (_next.Resume(this))
            return;
        if (Phase == ClientPhase.Handshake)
            _opening.Begin(this);
        else if (Phase == ClientPhase.Multiplexed)
            ResumeFrames();
        else
            _next.Read(this);
    }

    private void ResumeFrames()
    {
        EnsureRegistered();
        Mux!.Resume();
        if (IsOpen && !IsFrozen && Phase == ClientPhase.Multiplexed && IsLeaving)
            Mux!.OnSoftStop();
    }

    /// <summary>The next process has it: close our copy without a word to anybody, and count it out.</summary>
    internal void Depart()
    {
        IsFrozen = false;
        Stream?.Depart();
        Session.PrivateServer?.Depart();
        Session.Tracked?.Depart();
        ReleaseTransport();
        Files.close(Fd);
        Fd = -1;
        Mux?.DepartStreams();
        Release();
    }

    /// <summary>Begins here what another process has begun, with the descriptor that came for it; <see cref="GoOn"/> or a stream follows.
    /// </summary>
    internal void Adopt(Worker worker, FrontendState frontend, ListenerState listener, int fd, bool inHandshake)
    {
        Reset(worker, frontend, listener, fd);
        Phase = inHandshake ? ClientPhase.Handshake : ClientPhase.Idle;
        _opening.ExpectsProxyHeader = inHandshake;
    }

    /// <summary>It is counted in, and may be read and written.</summary>
    internal void EnterMoved(Transport? transport)
    {
        Transport = transport;
        CanRead = CanWrite = true;
        Worker.AddClient(this);
        Worker.Engine.EnterMoved(Listener);
        Frontend.Enter();
    }

    /// <summary>Takes the beginning of a head that another process has read. False when there is no room.</summary>
    internal bool TakeHead(ReadOnlySpan<byte> head) => _next.Adopt(this, head);
}
