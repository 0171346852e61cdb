// What the trace "h2" tells of frames and streams. Nobody comes here without a trace.
using System.Globalization;
using System.Text;
using Baton.Engine.Connections;
using Baton.Engine.Traces;
using Baton.Http.H2;

namespace Baton.Engine.Muxes.Http2;

/// <summary>On the worker that owns the connection.</summary>
internal static class Http2Trace
{
    /// <summary>Places of events of the source; those of frames are followed by one for each type, in their numbers' order.</summary>
    private const int ConnectionError = 4,
        AnyReceived = 5,
        AnySent = 16,
        StreamNew = 27,
        StreamEnd = 28,
        StreamError = 29;

    /// <summary>As RFC 9113 §6 writes them, in their numbers' order.</summary>
    private static readonly string[] s_types =
    [
        "DATA",
        "HEADERS",
        "PRIORITY",
        "RST_STREAM",
        "SETTINGS",
        "PUSH_PROMISE",
        "PING",
        "GOAWAY",
        "WINDOW_UPDATE",
        "CONTINUATION",
    ];

    internal static void Received(Connection link, in FrameHeader frame) =>
        Frame(link, AnyReceived, "receiving", frame.Type, frame.StreamId, frame.Length, (byte)frame.Flags);

    internal static void Sent(Connection link, FrameType type, int stream, int length, FrameFlags flags = FrameFlags.None) =>
        Frame(link, AnySent, "sending", type, stream, length, (byte)flags);

    private static void Frame(Connection link, int any, string verb, FrameType type, int stream, int length, byte flags)
    {
        TraceSource source = TraceSources.H2;
        // a type that nobody knows is one of any
        int at = type <= FrameType.Continuation ? any + 1 + (int)type : any;
        if (!source.IsOn || !source.Admit(at, TraceLevel.Proto, ConnectionTrace.SubjectOf(link), any))
            return;
        var text = new StringBuilder($"{verb} H2 {(at == any ? type.ToString() : s_types[(int)type])} frame");
        ConnectionTrace.Describe(text, source, link);
        if (source.Verbosity > 0)
            text.Append(CultureInfo.InvariantCulture, $" h2s={stream} len={length}");
        if (source.Verbosity > 1)
            text.Append(CultureInfo.InvariantCulture, $" flags=0x{flags:x2}");
        source.Tell(at, TraceLevel.Proto, link.Worker.Index, text);
    }

    internal static void Failed(Connection link, ErrorCode error) =>
        Tell(
            link,
            ConnectionError,
            error == ErrorCode.NoError ? TraceLevel.State : TraceLevel.Error,
            0,
            null,
            $"connection fails: {error}"
        );

    internal static void Opened(Connection link, int id, object stream) =>
        Tell(link, StreamNew, TraceLevel.State, id, stream, "new H2 stream");

    internal static void Ended(Connection link, int id, object stream) =>
        Tell(link, StreamEnd, TraceLevel.State, id, stream, "H2 stream ends");

    internal static void StreamFailed(Connection link, int id, ErrorCode error) =>
        Tell(link, StreamError, TraceLevel.Error, id, null, $"stream fails: {error}");

    private static void Tell(Connection link, int at, TraceLevel level, int id, object? stream, string what)
    {
        TraceSource source = TraceSources.H2;
        if (!source.IsOn || !source.Admit(at, level, ConnectionTrace.SubjectOf(link) with { Own = stream }))
            return;
        var text = new StringBuilder(what);
        ConnectionTrace.Describe(text, source, link);
        if (source.Verbosity > 0 && id > 0)
            text.Append(CultureInfo.InvariantCulture, $" h2s={id}");
        source.Tell(at, level, link.Worker.Index, text);
    }
}
