// How outcomes of checks are written, in the statistics and the log. COMPAT: HAProxy's codes and words, which people's tools read.
using System;

namespace Baton.Engine.Checks;

public static class CheckTexts
{
    /// <summary>What a server has said, without what would end a line of the log or speak to a terminal: a dot for each control
    /// character.</summary>
    public static string Printable(string text) =>
        text.AsSpan().ContainsAnyInRange('\0', '\x1F') || text.Contains('\x7F') ? string.Create(text.Length, text, static (into, from) =>
            {
                for (int i = 0; i < into.Length; i++)
                    into[i] = char.IsControl(from[i]) ? '.' : from[i];
            }) : text;

    /// <summary>"L4OK" and the like (show stat: check_status).</summary>
    public static string Code(CheckStatus status) =>
        status switch
        {
            CheckStatus.Initializing => "INI",
            CheckStatus.Started => "START",
            CheckStatus.Checked => "CHECKED",
            CheckStatus.HealthAnalyze => "HANA",
            CheckStatus.SocketError => "SOCKERR",
            CheckStatus.Layer4Ok => "L4OK",
            CheckStatus.Layer4Timeout => "L4TOUT",
            CheckStatus.Layer4Connection => "L4CON",
            CheckStatus.Layer6Ok => "L6OK",
            CheckStatus.Layer6Timeout => "L6TOUT",
            CheckStatus.Layer6Response => "L6RSP",
            CheckStatus.Layer7Timeout => "L7TOUT",
            CheckStatus.Layer7Response => "L7RSP",
            CheckStatus.Layer7Ok => "L7OK",
            CheckStatus.Layer7OkConditional => "L7OKC",
            CheckStatus.Layer7Status => "L7STS",
            CheckStatus.ProcessError => "PROCERR",
            CheckStatus.ProcessTimeout => "PROCTOUT",
            CheckStatus.ProcessOk => "PROCOK",
            _ => "UNK",
        };

    /// <summary>The same in words (show stat: check_desc).</summary>
    public static string Words(CheckStatus status) =>
        status switch
        {
            CheckStatus.Initializing => "Initializing",
            CheckStatus.Started => "",
            CheckStatus.Checked => "No status change",
            CheckStatus.HealthAnalyze => "Health analyze",
            CheckStatus.SocketError => "Socket error",
            CheckStatus.Layer4Ok => "Layer4 check passed",
            CheckStatus.Layer4Timeout => "Layer4 timeout",
            CheckStatus.Layer4Connection => "Layer4 connection problem",
            CheckStatus.Layer6Ok => "Layer6 check passed",
            CheckStatus.Layer6Timeout => "Layer6 timeout",
            CheckStatus.Layer6Response => "Layer6 invalid response",
            CheckStatus.Layer7Timeout => "Layer7 timeout",
            CheckStatus.Layer7Response => "Layer7 invalid response",
            CheckStatus.Layer7Ok => "Layer7 check passed",
            CheckStatus.Layer7OkConditional => "Layer7 check conditionally passed",
            CheckStatus.Layer7Status => "Layer7 wrong status",
            CheckStatus.ProcessError => "External check error",
            CheckStatus.ProcessTimeout => "External check timeout",
            CheckStatus.ProcessOk => "External check passed",
            _ => "Unknown",
        };

    /// <summary>The outcome that has the code; null for none.</summary>
    public static CheckStatus? StatusOf(string? code)
    {
        for (CheckStatus status = CheckStatus.HealthAnalyze; code is not null && status <= CheckStatus.ProcessOk; status++)
            if (Code(status) == code)
                return status;
        return null;
    }

    public static CheckResult ResultOf(CheckStatus status) =>
        status switch
        {
            CheckStatus.Layer4Ok or CheckStatus.Layer6Ok or CheckStatus.Layer7Ok or CheckStatus.ProcessOk => CheckResult.Passed,
            CheckStatus.Layer7OkConditional => CheckResult.Conditional,
            CheckStatus.Unknown or CheckStatus.Initializing => CheckResult.Unknown,
            CheckStatus.Started or CheckStatus.Checked => CheckResult.Neutral,
            _ => CheckResult.Failed,
        };

    /// <summary>A peer has answered: there may be a code (an HTTP status).</summary>
    public static bool HasCode(CheckStatus status) => status >= CheckStatus.Layer7Ok;

    /// <summary>A check has come to an end.</summary>
    public static bool IsOutcome(CheckStatus status) => status >= CheckStatus.Checked;
}
