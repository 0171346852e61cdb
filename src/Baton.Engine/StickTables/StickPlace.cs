namespace Baton.Engine.StickTables;

/// <summary>A place in a table, for walks through all of it; the default is the beginning.</summary>
public readonly record struct StickPlace(int Shard, uint Number);
