// The way of a client's connection to its session: the rules for connections, what comes before everything else (PROXY header, TLS),
// and the rules for sessions. Each of them may be its end.
using Baton.Engine.Connections.Handshakes;
using Baton.Engine.Rules;
using Baton.Engine.Streams;
using Baton.Engine.Traces;

namespace Baton.Engine.Connections;

/// <summary>A field of the connection that is opened, never copied.</summary>
internal struct ClientOpening
{
    /// <summary>The step that is waited for: a number, because a connection has it for as long as it lives.</summary>
    private enum Step : byte
    {
        None,
        ProxyHeader,
        TlsAccept,
    }

    private Step _at;

    private readonly HandshakeStep? Current =>
        _at switch
        {
            Step.ProxyHeader => ProxyHeaderStep.Instance,
            Step.TlsAccept => TlsAcceptStep.Instance,
            _ => null,
        };

    /// <summary>A PROXY header comes first, by the bind line or by a rule.</summary>
    public bool ExpectsProxyHeader;

    /// <summary>What is waited for is TLS.</summary>
    public readonly bool IsInTls => _at == Step.TlsAccept;

    /// <summary>Nothing of the step that is waited for has come yet.</summary>
    public readonly bool IsMovable => Current!.IsMovable;

    /// <summary>What has to be done behind a step; none when the connection may speak.</summary>
    private readonly Step StepBehind(ClientConnection client, Step done) =>
        done == Step.None && ExpectsProxyHeader ? Step.ProxyHeader
        : done != Step.TlsAccept && client.Listener.Tls is not null ? Step.TlsAccept
        : Step.None;

    /// <summary>Does what comes before everything else, if there is anything, and begins the session.</summary>
    public void Begin(ClientConnection client)
    {
        _at = StepBehind(client, Step.None);
        if (_at == Step.None)
        {
            client.StartSession();
            return;
        }
        client.Phase = ClientPhase.Handshake;
        client.EnsureRegistered();
        int timeout = client.Frontend.Config.Timeouts is { ClientHandshake: >= 0 and var own }
            ? own
            : client.Frontend.Config.Timeouts.Client;
        client.Worker.Timers.Arm(client, timeout < 0 ? long.MaxValue : client.Worker.NowMs + timeout);
        Continue(client);
    }

    public void Continue(ClientConnection client)
    {
        while (Current is { } step)
        {
            switch (step.Advance(client, out HandshakeFailure why))
            {
                case HandshakeResult.Wait:
                    return;
                case HandshakeResult.Failed:
                    client.Session.HandshakeMs = (int)(client.Worker.NowMs - client.Session.AcceptMs);
                    Refuse(client, why);
                    return;
                default:
                    _at = StepBehind(client, _at);
                    break;
            }
        }
        client.Worker.Timers.Cancel(client);
        client.Session.HandshakeMs = (int)(client.Worker.NowMs - client.Session.AcceptMs);
        client.CanRead = client.CanWrite = true;
        client.StartSession();
    }

    /// <summary>What was waited for did not come in time.</summary>
    public readonly void TimeOut(ClientConnection client)
    {
        client.Session.HandshakeMs = -1;
        Refuse(client, Current!.TimedOut(client));
    }

    /// <summary>Logs why there will be no session, and closes. COMPAT: dontlognull keeps silent of those that said nothing at
    /// all.</summary>
    private static void Refuse(ClientConnection client, HandshakeFailure why)
    {
        client.Session.Fault = ConnectionFaults.NumberOf(why.Text);
        bool silent =
            why.Text.IsEmpty || why.IsNull && (client.Frontend.Config.Options & Configuration.Model.ProxyOptions.DontLogNull) != 0;
        if (!silent && client.Frontend.Log is { } log)
            log.Emit(client, why.Text);
        if (TraceSwitch.On)
            ConnectionTrace.Refuse(client, "handshake refused");
        client.Close();
    }

    /// <summary>tcp-request connection rules. False when the connection was refused (and closed).</summary>
    public static bool AdmitConnection(ClientConnection client)
    {
        if (client.Frontend.ConnectionRules is not { } rules || RunRules(client, rules))
            return true;
        if (!client.IsForgotten)
        {
            client.Frontend.Counters[client.Worker.Index].DeniedConnections++;
            client.Listener.Counters[client.Worker.Index].DeniedConnections++;
            // COMPAT: refused with a reset
            client.AbortOnClose();
        }
        if (TraceSwitch.On)
            ConnectionTrace.Refuse(client, "connection refused by a rule");
        client.Close();
        return false;
    }

    /// <summary>tcp-request session rules. False when the session was refused (and closed).</summary>
    public static bool AdmitSession(ClientConnection client)
    {
        if (client.Frontend.SessionRules is not { } rules || RunRules(client, rules))
            return true;
        if (!client.IsForgotten)
        {
            client.Frontend.Counters[client.Worker.Index].DeniedSessions++;
            client.Listener.Counters[client.Worker.Index].DeniedSessions++;
        }
        if (TraceSwitch.On)
            ConnectionTrace.Refuse(client, "session refused by a rule");
        client.Close();
        return false;
    }

    /// <summary>False when a rule refuses the connection.</summary>
    private static bool RunRules(ClientConnection client, TcpRuleList rules)
    {
        SessionStream stand = client.Worker.SessionStream;
        stand.Attach(client);
        Verdict verdict = rules.Run(stand, final: true);
        stand.Detach();
        return verdict != Verdict.Refused;
    }
}
