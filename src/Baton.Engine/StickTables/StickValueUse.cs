namespace Baton.Engine.StickTables;

/// <summary>What is done with a value when it is asked for.</summary>
internal enum StickValueUse : byte
{
    Read,

    /// <summary>Bytes in units of 1,024.</summary>
    Kilobytes,
    Increment,
    Clear,
}
