// A connection between peers, made by either side: hello and answer, then messages both ways. Both buffers have bounds, and a turn takes
// a bounded share of the loop: what is left waits for the next turn.
using System;
using System.Globalization;
using System.Text;
using Baton.Configuration.Model;
using Baton.Engine.Checks;
using Baton.Engine.Connections;
using Baton.Engine.Connections.Handshakes;
using Baton.Engine.Connections.Transports;
using Baton.Engine.Listeners;
using Baton.Engine.Loop;
using Baton.Engine.Peers.Wire;
using Baton.Engine.Tls;
using Baton.Interop.Linux;

namespace Baton.Engine.Peers;

/// <summary>OWNER: the section's worker. Never used again once it has ended.</summary>
internal sealed class PeerConnection : OutgoingConnection, IRunnable
{
    private enum Phase : byte
    {
        Connecting,
        AwaitsAnswer,
        AwaitsHello,
        Established,

        /// <summary>The last thing that is said is on its way.</summary>
        Ending,
    }

    /// <summary>A body that is longer ends the session.</summary>
    internal const int MaxBody = 65536;
    private const int BufferLength = MaxBody + PeerMessage.MaxPrefix;

    /// <summary>Times that a buffer is read or filled in a turn.</summary>
    private const int MostAtOnce = 4;

    /// <summary>COMPAT: for connecting and for hello and answer; without a word, what makes one; of silence, what ends it (ms).</summary>
    private const int HandshakeMs = 5000,
        HeartbeatMs = 3000,
        SilenceMs = 5000;

    private readonly PeersState _section;

    /// <summary>What comes in front of hello; nothing where the connection was made here.</summary>
    private Admission _admission;
    private readonly byte[] _input = new byte[BufferLength];
    private readonly byte[] _output = new byte[BufferLength];
    private int _inputLength,
        _outputAt,
        _outputLength;
    private Phase _phase;
    private long _saidMs,
        _heardMs;

    /// <summary>To a peer.</summary>
    public PeerConnection(PeersState section, PeerState peer, int fd, bool connected)
        : this(section, fd)
    {
        Peer = peer;
        IsOutgoing = true;
        _phase = Phase.Connecting;
        ResetHandshake();
        CanWrite = connected;
    }

    /// <summary>From somebody who has to say who it is.</summary>
    public PeerConnection(PeersState section, int fd, ListenerState listener)
        : this(section, fd)
    {
        _admission = new Admission(listener);
        SkipHandshake();
        _phase = Phase.AwaitsHello;
        CanWrite = true;
    }

    private PeerConnection(PeersState section, int fd)
    {
        _section = section;
        ResetConnection(section.Worker, fd);
        CanRead = true;
        _saidMs = _heardMs = Worker.NowMs;
        Worker.Timers.Arm(this, Worker.NowMs + HandshakeMs);
    }

    /// <summary>Null as long as it has not said who it is.</summary>
    public PeerState? Peer { get; private set; }

    /// <summary>It was made here.</summary>
    public bool IsOutgoing { get; }
    public bool IsEstablished => _phase == Phase.Established && IsOpen;

    /// <summary>It was a session, whatever it is now.</summary>
    public bool WasEstablished { get; private set; }

    /// <summary>When the next heartbeat is due, and when it ends for silence, for "show peers".</summary>
    internal long HeartbeatAtMs => _saidMs + HeartbeatMs;
    internal long SilentAtMs => _heardMs + SilenceMs;

    IRunnable? IRunnable.NextQueued { get; set; }

    protected override bool HasSocks => Peer?.Socks4 is not null;
    protected override bool HasPreamble => Peer!.Config.Server.SendProxy != ProxyProtocolVersion.None;
    protected override bool HasTls => Peer!.Tls is not null;
    protected override SocketAddress SocksTarget => Peer?.Endpoint?.Address ?? default;

