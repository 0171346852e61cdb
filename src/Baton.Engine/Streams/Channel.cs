// One direction of a stream: bytes received from one side on their way to the other, in one buffer.
//
//   Data .. Start      free (headroom for a head that grows)
//   Start .. Ready     may be sent
//   Ready .. End       received, not yet judged: an unparsed head, or what follows the message (pipelining)
//
// A bulk transfer leaves the buffer: while the message has much more to come, its bytes go through a pipe in the kernel
// (Channel.Splicing.cs). There are bytes either in the buffer or in the pipe, never in both.
// SAFETY: Data is null or a block of the worker's pool that this channel alone holds, BlockSize bytes long, or _size where that is
// not 0; 0 <= Start <= Ready <= End <= its length, and whoever takes the block out resets them before the next use.
using System;
using Baton.Core.Buffers;
using Baton.Core.Frames;
using Baton.Engine.Connections;
using Baton.Engine.Filters;
using Baton.Http.H1;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

/// <summary>A field of its stream, never copied. OWNER: the stream's worker.</summary>
public unsafe partial struct Channel
{
    public byte* Data;
    public readonly bool HasBuffer => Data is not null;

    /// <summary>Bytes of the block at Data when it is not one of the pool's own size, else 0.</summary>
    private int _size;

    /// <summary>PERF: reads that fill a normal block before a channel gets a larger one, and how many have one at a time in a worker (4
    /// MB). bench/run.sh --only body-1m,tcp-bulk</summary>
    private const int ReadsBeforeBulk = 2,
        MaxBulkBlocks = 64;

    /// <summary>PERF: what is shorter is copied. bench/run.sh --only body-64k,body-1k</summary>
    private const int SpliceFrom = 16384;
    public int Start,
        Ready,
        End;

    /// <summary>How the message's end is known; UntilClose also stands for tunnels and TCP.</summary>
    public BodyKind Body;

    /// <summary>Body bytes still to come (Length).</summary>
    public long Remaining;
    public ChunkedScanner Chunks;

    /// <summary>option http-drop-request-trailers and http-drop-response-trailers: a chunked body goes on without its trailer
    /// section.</summary>
    public bool DropsTrailers;

    /// <summary>What is ready passes through the filters of its stream; null on most channels.</summary>
    internal FilterStage? Filter;

    /// <summary>A filter does not let on what the sink would take.</summary>
    internal readonly bool IsHeld => Filter is { IsHolding: true };

    /// <summary>The source gives payload: what frames it is put around it here.</summary>
    public bool Frames;

    /// <summary>The whole message is in the buffer or already gone.</summary>
    public bool Complete;

    /// <summary>The source has said it will send no more.</summary>
    public bool SourceClosed;

    /// <summary>The end of stream has been passed on to the sink.</summary>
    public bool ShutdownSent;

    /// <summary>Body (or TCP) bytes judged so far, and bytes given to the sink.</summary>
    public long Payload,
        Sent;

    /// <summary>Sent bytes stay in the buffer so that the message can be sent again to another server.</summary>
    public bool Retain;

    /// <summary>Set once: it leads to the client, and may have the last buffer there is.</summary>
    public bool IsAnswer;

    /// <summary>With <see cref="Retain"/>: where sending continues.</summary>
    public int RetainedFrom;

    /// <summary>Reads in a row that brought a normal block's worth: a bulk transfer.</summary>
    public int FullReads;

    /// <summary>What a bulk transfer flows through: held while bytes are in it or keep coming; null otherwise.</summary>
    public SplicePipe? Pipe;

    /// <summary>A socket of this channel does not take splice(): buffers for the rest of the message.</summary>
    private bool _cannotSplice;

    public readonly bool HasUnsent =>
        Start < Ready || Pipe is { Held: > 0 } || Filter is { } filters && (filters.HasOutput || Complete && filters.IsUnfinished);

    /// <summary>There is anything in the buffer or the pipe.</summary>
    public readonly bool HasBytes => Start < End || Pipe is { Held: > 0 };
    public readonly int Unjudged => End - Ready;

    /// <param name="size">Bytes of a block that is not of the pool's own size.</param>
    public void Attach(byte* data, int start, int end, int size = 0)
    {
        Data = data;
        _size = size;
        Start = Ready = start;
        End = end;
    }

    public void Reset()
    {
        Start = Ready = End = 0;
        Body = BodyKind.None;
        Remaining = Payload = Sent = 0;
        Complete = SourceClosed = ShutdownSent = Retain = DropsTrailers = Frames = false;
        FullReads = 0;
        RetainedFrom = 0;
        _cannotSplice = false;
        Filter = null;
    }

