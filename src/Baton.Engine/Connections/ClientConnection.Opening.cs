// What may end a connection before its first request: connection and session rules, handshakes, idle time-outs.
// SAFETY: what getsockopt writes is bounded by the length that goes with it, of an array that is pinned for the call.
using Baton.Engine.Connections.Handshakes;
using Baton.Engine.Rules;
using Baton.Engine.Streams;
using Baton.Interop.Linux;

namespace Baton.Engine.Connections;

/// <summary>Why a connection without a request ends.</summary>
internal enum IdleEnd : byte
{
    ClientClosed,
    ClientFailed,
    TimedOut,
}

public sealed unsafe partial class ClientConnection
{
    /// <summary>tcp-request connection rules. False when the connection was refused (and closed).</summary>
    private bool AdmitConnection()
    {
        if (Frontend.ConnectionRules is not { } rules || RunRules(rules))
            return true;
        if (!IsForgotten)
        {
            Frontend.Counters[Worker.Index].DeniedConnections++;
            Listener.Counters[Worker.Index].DeniedConnections++;
            // COMPAT: refused with a reset
            AbortOnClose();
        }
        Close();
        return false;
    }

    /// <summary>tcp-request session rules. False when the session was refused (and closed).</summary>
    private bool AdmitSession()
    {
        if (Frontend.SessionRules is not { } rules || RunRules(rules))
            return true;
        if (!IsForgotten)
        {
            Frontend.Counters[Worker.Index].DeniedSessions++;
            Listener.Counters[Worker.Index].DeniedSessions++;
        }
        Close();
        return false;
    }

    /// <summary>False when a rule refuses the connection.</summary>
    private bool RunRules(TcpRuleList rules)
    {
        SessionStream stand = Worker.SessionStream;
        stand.Attach(this);
        Verdict verdict = rules.Run(stand, final: true);
        stand.Detach();
        return verdict != Verdict.Refused;
    }

    /// <summary>A PROXY header comes first, by the bind line or by a rule.</summary>
    internal bool ExpectsProxyHeader { get; set; }

    /// <summary>A rule said silent-drop, and counted it.</summary>
    internal bool IsForgotten { get; private set; }

    /// <summary>
    /// silent-drop: closing says nothing to the client. In repair mode the kernel forgets a connection without a packet; that
    /// takes a privilege. COMPAT: without it the reset is sent with a hop limit that no client is near enough for.
    /// </summary>
    internal void ForgetOnClose()
    {
        IsForgotten = EndsAbruptly = true;
        if (Sockets.SetOption(Fd, Sockets.IPPROTO_TCP, Sockets.TCP_REPAIR, 1) == 0)
            return;
        if (Session.Source.IsIPv6)
            Sockets.SetOption(Fd, Sockets.IPPROTO_IPV6, Sockets.IPV6_UNICAST_HOPS, 1);
        else
            Sockets.SetOption(Fd, Sockets.IPPROTO_IP, Sockets.IP_TTL, 1);
        AbortOnClose();
    }

    /// <summary>Longest IP and TCP headers, and room for those of a link.</summary>
    private const int LongestFirstPacket = 256;

    private byte[] _firstPacket = [];
    private int _firstPacketLength = -1;

    /// <summary>Headers of the packet that opened the connection; empty when the bind line does not keep them (tcp-ss).</summary>
    internal System.ReadOnlySpan<byte> FirstPacket
    {
        get
        {
            if (_firstPacketLength < 0)
                TakeFirstPacket();
            return new System.ReadOnlySpan<byte>(_firstPacket, 0, _firstPacketLength);
        }
    }

    private void TakeFirstPacket()
    {
        _firstPacketLength = 0;
        if (Listener.Config.SaveSyn == 0)
            return;
        if (_firstPacket.Length == 0)
            _firstPacket = new byte[LongestFirstPacket];
        int length = LongestFirstPacket;
        fixed (byte* p = _firstPacket)
            if (Sockets.getsockopt(Fd, Sockets.IPPROTO_TCP, Sockets.TCP_SAVED_SYN, p, &length) == 0)
                _firstPacketLength = length;
    }

