// What a rule says of how to go on; the rule sets act on it.
namespace Baton.Engine.Rules;

/// <summary>What a rule came to.</summary>
public enum Verdict : byte
{
    /// <summary>Next rule.</summary>
    Continue,

    /// <summary>No further rule of this set.</summary>
    Stop,

    /// <summary>The stream was answered.</summary>
    Answered,

    /// <summary>The connection or stream is to be closed without a word.</summary>
    Refused,

    /// <summary>Bytes that are not here yet decide: ask again when some have come.</summary>
    Wait,
}