    /// <summary>Gives buffer and pipe back, with whatever is in them.</summary>
    public void Release(BufferPool pool)
    {
        ReleasePipe();
        ReleaseBuffer(pool);
    }

    /// <summary>Who waits for bytes holds no block.</summary>
    public void ReleaseEmpty(BufferPool pool)
    {
        if (Start == End && !Retain)
            ReleaseBuffer(pool);
    }

    private void ReleaseBuffer(BufferPool pool)
    {
        if (Data is null)
            return;
        pool.Return(Data, _size == 0 ? pool.BlockSize : _size);
        Data = null;
        _size = 0;
        Start = Ready = End = 0;
    }

    /// <summary>Declares the message's body from Ready on and judges what is already there.</summary>
    public bool BeginBody(BodyKind kind, long length)
    {
        Body = kind;
        Remaining = length;
        Complete = kind == BodyKind.None || kind == BodyKind.Length && length == 0;
        if (kind == BodyKind.Chunked)
            Chunks = default;
        bool sound = Judge();
        // a length that is known needs no reads to tell that there is much to come
        if (kind == BodyKind.Length && Remaining >= SpliceFrom)
            FullReads = ReadsBeforeBulk;
        return sound;
    }

    /// <summary>Advances Ready over the bytes of the message. False when the framing is broken.</summary>
    public bool Judge()
    {
        if (Complete || Ready == End)
            return true;
        int available = End - Ready;
        switch (Body)
        {
            case BodyKind.UntilClose:
                Payload += available;
                Ready = End;
                return true;
            case BodyKind.Length:
                int take = (int)Math.Min(available, Remaining);
                Remaining -= take;
                Payload += take;
                Ready += take;
                Complete = Remaining == 0;
                return true;
            case BodyKind.Chunked:
                long before = Chunks.PayloadBytes;
                ChunkStatus status = JudgeChunks();
                Payload += Chunks.PayloadBytes - before;
                Complete = status == ChunkStatus.Done;
                // COMPAT: trailers count as what they say
                if (Complete)
                    Payload += Chunks.TrailerBytes;
                return status != ChunkStatus.Bad;
            default:
                return true;
        }
    }

    private ChunkStatus JudgeChunks()
    {
        ChunkStatus status = Chunks.Rewrite(new Span<byte>(Data + Ready, End - Ready), DropsTrailers, out int kept, out int dropped);
        Ready += kept;
        if (dropped == 0)
            return status;
        Buffer.MemoryCopy(Data + Ready + dropped, Data + Ready, End - Ready - dropped, End - Ready - dropped);
        End -= dropped;
        return status;
    }

    /// <summary>
    /// Sends what is ready. Retained bytes stay in place. <paramref name="last"/> promises that the sink is closed as soon as all
    /// of it is out: the kernel then holds the end back and sends it with the FIN in one segment.
    /// </summary>
    public Flow Send(StreamEnd sink, bool last = false)
    {
        if (Filter is { } filters)
            return SendFiltered(filters, sink, last);
        Flow result = Flow.Idle;
        while (Start < Ready && sink.CanWrite)
        {
            int n = sink.Send(Data + Start, Ready - Start, more: last);
            if (n < 0)
            {
                if (n == -2)
                    return Flow.SinkFailed;
                break;
            }
            Start += n;
            Sent += n;
            result = Flow.Moved;
        }
        if (Start == End && !Retain)
            Start = Ready = End = 0;
        return Pipe is { Held: > 0 } pipe && sink.CanWrite ? SendPipe(pipe, sink, last) : result;
    }

    private Flow SendFiltered(FilterStage filters, StreamEnd sink, bool last)
    {
        Flow result = filters.Send(ref this, sink, last);
        if (Start == End && !Retain)
            Start = Ready = End = 0;
        return result;
    }

    /// <summary>Reads once, if there is room, and judges what came.</summary>
    public Flow Receive(StreamEnd source, BufferPool pool)
    {
        if (Complete || SourceClosed || !source.CanRead || Pipe is { Held: > 0 })
            return Flow.Idle;
        if (FullReads >= ReadsBeforeBulk && SpliceLength(source) is > 0 and int length)
            return ReceiveIntoPipe(source, pool, length);
        if (Retain && Size(pool) - End < LeastRoom)
            StopRetaining();
        if (!HasRoom(pool, out int room))
            return Flow.Idle;
        if (Frames && Body == BodyKind.Chunked)
            return ReceiveChunk(source, pool, room);
        int n = source.Receive(Data + End, room);
        if (n == -1)
        {
            ReleaseEmpty(pool);
            return Flow.Idle;
        }
        if (n == -2)
            return Flow.SourceFailed;
        if (n == 0)
        {
            SourceClosed = true;
            return Flow.Moved;
        }
        FullReads = n >= pool.BlockSize || n == room ? FullReads + 1 : 0;
        End += n;
        return Judge() ? Flow.Moved : Flow.BadBody;
    }

