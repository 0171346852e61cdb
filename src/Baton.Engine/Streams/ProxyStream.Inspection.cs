// What rules and samples may look at of a stream's bytes before they are forwarded.
// SAFETY: spans over a channel's block from Start to End, for as long as the rule or sample that asks runs.
using System;

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
}
