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
    private int _refusedIn;

    /// <summary>Out of the loop, on its way to the next process.</summary>
    internal bool IsFrozen { get; private set; }

    /// <summary>The next process has no use for it: another configuration, or no room.</summary>
    public bool IsRefused => _refusedIn > 0 && _refusedIn == Worker.Engine.Handover.Number;

    /// <summary>Answers that a client may still get that always has the next request under way.</summary>
    private const int MostWhileLeaving = 1000;

    private int _answersWhileLeaving;

    /// <summary>It ends here, and soon: the process is leaving, or the next one, which stays, has no use for it.</summary>
    private bool IsLeaving =>
        Worker.Engine.Stopping || Worker.Engine.Handover.IsUnderWay && Worker.Engine.Handover.ProbationOver && IsRefused;

    /// <summary>The next process stays: what it has refused is told, as in any soft stop.</summary>
    internal void OnProbationOver()
    {
        if (IsLeaving)
            OnSoftStop();
    }

    /// <summary>
    /// Whether an answer is to be the last on the connection. What a client has sent before it was told is answered first:
    /// <paramref name="hasMore"/> when some of it has been read already.
    /// </summary>
    internal bool EndsWithAnswer(bool hasMore) => IsLeaving && (!hasMore && !HasUnread || ++_answersWhileLeaving > MostWhileLeaving);

    /// <summary>How it can move now; None while it is in the middle of a request, and when the next process has refused it.</summary>
    internal MovedKind Movable
    {
        get
        {
            if (_refusedIn == Worker.Engine.Handover.Number)
                return MovedKind.None;
            if (!MayMoveWith(Transport) || !MayMoveWith(Stream?.ServerSide?.Transport ?? Session.PrivateServer?.Transport))
                return MovedKind.None;
            return Phase switch
            {
                ClientPhase.Idle => MovedKind.Client,
                ClientPhase.Handshake => Frontend.IsHttp && _opening.IsMovable ? MovedKind.Client : MovedKind.None,
                ClientPhase.Active => Stream!.Movable,
                ClientPhase.Multiplexed => Mux!.IsMovable && Worker.Engine.Handover.NextReadsLayers ? MovesAs : MovedKind.None,
                _ => MovedKind.None,
            };
        }
    }

    /// <summary>What it is without a stream of its own: by itself, or with the tunnels in its frames.</summary>
    internal MovedKind MovesAs => Mux is { StreamCount: > 0 } ? MovedKind.Tunnels : MovedKind.Client;

    /// <summary>Descriptors that move with it at most.</summary>
    internal int DescriptorCount => 2 + (Mux?.StreamCount ?? 0);

    /// <summary>The next process may have use for it, once it is idle.</summary>
    internal bool MayMove =>
        _refusedIn != Worker.Engine.Handover.Number
        && Worker.Engine.Handover.NextReadsLayers
        && MayMoveWith(Transport)
        && MayMoveWith(Session.PrivateServer?.Transport);

    private bool MayMoveWith(Transport? transport) => transport is null || transport.IsMovable && Worker.Engine.Handover.NextReadsLayers;

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
            _refusedIn = Worker.Engine.Handover.Number;
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
    private void Resume()
    {
        byte* ahead = _head.TakeAhead(out int start, out int end);
        if (ahead is not null)
            BeginRequest(ahead, start, end);
        else if (_head.IsKept)
            BeginKept();
        else if (Phase == ClientPhase.Handshake)
            _opening.Begin(this);
        else if (Phase == ClientPhase.Multiplexed)
            ResumeFrames();
        else
            OnIdleReadable();
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

    /// <summary>Goes on without a stream: with what had come of a request, or with the streams it has in frames.</summary>
    internal void GoOn(ReadOnlySpan<byte> head, byte[]? mux, Span<ArrivingTunnel> tunnels)
    {
        // the room was asked for with the item; who sends more than he said is not to be served
        if (head.Length > Worker.Buffers.BlockSize - Worker.Engine.Config.Global.MaxRewrite)
        {
            Close();
            return;
        }
        if (head.Length > 0)
        {
            HeadSinceMs = Worker.NowMs;
            bool kept;
            fixed (byte* bytes = head)
                kept = _head.Keep(Worker.PartialHeads, bytes, head.Length);
            if (!kept)
            {
                CloseForMemory();
                return;
            }
        }
        if (mux is not null)
        {
            if (AdoptFrames(mux) && AdoptTunnels(tunnels))
                Resume();
            return;
        }
        // PERF: the kernel says at once when something has come; asking it for each of many idle connections takes a tenth of the move
        if (!_head.IsKept && Phase == ClientPhase.Idle && Transport is null)
        {
            CanRead = false;
            EnsureRegistered();
            ArmIdle();
            return;
        }
        Resume();
    }

    /// <summary>Goes on with the streams that came along. False when there is no memory for all of them: none goes on then.</summary>
    private bool AdoptTunnels(Span<ArrivingTunnel> tunnels)
    {
        foreach (ArrivingTunnel tunnel in tunnels)
        {
            if (Mux!.AdoptStream(tunnel))
                continue;
            Session.CountInternalError(Worker);
            Mux.Lose();
            return false;
        }
        return IsOpen;
    }

    /// <summary>It spoke HTTP/2 in the old process, and goes on with it. False when it cannot: it is closed then.</summary>
    private bool AdoptFrames(byte[] image)
    {
        if (Worker.RentMux() is not { } mux)
        {
            CloseForMemory();
            return false;
        }
        Mux = mux;
        Phase = ClientPhase.Multiplexed;
        EnsureRegistered();
        if (mux.Adopt(this, new FrameReader(image)))
            return true;
        Close();
        return false;
    }
}
