// What a client's HTTP/2 connection makes of the field blocks that come: requests, or the ends of some.
// SAFETY: see Http2Connection.cs.
using System;
using Baton.Engine.Streams;
using Baton.Http.H2;

namespace Baton.Engine.Muxes.Http2;

public sealed unsafe partial class Http2Connection
{
    private protected override StreamPhase PhaseOf(int id) =>
        Find(id) is { Failed: false } stream ? stream.Phase
        : id > _lastId || (id & 1) == 0 ? StreamPhase.Idle
        : WasReset(id) || id <= _adoptedId ? StreamPhase.Reset
        : StreamPhase.Closed;

    private protected override bool MayOpen(int id) => (id & 1) != 0;

    /// <summary>A field block is whole: a request's head, its trailers, or nothing that is wanted.</summary>
    private protected override void OnBlock(int id, ReadOnlySpan<byte> block)
    {
        if (!_verdict.IsFine)
        {
            if (PassOver(block) && _verdict.Scope == FrameScope.Stream)
                FailStream(id, _verdict.Error);
            if (id > _lastId)
                _lastId = id;
            return;
        }
        if (Find(id) is { } stream)
        {
            OnTrailers(stream, block);
            return;
        }
        _lastId = id;
        if (_farewell == Farewell.Said)
            PassOver(block);
        else if (_streams >= _maxStreams)
            Refuse(id, block);
        else
            OpenStream(id, block);
    }

    /// <summary>The request was not looked at, and may be sent again (RFC 9113 §8.7).</summary>
    private void Refuse(int id, ReadOnlySpan<byte> block)
    {
        if (!PassOver(block))
            return;
        // a client may have begun them before it was told how many there may be
        Note(FloodKind.Reset);
        SendReset(id, ErrorCode.RefusedStream);
    }

    private void OpenStream(int id, ReadOnlySpan<byte> block)
    {
        Http2Stream? end = Worker.Http2Streams.Rent();
        HttpStream? stream = end is null ? null : Worker.HttpStreams.Rent();
        if (stream is null)
        {
            if (end is not null)
                Worker.Http2Streams.Return(end);
            Refuse(id, block);
            return;
        }
        _opened++;
        end!.Open(this, id, stream, Peer.InitialWindowSize, StreamWindow);
        Add(end);
        if (Traces.TraceSwitch.On)
            Http2Trace.Opened(_link, id, end);
        HeadReading reading = stream.Frames.ReadHead(_client, end, ref _decoder, block, _blockEndsStream);
        NoteGlitches(reading.Glitches);
        switch (reading.Verdict)
        {
            case HeadVerdict.Undecodable:
                stream.Frames.Forget();
                end.Release();
                Fail(ErrorCode.CompressionError);
                return;
            case HeadVerdict.Malformed:
                stream.Frames.Forget();
                end.Release();
                FailStream(id, ErrorCode.ProtocolError);
                return;
        }
        end.IsExtendedConnect = reading.IsExtendedConnect;
        end.BeginBody(stream.RequestHead);
        if (_blockEndsStream && !end.EndReceiving())
        {
            stream.Frames.Forget();
            end.Release();
            FailStream(id, ErrorCode.ProtocolError);
            return;
        }
        Counters.Http2.Streams++;
        stream.Frames.Start(reading.Status);
        if (Limits.ClientMaxTotalStreams > 0 && _opened == Limits.ClientMaxTotalStreams)
            OnSoftStop();
    }
}
