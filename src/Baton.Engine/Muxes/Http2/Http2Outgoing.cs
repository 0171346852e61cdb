// A connection in HTTP/2 that this process makes: streams are opened here, and answered by the other end. What it has in common with one
// that a client makes is in Http2Mux; whose it is, a server's for streams or a health check's, is the business of those derived from it.
using System;
using Baton.Engine.Connections;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;
using Baton.Engine.Streams;
using Baton.Http.H2;

namespace Baton.Engine.Muxes.Http2;

/// <summary>OWNER: the connection's worker.</summary>
public abstract class Http2Outgoing : Http2Mux
{
    /// <summary>Numbers are used once; a connection ends before they do.</summary>
    private const int LastNumber = int.MaxValue - 2;

    /// <summary>The number of the next stream.</summary>
    private protected int _nextId;

    /// <summary>The server has said goodbye: what is under way is finished.</summary>
    private protected bool _isDismissed;

    /// <summary>No stream is begun any more: the server has said goodbye, or the connection has failed.</summary>
    public bool IsClosing => _isDismissed || IsOver || _hasInputEnded;

    public int MaxStreams => (int)Math.Min((uint)Limits.StreamsOfServer, Peer.MaxConcurrentStreams);

    public bool HasRoom => !IsClosing && _streams < MaxStreams && _nextId < LastNumber;

    /// <summary>The server takes CONNECT with a protocol (RFC 8441).</summary>
    internal bool TakesTunnels => Peer.EnableConnectProtocol;

    /// <summary>The server has said what it takes.</summary>
    internal bool HasSettings { get; private protected set; }

    private protected override bool IsPeerServer => true;
    private protected override int GlitchesThreshold => Limits.ServerGlitchesThreshold;

    /// <summary>Of a server's own streams there are none.</summary>
    private protected override int LastTaken => 0;

    private protected void Begin(Connection link, IRunnable turn, PerWorker<TrafficCounters> counters)
    {
        Attach(link, turn, link.Worker.Engine.Config.Global.Http2.WindowOfServer, counters);
        counters[Worker.Index].Http2.Connections++;
        _nextId = 1;
        _isDismissed = HasSettings = false;
        _awaitsSettings = true;
        Http2Settings own = Http2Settings.Initial;
        own.EnablePush = false;
        own.InitialWindowSize = StreamWindow;
        own.HeaderTableSize = (uint)TableSize;
        SendSettings(own, FrameWriter.Preface);
    }

    /// <summary>One more stream, whose number is given when its head is sent. Null when there is no memory for it.</summary>
    internal Http2ServerStream? Open(HttpStream? stream)
    {
        if (Worker.Http2ServerStreams.Rent() is not { } end)
            return null;
        end.Open(this, stream, Peer.InitialWindowSize, StreamWindow);
        Add(end);
        Counters.Http2.Streams++;
        return end;
    }

    /// <summary>The number of a stream that begins now; 0 when none may begin any more.</summary>
    internal int TakeNumber()
    {
        if (IsClosing || _nextId >= LastNumber)
            return 0;
        int id = _nextId;
        _nextId += 2;
        return id;
    }

    private protected override StreamPhase PhaseOf(int id) =>
        Find(id) is { Failed: false } stream ? stream.Phase
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

    private protected override void OnSettings()
    {
        if (HasSettings)
            return;
        HasSettings = true;
        // some wait for what it takes
        for (MuxStream? s = _first; s is not null; s = s.Next)
        {
            s.CanWrite = true;
            s.Notify();
        }
    }

    private protected override void OnGoAway(int lastId, ErrorCode error)
    {
        Note(FloodKind.Settings);
        _isDismissed = true;
        OnClosing();
        // one that is being answered was looked at, whatever is said of it here
        for (MuxStream? s = _first; s is not null; s = s.Next)
            if (s is Http2ServerStream { IsAnswered: false } && (s.Id == 0 || s.Id > lastId))
                ((Http2ServerStream)s).Refuse();
    }

    /// <summary>A stream has waited in vain for so long. Where nothing at all has come meanwhile the server may be out of reach, which the
    /// kernel tells after a quarter of an hour: no other stream is sent there. COMPAT: HAProxy sends them all into the dark.</summary>
    internal void OnWaitedInVain(long waitedMs)
    {
        if (Worker.NowMs - HeardMs < waitedMs)
            return;
        _isDismissed = true;
        OnClosing();
    }

    /// <summary>No stream is begun here any more.</summary>
    private protected virtual void OnClosing() { }

    private protected override void EndInput()
    {
        _hasInputEnded = true;
        LoseStreams();
    }

    /// <summary>Those that wait for something of the server wait in vain.</summary>
    private protected void LoseStreams()
    {
        OnClosing();
        for (MuxStream? s = _first; s is not null; s = s.Next)
            ((Http2ServerStream)s).LoseConnection();
    }
}
