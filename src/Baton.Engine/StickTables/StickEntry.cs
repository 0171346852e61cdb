namespace Baton.Engine.StickTables;

/// <summary>An entry that somebody holds: it is neither expired nor evicted until it is released. The default is none.</summary>
public readonly record struct StickEntry(StickTableState? Table, int Shard, uint Number)
{
    public bool IsSet => Table is not null;
}
