namespace Baton.Engine.Logs;

/// <summary>What a log-format string is for. COMPAT: HAProxy treats samples differently in each.</summary>
public enum FormatUse : byte
{
    /// <summary>Headers, targets and bodies that rules write: samples without quotes and with control characters as %XX.</summary>
    Message,
    /// <summary>The value of a variable (set-var-fmt): samples as they are, quoted with %{+Q}.</summary>
    Variable,
    /// <summary>A line of the log: the same, and "-" for what there is none of.</summary>
    LogLine,
}
