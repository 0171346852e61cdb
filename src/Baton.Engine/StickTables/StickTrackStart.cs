namespace Baton.Engine.StickTables;

/// <summary>What an entry counts when it begins to be tracked.</summary>
public enum StickTrackStart : byte
{
    None,

    /// <summary>A connection.</summary>
    Connection,

    /// <summary>A connection, and the request that has been read by then.</summary>
    Request,
}
