// Everything that survives a reload besides sockets and connections. To join: implement one of the two kinds of participants
// beside what is to be kept, and add it here.
using System.Collections.Generic;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;

namespace Baton.Engine.Handover;

public static class Participants
{
    /// <summary>What is told until the switch. One set a session: participants remember what they have told.</summary>
    public static List<IAuthoritativeParticipant> Authoritative() =>
        [
#if !NEIGHBOUR_BUILD // another version may lack any of them (tests/Baton.Neighbour)
            new CertificateParticipant(),
            new DynamicServerParticipant(),
#endif
            new ServerStateParticipant(),
            new Variables.VariableParticipant(),
            new Patterns.PatternParticipant(),
            new TicketKeyParticipant(),
#if !NEIGHBOUR_BUILD
            new RuntimeEditParticipant(),
            new ReloadParticipant(),
            new ConfigurationParticipant(),
            new ResolverParticipant(),
            new PeersParticipant(),
            new MailParticipant(),
            new TraceParticipant(),
            new HandoverTotalsParticipant(),
#endif
        ];

    /// <summary>What is told to the end.</summary>
    public static List<IAdditiveParticipant> Additive() =>
        [
            new CounterParticipant(),
            new SlotParticipant(),
#if !NEIGHBOUR_BUILD
            new StickTableParticipant(),
            new SessionCacheParticipant(),
            new LatencyParticipant(),
#endif
        ];

    public static List<IHandoverParticipant> All() => [.. Additive(), .. Authoritative()];
}
