// What has come of a message's body while its head still lies before it in the buffer.
using System;
using Baton.Engine.Filters;
using Baton.Http.H1;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

public sealed unsafe partial class HttpStream
{
    /// <summary>The payload behind the head; without its framing, in <paramref name="scratch"/>, when it comes in chunks. Only while the
    /// head is readable.</summary>
    internal ReadOnlySpan<byte> BodySoFar(Span<byte> scratch) => BodySoFar(in Request, RequestHead, scratch);

    /// <summary>The same of the response, while its rules run.</summary>
    internal ReadOnlySpan<byte> ResponseBodySoFar(Span<byte> scratch) => BodySoFar(in Response, ResponseHead, scratch);

    /// <summary>balance url_param NAME check_post: the body of a POST may hold the parameter. False while it is waited for.</summary>
    private bool HasBalanceKey()
    {
        // COMPAT: nobody is told to go on for it
        if (!Backend!.Config.Balance.ChecksPost || Method != HttpMethod.Post || RequestHead.ExpectContinue)
            return true;
        // all rules have spoken
        _ruleAt = int.MaxValue;
        return WaitForBody(FrontendTimeouts.HttpRequest >= 0 ? FrontendTimeouts.HttpRequest : FrontendTimeouts.Client, 0);
    }

    /// <summary>
    /// Where a body is on its way already: what of it is ready passes as it is, and of one in chunks what frames it counts from then on,
    /// for it may stand in the middle of one.
    /// </summary>
    internal override void PlaceFilters()
    {
        if (_tunnel || _requestPhase is RequestPhase.Body or RequestPhase.Forward)
            Filters?.Place(ref Request, ChannelSide.Request, Request.Ready - Request.Start, inChunks: false);
        if (_tunnel)
            Filters?.Place(ref Response, ChannelSide.Response, Response.Ready - Response.Start, inChunks: false);
    }

    private static ReadOnlySpan<byte> BodySoFar(in Channel channel, MessageHead head, Span<byte> scratch)
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
}
