// What comes on an HTTP/2 connection (RFC 9113 §4 to §6). A frame's header is judged when its nine octets are there; bodies and field
// blocks are taken as they come, what is small is waited for. Nothing is kept of input but what is not whole.
// SAFETY: _block is null or a block of the worker's pool that this connection alone holds; 0 <= _blockLength <= BlockSize.
using System;
using System.Buffers.Binary;
using Baton.Engine.Loop;
using Baton.Http.H2;

namespace Baton.Engine.Muxes.Http2;

public abstract unsafe partial class Http2Mux
{
    private protected byte* _input;

    /// <summary>What was read of a piece that is not whole.</summary>
    private PartialInput _partial;
    private int _partialLength;

    /// <summary>The same, for whoever writes it down.</summary>
    private protected Span<byte> Partial => _partial.Span(_partialLength);

    /// <summary>What the peer has to begin with, and has not said yet; a frame is being read.</summary>
    private protected bool _awaitsPreface,
        _awaitsSettings,
        _isInFrame;

    /// <summary>The frame that is being read, what its header was judged to be, and what of its payload is still to come.</summary>
    private FrameHeader _frame;
    private protected FrameVerdict _verdict;
    private int _payloadLeft,
        _paddingLeft;
    private bool _awaitsPadding;

    /// <summary>A field block that is being gathered, of the stream whose frames alone may come now.</summary>
    private byte* _block;
    private int _blockLength,
        _continuations;
    private protected int _continuing;
    private protected bool _blockEndsStream;

    private protected GlitchMeter _meter;

    /// <summary>In what state a stream of that number is.</summary>
    private protected abstract StreamPhase PhaseOf(int id);

    /// <summary>The peer opens streams of that number by HEADERS.</summary>
    private protected abstract bool MayOpen(int id);

    /// <summary>The frame would begin a stream that has to wait, and everything behind it.</summary>
    private protected virtual bool MustPause(in FrameHeader frame, StreamPhase phase) => false;

    /// <summary>A field block is whole, of the frame that was judged last.</summary>
    private protected abstract void OnBlock(int id, ReadOnlySpan<byte> block);

    /// <summary>No stream above a number was or will be looked at.</summary>
    private protected virtual void OnGoAway(int lastId, ErrorCode error) { }

    /// <summary>The peer is a server.</summary>
    private protected abstract bool IsPeerServer { get; }

    /// <summary>Oddities after which the connection is closed; 0 for none.</summary>
    private protected abstract int GlitchesThreshold { get; }

    /// <summary>Handles what is whole; returns the bytes that are done with.</summary>
    private int Parse(ReadOnlySpan<byte> input)
    {
        int at = 0;
        if (_awaitsPreface && !TakePreface(input, ref at))
            return at;
        while (at < input.Length && !IsOver && !_isPaused && _link.IsOpen)
        {
            int used = _isInFrame ? TakePayload(input[at..]) : TakeHeader(input[at..]);
            if (used == 0)
                break;
            at += used;
        }
        return at;
    }

    private bool TakePreface(ReadOnlySpan<byte> input, ref int at)
    {
        ReadOnlySpan<byte> preface = FrameWriter.Preface;
        int length = Math.Min(input.Length, preface.Length);
        if (!input[..length].SequenceEqual(preface[..length]))
        {
            Fail(ErrorCode.ProtocolError);
            return false;
        }
        if (length < preface.Length)
            return false;
        at = length;
        _awaitsPreface = false;
        _awaitsSettings = true;
        return true;
    }

