namespace Baton.Engine.Peers.Wire;

/// <summary>How a value of a data type is written.</summary>
public enum DataShape : byte
{
    /// <summary>Nobody knows: what follows it cannot be read.</summary>
    Unknown,

    /// <summary>A number.</summary>
    Integer,

    /// <summary>Milliseconds since the present period began, events in it, events in the one before.</summary>
    Rate,

    /// <summary>A word of the session's dictionary.</summary>
    Word,
}
