// COMPAT: what a formatted text is for decides what its flags do to samples, and how spaces and missing values come out.
namespace Baton.Engine.Logs;

public enum FormatUse : byte
{
    /// <summary>A part of a message, or a name: samples are never quoted, and nothing stands for a missing one.</summary>
    Message,

    /// <summary>The body of an answer: as part of a message, but a zero byte in it harms nobody.</summary>
    Body,

    /// <summary>The request target or a part of it: as part of a message, but a tab cannot stand there.</summary>
    Target,

    /// <summary>A field with a length of its own, as in a PROXY header: samples go there byte for byte.</summary>
    Field,

    /// <summary>An identifier of a request: as part of a message, separated like a log line.</summary>
    UniqueId,

    /// <summary>A variable: samples are quoted and replaced where the flags say so.</summary>
    Variable,

    /// <summary>A log line: a dash stands for what is missing unless the flags say otherwise.</summary>
    LogLine,
}
