// A client connection on its way to the next process: out of the loop (frozen), then gone (its copy closed, which no peer
// notices) or back (thawed). And the way in.
// SAFETY: of the head so far see ClientConnection.Head.cs; what another process sends is compared with a buffer before it is kept.
using System.Collections.Generic;
using Baton.Core.Frames;
using Baton.Engine.Connections.Transports;
using Baton.Engine.Handover;
using Baton.Engine.Loop;
using Baton.Engine.Servers;
using Baton.Engine.Streams;
using Baton.Interop.Linux;

namespace Baton.Engine.Connections;

public sealed unsafe partial class ClientConnection
{
    private int _refusedIn;

    /// <summary>Out of the loop, on its way to the next process.</summary>
    internal bool IsFrozen { get; private set; }

    /// <summary>The next process has no use for it: another configuration, or no room.</summary>
    public bool IsRefused => _refusedIn > 0 && _refusedIn == Worker.Engine.HandoverNumber;

    /// <summary>Answers that a client may still get that always has the next request under way.</summary>
    private const int MostWhileLeaving = 1000;

    private int _answersWhileLeaving;

    /// <summary>It ends here, and soon: the process is leaving, or the next one, which stays, has no use for it.</summary>
    private bool IsLeaving => Worker.Engine.Stopping || Worker.Engine.HandingOver && Worker.Engine.ProbationOver && IsRefused;

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
            if (_refusedIn == Worker.Engine.HandoverNumber)
                return MovedKind.None;
            if (!MayMoveWith(Transport) || !MayMoveWith(Stream?.ServerSide?.Transport ?? Session.PrivateServer?.Transport))
                return MovedKind.None;
            return Phase switch
            {
                ClientPhase.Idle => MovedKind.Client,
                ClientPhase.Handshake => Frontend.IsHttp && _step!.IsMovable ? MovedKind.Client : MovedKind.None,
                ClientPhase.Active => Stream!.Movable,
                ClientPhase.Multiplexed => Mux!.IsMovable && Worker.Engine.NextReadsLayers ? MovedKind.Client : MovedKind.None,
                _ => MovedKind.None,
            };
        }
    }

    /// <summary>The next process may have use for it, once it is idle.</summary>
    internal bool MayMove =>
        _refusedIn != Worker.Engine.HandoverNumber
        && Worker.Engine.NextReadsLayers
        && MayMoveWith(Transport)
        && MayMoveWith(Session.PrivateServer?.Transport);

    private bool MayMoveWith(Transport? transport) => transport is null || transport.IsMovable && Worker.Engine.NextReadsLayers;

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
        Session.PrivateServer?.Freeze();
    }

    /// <summary>Goes on here, to its end when the next process has <paramref name="refused"/> it.</summary>
    internal void Thaw(bool refused)
    {
        IsFrozen = false;
        Worker.AddClient(this);
        if (refused)
            _refusedIn = Worker.Engine.HandoverNumber;
        CanRead = CanWrite = true;
        Session.PrivateServer?.Thaw();
        if (Stream is not null)
        {
            Stream.Thaw();
            return;
        }
        Resume();
    }

    /// <summary>Continues where a connection without a stream stands.</summary>
    private void Resume()
    {
        byte* ahead = _ahead;
        _ahead = null;
        if (ahead is not null)
            BeginRequest(ahead, _aheadStart, _aheadEnd);
        else if (_head is not null)
            BeginKept();
        else if (Phase == ClientPhase.Handshake)
            BeginHandshake();
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
        Release();
    }

    /// <summary>Writes the item behind its kind: descriptors, route, image (docs/handover-protocol.md).</summary>
    internal void Describe(FrameWriter w, List<int> descriptors, MovedKind kind)
    {
        ServerConnection? side =
            kind != MovedKind.Client ? Stream!.ServerSide
            : MovesWith(Session.PrivateServer) ? Session.PrivateServer
            : null;
        w.Byte(side is null ? (byte)1 : (byte)2);
        descriptors.Add(Fd);
        if (side is not null)
            descriptors.Add(side.Fd);
        w.Text(Frontend.Name);
        w.Text(Listener.Key);
        w.Text(side?.Server.Backend.Name ?? "");
        w.Text(side?.Server.Name ?? "");
        w.Text(side?.Server.Endpoint?.Text ?? "");
        // what a relay has in hand gets a block of its size there
        w.Int32(kind == MovedKind.Client ? HeadSoFar.Length + (Mux?.HeldLength ?? 0) : 0);
        int image = w.BeginRecord();
        w.Byte((byte)Phase);
        Session.WriteTo(w);
        w.Int32(side?.Reuses ?? 0);
        if (kind == MovedKind.Client)
            w.Blob(HeadSoFar);
        else
            Stream!.WriteImage(w);
        w.Blob(Session.ProxyFields);
        if (kind != MovedKind.Client)
            Stream!.WriteAddresses(w);
        StickTables.StickTrackers.Write(Session.Tracked, w);
        StickTables.StickTrackers.Write(kind != MovedKind.Client ? Stream!.Tracked : null, w);
        w.EndRecord(image);
        ConnectionLayers.Write(w, Transport, Mux, side?.Transport);
    }

    /// <summary>
    /// What a kept connection was marked with, and whom it was introduced with when rules said that for one request, is not known there:
    /// it ends here.
    /// </summary>
    private bool MovesWith(ServerConnection? kept) =>
        kept is { Marks.IsAny: false }
        && (!kept.ToldSource.IsSet || kept.ToldSource.Equals(Session.Source) && kept.ToldDestination.Equals(Session.Destination));

    /// <summary>Takes over a connection of the previous process.</summary>
    internal void Adopt(Worker worker, Arrival arrival, ref FrameReader r)
    {
        Reset(worker, arrival.Frontend!, arrival.Listener!, arrival.First);
        Phase = (ClientPhase)r.Byte() == ClientPhase.Handshake ? ClientPhase.Handshake : ClientPhase.Idle;
        ExpectsProxyHeader = Phase == ClientPhase.Handshake;
        Session.ReadFrom(ref r);
        int reuses = r.Int32();
        Transport = arrival.FirstTransport;
        CanRead = CanWrite = true;
        worker.AddClient(this);
        worker.Engine.EnterMoved(Listener);
        Frontend.Enter();
        ServerConnection? side =
            arrival.Second < 0 ? null : ServerConnection.Moved(worker, arrival.Server!, arrival.Second, arrival.SecondTransport, reuses);
        if (side is null && arrival.Second >= 0)
        {
            CloseForMemory();
            return;
        }
        if (arrival.Kind == MovedKind.Client)
        {
            if (side is not null)
            {
                if (side.Server.Config.SendProxy != Configuration.Model.ProxyProtocolVersion.None)
                    (side.ToldSource, side.ToldDestination) = (Session.Source, Session.Destination);
                side.KeepFor(Session);
            }
            AdoptIdle(ref r, arrival.Mux);
            return;
        }
        ProxyStream? stream = arrival.Kind == MovedKind.Tunnel ? worker.HttpStreams.Rent() : worker.TcpStreams.Rent();
        if (stream is null)
        {
            side!.Discard();
            CloseForMemory();
            return;
        }
        Carry(stream);
        stream.Adopt(this, side!, ref r);
    }

    /// <summary>The end of every image; an older process wrote none.</summary>
    internal void ReadProxyFields(ref FrameReader r)
    {
        if (!r.AtEnd)
            Session.KeepProxyFields(r.Blob());
    }

    private void AdoptIdle(ref FrameReader r, byte[]? mux)
    {
        System.ReadOnlySpan<byte> head = r.Blob();
        ReadProxyFields(ref r);
        Session.ReadTracked(ref r);
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
                kept = Keep(bytes, head.Length);
            if (!kept)
            {
                CloseForMemory();
                return;
            }
        }
        if (mux is not null)
        {
            if (AdoptFrames(mux))
                Resume();
            return;
        }
        // PERF: the kernel says at once when something has come; asking it for each of many idle connections takes a tenth of the move
        if (_head is null && Phase == ClientPhase.Idle && Transport is null)
        {
            CanRead = false;
            EnsureRegistered();
            ArmIdle();
            return;
        }
        Resume();
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