    protected override ReadOnlySpan<byte> Preamble() =>
        CheckPreamble.Write(Worker.Scratch.OutputSpan, Peer!.Config.Server.SendProxy, SocketAddress.OfSocket(Fd), SocksTarget);

    private protected override OpenSslTransport? BeginTls()
    {
        TlsServerSide tls = Peer!.Tls!;
        if (TlsConnections.AreFull(Worker.Engine))
            return null;
        OpenSslTransport? session = OpenSslTransport.Begin(tls.ContextOf(Worker.Index), isServer: false);
        if (session is not null)
            tls.Prepare(session.Session, Worker.Index, null);
        return session;
    }

    /// <summary>Goes on, later in this turn of the loop.</summary>
    public void Wake() => Worker.Enqueue(this);

    public override void OnEvents(uint events)
    {
        NoteEvents(events);
        Go();
    }

    public void RunQueued()
    {
        if (IsOpen)
            Go();
    }

    /// <summary>Hears and says what can be heard and said now.</summary>
    public void Go()
    {
        EnsureRegistered();
        HandshakeResult result =
            !IsConnected ? ShakeHands()
            : !_admission.IsOver ? _admission.Advance(this)
            : HandshakeResult.Done;
        if (result == HandshakeResult.Failed)
            Close();
        if (result != HandshakeResult.Done)
            return;
        if (_phase == Phase.Connecting)
        {
            Put(PeerHello.Write(Peer!.Config.Name, _section.LocalName, Processes.getpid()));
            _phase = Phase.AwaitsAnswer;
        }
        if (Read() && IsOpen)
            Write();
    }

    /// <summary>False when the connection is over.</summary>
    private bool Read()
    {
        for (int i = 0; CanRead; i++)
        {
            if (i == MostAtOnce)
            {
                Wake();
                return true;
            }
            int got = Receive(_input.AsSpan(_inputLength));
            if (got > 0)
            {
                _inputLength += got;
                _heardMs = Worker.NowMs;
                if (!Hear() || !IsOpen)
                    return false;
            }
            else if (got == 0 || Failed)
            {
                Close();
                return false;
            }
        }
        return true;
    }

    /// <summary>What has come, as far as it is whole. False when the connection is over, or its last words are said.</summary>
    private bool Hear()
    {
        int at = 0;
        while (at < _inputLength && IsOpen)
        {
            ReadOnlySpan<byte> rest = _input.AsSpan(at, _inputLength - at);
            int length;
            switch (_phase)
            {
                case Phase.AwaitsHello:
                    length = HearHello(rest);
                    break;
                case Phase.AwaitsAnswer:
                    length = HearAnswer(rest);
                    break;
                case Phase.Established:
                    length = HearMessage(rest);
                    break;
                default:
                    length = rest.Length;
                    break;
            }
            if (length < 0)
                return false;
            if (length == 0)
                break;
            at += length;
        }
        _input.AsSpan(at, _inputLength - at).CopyTo(_input);
        _inputLength -= at;
        return true;
    }

    /// <summary>Bytes taken; 0 when more has to come, -1 when it is over.</summary>
    private int HearHello(ReadOnlySpan<byte> input)
    {
        int answer = PeerHello.Read(input, out PeerHello hello, out int length);
        if (answer < 0)
            return 0;
        if (answer == 0)
            answer =
                hello.To != _section.LocalName ? PeerHello.LocalMismatch
                : _section.Find(hello.From) is null ? PeerHello.RemoteMismatch
                : PeerHello.Succeeded;
        Put(Encoding.ASCII.GetBytes(answer.ToString(CultureInfo.InvariantCulture) + "\n"));
        if (answer != PeerHello.Succeeded)
        {
            End();
            return -1;
        }
        Peer = _section.Find(hello.From);
        _section.Known(this);
        Begin();
        return length;
    }

