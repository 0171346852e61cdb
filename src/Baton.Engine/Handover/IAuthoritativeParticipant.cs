// The participants of a handover whose state one process may set at a time.
namespace Baton.Engine.Handover;

/// <summary>What an operator or a rule sets: it has one writer, and after the switch that is the next process.</summary>
public interface IAuthoritativeParticipant : IHandoverParticipant
{
    /// <summary>Any thread may take a piece over: it has a lock of its own.</summary>
    bool ReadsAnywhere => false;

    /// <summary>What everything else that is told may refer to: it is told in front of it.</summary>
    bool ComesFirst => false;

    /// <summary>There will be no telling any more: the other process knows, or is gone.</summary>
    void End() { }
}