    private int TakeHeader(ReadOnlySpan<byte> input)
    {
        if (!FrameHeader.TryRead(input, out FrameHeader frame))
            return 0;
        _verdict = FrameChecks.CheckHeader(frame, Http2Settings.MinMaxFrameSize, _continuing);
        // RFC 9113 §3.4: the preface ends with SETTINGS
        bool isSettings = frame.Type == FrameType.Settings && !frame.Has(FrameFlags.Ack);
        if (_awaitsSettings && !isSettings)
            _verdict = new FrameVerdict(FrameScope.Connection, ErrorCode.ProtocolError);
        _awaitsSettings = false;
        if (_verdict.IsFine && frame.StreamId != 0 && frame.Type != FrameType.Continuation)
        {
            StreamPhase phase = PhaseOf(frame.StreamId);
            if (MustPause(frame, phase))
            {
                _isPaused = true;
                return 0;
            }
            _verdict = FrameChecks.CheckPhase(frame, phase, MayOpen(frame.StreamId));
        }
        if (_verdict.Scope == FrameScope.Connection)
        {
            Fail(_verdict.Error);
            return 0;
        }
        _frame = frame;
        Counters.Http2.NoteReceived(frame.Type);
        if (Traces.TraceSwitch.On)
            Http2Trace.Received(_link, frame);
        _payloadLeft = frame.Length;
        _isInFrame = true;
        BeginFrame();
        if (!IsOver && _payloadLeft == 0)
            EndFrame(default);
        return FrameHeader.Size;
    }

    /// <summary>What is to be done before the first octet of a payload.</summary>
    private void BeginFrame()
    {
        switch (_frame.Type)
        {
            case FrameType.Data:
                BeginData();
                break;
            case FrameType.Headers:
                _blockEndsStream = _frame.Has(FrameFlags.EndStream);
                _blockLength = 0;
                _continuations = 0;
                break;
            case FrameType.Continuation when ++_continuations > GlitchMeter.MaxContinuations:
                Fail(ErrorCode.EnhanceYourCalm);
                break;
        }
    }

    /// <summary>Takes what is there of a payload; returns the bytes that are done with, 0 when more has to be there first.</summary>
    private int TakePayload(ReadOnlySpan<byte> input)
    {
        int length = Math.Min(input.Length, _payloadLeft);
        switch (_frame.Type)
        {
            case FrameType.Data:
                return TakeData(input[..length]);
            case FrameType.Headers:
            case FrameType.Continuation:
                if (!Gather(input[..length]))
                    return 0;
                return Taken(length, default);
            case FrameType.Settings:
                return TakeSettings(input[..length]);
            case FrameType.GoAway:
                return TakeGoAway(input[..length]);
            case FrameType.Priority:
            case FrameType.RstStream:
            case FrameType.Ping:
            case FrameType.WindowUpdate:
                return length == _payloadLeft ? Taken(length, input[..length]) : 0;
            default:
                return Taken(length, default);
        }
    }

    /// <summary>So much of the payload is done with; all of it: the frame has its effect.</summary>
    private int Taken(int length, ReadOnlySpan<byte> whole)
    {
        _payloadLeft -= length;
        if (_payloadLeft == 0)
            EndFrame(whole);
        return length;
    }

    /// <summary>A frame is there; <paramref name="payload"/> where it is a small one.</summary>
    private void EndFrame(ReadOnlySpan<byte> payload)
    {
        _isInFrame = false;
        switch (_frame.Type)
        {
            case FrameType.Data:
                EndData();
                break;
            case FrameType.Headers:
            case FrameType.Continuation:
                EndHeaders();
                break;
            case FrameType.Settings:
                EndSettings();
                break;
            case FrameType.Ping:
                OnPing(payload);
                break;
            case FrameType.Priority:
                OnPriority(payload);
                break;
            case FrameType.RstStream:
                OnReset((ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload));
                break;
            case FrameType.WindowUpdate:
                OnWindowUpdate(payload);
                break;
            case FrameType.GoAway:
                break;
            default:
                Note(FloodKind.Priority);
                break;
        }
    }

    /// <summary>One more of what costs the client nothing.</summary>
    private protected void Note(FloodKind kind)
    {
        if (!_meter.Note(kind, (int)Worker.NowMs))
            Fail(ErrorCode.EnhanceYourCalm);
    }

    private protected void NoteGlitches(int count)
    {
        if (count == 0)
            return;
        OnGlitches(count);
        if (!_meter.AddGlitches(count, GlitchesThreshold))
            Fail(ErrorCode.EnhanceYourCalm);
    }

    /// <summary>The peer has done something odd once more.</summary>
    private protected virtual void OnGlitches(int count) { }

