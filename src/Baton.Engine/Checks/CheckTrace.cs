// What the trace "check" tells. Nobody comes here without a trace.
using System.Globalization;
using System.Text;
using Baton.Engine.Traces;

namespace Baton.Engine.Checks;

/// <summary>On the worker that owns the check.</summary>
internal static class CheckTrace
{
    private const int Start = 0,
        End = 1,
        Success = 2,
        Failure = 3;

    internal static void Began(ServerCheck check) => Tell(check, Start, TraceLevel.State, "health-check starts", "");

    internal static void Ended(ServerCheck check, in CheckAnswer answer, int durationMs)
    {
        bool passed = answer.Verdict == CheckVerdict.Done;
        string info = answer.Info is { Length: > 0 } said ? $" ({said})" : "";
        Tell(
            check,
            passed ? Success : Failure,
            passed ? TraceLevel.User : TraceLevel.Error,
            passed ? "health-check succeeded" : "health-check failed",
            $" status={answer.Status} time={durationMs}ms{info}"
        );
        Tell(check, End, TraceLevel.State, "health-check ends", "");
    }

    private static void Tell(ServerCheck check, int at, TraceLevel level, string what, string details)
    {
        TraceSource source = TraceSources.Check;
        var subject = new TraceSubject(check.Worker.Index)
        {
            Server = check.Server,
            Backend = check.Server.Backend,
            Own = check,
        };
        if (!source.IsOn || !source.Admit(at, level, subject))
            return;
        var text = new StringBuilder(what);
        if (source.Verbosity > 0)
            text.Append(
                CultureInfo.InvariantCulture,
                $" : [{(check is AgentCheck ? 'A' : 'H')}] SRV={check.Server.Backend.Name}/{check.Server.Name}{details}"
            );
        source.Tell(at, level, subject.Thread, text);
    }
}
