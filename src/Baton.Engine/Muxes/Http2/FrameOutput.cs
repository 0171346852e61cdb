// What goes out on an HTTP/2 connection: frames of all its streams, into one queue that is bounded, and from there to the socket once a
// turn of the loop. A stream that finds no room, or no window, waits.
// SAFETY: field blocks are put together in the worker's scratch memory, within its size.
using System;
using Baton.Core.Buffers;
using Baton.Engine.Connections;
using Baton.Engine.Loop;
using Baton.Http.H2;
using Baton.Http.H2.Hpack;
using Baton.Http.Headers;
using Baton.Http.Messages;

namespace Baton.Engine.Muxes.Http2;

/// <summary>A part of its connection. OWNER: the connection's worker.</summary>
internal sealed unsafe class FrameOutput
{
    private Connection _link = null!;
    private IRunnable _turn = null!;
    private Worker _worker = null!;

    /// <summary>What the peer takes on all streams together.</summary>
    internal int Window;

    /// <summary>The largest payload of a frame that the peer takes.</summary>
    internal int MaxFrameSize;

    /// <summary>Whether the peer has to be told that its table is kept to.</summary>
    internal HpackSendTable Table;

    /// <summary>Nothing more is to be said, or there is no memory to say it.</summary>
    internal bool IsOver;

    private MuxStream? _waitFirst,
        _waitLast;

    /// <summary>Whoever takes a frame of payload may open a window by it twice, its stream's and the connection's; so many of those are
    /// remembered at most.</summary>
    private const int WindowsOfFrame = 2,
        MostOwed = 16_384;

    private int _owed;

    /// <summary>A WINDOW_UPDATE stands for payload that was sent: no more of them are worth a thought.</summary>
    internal bool TakeOwed() => _owed > 0 && _owed-- > 0;

    /// <summary>Begins a connection; nothing of the last one is left.</summary>
    internal void Begin(Connection link, IRunnable turn)
    {
        (_link, _turn) = (link, turn);
        _worker = link.Worker;
        Window = Http2Settings.Initial.InitialWindowSize;
        MaxFrameSize = Http2Settings.MinMaxFrameSize;
        IsOver = false;
        _owed = 0;
        Table = default;
        _waitFirst = _waitLast = null;
    }

    /// <summary>Bytes that wait for the peer.</summary>
    internal int Length => _queue.Length;

    /// <summary>So much waits that nothing more is read: who does not listen is not listened to.</summary>
    internal bool IsClogged => _queue.Length > MaxQueued;

    internal bool HasMemory => _queue.HasBlocks;

    internal void Release() => _queue.Release(_worker.Buffers);

    /// <summary>What waits, for the next process.</summary>
    internal void WriteTo(Core.Frames.FrameWriter w) => _queue.WriteTo(w);

    /// <summary>False when there is no memory for it.</summary>
    internal bool ReadFrom(ref Core.Frames.FrameReader r) => _queue.ReadFrom(ref r, _worker.Buffers);

    /// <summary>
    /// Payload stops at so many bytes that wait; behind it come heads and what is said of the connection, and with twice as many
    /// nothing is read any more.
    /// </summary>
    private const int MaxPayloadQueued = 65536,
        MaxQueued = 2 * MaxPayloadQueued;

    /// <summary>Times the queue is written and filled again in one turn, before others have theirs.</summary>
    private const int FlushesAtOnce = 8;

    private ByteQueue _queue;

    /// <summary>Writes what waits; streams that wait for room have their turn when there is some.</summary>
    internal void Flush()
    {
        for (int i = 0; _queue.Length > 0 && _link.CanWrite; i++)
        {
            if (i == FlushesAtOnce)
            {
                _worker.Enqueue(_turn);
                return;
            }
            if (!_queue.Flush(_link, _worker.Buffers))
                return;
            if (_queue.Length < MaxPayloadQueued / 2)
                WakeWaiting();
        }
        if (_queue.Length == 0)
            WakeWaiting();
    }