    /// <summary>The stream cannot go on (RFC 9113 §5.4.2).</summary>
    private protected void FailStream(int id, ErrorCode error)
    {
        if (Traces.TraceSwitch.On)
            Http2Trace.StreamFailed(_link, id, error);
        Counters.Http2.StreamErrors++;
        Note(FloodKind.OwnReset);
        NoteGlitches(1);
        SendReset(id, error);
        Find(id)?.Fail();
    }

    private void BeginData()
    {
        _paddingLeft = 0;
        _awaitsPadding = _frame.Has(FrameFlags.Padded);
        // all of the payload counts, padding too (RFC 9113 §6.9.1)
        if (_frame.Length > _receiveWindow)
        {
            Fail(ErrorCode.FlowControlError);
            return;
        }
        _receiveWindow -= _frame.Length;
        if (!_verdict.IsFine || Find(_frame.StreamId) is not { } stream)
            return;
        if (_frame.Length > stream.ReceiveWindow)
        {
            FailStream(_frame.StreamId, ErrorCode.FlowControlError);
            return;
        }
        stream.ReceiveWindow -= _frame.Length;
        if (_frame.Has(FrameFlags.EndStream) || _frame.Length >= GlitchMeter.SmallDataSize)
            return;
        Note(_frame.Length == 0 ? FloodKind.EmptyFrame : FloodKind.SmallData);
    }

    private int TakeData(ReadOnlySpan<byte> input)
    {
        if (_awaitsPadding)
        {
            _awaitsPadding = false;
            _paddingLeft = input[0];
            if (_paddingLeft > _payloadLeft - 1)
            {
                Fail(ErrorCode.ProtocolError);
                return 0;
            }
            Find(_frame.StreamId)?.GiveBack(_paddingLeft + 1);
            GiveWindow(_paddingLeft + 1);
            return Taken(1, default);
        }
        int length = Math.Min(input.Length, _payloadLeft - _paddingLeft);
        if (length > 0 && (Find(_frame.StreamId) is not { HasReceivedAll: false } stream || !Deliver(stream, input[..length])))
            GiveWindow(length);
        // what is left of the payload may be padding alone
        return Taken(length > 0 ? length : input.Length, default);
    }

    /// <summary>Gives a stream bytes of its body. False when they are not for it, or it has failed in the middle of the frame.</summary>
    private bool Deliver(MuxStream stream, ReadOnlySpan<byte> bytes)
    {
        if (!_verdict.IsFine || stream.Failed)
            return false;
        if (stream.Arrive(bytes))
        {
            // the rest of a long frame may take its time
            if (bytes.Length < _payloadLeft)
                Wake(stream);
            return true;
        }
        FailStream(stream.Id, ErrorCode.ProtocolError);
        return false;
    }

    private void EndData()
    {
        if (_verdict.Scope == FrameScope.Stream)
        {
            FailStream(_frame.StreamId, _verdict.Error);
            return;
        }
        if (!_verdict.IsFine || Find(_frame.StreamId) is not { Failed: false } stream)
            return;
        if (_frame.Has(FrameFlags.EndStream) && !stream.EndReceiving())
            FailStream(stream.Id, ErrorCode.ProtocolError);
        else
            Wake(stream);
    }

    /// <summary>The stream goes on when all that came has been looked at.</summary>
    private protected void Wake(MuxStream stream)
    {
        if (stream.Stream is { } waiting)
            Worker.Enqueue(waiting);
    }

    /// <summary>Puts a piece of a field block behind the others. False when it is more than a buffer holds.</summary>
    private bool Gather(ReadOnlySpan<byte> piece)
    {
        if (_block is null)
            _block = Worker.Buffers.Rent();
        if (_block is null || piece.Length > Worker.Buffers.BlockSize - _blockLength)
        {
            Fail(ErrorCode.EnhanceYourCalm);
            return false;
        }
        piece.CopyTo(new Span<byte>(_block + _blockLength, piece.Length));
        _blockLength += piece.Length;
        return true;
    }

