// What the trace "handover" tells. Conversations are few and have threads of their own.
using System.Globalization;
using System.Text;
using Baton.Engine.Traces;

namespace Baton.Engine.Handover;

public static class HandoverTrace
{
    /// <summary>Places of events of the source.</summary>
    public const int New = 0,
        State = 1,
        Accept = 2,
        Move = 3,
        End = 4,
        Error = 5;

    /// <param name="at">The event.</param>
    /// <param name="level">From which level on it is told.</param>
    /// <param name="peer">The other process.</param>
    /// <param name="what">What happened.</param>
    public static void Tell(int at, TraceLevel level, int peer, string what)
    {
        TraceSource source = TraceSources.Handover;
        if (!TraceSwitch.On || !source.IsOn || !source.Admit(at, level, default))
            return;
        var text = new StringBuilder(what);
        if (source.Verbosity > 0)
            text.Append(CultureInfo.InvariantCulture, $" : peer={peer}");
        source.Tell(at, level, 0, text);
    }
}
