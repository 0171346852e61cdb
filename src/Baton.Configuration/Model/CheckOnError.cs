namespace Baton.Configuration.Model;

/// <summary>"on-error": what comes of too many errors in the traffic of a server.</summary>
public enum CheckOnError : byte
{
    /// <summary>They count as a bad check.</summary>
    FailCheck,

    /// <summary>The next check comes soon.</summary>
    FastInter,

    /// <summary>One bad check, and another one would bring it down.</summary>
    SuddenDeath,

    /// <summary>It is down.</summary>
    MarkDown,
}