    private int HearAnswer(ReadOnlySpan<byte> input)
    {
        int answer = PeerHello.ReadAnswer(input, out int length);
        if (answer == 0)
            return 0;
        if (answer == PeerHello.Succeeded)
        {
            Begin();
            return length;
        }
        Peer!.Status = answer switch
        {
            PeerHello.TryAgainLater => PeerStatus.TryAgain,
            PeerHello.BadVersion => PeerStatus.BadVersion,
            PeerHello.LocalMismatch => PeerStatus.LocalMismatch,
            PeerHello.RemoteMismatch => PeerStatus.RemoteMismatch,
            _ => PeerStatus.ProtocolError,
        };
        Close();
        return -1;
    }

    private void Begin()
    {
        _phase = Phase.Established;
        WasEstablished = true;
        Peer!.Establish(this);
        ArmTimer();
    }

    private int HearMessage(ReadOnlySpan<byte> input)
    {
        MessageStatus status = PeerMessage.Take(input, MaxBody, out PeerMessage message, out int length);
        if (status == MessageStatus.Incomplete)
            return 0;
        bool isRight = status == MessageStatus.Whole && message.Class != MessageClass.Error && Peer!.Hearer.Hear(message);
        if (isRight)
            return length;
        Peer!.Counters.ProtocolErrors++;
        Peer.Status = PeerStatus.ProtocolError;
        if (status == MessageStatus.Whole && message.Class == MessageClass.Error)
        {
            Close();
            return -1;
        }
        _outputAt = _outputLength = 0;
        Put([(byte)MessageClass.Error, status == MessageStatus.TooLong ? MessageType.SizeLimit : MessageType.ProtocolError]);
        End();
        return -1;
    }

    /// <summary>Says something that is no message of the session.</summary>
    private void Put(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_output.AsSpan(_outputLength));
        _outputLength += bytes.Length;
    }

    private void Write()
    {
        for (int i = 0; CanWrite && IsOpen; )
        {
            if (_outputAt == _outputLength)
            {
                _outputAt = _outputLength = 0;
                if (i++ == MostAtOnce)
                {
                    Wake();
                    return;
                }
                if (_phase == Phase.Established)
                    _outputLength = Peer!.Teller.Fill(_output);
                if (_outputLength == 0)
                {
                    if (_phase == Phase.Established && Peer!.Teller.HasMore)
                        Wake();
                    return;
                }
            }
            int sent = Send(_output.AsSpan(_outputAt, _outputLength - _outputAt));
            if (sent > 0)
            {
                _outputAt += sent;
                _saidMs = Worker.NowMs;
            }
            else if (Failed)
            {
                Close();
                return;
            }
        }
    }

    /// <summary>Says the last thing and closes; who does not take it at once does not get it.</summary>
    private void End()
    {
        _phase = Phase.Ending;
        Write();
        Close();
    }

    private void ArmTimer() => Worker.Timers.Arm(this, Math.Min(_saidMs + HeartbeatMs, _heardMs + SilenceMs));

    public override void OnTimer(long nowMs)
    {
        if (_phase != Phase.Established)
        {
            Close();
            return;
        }
        if (nowMs - _heardMs >= SilenceMs)
        {
            Peer!.Counters.Silences++;
            Close();
            return;
        }
        if (nowMs - _saidMs >= HeartbeatMs)
        {
            // COMPAT: also to one that takes nothing just now; it hears of it when it does
            Peer!.Teller.Say(MessageClass.Control, MessageType.Heartbeat);
            Peer.Counters.SentHeartbeats++;
            _saidMs = nowMs;
            Write();
        }
        if (IsOpen)
            ArmTimer();
    }

    /// <summary>It is over.</summary>
    public void Close()
    {
        if (!IsOpen)
            return;
        CloseSocket();
        _section.Gone(this);
    }

    public override void Abandon() => Close();

    void IRunnable.EndForMemory() => Close();

    public override void ReturnToPool() { }
}
