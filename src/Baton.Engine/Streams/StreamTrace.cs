// What the traces "stream", "h1" and "h2" tell of streams: it stands where -d does, so that streams pay nothing for it while it is off.
using System.Globalization;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Engine.Acls;
using Baton.Engine.Connections;
using Baton.Engine.Rules;
using Baton.Engine.Traces;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

/// <summary>Called by the workers that own the streams.</summary>
/// <param name="next">Who listens besides: -d, or nobody.</param>
public sealed class StreamTrace(DebugTrace? next) : DebugTrace
{
    /// <summary>Places of events of "stream".</summary>
    private const int New = 0,
        Free = 1,
        Error = 2,
        Analysis = 3,
        Heads = 4;

    /// <summary>Places of events of "h1", and of the head of a request in "h2".</summary>
    private const int H1Headers = 4,
        H1New = 5,
        H1End = 6,
        H1Error = 7,
        H2Headers = 7;

    /// <summary>Lets an engine's streams tell, or no longer, as <see cref="TraceSwitch"/> says.</summary>
    public static void Install(EngineState engine)
    {
        if (TraceSwitch.On && engine.Trace is not StreamTrace)
            engine.Trace = new StreamTrace(engine.Trace);
        else if (!TraceSwitch.On && engine.Trace is StreamTrace installed)
            engine.Trace = installed.Next;
    }

    /// <summary>What the configuration says of traces, before anything comes from another process.</summary>
    public static void Begin(EngineState engine)
    {
        var nobody = new StringBuilder();
        foreach (Configuration.Model.TraceLineConfig line in engine.Config.Global.Traces)
            TraceSources.Orders.Apply(line.Words, nobody);
        Install(engine);
    }

    private DebugTrace? Next => next;

    public override void Accepted(ProxyStream stream)
    {
        next?.Accepted(stream);
        Tell(TraceSources.Stream, New, TraceLevel.User, stream, "new stream");
        if (stream is not HttpStream || stream.Connection.Mux is not null)
            return;
        if (stream.Session.RequestCount <= 1)
            ConnectionTrace.BeginProtocol(stream.Connection);
        Tell(TraceSources.H1, H1New, TraceLevel.State, stream, "new H1 stream");
    }

    public override void Head(ProxyStream stream, MessageHead head, bool response)
    {
        next?.Head(stream, head, response);
        string what = response ? "response headers" : "request headers";
        TellHead(TraceSources.Stream, Heads, stream, head, what);
        bool isFramed = response ? stream.ServerSide is { Mux: not null } : stream.Connection.Mux is not null;
        if (isFramed)
            TellHead(TraceSources.H2, H2Headers, stream, head, "rcvd H2 " + what, response);
        else
            TellHead(TraceSources.H1, H1Headers, stream, head, "rcvd H1 " + what, response);
    }

    public override void Rule(ProxyStream stream, RuleConfig rule, Condition? condition, bool holds)
    {
        next?.Rule(stream, rule, condition, holds);
        Decide(stream, rule.Position.ToString(), holds);
    }

    public override void Switch(ProxyStream stream, BackendSwitch line, bool holds)
    {
        next?.Switch(stream, line, holds);
        Decide(stream, line.Position.ToString(), holds);
    }

    private static void Decide(ProxyStream stream, string position, bool holds)
    {
        TraceSource source = TraceSources.Stream;
        if (!source.IsOn || !source.Admit(Analysis, TraceLevel.State, SubjectOf(stream)))
            return;
        var text = new StringBuilder($"rule {position} {(holds ? "applies" : "does not apply")}");
        Describe(text, source, stream);
        source.Tell(Analysis, TraceLevel.State, stream.Worker.Index, text);
    }

    public override void Closed(ProxyStream stream)
    {
        next?.Closed(stream);
        // an answer of our own is no failure
        bool failed = stream.Cause is not (TerminationCause.None or TerminationCause.Local);
        string cause = failed ? $"stream ends early: {stream.Cause} in {stream.Phase}" : "";
        if (failed)
            Tell(TraceSources.Stream, Error, TraceLevel.Error, stream, cause);
        string end = stream is HttpStream { Status: > 0 } http ? $"stream ends with status {http.Status}" : "stream ends";
        Tell(TraceSources.Stream, Free, TraceLevel.User, stream, end);
        if (stream is not HttpStream || stream.Connection.Mux is not null)
            return;
        if (failed)
            Tell(TraceSources.H1, H1Error, TraceLevel.Error, stream, cause);
        Tell(TraceSources.H1, H1End, TraceLevel.State, stream, "H1 stream ends");
    }

    private static TraceSubject SubjectOf(ProxyStream stream) =>
        ConnectionTrace.SubjectOf(stream.Connection) with
        {
            Backend = stream.Backend,
            Server = stream.Server,
            Own = stream,
        };

    private static void Describe(StringBuilder text, TraceSource source, ProxyStream stream)
    {
        ConnectionTrace.Describe(text, source, stream.Connection);
        if (source.Verbosity < 1)
            return;
        if (stream.Backend is { } backend)
            text.Append(CultureInfo.InvariantCulture, $" be={backend.Name}/{stream.Server?.Name ?? "<none>"}");
        if (source.Verbosity > 1)
            text.Append(CultureInfo.InvariantCulture, $" strm={stream.Worker.Index}.{stream.SequenceNumber}");
    }

    private static void Tell(TraceSource source, int at, TraceLevel level, ProxyStream stream, string what)
    {
        if (!source.IsOn || !source.Admit(at, level, SubjectOf(stream)))
            return;
        var text = new StringBuilder(what);
        Describe(text, source, stream);
        source.Tell(at, level, stream.Worker.Index, text);
    }

    private static void TellHead(TraceSource source, int at, ProxyStream stream, MessageHead head, string what, bool isBack = false)
    {
        const int simple = 3,
            advanced = 4;
        if (!source.IsOn || !source.Admit(at, TraceLevel.User, SubjectOf(stream)))
            return;
        var text = new StringBuilder(what);
        Describe(text, source, stream);
        if (isBack)
            text.Replace("[F]", "[B]");
        if (source.Verbosity >= simple)
            AppendStart(text, head);
        for (int i = 0; source.Verbosity >= advanced && i < head.FieldCount; i++)
        {
            ref HeaderField one = ref head.Field(i);
            if (!one.IsRemoved)
                text.Append(" | ")
                    .Append(Encoding.Latin1.GetString(one.NameSpan))
                    .Append(": ")
                    .Append(Encoding.Latin1.GetString(one.ValueSpan));
        }
        source.Tell(at, TraceLevel.User, stream.Worker.Index, text);
    }

    private static void AppendStart(StringBuilder text, MessageHead head)
    {
        if (head.IsResponse)
            text.Append(CultureInfo.InvariantCulture, $" - {head.Status} ").Append(Encoding.Latin1.GetString(head.Reason));
        else
            text.Append(" - ")
                .Append(Encoding.Latin1.GetString(head.MethodSpan))
                .Append(' ')
                .Append(Encoding.Latin1.GetString(head.Target));
    }
}
