// What goes to a server before the TLS handshake with it is over (server option allow-0rtt, "retry-on 0rtt-rejected").
//
// Whoever has recorded it can send it again, and a connection that fails in the middle does not say whether it was heard: only whole
// requests of safe methods go early (RFC 9110 §9.2.1, RFC 8470 §4), where HAProxy sends any. And only when somebody is there who can
// cope with a refusal: the client, who was early himself, or we, who may send it again.
// SAFETY: what is given out lies in the channel's buffer, until that is read, written or moved.
using System;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Connections.Transports;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

internal static unsafe class EarlyRequest
{
    /// <summary>The request of the connection's stream, when it may go early; else empty. The same is offered again when the handshake is
    /// over.</summary>
    public static ReadOnlySpan<byte> Of(ServerConnection connection)
    {
        if (connection.Stream is not HttpStream stream || connection.Server.MaySpeakFrames || !IsSafe(stream.Method))
            return default;
        ref Channel request = ref stream.Request;
        bool isWhole = request is { Complete: true, Filter: null } && request.Start < request.Ready;
        return isWhole && (new ForwardedFields(stream).IsEarly || MayGoAgain(stream))
            ? new ReadOnlySpan<byte>(request.Data + request.Start, request.Ready - request.Start)
            : default;
    }

    private static bool IsSafe(HttpMethod method) => method is HttpMethod.Get or HttpMethod.Head or HttpMethod.Options;

    /// <summary>The handshake is over. False when the server has not taken what came early, and it may not be sent again; else it goes
    /// now, on the same connection, and counts as another try.</summary>
    public static bool GoesOn(ProxyStream stream)
    {
        if (stream.ServerSide!.Transport is not OpenSslTransport { IsEarlyRefused: true })
            return true;
        if (!MayGoAgain(stream))
            return false;
        stream.Connecting.Retries++;
        stream.Counters.Server!.Retries++;
        stream.Counters.Backend!.Retries++;
        return true;
    }

    /// <summary>COMPAT: the first try alone is early.</summary>
    private static bool MayGoAgain(ProxyStream stream) =>
        stream is HttpStream { Delivery.RetriesDisabled: false }
        && (stream.Backend!.Config.RetryOn & (RetryOn.EarlyData | RetryOn.DisableL7)) == RetryOn.EarlyData
        && stream.Connecting.Retries == 0
        && stream.Connecting.MaxRetries > 0;
}