    /// <summary>Writes what the socket takes, for the last time: nobody is woken.</summary>
    internal void FlushOnce() => _queue.Flush(_link, _worker.Buffers);

    /// <summary>Room for a small frame of our own; empty, and the connection over, when there is no memory.</summary>
    internal Span<byte> Reserve(int size)
    {
        Span<byte> room = IsOver ? default : _queue.Reserve(_worker.Buffers, size);
        if (!room.IsEmpty || IsOver)
            return room;
        IsOver = true;
        _worker.Enqueue(_turn);
        return default;
    }

    /// <summary>It is said soon, together with what else there is to say.</summary>
    internal void Commit(int length, FrameType type, int id = 0, FrameFlags flags = FrameFlags.None)
    {
        if (Traces.TraceSwitch.On)
            Http2Trace.Sent(_link, type, id, length - FrameHeader.Size, flags);
        _queue.Commit(length);
        _worker.Enqueue(_turn);
    }

    internal void SendGoAway(int lastId, ErrorCode error)
    {
        if (Reserve(FrameWriter.GoAwaySize) is { IsEmpty: false } room)
            Commit(FrameWriter.WriteGoAway(room, lastId, error), FrameType.GoAway);
    }

    internal void SendReset(int id, ErrorCode error)
    {
        if (Reserve(FrameWriter.RstStreamSize) is { IsEmpty: false } room)
            Commit(FrameWriter.WriteRstStream(room, id, error), FrameType.RstStream, id);
    }

    internal void SendWindowUpdate(int id, int increment)
    {
        if (Reserve(FrameWriter.WindowUpdateSize) is { IsEmpty: false } room)
            Commit(FrameWriter.WriteWindowUpdate(room, id, increment), FrameType.WindowUpdate, id);
    }

    /// <summary>Puts payload of a stream into frames; returns how much of it.</summary>
    internal int SendData(MuxStream stream, ReadOnlySpan<byte> payload, bool isLast, out bool hasEnded)
    {
        hasEnded = false;
        int sent = 0,
            largest = Math.Min(MaxFrameSize, ByteQueue.LargestPiece(_worker.Buffers) - FrameHeader.Size);
        while (sent < payload.Length && !IsOver)
        {
            int window = Math.Min(stream.SendWindow, Window),
                room = MaxPayloadQueued - _queue.Length;
            if (window <= 0 || room <= 0)
            {
                // its own window is opened by a frame of its own
                if (stream.SendWindow > 0)
                    Wait(stream);
                break;
            }
            int n = Math.Min(Math.Min(payload.Length - sent, window), Math.Min(largest, room));
            Span<byte> frame = Reserve(FrameHeader.Size + n);
            if (frame.IsEmpty)
                break;
            hasEnded = isLast && sent + n == payload.Length;
            FrameWriter.WriteDataHeader(frame, stream.Id, n, hasEnded);
            payload.Slice(sent, n).CopyTo(frame[FrameHeader.Size..]);
            Commit(FrameHeader.Size + n, FrameType.Data, stream.Id, hasEnded ? FrameFlags.EndStream : FrameFlags.None);
            stream.SendWindow -= n;
            Window -= n;
            _owed = Math.Min(_owed + WindowsOfFrame, MostOwed);
            sent += n;
        }
        return sent;
    }

    /// <summary>An empty frame that ends what is sent on a stream.</summary>
    internal void SendEnd(int id)
    {
        if (Reserve(FrameHeader.Size) is { IsEmpty: false } room)
            Commit(FrameWriter.WriteDataHeader(room, id, 0, endStream: true), FrameType.Data, id, FrameFlags.EndStream);
    }

    /// <summary>Where a field block is put together, with room for a frame's header in front of it.</summary>
    private Span<byte> BlockArea => _worker.Scratch.HeadSpan[FrameHeader.Size..];

    /// <summary>Sends the head of an answer. False when it is too long. <paramref name="acceptsTunnel"/>: 101 is said as
    /// an extended CONNECT is answered.</summary>
    internal bool SendHead(int id, MessageHead head, bool ends, bool acceptsTunnel) =>
        HeadBlockWriter.WriteResponse(head, BlockArea, acceptsTunnel) is >= 0 and int length && SendBlock(id, length, ends);

