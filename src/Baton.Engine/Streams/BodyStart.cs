// The beginning of a body that lies behind its head in the buffer: what rules and fetches see of it, and waiting for more of it.
// SAFETY: reads go behind End as far as RoomFor says, which is inside the block; spans end at End.
using System;
using Baton.Engine.Connections;
using Baton.Http.H1;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

/// <summary>A view of a stream, of whose heads one is readable.</summary>
internal readonly unsafe struct BodyStart(HttpStream stream)
{
    /// <summary>The payload behind the head; without its framing, in <paramref name="scratch"/>, when it comes in chunks. Only while the
    /// head is readable.</summary>
    public ReadOnlySpan<byte> OfRequest(Span<byte> scratch) => Of(in stream.Request, stream.RequestHead, scratch);

    /// <summary>The same of the response, while its rules run.</summary>
    public ReadOnlySpan<byte> OfResponse(Span<byte> scratch) => Of(in stream.Response, stream.ResponseHead, scratch);

    private static ReadOnlySpan<byte> Of(in Channel channel, MessageHead head, Span<byte> scratch)
    {
        int start = channel.Ready + head.HeadLength;
        if (head.Body == BodyKind.None || start >= channel.End)
            return default;
        // SAFETY: the buffer stays where it is while a rule runs
        var received = new ReadOnlySpan<byte>(channel.Data + start, channel.End - start);
        if (head.Body == BodyKind.Length)
            return received[..(int)Math.Min(head.ContentLength, received.Length)];
        if (head.Body == BodyKind.UntilClose)
            return received;
        var scanner = default(ChunkedScanner);
        int position = 0,
            written = 0;
        ChunkStatus status;
        do
        {
            status = scanner.Next(received, ref position, out int at, out int length);
            length = Math.Min(length, scratch.Length - written);
            received.Slice(at, length).CopyTo(scratch[written..]);
            written += length;
        } while (status == ChunkStatus.NeedMore && position < received.Length && written < scratch.Length);
        return scratch[..written];
    }

    /// <summary>
    /// "wait-for-body": true when the rules may go on, with at least so many bytes (0: all) of the body behind the head, the
    /// whole of it, or a full buffer.
    /// </summary>
    public bool AwaitRequest(int ms, long atLeast)
    {
        ref Channel request = ref stream.Request;
        StreamEnd client = stream.Client;
        if (stream.RequestHead.ExpectContinue && !stream.Interim.HasContinued && stream.PhaseDeadlineMs == long.MaxValue)
        {
            stream.Interim.HasContinued = true;
            if (!stream.Interim.SendContinue())
                return true;
        }
        while (!Has(atLeast))
        {
            int room = RoomFor(ref request, stream.RequestHead);
            if (room <= 0 || client.PeerClosed && !client.CanRead)
                break;
            int n = client.CanRead ? client.Receive(request.Data + request.End, room) : -1;
            if (n > 0)
            {
                request.End += n;
                continue;
            }
            if (n != -1)
                break;
            if (stream.PhaseDeadlineMs == long.MaxValue)
                stream.PhaseDeadlineMs = stream.DeadlineIn(ms);
            return false;
        }
        stream.PhaseDeadlineMs = long.MaxValue;
        // COMPAT: the wait belongs to the time the request took to arrive
        stream.Times.Request = stream.Worker.NowMs;
        return true;
    }

    /// <summary>Bytes of the body that may still be read behind its head: one that was edited has to fit before them, and grow by
    /// tune.maxrewrite.</summary>
    private int RoomFor(ref Channel channel, MessageHead head)
    {
        int room = stream.Worker.Buffers.BlockSize - channel.End;
        if (!head.IsModified)
            return room;
        return Math.Min(
            room,
            stream.Worker.Buffers.BlockSize
                - stream.Worker.Engine.Config.Global.MaxRewrite
                - HeadWriter.Length(head)
                - HeadMemory.BytesBeside(ref channel, head)
        );
    }

    public bool HasWhole => Has(0);

    /// <summary>The body bytes behind the head are enough, or all there will be.</summary>
    public bool Has(long atLeast) => Has(ref stream.Request, stream.RequestHead, atLeast);

    private static bool Has(ref Channel channel, MessageHead head, long atLeast)
    {
        int start = channel.Ready + head.HeadLength,
            available = channel.End - start;
        switch (head.Body)
        {
            case BodyKind.Length:
                return available >= head.ContentLength || atLeast > 0 && available >= atLeast;
            case BodyKind.Chunked:
                var scanner = default(ChunkedScanner);
                ChunkStatus status = scanner.Advance(new ReadOnlySpan<byte>(channel.Data + start, available), out _);
                return status != ChunkStatus.NeedMore || atLeast > 0 && scanner.PayloadBytes >= atLeast;
            case BodyKind.UntilClose:
                return atLeast > 0 && available >= atLeast;
            default:
                return true;
        }
    }

    /// <summary>The same for the body of the response; it ends with the server's connection too.</summary>
    public bool AwaitResponse(int ms, long atLeast)
    {
        ref Channel response = ref stream.Response;
        StreamEnd side = stream.ServerEnd!;
        while (!Has(ref response, stream.ResponseHead, atLeast))
        {
            int room = RoomFor(ref response, stream.ResponseHead);
            if (room <= 0)
                break;
            int n = side.CanRead ? side.Receive(response.Data + response.End, room) : -1;
            if (n > 0)
            {
                response.End += n;
                stream.ServerDeadlineMs = stream.DeadlineIn(stream.BackendTimeouts.Server);
                continue;
            }
            // the end is to be seen once more by what forwards the body
            if (n != -1)
            {
                side.CanRead = true;
                break;
            }
            if (stream.PhaseDeadlineMs == long.MaxValue)
                stream.PhaseDeadlineMs = stream.DeadlineIn(ms);
            return false;
        }
        stream.PhaseDeadlineMs = long.MaxValue;
        return true;
    }
}
