namespace Baton.Engine.Peers;

/// <summary>How a process that has just begun comes to know what the others know.</summary>
internal enum ResyncPhase : byte
{
    /// <summary>The process before tells what it has.</summary>
    FromLocal,

    /// <summary>Another machine is asked.</summary>
    FromRemote,

    /// <summary>Everything is known, or nobody could tell.</summary>
    Done,
}
