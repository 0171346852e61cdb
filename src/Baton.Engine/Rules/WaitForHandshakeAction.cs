// http-request wait-for-handshake: a request that came as early data (bind option allow-0rtt) waits until the handshake of its connection
// is over. Whoever sends a recording again cannot end that.
using Baton.Engine.Connections.Handshakes;
using Baton.Engine.Connections.Transports;
using Baton.Engine.Streams;

namespace Baton.Engine.Rules;

internal sealed class WaitForHandshakeAction : RuleAction
{
    public override Verdict Run(HttpStream stream)
    {
        switch (OpenSslTransport.Finish(stream.Connection))
        {
            case HandshakeResult.Failed:
                return Verdict.Refused;
            case HandshakeResult.Wait:
                if (stream.PhaseDeadlineMs == long.MaxValue)
                    stream.PhaseDeadlineMs = stream.DeadlineIn(stream.FrontendTimeouts.Client);
                return Verdict.Wait;
        }
        stream.PhaseDeadlineMs = long.MaxValue;
        return Verdict.Continue;
    }
}
