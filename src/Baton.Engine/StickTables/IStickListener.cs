namespace Baton.Engine.StickTables;

/// <summary>Somebody who tells others of changes.</summary>
public interface IStickListener
{
    /// <summary>Entries of the table have changed. Said once, and again only after the listener has looked
    /// (<see cref="StickWalk.Arm"/>). On any thread, in the middle of traffic: it has to be done in a moment.</summary>
    void Changed(StickTableState table);
}
