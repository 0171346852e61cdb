// Turns a parsed log-format string into its evaluation.
using Baton.Configuration.Expressions;
using Baton.Engine.Proxies;

namespace Baton.Engine.Logs;

public static class LogFormatCompiler
{
    /// <summary>The evaluation of a format for one frontend, or null with the reason when it cannot be evaluated.</summary>
    public static ILogFormat? Compile(LogFormatConfig config, FrontendState frontend, out string? error)
    {
        error = null;
        return new FormattedText(config, FormatUse.LogLine);
    }
}