    private void EndHeaders()
    {
        if (_frame.Length == 0)
            Note(FloodKind.EmptyFrame);
        if (_frame.Type == FrameType.Headers)
        {
            var payload = new ReadOnlySpan<byte>(_block, _blockLength);
            FrameVerdict stripped = FrameChecks.Strip(_frame, ref payload);
            if (stripped.Scope == FrameScope.Connection)
            {
                Fail(stripped.Error);
                return;
            }
            if (!stripped.IsFine && _verdict.IsFine)
                _verdict = stripped;
            // what was in front is left behind, what was at the end is overwritten
            payload.CopyTo(new Span<byte>(_block, _blockLength));
            _blockLength = payload.Length;
        }
        _continuing = _frame.Has(FrameFlags.EndHeaders) ? 0 : _frame.StreamId;
        if (_continuing != 0 || IsOver)
            return;
        OnBlock(_frame.StreamId, new ReadOnlySpan<byte>(_block, _blockLength));
        ReleaseBlock();
    }

    private protected void ReleaseBlock()
    {
        if (_block is not null)
            Worker.Buffers.Return(_block);
        _block = null;
        _blockLength = 0;
    }

    /// <summary>Keeps the table in step with a block that nobody wants.</summary>
    private protected bool PassOver(ReadOnlySpan<byte> block)
    {
        if (Http2HeadReader.PassOver(ref _decoder, block, Worker.Scratch.TextSpan))
            return true;
        Fail(ErrorCode.CompressionError);
        return false;
    }

    /// <summary>Fields behind the body of a stream.</summary>
    private protected void OnTrailers(MuxStream stream, ReadOnlySpan<byte> block)
    {
        // RFC 9113 §8.1: fields behind a body end the message
        if (!_blockEndsStream)
        {
            if (PassOver(block))
                FailStream(stream.Id, ErrorCode.ProtocolError);
            return;
        }
        Span<byte> text = Worker.Scratch.OutputSpan[..Math.Min(Worker.Scratch.OutputSpan.Length, Worker.Buffers.BlockSize)];
        HeadReading reading = Http2HeadReader.ReadTrailers(ref _decoder, block, Worker.Scratch.SampleSpan, text, HeadLimits);
        NoteGlitches(reading.Glitches);
        if (reading.Verdict == HeadVerdict.Undecodable)
            Fail(ErrorCode.CompressionError);
        else if (!reading.IsFine || !stream.AddTrailers(text[..reading.Written]) || !stream.EndReceiving())
            FailStream(stream.Id, ErrorCode.ProtocolError);
        else
            Wake(stream);
    }

    /// <summary>What a field block may come to: as many fields as a head has, in as many bytes as a buffer has.</summary>
    internal HeadLimits HeadLimits =>
        new()
        {
            MaxFields = Worker.Engine.Config.Global.MaxHttpHeaders,
            // COMPAT: 32 octets a field count for its names of one octet; an ordinary head of a buffer's length stays below
            MaxListSize = 2 * Worker.Buffers.BlockSize,
        };

    private int TakeSettings(ReadOnlySpan<byte> input)
    {
        if (input.Length < Http2Settings.EntrySize)
            return 0;
        int length = input.Length - input.Length % Http2Settings.EntrySize;
        int before = Peer.InitialWindowSize;
        ErrorCode error = Peer.Apply(input[..length], fromServer: IsPeerServer);
        Output.MaxFrameSize = Peer.MaxFrameSize;
        Output.Table.SetLimit(Peer.HeaderTableSize);
        if (error == ErrorCode.NoError && Peer.InitialWindowSize != before)
            error = ResizeWindows(before);
        if (error != ErrorCode.NoError)
        {
            Fail(error);
            return 0;
        }
        return Taken(length, default);
    }

    /// <summary>The client has changed the window of all streams (RFC 9113 §6.9.2).</summary>
    private ErrorCode ResizeWindows(int before)
    {
        for (MuxStream? s = _first; s is not null; s = s.Next)
            if (!FrameChecks.TryResize(ref s.SendWindow, before, Peer.InitialWindowSize))
                return ErrorCode.FlowControlError;
        if (Peer.InitialWindowSize < before)
            return ErrorCode.NoError;
        for (MuxStream? s = _first; s is not null; s = s.Next)
            Open(s);
        return ErrorCode.NoError;
    }

