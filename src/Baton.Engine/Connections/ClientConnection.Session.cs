// What may end a connection before its first request: connection and session rules, the PROXY header, idle time-outs.
using Baton.Engine.Rules;
using Baton.Engine.Streams;
using Baton.Http.ProxyProtocol;
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
        IsForgotten = true;
        if (Sockets.SetOption(Fd, Sockets.IPPROTO_TCP, Sockets.TCP_REPAIR, 1) == 0)
            return;
        if (Source.IsIPv6)
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
        if (Source.IsIPv6)
            Sockets.SetOption(Fd, Sockets.IPPROTO_IPV6, Sockets.IPV6_TCLASS, tos);
        Sockets.SetOption(Fd, Sockets.IPPROTO_IP, Sockets.IP_TOS, tos);
    }

    private void ReleaseVariables()
    {
        if (Variables is null)
            return;
        Worker.Engine.VariableLimits?.TryAdd(-Variables.TotalCost);
        Variables.Clear(Worker.VariableMemory);
        Worker.VariableStores.Return(Variables);
        Variables = null;
    }

    private void BeginProxyHeader()
    {
        EnsureRegistered();
        int timeout = First(Frontend.Config.Timeouts.ClientHandshake, Frontend.Config.Timeouts.Client);
        Worker.Timers.Arm(this, timeout < 0 ? long.MaxValue : Worker.NowMs + timeout);
        ContinueProxyHeader();
    }

    /// <summary>Looks at what has arrived; takes exactly the header out of the socket when it is whole, and closes when it cannot become
    /// one.</summary>
    private void ContinueProxyHeader()
    {
        byte* scratch = Worker.Scratch.Text;
        nint n = Sockets.recv(Fd, scratch, Worker.Scratch.TextSize, Sockets.MSG_PEEK);
        if (n < 0 && Sockets.Last is Errno.EAGAIN or Errno.EINTR)
        {
            CanRead = false;
            return;
        }
        if (n <= 0)
        {
            RefuseProxyHeader(n == 0 ? ProxyHeaderFailure.Closed : ProxyHeaderFailure.Failed, isNull: true);
            return;
        }
        ProxyParseStatus status = ProxyHeaderParser.Parse(
            new System.ReadOnlySpan<byte>(scratch, (int)n),
            out ProxyHeader header,
            out int length
        );
        if (status == ProxyParseStatus.Incomplete && !PeerClosed)
        {
            CanRead = false;
            return;
        }
        if (status == ProxyParseStatus.Incomplete)
        {
            RefuseProxyHeader(ProxyHeaderFailure.Truncated);
            return;
        }
        if (status == ProxyParseStatus.Bad)
        {
            RefuseProxyHeader(ProxyHeaderFailure.Describe(new System.ReadOnlySpan<byte>(scratch, (int)n)));
            return;
        }
        if (Sockets.recv(Fd, scratch, length, 0) != length)
        {
            Close();
            return;
        }
        Worker.Timers.Cancel(this);
        HandshakeMs = (int)(Worker.NowMs - AcceptMs);
        if (!header.IsLocal && header.Family is ProxyFamily.IPv4 or ProxyFamily.IPv6)
        {
            Source = SocketAddress.From(header.Source, header.SourcePort);
            _destination = SocketAddress.From(header.Destination, header.DestinationPort);
            FromProxyHeader = true;
        }
        // SAFETY: the scratch memory still holds the header that was parsed
        KeepProxyFields(new System.ReadOnlySpan<byte>(scratch + header.TlvOffset, header.TlvLength));
        CanRead = CanWrite = true;
        StartSession();
    }

    /// <summary>From the accept until the PROXY header was there (%Th).</summary>
    internal int HandshakeMs { get; private set; }

    /// <summary>Logs why there will be no session, and closes. COMPAT: dontlognull keeps silent of those that said nothing at
    /// all.</summary>
    private void RefuseProxyHeader(System.ReadOnlySpan<byte> why, bool isNull = false)
    {
        if (Frontend.Log is { } log && !(isNull && (Frontend.Config.Options & Configuration.Model.ProxyOptions.DontLogNull) != 0))
            log.Emit(this, why);
        Close();
    }

    private bool HasUnreadBytes
    {
        get
        {
            byte b;
            return Sockets.recv(Fd, &b, 1, Sockets.MSG_PEEK) > 0;
        }
    }

    private byte[] _proxyFields = [];
    private int _proxyFieldsLength;

    /// <summary>Extension fields of the PROXY header, one behind the other (proxy-protocol.txt §2.2).</summary>
    internal System.ReadOnlySpan<byte> ProxyFields => new(_proxyFields, 0, _proxyFieldsLength);

    /// <summary>Bounded by the header, which fits the scratch memory. The memory stays with the object: it is used again.</summary>
    private void KeepProxyFields(System.ReadOnlySpan<byte> fields)
    {
        if (fields.Length > _proxyFields.Length)
            _proxyFields = new byte[System.Math.Max(256, fields.Length)];
        fields.CopyTo(_proxyFields);
        _proxyFieldsLength = fields.Length;
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
        if (Phase == ClientPhase.ProxyHeader)
        {
            RefuseProxyHeader(ProxyHeaderFailure.TimedOut, isNull: !HasUnreadBytes);
            return;
        }
        if (RequestCount > 0 || (Frontend.Config.Options & Configuration.Model.ProxyOptions.HttpIgnoreProbes) != 0)
        {
            Close();
            return;
        }
        if (Worker.HttpStreams.Rent() is not { } stream)
        {
            CloseForMemory();
            return;
        }
        Phase = ClientPhase.Active;
        Stream = stream;
        HeadSinceMs = Worker.NowMs;
        stream.StartEmpty(this, why == IdleEnd.TimedOut, why == IdleEnd.ClientFailed);
    }
}