    /// <summary>Makes room for a read, in a block of the right size; false when what is there has to leave first.</summary>
    private bool HasRoom(BufferPool pool, out int room)
    {
        bool bulk = IsBulk(pool);
        // a large block never sees the end of a message, so that nothing which follows one is ever in it
        if (_size != 0 && !bulk && Body == BodyKind.Length && Start < End)
        {
            room = 0;
            return false;
        }
        if (Start == End && !Retain && bulk != (_size != 0))
            ReleaseBuffer(pool);
        if (Data is null)
        {
            byte* large = bulk && !Retain ? pool.Bulk!.Rent() : null;
            if (large is not null)
                Attach(large, 0, 0, pool.Bulk!.BlockSize);
            else
                Attach(IsAnswer ? pool.RentLast() : pool.Rent(), 0, 0);
            // no memory: the stream is looked after again soon
            if (Data is null)
            {
                room = 0;
                return false;
            }
        }
        int size = Size(pool);
        room = size - End;
        if (room > 0)
            return true;
        if (Start == 0 || Retain)
            return false;
        Compact();
        room = size - End;
        return true;
    }

    private readonly int Size(BufferPool pool) => _size == 0 ? pool.BlockSize : _size;

    /// <summary>What is still to come would fit behind what is there, as far as is known: all of it could be sent again.</summary>
    public readonly bool MayKeepAll(BufferPool pool) =>
        Complete
        || Filter is null
            && Size(pool) - End >= LeastRoom
            && (Body == BodyKind.Chunked || Body == BodyKind.Length && Remaining <= Size(pool) - End - LeastRoom);

    /// <summary>There is more than could be kept: it goes on as what is sent once.</summary>
    private void StopRetaining()
    {
        Retain = false;
        if (Start == End)
            Start = Ready = End = 0;
    }

    /// <summary>Much more is coming than a normal block holds, and its framing cannot end within a read.</summary>
    private readonly bool IsBulk(BufferPool pool) =>
        FullReads >= ReadsBeforeBulk
        && pool.Bulk is { } bulk
        && (_size != 0 || bulk.Rented < MaxBulkBlocks)
        && (Body == BodyKind.UntilClose || Body == BodyKind.Length && Remaining > bulk.BlockSize);

    /// <summary>Moves the content to the front of the buffer.</summary>
    public void Compact(int to = 0)
    {
        int shift = Start - to;
        if (shift <= 0)
            return;
        Buffer.MemoryCopy(Data + Start, Data + to, End - Start, End - Start);
        Start -= shift;
        Ready -= shift;
        End -= shift;
    }

    /// <summary>Puts text for the sink at the end of what is ready; nothing may be unjudged. False when it does not fit.</summary>
    public bool Append(ReadOnlySpan<byte> text, BufferPool pool)
    {
        if (Data is null)
        {
            Data = pool.Rent();
            Start = Ready = End = 0;
        }
        if (Data is null)
            return false;
        if (Ready != End || text.Length > pool.BlockSize - End)
            return false;
        text.CopyTo(new Span<byte>(Data + End, text.Length));
        End += text.Length;
        Ready = End;
        return true;
    }

    /// <summary>What is in hand of a relay, for another process. Not while there is no memory to bring it back from a pipe.</summary>
    internal void WriteTo(FrameWriter w, BufferPool pool)
    {
        if (!BringBack(pool))
            throw new InsufficientMemoryException();
        w.Blob(new ReadOnlySpan<byte>(Data + Start, Data is null ? 0 : Ready - Start));
        w.Flag(SourceClosed);
        w.Flag(ShutdownSent);
        w.Int64(Payload);
        w.Int64(Sent);
    }

    internal void ReadFrom(ref FrameReader r, BufferPool pool)
    {
        Reset();
        ReadOnlySpan<byte> bytes = r.Blob();
        if (bytes.Length > 0)
        {
            // the process before may have had larger buffers
            byte* data = pool.RentAtLeast(bytes.Length, out int size);
            if (data is null)
                throw new InsufficientMemoryException();
            bytes.CopyTo(new Span<byte>(data, bytes.Length));
            Attach(data, 0, bytes.Length, size == pool.BlockSize ? 0 : size);
            Ready = bytes.Length;
        }
        Body = BodyKind.UntilClose;
        SourceClosed = r.Flag();
        ShutdownSent = r.Flag();
        Payload = r.Int64();
        Sent = r.Int64();
    }
}
