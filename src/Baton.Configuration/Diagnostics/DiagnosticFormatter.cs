// Diagnostics in HAProxy's shape, which tools parse: [ALERT]    (pid) : config : parsing [file:line] : message.
using System.Collections.Generic;
using System.Text;
using Baton.Configuration.Model;

namespace Baton.Configuration.Diagnostics;

public static class DiagnosticFormatter
{
    public static string Format(IEnumerable<Diagnostic> diagnostics, int pid)
    {
        var text = new StringBuilder();
        foreach (Diagnostic d in diagnostics)
            text.Append(Line(d, pid)).Append('\n');
        return text.ToString();
    }

    public static string Line(Diagnostic d, int pid)
    {
        string label = d.Severity switch
        {
            Severity.Alert => "[ALERT]   ",
            Severity.Warning => "[WARNING] ",
            Severity.Notice => "[NOTICE]  ",
            _ => "[DIAG]    ",
        };
        string where = d.Located && d.Position.File is { Length: > 0 } ? $"parsing [{d.Position}] : " : "";
        return $"{label} ({pid}) : config : {where}{(d.Hint is { } hint ? $"{d.Message.TrimEnd('.')}; did you mean '{hint}' maybe ?" : d.Message)}";
    }

    /// <summary>For people: the message, the source line and a caret under the offending word.</summary>
    public static string Explain(Diagnostic d, string? sourceLine, bool colors)
    {
        string kind = d.Severity switch
        {
            Severity.Alert => "error",
            Severity.Warning => "warning",
            Severity.Notice => "note",
            _ => "diag",
        };
        string color =
            d.Severity == Severity.Alert ? "\u001b[1;31m"
            : d.Severity == Severity.Warning ? "\u001b[1;33m"
            : "\u001b[1;36m";
        var text = new StringBuilder();
        text.Append(colors ? color : "").Append(kind).Append(colors ? "\u001b[0m" : "").Append(": ").Append(d.Message).Append('\n');
        if (sourceLine is null)
            return text.Append(Help(d, 0)).ToString();
        string number = d.Position.Line.ToString(System.Globalization.CultureInfo.InvariantCulture);
        text.Append("  --> ")
            .Append(d.Position)
            .Append('\n')
            .Append(number)
            .Append(" | ")
            .Append(sourceLine.Replace('\t', ' '))
            .Append('\n');
        int at = d.Word.Length > 0 ? sourceLine.IndexOf(d.Word, System.StringComparison.Ordinal) : -1;
        int length = d.Word.Length;
        if (at < 0)
        {
            at = sourceLine.Length - sourceLine.TrimStart().Length;
            length = sourceLine.Trim().Length;
        }
        return text.Append(' ', number.Length)
            .Append(" | ")
            .Append(' ', at)
            .Append('^')
            .Append('~', System.Math.Max(0, length - 1))
            .Append('\n')
            .Append(Help(d, number.Length))
            .ToString();
    }

    private static string Help(Diagnostic d, int indent) =>
        d.Hint is { } hint ? $"{new string(' ', indent)} = did you mean '{hint}'?\n" : "";
}
