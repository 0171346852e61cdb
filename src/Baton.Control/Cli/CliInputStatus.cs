// What became of the bytes that a client of the runtime API has sent so far.
namespace Baton.Control.Cli;

public enum CliInputStatus : byte
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,
    Command,

    /// <summary>A line of a payload was taken, or the line that begins it; the command is not complete yet.</summary>
    Payload,

    /// <summary>A command beyond the limits: nothing more can be made of this input.</summary>
    TooLong,
}