    /// <summary>Sends the head of a request. False when it is too long. Parameters: see <see cref="HeadBlockWriter"/>.</summary>
    internal bool SendRequest(int id, MessageHead head, ReadOnlySpan<byte> scheme, bool ends, bool opensTunnel) =>
        HeadBlockWriter.WriteRequest(head, scheme, BlockArea, opensTunnel) is >= 0 and int length && SendBlock(id, length, ends);

    internal bool SendInterim(int id, int status, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        byte* block = _worker.Scratch.Head + FrameHeader.Size;
        var encoder = new HpackEncoder(block, _worker.Scratch.HeadSize - FrameHeader.Size);
        encoder.WriteStatus(status);
        if (!name.IsEmpty)
            encoder.WriteField(HeaderNames.Find(name), name, value, isNeverIndexed: false);
        return !encoder.IsOverflown && SendBlock(id, encoder.Length, ends: false);
    }

    /// <summary>Lines as HTTP/1 has them behind a body. An answer whose trailers are too long for a block ends without them.</summary>
    internal void SendTrailers(int id, ReadOnlySpan<byte> lines)
    {
        int length = HeadBlockWriter.WriteTrailers(lines, BlockArea);
        if (length <= 0 || !SendBlock(id, length, ends: true))
            SendEnd(id);
    }

    /// <summary>Puts the block that lies in the scratch memory into frames.</summary>
    private bool SendBlock(int id, int length, bool ends)
    {
        var frames = new Span<byte>(_worker.Scratch.Head, _worker.Scratch.HeadSize);
        length += BeginBlock(frames[FrameHeader.Size..], length);
        int size = FrameWriter.FrameBlock(frames, length, id, MaxFrameSize, ends);
        if (size < 0)
            return false;
        if (IsOver)
            return true;
        if (Traces.TraceSwitch.On)
            Http2Trace.Sent(_link, FrameType.Headers, id, length, ends ? FrameFlags.EndStream : FrameFlags.None);
        if (!_queue.Append(_worker.Buffers, frames[..size]))
            IsOver = true;
        _worker.Enqueue(_turn);
        return true;
    }

    /// <summary>Puts in front of a block what the peer's table needs said, once if ever; returns the bytes that it has become longer
    /// by.</summary>
    private int BeginBlock(Span<byte> block, int length)
    {
        if (!Table.IsUpdateDue || length + HpackSendTable.MaxUpdate > block.Length)
            return 0;
        block[..length].CopyTo(block[HpackSendTable.MaxUpdate..]);
        return Table.WriteUpdate(block);
    }

    /// <summary>The stream is told when there is room, or window, for it: in the order in which they came.</summary>
    private void Wait(MuxStream stream)
    {
        if (stream.IsWaiting)
            return;
        stream.IsWaiting = true;
        stream.NextWaiting = null;
        if (_waitLast is null)
            _waitFirst = stream;
        else
            _waitLast.NextWaiting = stream;
        _waitLast = stream;
    }

    internal void StopWaiting(MuxStream stream)
    {
        if (!stream.IsWaiting)
            return;
        stream.IsWaiting = false;
        MuxStream? before = null;
        for (MuxStream? s = _waitFirst; s is not null && s != stream; s = s.NextWaiting)
            before = s;
        if (before is null)
            _waitFirst = stream.NextWaiting;
        else
            before.NextWaiting = stream.NextWaiting;
        if (_waitLast == stream)
            _waitLast = before;
        stream.NextWaiting = null;
    }

    /// <summary>Those that wait write until there is no room or no window again. Who still has something to say waits behind the
    /// others.</summary>
    private void WakeWaiting()
    {
        MuxStream? last = _waitLast;
        while (_waitFirst is { } stream && Window > 0 && _queue.Length < MaxPayloadQueued && !IsOver)
        {
            StopWaiting(stream);
            stream.CanWrite = true;
            stream.Notify();
            if (stream == last)
                break;
        }
    }
}
