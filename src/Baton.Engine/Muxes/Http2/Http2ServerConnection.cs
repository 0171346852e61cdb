// A connection to a server that speaks HTTP/2. It is what such a connection is besides a socket; its streams are ends like any other, of
// requests of one client or of many (http-reuse). While it has some it stands in its server's pool as one that others may join, while it
// has none as an idle one. What it has in common with a client's is in Http2Mux.
using System;
using Baton.Engine.Connections;
using Baton.Engine.Streams;
using Baton.Http.H2;

namespace Baton.Engine.Muxes.Http2;

/// <summary>OWNER: the connection's worker, which hands it all events while it has one.</summary>
public sealed class Http2ServerConnection : Http2Mux, IServerMux
{
    /// <summary>Numbers are used once; a connection ends before they do.</summary>
    private const int LastNumber = int.MaxValue - 2;

    private ServerConnection _side = null!;

    /// <summary>The number of the next stream.</summary>
    private int _nextId;

    public bool IsClosing { get; private set; }

    public int MaxStreams => (int)Math.Min((uint)Limits.StreamsOfServer, Peer.MaxConcurrentStreams);

    public bool HasRoom => !IsClosing && !IsOver && !_hasInputEnded && _streams < MaxStreams && _nextId < LastNumber;

    /// <summary>The server takes CONNECT with a protocol (RFC 8441).</summary>
    internal bool TakesTunnels => Peer.EnableConnectProtocol;

    /// <summary>It has not said yet what it takes.</summary>
    internal bool AwaitsSettings => _awaitsSettings;

    private protected override bool IsPeerServer => true;
    private protected override int GlitchesThreshold => Limits.ServerGlitchesThreshold;

    /// <summary>Of a server's own streams there are none.</summary>
    private protected override int LastTaken => 0;

    public void Begin(ServerConnection side)
    {
        Attach(side, side, side.Worker.Engine.Config.Global.Http2.WindowOfServer);
        _side = side;
        _nextId = 1;
        IsClosing = false;
        _awaitsSettings = true;
        Http2Settings own = Http2Settings.Initial;
        own.EnablePush = false;
        own.InitialWindowSize = StreamWindow;
        own.HeaderTableSize = (uint)TableSize;
        SendSettings(own, FrameWriter.Preface);
    }

    /// <summary>One more stream, whose number is given when its head is sent. Null when there is no memory for it.</summary>
    internal Http2ServerStream? Open(HttpStream stream)
    {
        if (Worker.Http2ServerStreams.Rent() is not { } end)
            return null;
        end.Open(this, stream, Peer.InitialWindowSize, StreamWindow);
        Add(end);
        return end;
    }

    /// <summary>The number of a stream that begins now; 0 when none may begin any more.</summary>
    internal int TakeNumber()
    {
        if (IsClosing || IsOver || _hasInputEnded || _nextId >= LastNumber)
            return 0;
        int id = _nextId;
        _nextId += 2;
        return id;
    }

    private protected override StreamPhase PhaseOf(int id) =>
        Find(id) is { } stream ? stream.Phase
        : id >= _nextId || (id & 1) == 0 ? StreamPhase.Idle
        // what was under way when the stream ended here
        : StreamPhase.Reset;

    private protected override bool MayOpen(int id) => false;

    private protected override void OnBlock(int id, ReadOnlySpan<byte> block)
    {
        if (!_verdict.IsFine || Find(id) is not Http2ServerStream stream)
        {
            if (PassOver(block) && _verdict.Scope == FrameScope.Stream)
                FailStream(id, _verdict.Error);
            return;
        }
        if (stream.IsAnswered)
        {
            OnTrailers(stream, block);
            return;
        }
        HeadReading reading = stream.TakeHead(ref _decoder, block, _blockEndsStream);
        NoteGlitches(reading.Glitches);
        if (reading.Verdict == HeadVerdict.Undecodable)
            Fail(ErrorCode.CompressionError);
        else if (!reading.IsFine || _blockEndsStream && !stream.EndReceiving())
            FailStream(id, ErrorCode.ProtocolError);
        else
            Wake(stream);
    }

    private protected override void OnGoAway(int lastId, ErrorCode error)
    {
        Note(FloodKind.Settings);
        IsClosing = true;
        _side.StopSharing();
        for (MuxStream? s = _first; s is not null; s = s.Next)
            if (s.Id == 0 || s.Id > lastId)
                ((Http2ServerStream)s).Refuse();
    }

    private protected override void EndInput()
    {
        _hasInputEnded = true;
        LoseStreams();
    }

    /// <summary>Those that wait for something of the server wait in vain.</summary>
    private void LoseStreams()
    {
        _side.StopSharing();
        for (MuxStream? s = _first; s is not null; s = s.Next)
            ((Http2ServerStream)s).LoseConnection();
    }

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
        if (IsOver || IsClosing || _hasInputEnded || Output.Length > 0 || !_side.IsHeld)
            _side.Discard();
    }

    public void SayGoodbye()
    {
        if (!IsOver)
            Output.SendGoAway(LastTaken, ErrorCode.NoError);
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
