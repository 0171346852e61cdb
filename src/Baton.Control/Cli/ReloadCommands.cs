// The last reloads of the process, over all processes that came before: "show reloads", what the statistics page shows in its timeline.
using System;
using System.Globalization;
using System.Text;
using Baton.Configuration.Model;
using Baton.Engine.Handover;

namespace Baton.Control.Cli;

public static class ReloadCommands
{
    public static readonly CliCommand[] Rows =
    [
        new("show reloads", "", CliLevel.User, "the last reloads as CSV: who followed whom, how long it took, what moved", Show),
    ];

    /// <summary>Times are seconds since 1970, spans milliseconds; empty for what is not known, or not over yet.</summary>
    private static void Show(CliRequest r)
    {
        r.Line("# at,old_pid,pid,old_version,version,changed,prepared_ms,moved_ms,left_ms,adopted,refused,failure,changes");
        foreach (ReloadRecord one in r.Engine.Reloads.Snapshot())
        {
            StringBuilder a = r.Answer;
            a.Append(CultureInfo.InvariantCulture, $"{one.At},{one.OldPid},{one.Pid},");
            Text(a, one.OldVersion).Append(',');
            Text(a, one.Version).Append(',');
            a.Append(
                    one.IsChanged switch
                    {
                        true => "1",
                        false => "0",
                        _ => "",
                    }
                )
                .Append(',');
            Span(a, one.PreparedMs);
            Span(a, one.MovedMs);
            Span(a, one.LeftMs);
            a.Append(CultureInfo.InvariantCulture, $"{one.Adopted},{one.Refused},");
            Text(a, one.Failure).Append(',');
            Text(a, one.Changes).Append('\n');
        }
    }

    private static void Span(StringBuilder a, int ms)
    {
        if (ms >= 0)
            a.Append(CultureInfo.InvariantCulture, $"{ms}");
        a.Append(',');
    }

    /// <summary>Within quotes where it needs them, and on one line.</summary>
    private static StringBuilder Text(StringBuilder a, string text)
    {
        text = text.ReplaceLineEndings("; ");
        return text.AsSpan().IndexOfAny(',', '"') < 0 ? a.Append(text) : a.Append('"').Append(text.Replace("\"", "\"\"")).Append('"');
    }
}
