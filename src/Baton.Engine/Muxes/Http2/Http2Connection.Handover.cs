// A client's HTTP/2 connection on its way to the next process: a layer of its image (docs/handover-protocol.md). Tunnels move with it
// (MovingTunnels), other streams cannot, so before that no new one is begun: it waits, with all that comes behind it, until those under way
// have ended, or until that takes too long.
// SAFETY: _held is null or a block of the worker's pool that this connection alone holds; what waits in it lies within its bounds.
using System;
using System.Collections.Generic;
using Baton.Core.Frames;
using Baton.Engine.Connections;
using Baton.Http.H2;
using FrameWriter = Baton.Core.Frames.FrameWriter;

namespace Baton.Engine.Muxes.Http2;

public sealed unsafe partial class Http2Connection
{
    /// <summary>Of the layer's content; what a newer one adds stands at its end.</summary>
    private const byte ImageVersion = 2,
        OldestVersion = 1;

    /// <summary>How long a new stream may wait for those under way (ms): as long as nobody takes it for a fault.</summary>
    private const int PauseMs = 50;

    private byte* _held;
    private int _heldStart,
        _heldLength;

    /// <summary>The handover in which streams did not end in time: in that one nothing waits any more.</summary>
    private int _triedIn;

    public bool IsMovable =>
        !IsOver
        && _farewell == Farewell.None
        && (NextTakesAll ? MovingTunnels.AreAll(this) : _streams == 0 && IsBetweenFrames)
        && _heldLength <= Worker.Buffers.BlockSize - Worker.Engine.Config.Global.MaxRewrite;

    public int HeldLength => Math.Max(_held is null ? 0 : _heldLength, BlockLength);

    public void WriteStreams(FrameWriter w, List<int> descriptors) => MovingTunnels.Write(this, w, descriptors);

    public bool AdoptStream(IArrivingStream stream) => MovingTunnels.Adopt(this, _client, stream);

    public void FreezeStreams() => MovingTunnels.Freeze(this);

    public void ThawStreams() => MovingTunnels.Thaw(this);

    public void DepartStreams() => MovingTunnels.Depart(this);

    /// <summary>No stream is under way that cannot move.</summary>
    private bool HasTunnelsAlone => _streams == 0 || NextTakesAll && MovingTunnels.AreAll(this);

    /// <summary>The frame would begin a stream, and the connection could move if that waited.</summary>
    private protected override bool MustPause(in FrameHeader frame, StreamPhase phase)
    {
        if (
            !Worker.Engine.Handover.CollectsIdle
            || HasTunnelsAlone
            || _farewell != Farewell.None
            || phase != StreamPhase.Idle
            || frame.Type != FrameType.Headers
            || _triedIn == Worker.Engine.Handover.Number
            || !_client.MayMove
        )
            return false;
        Worker.Timers.Arm(_client, Worker.NowMs + PauseMs);
        return true;
    }

    private protected override void Hold(int start, int length)
    {
        _held = _input;
        _input = null;
        _heldStart = start;
        _heldLength = length;
    }

    public void Resume()
    {
        GoOn();
        if (_client.IsOpen)
            OnEvents();
    }

    /// <summary>Looks at what had to wait.</summary>
    private void GoOn()
    {
        _isPaused = _givesWay = false;
        if (_held is not null)
        {
            _input = _held;
            _held = null;
            Take(_heldStart, _heldLength);
            ReleaseInput();
        }
    }

    private void ReleaseHeld()
    {
        if (_held is not null)
            Worker.Buffers.Return(_held);
        _held = null;
        _heldLength = 0;
    }

    private ReadOnlySpan<byte> Waiting => _held is not null ? new ReadOnlySpan<byte>(_held + _heldStart, _heldLength) : Partial;

    public void WriteTo(FrameWriter w)
    {
        w.Byte(ImageVersion);
        w.Flag(_awaitsPreface);
        w.Flag(_awaitsSettings);
        WritePeer(w);
        w.Int32(StreamWindow);
        w.Int32(_maxStreams);
        w.Int32(Output.Window);
        w.Int32(_receiveWindow);
        w.Int32(_taken);
        w.Int32(_lastId);
        w.Int32(_opened);
        w.Int32(_meter.Glitches);
        w.Blob(Waiting);
        WriteTables(w);
        WriteUnfinished(w);
    }

    public bool Adopt(ClientConnection client, FrameReader r)
    {
        Attach(client);
        byte version = r.Byte();
        if (version < OldestVersion)
            return false;
        _awaitsPreface = r.Flag();
        _awaitsSettings = r.Flag();
        ReadPeer(ref r);
        StreamWindow = r.Int32();
        _maxStreams = r.Int32();
        Output.Window = r.Int32();
        _receiveWindow = r.Int32();
        _taken = r.Int32();
        _lastId = _adoptedId = r.Int32();
        _opened = r.Int32();
        _meter.AddGlitches(Math.Max(0, r.Int32()), 0);
        ReadOnlySpan<byte> waiting = r.Blob();
        if (!ReadTables(ref r) || r.IsShort || waiting.Length > Worker.Buffers.BlockSize)
            return false;
        if (version > OldestVersion && (!ReadUnfinished(ref r) || r.IsShort))
            return false;
        if (waiting.IsEmpty)
            return true;
        _held = Worker.Buffers.Rent();
        if (_held is null)
            return false;
        waiting.CopyTo(new Span<byte>(_held, Worker.Buffers.BlockSize));
        (_heldStart, _heldLength) = (0, waiting.Length);
        return true;
    }
}
