// The participants of a handover whose state is counted: what both processes add is summed.
namespace Baton.Engine.Handover;

/// <summary>What adds up: each piece is what has come since the one before, so both processes may count at the same time.</summary>
public interface IAdditiveParticipant : IHandoverParticipant
{
    /// <summary>There will be no telling any more: the other process is gone, or this one goes.</summary>
    void End() { }

    /// <summary>Whoever told it is gone: takes back what counts only while he is there. In the first worker's thread.</summary>
    void Ended(EngineState engine) { }
}
