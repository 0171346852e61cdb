// What rules and samples may look at of a stream's bytes before they are forwarded.
// SAFETY: spans over a channel's block from Start to End, for as long as the rule or sample that asks runs.
using System;
using Baton.Http.H1;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

public abstract unsafe partial class ProxyStream
{
    /// <summary>What the client has sent and nobody has forwarded yet.</summary>
    internal virtual ReadOnlySpan<byte> RequestBytes => Held(in Request);

    /// <summary>What the server has sent and nobody has forwarded yet.</summary>
    internal virtual ReadOnlySpan<byte> ResponseBytes => Held(in Response);

    /// <summary>Rules will not be asked again when more bytes have come.</summary>
    internal bool IsLastLook { get; private protected set; } = true;

    /// <summary>The time that content rules may wait has run out.</summary>
    internal virtual bool IsInspectionOver => false;

    /// <summary>A server is or was looked for: rules see the answer now, not the request.</summary>
    internal bool IsInResponse => _isInResponse;

    private static ReadOnlySpan<byte> Held(in Channel channel) =>
        new(channel.Data + channel.Start, channel.Data is null ? 0 : channel.End - channel.Start);

    /// <summary>req.proto_http on a stream that is not HTTP: parses the bytes as the head of a request and forgets it again.</summary>
    internal HttpLook LookForHttp()
    {
        HttpLook look = Look();
        Worker.InspectionParser.Head.Reset();
        return look;
    }

    /// <summary>The head of the request that the bytes of a stream in TCP mode begin with, valid until the next look; null when they are
    /// none, not whole, or have been forwarded.</summary>
    internal MessageHead? InspectedHead => !IsInResponse && Look() == HttpLook.Request ? Worker.InspectionParser.Head : null;

    private HttpLook Look()
    {
        if (Request.Data is null || Request.Start == Request.End)
            return HttpLook.Incomplete;
        HeadParser parser = Worker.InspectionParser;
        parser.Head.Reset();
        ParseStatus status = parser.ParseRequest(Request.Data + Request.Start, Request.End - Request.Start, default);
        return status == ParseStatus.Complete ? HttpLook.Request
            : status == ParseStatus.Incomplete ? HttpLook.Incomplete
            : HttpLook.Other;
    }
}
