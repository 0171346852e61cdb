// Keeps malformed messages for "show errors". Nothing here runs for a message that is in order.
// SAFETY: the spans lie between a channel's Start or Ready and its End, and are copied before the call returns.
using System;
using Baton.Engine.Proxies;
using Baton.Http.H1;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

public sealed unsafe partial class HttpStream
{
    /// <summary>COMPAT: the backend is not known to the side that reads requests.</summary>
    private void KeepBadRequest(HeadFault fault, int from)
    {
        if (!Request.HasBuffer)
            return;
        KeepMalformed(
            Frontend.MalformedRequest,
            false,
            new ReadOnlySpan<byte>(Request.Data + from, Request.End - from),
            fault,
            RequestHead.ContentLength
        );
    }

    private void KeepBadResponse(HeadFault fault, int from)
    {
        if (!Response.HasBuffer || Backend is null)
            return;
        KeepMalformed(
            Backend.MalformedResponse,
            true,
            new ReadOnlySpan<byte>(Response.Data + from, Response.End - from),
            fault,
            ResponseHead.ContentLength
        );
    }

    private void KeepMalformed(MalformedMessage last, bool response, ReadOnlySpan<byte> message, HeadFault fault, long contentLength)
    {
        // of a bulk transfer's large block what is around the fault
        int size = Worker.Buffers.BlockSize,
            skip = Math.Clamp(fault.Position - size / 2, 0, Math.Max(0, message.Length - size));
        message = message.Slice(skip, Math.Min(size, message.Length));
        last.Take(
            Worker.Engine,
            new MalformedFacts
            {
                WallClockMs = Worker.WallClockMs,
                Frontend = response ? Frontend.Name : null,
                FrontendId = Frontend.Config.Id,
                Server = response ? Server?.Name : null,
                ServerId = response ? Server?.Id ?? -1 : -1,
                Source = Session.Source,
                BlockSize = size,
                Fault = fault with { Position = fault.Position - skip },
                ContentLength = Math.Max(0, contentLength),
            },
            message
        );
    }

    private void KeepBadRequestHead() =>
        KeepBadRequest(
            _requestParser.FindFault(new ReadOnlySpan<byte>(Request.Data + Request.Ready, Request.End - Request.Ready)),
            Request.Ready
        );

    /// <summary>Broken framing: what is still in the buffer, up to the chunk that cannot be one. A head before it is as it goes to the
    /// other side.</summary>
    private void KeepBadRequestBody() => KeepBadRequest(new HeadFault(Request.Ready - Request.Start, HeadState.ChunkSize), Request.Start);

    private void KeepBadResponseHead() =>
        KeepBadResponse(
            _responseParser.FindFault(new ReadOnlySpan<byte>(Response.Data + Response.Ready, Response.End - Response.Ready)),
            Response.Ready
        );

    private void KeepBadResponseBody() =>
        KeepBadResponse(new HeadFault(Response.Ready - Response.Start, HeadState.ChunkSize), Response.Start);

    /// <summary>A head with bytes that only an "accept-invalid" option let through.</summary>
    private void KeepAcceptedRequest() =>
        KeepBadRequest(
            new HeadFault(_requestParser.ViolationOffset, RequestHead.Body == BodyKind.None ? HeadState.Done : HeadState.Data),
            Request.Ready
        );

    private void KeepAcceptedResponse() =>
        KeepBadResponse(
            new HeadFault(_responseParser.ViolationOffset, ResponseHead.Body == BodyKind.None ? HeadState.Done : HeadState.Data),
            Response.Ready
        );
}
