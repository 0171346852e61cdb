// Keeps malformed messages for "show errors". Nothing here runs for a message that is in order.
// SAFETY: the spans lie between a channel's Start or Ready and its End, and are copied before the call returns.
using System;
using Baton.Engine.Proxies;
using Baton.Http.H1;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

/// <summary>A view of a stream: what it has in hand goes to the record of its proxy.</summary>
internal readonly unsafe struct MalformedRecord(HttpStream stream)
{
    /// <summary>COMPAT: the backend is not known to the side that reads requests.</summary>
    private void KeepRequest(HeadFault fault, int from)
    {
        if (!stream.Request.HasBuffer)
            return;
        Keep(
            stream.Frontend.MalformedRequest,
            false,
            new ReadOnlySpan<byte>(stream.Request.Data + from, stream.Request.End - from),
            fault,
            stream.RequestHead.ContentLength
        );
    }

    private void KeepResponse(HeadFault fault, int from)
    {
        if (!stream.Response.HasBuffer || stream.Backend is null)
            return;
        Keep(
            stream.Backend.MalformedResponse,
            true,
            new ReadOnlySpan<byte>(stream.Response.Data + from, stream.Response.End - from),
            fault,
            stream.ResponseHead.ContentLength
        );
    }

    private void Keep(MalformedMessage last, bool response, ReadOnlySpan<byte> message, HeadFault fault, long contentLength)
    {
        // of a bulk transfer's large block what is around the fault
        int size = stream.Worker.Buffers.BlockSize,
            skip = Math.Clamp(fault.Position - size / 2, 0, Math.Max(0, message.Length - size));
        message = message.Slice(skip, Math.Min(size, message.Length));
        last.Take(
            stream.Worker.Engine,
            new MalformedFacts
            {
                WallClockMs = stream.Worker.WallClockMs,
                Frontend = response ? stream.Frontend.Name : null,
                FrontendId = stream.Frontend.Config.Id,
                Server = response ? stream.Server?.Name : null,
                ServerId = response ? stream.Server?.Id ?? -1 : -1,
                Source = stream.Session.Source,
                BlockSize = size,
                Fault = fault with { Position = fault.Position - skip },
                ContentLength = Math.Max(0, contentLength),
            },
            message
        );
    }

    public void KeepRequestHead() =>
        KeepRequest(
            stream.RequestSide.Parser.FindFault(
                new ReadOnlySpan<byte>(stream.Request.Data + stream.Request.Ready, stream.Request.End - stream.Request.Ready)
            ),
            stream.Request.Ready
        );

    /// <summary>Broken framing: what is still in the buffer, up to the chunk that cannot be one. A head before it is as it goes to the
    /// other side.</summary>
    public void KeepRequestBody() =>
        KeepRequest(new HeadFault(stream.Request.Ready - stream.Request.Start, HeadState.ChunkSize), stream.Request.Start);

    public void KeepResponseHead() =>
        KeepResponse(
            stream.ResponseSide.Parser.FindFault(
                new ReadOnlySpan<byte>(stream.Response.Data + stream.Response.Ready, stream.Response.End - stream.Response.Ready)
            ),
            stream.Response.Ready
        );

    public void KeepResponseBody() =>
        KeepResponse(new HeadFault(stream.Response.Ready - stream.Response.Start, HeadState.ChunkSize), stream.Response.Start);

    /// <summary>A head with bytes that only an "accept-invalid" option let through.</summary>
    public void KeepAcceptedRequest() =>
        KeepRequest(
            new HeadFault(
                stream.RequestSide.Parser.ViolationOffset,
                stream.RequestHead.Body == BodyKind.None ? HeadState.Done : HeadState.Data
            ),
            stream.Request.Ready
        );

    public void KeepAcceptedResponse() =>
        KeepResponse(
            new HeadFault(
                stream.ResponseSide.Parser.ViolationOffset,
                stream.ResponseHead.Body == BodyKind.None ? HeadState.Done : HeadState.Data
            ),
            stream.Response.Ready
        );
}