    /// <summary>The stream's window has become larger: it may go on writing.</summary>
    private void Open(MuxStream stream)
    {
        if (stream.SendWindow <= 0)
            return;
        stream.CanWrite = true;
        Wake(stream);
    }

    /// <summary>What the peer has told of itself is in force.</summary>
    private protected virtual void OnSettings() { }

    /// <summary>Two numbers, and words for a human that nobody reads.</summary>
    private int TakeGoAway(ReadOnlySpan<byte> input)
    {
        if (_payloadLeft == _frame.Length)
        {
            if (input.Length < 8)
                return 0;
            OnGoAway(
                BinaryPrimitives.ReadInt32BigEndian(input) & int.MaxValue,
                (ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(input[4..])
            );
        }
        return Taken(input.Length, default);
    }

    private void EndSettings()
    {
        if (_frame.Has(FrameFlags.Ack))
        {
            // ours are told once: a smaller table has to be kept to from here on
            if (_decoder.TableLimit != TableSize)
                _decoder.SetTableLimit(TableSize);
            return;
        }
        Note(FloodKind.Settings);
        OnSettings();
        if (Output.Reserve(FrameWriter.SettingsAckSize) is { IsEmpty: false } room)
            Output.Commit(FrameWriter.WriteSettingsAck(room), FrameType.Settings, flags: FrameFlags.Ack);
    }

    private void OnPing(ReadOnlySpan<byte> payload)
    {
        if (_frame.Has(FrameFlags.Ack))
        {
            _ping.OnAnswer(payload);
            return;
        }
        Note(FloodKind.Ping);
        if (Output.Reserve(FrameWriter.PingSize) is { IsEmpty: false } room)
            Output.Commit(FrameWriter.WritePing(room, payload, isAck: true), FrameType.Ping, flags: FrameFlags.Ack);
    }

    private void OnPriority(ReadOnlySpan<byte> payload)
    {
        Note(FloodKind.Priority);
        if (_verdict.IsFine && payload.Length == 5)
            _verdict = FrameChecks.CheckPriority(_frame, payload);
        if (_verdict.Scope == FrameScope.Stream)
            FailStream(_frame.StreamId, _verdict.Error);
    }

    private void OnReset(ErrorCode error)
    {
        Note(FloodKind.Reset);
        if (_verdict.IsFine)
            Find(_frame.StreamId)?.OnReset(error);
        OnResetTaken();
    }

    /// <summary>The peer has ended a stream, or what was one.</summary>
    private protected virtual void OnResetTaken() { }

    private void OnWindowUpdate(ReadOnlySpan<byte> payload)
    {
        if (!_verdict.IsFine)
            return;
        MuxStream? stream = _frame.StreamId == 0 ? null : Find(_frame.StreamId);
        ref int window = ref stream is null ? ref Output.Window : ref stream.SendWindow;
        int before = window;
        FrameVerdict verdict = FrameChecks.CheckWindowUpdate(_frame, payload, ref window);
        if (verdict.Scope == FrameScope.Connection)
            Fail(verdict.Error);
        else if (verdict.Scope == FrameScope.Stream)
            FailStream(_frame.StreamId, verdict.Error);
        else
        {
            if (before > 0 && window - before < GlitchMeter.SmallIncrement && !Output.TakeOwed())
                Note(FloodKind.WindowUpdate);
            if (stream is not null)
                Open(stream);
            else if (before <= 0)
                Worker.Enqueue(_turn);
        }
    }

    /// <summary>Streams that were reset from here last: what the client has sent for them before it knew is passed over.</summary>
    private const int ResetsKept = 128;
    private int[]? _resetIds;
    private int _resets;

    private void NoteReset(int id) => (_resetIds ??= new int[ResetsKept])[_resets++ % ResetsKept] = id;

    private protected bool WasReset(int id) => _resetIds is not null && Array.IndexOf(_resetIds, id, 0, Math.Min(_resets, ResetsKept)) >= 0;
}
