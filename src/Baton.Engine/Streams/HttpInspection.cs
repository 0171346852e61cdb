// Whether what a client of a stream in mode tcp has sent so far is an HTTP request (req.proto_http, and fetches of a head).
// SAFETY: the parser reads the channel's block from Start to End.
using Baton.Http.H1;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

internal static unsafe class HttpInspection
{
    /// <summary>Parses the bytes as the head of a request and forgets it again.</summary>
    public static HttpLook Of(ProxyStream stream)
    {
        HttpLook look = Parse(stream);
        stream.Worker.InspectionParser.Head.Reset();
        return look;
    }

    /// <summary>The head of the request that the bytes begin with, valid until the next look; null when they are none, not whole, or have
    /// been forwarded.</summary>
    public static MessageHead? HeadOf(ProxyStream stream) =>
        !stream.IsInResponse && Parse(stream) == HttpLook.Request ? stream.Worker.InspectionParser.Head : null;

    private static HttpLook Parse(ProxyStream stream)
    {
        ref Channel request = ref stream.Request;
        if (request.Data is null || request.Start == request.End)
            return HttpLook.Incomplete;
        HeadParser parser = stream.Worker.InspectionParser;
        parser.Head.Reset();
        ParseStatus status = parser.ParseRequest(request.Data + request.Start, request.End - request.Start, default);
        return status == ParseStatus.Complete ? HttpLook.Request
            : status == ParseStatus.Incomplete ? HttpLook.Incomplete
            : HttpLook.Other;
    }
}
