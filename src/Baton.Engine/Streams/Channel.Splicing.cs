// The bulk of long messages: from socket to socket through a pipe, never copied into the process.
using System;
using Baton.Core.Buffers;
using Baton.Engine.Connections;
using Baton.Http.Messages;
using Baton.Interop.Linux;

namespace Baton.Engine.Streams;

public unsafe partial struct Channel
{
    /// <summary>How much may be spliced now without looking at it; 0 when it has to go through the buffer.</summary>
    private int SpliceLength(StreamEnd source)
    {
        // what is not judged yet, may be sent a second time, or passes through filters, is needed in the buffer
        if (_cannotSplice || Retain || Filter is not null || Start != End)
            return 0;
        long length = Body switch
        {
            BodyKind.UntilClose => long.MaxValue,
            BodyKind.Length => Remaining,
            BodyKind.Chunked => Chunks.ChunkRemaining,
            _ => 0,
        };
        if (length < SpliceFrom)
            return 0;
        Pipe ??= source.Pipes?.Rent();
        return Pipe is null ? 0 : (int)Math.Min(length, Pipe.Size);
    }

    private Flow ReceiveIntoPipe(StreamEnd source, BufferPool pool, int length)
    {
        ReleaseBuffer(pool);
        int n = source.SpliceTo(Pipe!, length);
        if (n <= 0)
        {
            ReleasePipe();
            if (n == 0)
            {
                SourceClosed = true;
                return Flow.Moved;
            }
            if (n == -1)
                return Flow.Idle;
            if (n != StreamEnd.CannotSplice)
                return Flow.SourceFailed;
            _cannotSplice = true;
            return Receive(source, pool);
        }
        // a trickle is no bulk transfer any more
        FullReads = n >= pool.BlockSize ? FullReads + 1 : 0;
        Payload += n;
        if (Body == BodyKind.Chunked)
        {
            Chunks.SkipPayload(n);
            return Flow.Moved;
        }
        if (Body != BodyKind.Length)
            return Flow.Moved;
        Remaining -= n;
        Complete = Remaining == 0;
        return Flow.Moved;
    }

    private Flow SendPipe(SplicePipe pipe, StreamEnd sink, bool last)
    {
        int n = sink.SpliceFrom(pipe, more: last);
        if (n == StreamEnd.CannotSplice)
        {
            if (!BringBack(sink.Worker.Buffers))
                return Flow.SinkFailed;
            _cannotSplice = true;
            return Send(sink, last);
        }
        if (n < 0)
            return n == -2 ? Flow.SinkFailed : Flow.Idle;
        Sent += n;
        if (pipe.Held == 0 && (Complete || FullReads == 0))
            ReleasePipe();
        return Flow.Moved;
    }

    /// <summary>Takes what the pipe holds into a buffer, to be sent or moved to another process as ordinary bytes. False when there is no
    /// memory for it.</summary>
    public bool BringBack(BufferPool pool)
    {
        if (Pipe is not { Held: > 0 } pipe)
        {
            ReleasePipe();
            return true;
        }
        ReleaseBuffer(pool);
        byte* data = pool.RentAtLeast(pipe.Held, out int size);
        if (data is null)
            return false;
        int at = 0;
        // SAFETY: the block has room for all that the pipe holds, and a pipe with bytes in it never makes a read wait
        while (pipe.Held > 0)
        {
            int n = Files.Read(pipe.ReadEnd, new Span<byte>(data + at, pipe.Held));
            if (n <= 0)
                break;
            at += n;
            pipe.Held -= n;
        }
        Attach(data, 0, at, size == pool.BlockSize ? 0 : size);
        Ready = at;
        ReleasePipe();
        return true;
    }

    /// <summary>Forgets what is ready to be sent, in the buffer and in the pipe: it is for nobody.</summary>
    public void DropReady()
    {
        Filter?.Stop();
        Filter = null;
        Start = Ready;
        if (Start == End)
            Start = Ready = End = 0;
        if (Pipe is { Held: > 0 })
            ReleasePipe();
    }

    private void ReleasePipe()
    {
        Pipe?.Release();
        Pipe = null;
    }
}
