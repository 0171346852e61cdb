// The frames of the handover conversation (docs/handover-protocol.md). Numbers are never reused.
namespace Baton.Handover.Protocol;

public enum FrameType : ushort
{
    None = 0,

    /// <summary>Both ways, first: version, oldest version understood, pid, participants.</summary>
    Hello = 1,

    /// <summary>old to new: not now, with the reason as text.</summary>
    Refuse = 2,

    /// <summary>new to old: everything is bound and parsed; send the state.</summary>
    Prepared = 3,

    /// <summary>old to new: one participant's state.</summary>
    State = 4,

    /// <summary>old to new: that was all of it.</summary>
    StateEnd = 5,

    /// <summary>new to old: I accept; stop. Carries the cookies of the listening sockets I serve.</summary>
    Accepting = 6,

    /// <summary>old to new: I have stopped accepting.</summary>
    Stopped = 7,

    /// <summary>old to new: live connections, descriptors attached. Nothing is given up yet.</summary>
    Connections = 8,

    /// <summary>new to old: which of them can be served here (one byte each).</summary>
    Claimed = 9,

    /// <summary>old to new: those are yours now.</summary>
    Commit = 10,

    /// <summary>old to new: I have taken them back.</summary>
    Withdraw = 11,

    /// <summary>old to new: everything that can move at once has moved; what is left follows as it becomes idle.</summary>
    Swept = 12,

    /// <summary>new to old: no need to stand by any longer.</summary>
    Release = 13,

    /// <summary>old to new: nothing is left, I leave.</summary>
    Done = 14,

    /// <summary>old to new: another process is taking over right now; ask again, there or at its successor.</summary>
    Busy = 15,

    /// <summary>old to new, in the probation: are you there? Only to one whose Hello says that it answers.</summary>
    Ping = 16,

    /// <summary>new to old: all my workers are.</summary>
    Alive = 17,

    /// <summary>old to new: sockets, one for each of its workers. Connections come there from here on, and all that belongs to them.
    /// Only to one whose Hello says that it takes them.</summary>
    Lanes = 18,

    /// <summary>old to new, between Prepared and State: a stick table with its memory. Only of those that Prepared names.</summary>
    Table = 19,
}
