// Everything that survives a reload besides sockets and connections. To join: implement IHandoverParticipant beside what
// is to be kept, and add it here.
using System.Collections.Generic;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;

namespace Baton.Engine.Handover;

public static class Participants
{
    /// <summary>One set a session: participants remember what they have written.</summary>
    public static List<IHandoverParticipant> Create() =>
    [
        new CounterParticipant(), new ServerStateParticipant(), new Variables.VariableParticipant(), new Patterns.PatternParticipant(),
#if !NEIGHBOUR_BUILD // another version may lack any of them (tests/Baton.Neighbour)
        new RuntimeEditParticipant(),
#endif
    ];
}
