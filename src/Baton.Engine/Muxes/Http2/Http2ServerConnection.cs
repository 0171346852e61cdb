// A connection to a server that speaks HTTP/2. It is what such a connection is besides a socket; its streams are ends like any other, of
// requests of one client or of many (http-reuse). While it has some it stands in its server's pool as one that others may join, while it
// has none as an idle one. What it has in common with others is in Http2Outgoing.
using Baton.Core.Frames;
using Baton.Engine.Connections;
using Baton.Engine.Streams;
using Baton.Http.H2;
using FrameWriter = Baton.Core.Frames.FrameWriter;

namespace Baton.Engine.Muxes.Http2;

/// <summary>OWNER: the connection's worker, which hands it all events while it has one.</summary>
public sealed class Http2ServerConnection : Http2Outgoing, IServerMux
{
    private ServerConnection _side = null!;

    public void Begin(ServerConnection side)
    {
        _side = side;
        Begin(side, side, side.Server.Backend.Counters);
    }

    /// <summary>Of the layer's content; what a newer one adds stands at its end.</summary>
    private const byte ImageVersion = 1;

    public override byte LayerType => ConnectionLayers.Http2ServerLayer;

    public bool IsMovable => _streams == 0 && !IsClosing;

    public bool MovesWith(Session client)
    {
        // what it was marked with, and whom it was introduced with, is not known there
        if (IsOver || _hasInputEnded || _side.Marks.IsAny || _side.ToldSource.IsSet || !Worker.Engine.Handover.NextTakesServerStreams)
            return false;
        for (MuxStream? s = _first; s is not null; s = s.Next)
            if (s is not Http2ServerStream { Moves: true } || s.Stream!.Session != client)
                return false;
        return _streams > 0;
    }

    /// <summary>One more of the streams that came with it. Null when there is no memory for it.</summary>
    internal Http2ServerStream? Adopt(HttpStream stream, ref FrameReader r)
    {
        if (Worker.Http2ServerStreams.Rent() is not { } end)
            return null;
        bool hasRoom = end.Adopt(this, stream, ref r);
        Add(end);
        if (hasRoom)
            return end;
        end.Release();
        return null;
    }

    public void WriteTo(FrameWriter w)
    {
        w.Byte(ImageVersion);
        WritePeer(w);
        w.Flag(_awaitsSettings);
        w.Flag(HasSettings);
        w.Int32(StreamWindow);
        w.Int32(Output.Window);
        w.Int32(_receiveWindow);
        w.Int32(_taken);
        w.Int32(_nextId);
        w.Int32(_meter.Glitches);
        w.Blob(Partial);
        WriteTables(w);
        WriteUnfinished(w);
        w.Flag(_isDismissed);
        w.Int64((long)_side.NameKey);
        w.Flag(_side.IsPrivate);
    }

    public bool Adopt(ServerConnection side, FrameReader r)
    {
        _side = side;
        Attach(side, side, side.Worker.Engine.Config.Global.Http2.WindowOfServer, side.Server.Backend.Counters);
        _isDismissed = false;
        if (r.Byte() < ImageVersion)
            return false;
        ReadPeer(ref r);
        _awaitsSettings = r.Flag();
        HasSettings = r.Flag();
        StreamWindow = r.Int32();
        Output.Window = r.Int32();
        _receiveWindow = r.Int32();
        _taken = r.Int32();
        _nextId = r.Int32();
        _meter.AddGlitches(System.Math.Max(0, r.Int32()), 0);
        if (!KeepPartial(r.Blob()) || !ReadTables(ref r) || !ReadUnfinished(ref r) || r.IsShort)
            return false;
        // an older process writes no more
        if (r.AtEnd)
            return true;
        _isDismissed = r.Flag();
        side.NameKey = (ulong)r.Int64();
        side.IsPrivate = r.Flag();
        return !r.IsShort;
    }

    private protected override void OnClosing() => _side.StopSharing();

    public override void Lose()
    {
        IsOver = true;
        LoseStreams();
        // those that have to end first let go of it in their turn
        if (_streams == 0 && _side.IsOpen)
            _side.Discard();
    }

    private protected override void Settle()
    {
        if (!_side.IsOpen)
            return;
        bool wasClogged = Output.IsClogged;
        Output.Flush();
        if (_side.Failed)
        {
            // it may have said all before it was gone: whoever closes with something unread resets what it has sent
            ReadLast();
            Lose();
            return;
        }
        // nobody tells again of what has come meanwhile
        if (wasClogged && !Output.IsClogged && !IsOver && _side.CanRead)
            Worker.Enqueue(_side);
        if (IsOver)
            LoseStreams();
        if (_streams > 0)
            return;
        // nobody waits for it, and nobody may have it
        if (IsClosing || Output.Length > 0 || !_side.IsHeld)
            _side.Discard();
    }

    public bool Ping()
    {
        if (_ping.IsAwaited)
            return false;
        _ping.Send(Output);
        Settle();
        return true;
    }

    public void BeginIdle() => _ping.Forget();

    public void SayGoodbye()
    {
        if (!IsOver)
            SendGoAway(LastTaken, ErrorCode.NoError);
        Output.FlushOnce();
        IsOver = true;
    }

    public void Abandon()
    {
        Worker.Http2ServerConnections.Forget(this);
        AbandonStreams();
    }

    public override void ReturnToPool() => Worker.Http2ServerConnections.Return(this);

    public override void Spoil()
    {
        base.Spoil();
        _side = null!;
    }

    public override bool IsSpoiled() => _side is null && base.IsSpoiled();
}