    internal void SetMark(int mark) => Sockets.SetOption(Fd, Sockets.SOL_SOCKET, Sockets.SO_MARK, mark);

    internal void SetTypeOfService(int tos)
    {
        // an IPv4 client of an IPv6 socket is told by both
        if (Session.Source.IsIPv6)
            Sockets.SetOption(Fd, Sockets.IPPROTO_IPV6, Sockets.IPV6_TCLASS, tos);
        Sockets.SetOption(Fd, Sockets.IPPROTO_IP, Sockets.IP_TOS, tos);
    }

    private HandshakeStep? _step;

    /// <summary>What is known of its TLS, during the handshake too; null where there is none.</summary>
    internal Tls.TlsFacts? TlsFacts =>
        Transport is { } transport ? transport.Facts
        : _step is TlsAcceptStep ? Tls.TlsFacts.Nothing
        : null;

    /// <summary>What has to be done behind a step; null when the connection may speak.</summary>
    private HandshakeStep? StepBehind(HandshakeStep? done) =>
        done is null && ExpectsProxyHeader ? ProxyHeaderStep.Instance
        : done is not TlsAcceptStep && Listener.Tls is not null ? TlsAcceptStep.Instance
        : null;

    /// <summary>Does what comes before everything else, if there is anything, and begins the session.</summary>
    private void BeginHandshake()
    {
        _step = StepBehind(null);
        if (_step is null)
        {
            StartSession();
            return;
        }
        Phase = ClientPhase.Handshake;
        EnsureRegistered();
        int timeout = First(Frontend.Config.Timeouts.ClientHandshake, Frontend.Config.Timeouts.Client);
        Worker.Timers.Arm(this, timeout < 0 ? long.MaxValue : Worker.NowMs + timeout);
        ContinueHandshake();
    }

    private void ContinueHandshake()
    {
        while (_step is not null)
        {
            switch (_step.Advance(this, out HandshakeFailure why))
            {
                case HandshakeResult.Wait:
                    return;
                case HandshakeResult.Failed:
                    Session.HandshakeMs = (int)(Worker.NowMs - Session.AcceptMs);
                    RefuseHandshake(why);
                    return;
                default:
                    _step = StepBehind(_step);
                    break;
            }
        }
        Worker.Timers.Cancel(this);
        Session.HandshakeMs = (int)(Worker.NowMs - Session.AcceptMs);
        CanRead = CanWrite = true;
        StartSession();
    }

    /// <summary>Logs why there will be no session, and closes. COMPAT: dontlognull keeps silent of those that said nothing at
    /// all.</summary>
    private void RefuseHandshake(HandshakeFailure why)
    {
        Session.Fault = ConnectionFaults.NumberOf(why.Text);
        bool silent = why.Text.IsEmpty || why.IsNull && (Frontend.Config.Options & Configuration.Model.ProxyOptions.DontLogNull) != 0;
        if (!silent && Frontend.Log is { } log)
            log.Emit(this, why.Text);
        Close();
    }

    /// <summary>
    /// COMPAT: before its first request an empty connection is answered with 400 (closed) or 408 (timed out) and logged,
    /// as HAProxy does; between two requests it is closed without a word.
    /// </summary>
    private void CloseIdle(IdleEnd why)
    {
        if (_head is not null)
        {
            EndHead(
                why == IdleEnd.TimedOut ? HeadEnd.TimedOut
                : why == IdleEnd.ClientFailed ? HeadEnd.Failed
                : HeadEnd.Closed
            );
            return;
        }
        if (Phase == ClientPhase.Handshake)
        {
            Session.HandshakeMs = -1;
            RefuseHandshake(_step!.TimedOut(this));
            return;
        }
        if (Session.RequestCount > 0 || (Frontend.Config.Options & Configuration.Model.ProxyOptions.HttpIgnoreProbes) != 0)
        {
            Close();
            return;
        }
        if (Worker.HttpStreams.Rent() is not { } stream)
        {
            CloseForMemory();
            return;
        }
        Carry(stream);
        HeadSinceMs = Worker.NowMs;
        stream.StartEmpty(this, why == IdleEnd.TimedOut, why == IdleEnd.ClientFailed);
    }
}
