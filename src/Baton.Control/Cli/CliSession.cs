// What a client of the runtime API has set for its own connection: level, prompt, time-out, modes.
using Baton.Configuration.Model;

namespace Baton.Control.Cli;

/// <summary>OWNER: the worker of the connection.</summary>
public sealed class CliSession(CliLevel level, int timeoutMs)
{
    public CliLevel Level { get; set; } = level;

    /// <summary>Stays open after an answer.</summary>
    public bool Interactive { get; set; }

    /// <summary>Shows "> " while interactive.</summary>
    public bool Prompt { get; set; }

    /// <summary>The prompt begins with the process's age.</summary>
    public bool Timed { get; set; }
    public CliModes Modes { get; set; }
    public SeverityOutput Severity { get; set; }

    /// <summary>Milliseconds without activity until the connection is closed.</summary>
    public long TimeoutMs { get; set; } = timeoutMs;

    /// <summary>"quit" was said.</summary>
    public bool Ended { get; set; }
}
