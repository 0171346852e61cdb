// Payload on its way to an HTTP/1 peer: a read is a chunk (RFC 9112 §7.1).
// SAFETY: the source is asked for no more than what is left of the block beside what goes around the chunk.
using System;
using Baton.Core.Buffers;
using Baton.Engine.Connections;

namespace Baton.Engine.Streams;

public unsafe partial struct Channel
{
    /// <summary>Digits of a chunk's size, all of them written, and the most that they can say.</summary>
    private const int SizeDigits = 4,
        LongestChunk = 0xFFFF;

    /// <summary>In front of a chunk: its size and a line's end. Behind it a line's end, and behind the last one "0" and two.</summary>
    private const int BeforeChunk = SizeDigits + 2,
        BehindChunk = 2,
        LastChunk = 5;

    /// <summary>Less than that behind what is kept to be sent again is no room for more of it.</summary>
    private const int LeastRoom = BeforeChunk + BehindChunk + LastChunk + 1;

    private Flow ReceiveChunk(StreamEnd source, BufferPool pool, int room)
    {
        room -= BeforeChunk + BehindChunk + LastChunk;
        if (room <= 0)
            return Flow.Idle;
        int n = source.Receive(Data + End + BeforeChunk, Math.Min(room, LongestChunk));
        if (n == -1)
        {
            ReleaseEmpty(pool);
            return Flow.Idle;
        }
        if (n == -2)
            return Flow.SourceFailed;
        var end = new Span<byte>(Data + End, BeforeChunk + Math.Max(0, n) + BehindChunk + LastChunk);
        if (n > 0)
        {
            n.TryFormat(end, out _, "x4");
            "\r\n"u8.CopyTo(end[SizeDigits..]);
            "\r\n"u8.CopyTo(end[(BeforeChunk + n)..]);
            End += BeforeChunk + n + BehindChunk;
            Payload += n;
        }
        else
        {
            "0\r\n\r\n"u8.CopyTo(end);
            End += LastChunk;
            Complete = SourceClosed = true;
        }
        Ready = End;
        return Flow.Moved;
    }
}
