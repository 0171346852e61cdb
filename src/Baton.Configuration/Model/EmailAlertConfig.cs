// The "email-alert" lines of a proxy: whom to tell by mail of what becomes of its servers.
namespace Baton.Configuration.Model;

/// <summary>A line makes a new one: a section that inherits it from its defaults changes its own alone.</summary>
public sealed record EmailAlertConfig
{
    public required SourcePosition Position { get; init; }
    public string? Mailers { get; init; }
    public string? From { get; init; }
    public string? To { get; init; }

    /// <summary>What a mailer is greeted with; null for the machine's name.</summary>
    public string? MyHostname { get; init; }

    /// <summary>The least important severity of syslog that is mailed: alert, unless a line says it.</summary>
    public int Level { get; init; } = 1;

    /// <summary>All that is needed has been said.</summary>
    public bool IsComplete => Mailers is not null && From is not null && To is not null;
}
