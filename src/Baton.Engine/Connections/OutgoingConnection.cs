// A connection that this process makes: to a server for a stream, or for something that is no stream (a health check). What has to
// be said on it before anything else is said here, in this order: SOCKS4, the PROXY header, the TLS handshake.
// SAFETY: what is sent lies on this frame's stack or in the worker's scratch memory for the call; an answer is read into as many bytes.
using System;
using System.Buffers.Binary;
using Baton.Engine.Connections.Handshakes;
using Baton.Engine.Connections.Transports;
using Baton.Interop.Linux;

namespace Baton.Engine.Connections;

/// <summary>Open it with <see cref="Servers.Connector"/>; call <see cref="ShakeHands"/> after each event until it is done.</summary>
public abstract unsafe class OutgoingConnection : Connection
{
    private enum Step : byte
    {
        Connect,
        AskSocks,
        AwaitSocks,
        Preamble,
        Tls,
        Done,
    }

    private const byte SocksVersion = 4,
        SocksConnect = 1,
        SocksGranted = 90;
    private const int SocksAnswerLength = 8;

    /// <summary>COMPAT: the user that HAProxy names.</summary>
    private static ReadOnlySpan<byte> SocksUser => "HAProxy\0"u8;

    private Step _step;

    /// <summary>It was told to whom it leads, and what came before everything else is out.</summary>
    public bool IsConnected => _step == Step.Done;

    /// <summary>A SOCKS4 proxy is asked for the connection (server option socks4).</summary>
    protected abstract bool HasSocks { get; }

    /// <summary>A PROXY header comes first (send-proxy and the like).</summary>
    protected abstract bool HasPreamble { get; }

    /// <summary>Where the SOCKS4 proxy is to connect to.</summary>
    protected abstract SocketAddress SocksTarget { get; }

    /// <summary>The PROXY header, valid until the next use of the worker's scratch memory; empty when it does not fit there.</summary>
    protected abstract ReadOnlySpan<byte> Preamble();

    /// <summary>What goes out behind the preamble is there already.</summary>
    protected virtual bool HasMoreToSend => false;

    /// <summary>What is said after it is TLS.</summary>
    protected virtual bool HasTls => false;

    /// <summary>A TLS session that has not begun; null when there is no memory. Only with <see cref="HasTls"/>.</summary>
    private protected virtual OpenSslTransport? BeginTls() => null;

    /// <summary>What may be said before the TLS handshake is over; empty for nothing. It is offered again afterwards.</summary>
    private protected virtual ReadOnlySpan<byte> EarlyText => default;

    /// <summary>A TLS handshake has come to something, or to nothing: counted where somebody counts.</summary>
    private protected virtual void OnTlsDone(bool isResumed) { }

    private protected virtual void OnTlsFailed(byte fault) { }

    /// <summary>Something has to be said before the user's first byte.</summary>
    internal bool NeedsHandshake => _step != Step.Done && (HasSocks || HasPreamble || HasTls || XorTransport.OnServers);

    /// <summary>Begins with a socket that connects.</summary>
    protected void ResetHandshake() => _step = Step.Connect;

    /// <summary>It is known to be connected, and nothing is left to be said.</summary>
    protected internal void SkipHandshake() => _step = Step.Done;

    /// <summary>What lies between the socket and who uses it. False when there is no memory for it.</summary>
    private bool BeginTransport()
    {
        if (HasTls)
        {
            OpenSslTransport? session = BeginTls();
            Transport = session;
            return session is not null && session.SendEarly(this, EarlyText);
        }
        if (XorTransport.OnServers)
            Transport = new XorTransport();
        return true;
    }

    /// <summary>Where our own records can carry on they do: at once, or after the first answer.</summary>
    private HandshakeResult ShakeTlsHands()
    {
        var session = (OpenSslTransport)Transport!;
        HandshakeResult result = session.ShakeHands(this);
        if (result == HandshakeResult.Failed)
        {
            OnTlsFailed(session.FaultOf(this));
            return Refuse();
        }
        if (result == HandshakeResult.Done)
            OnTlsDone(session.Facts!.IsResumed);
        if (result == HandshakeResult.Done && session.Leave(Worker) is { } transport)
            Transport = transport;
        return result;
    }

    /// <summary>Goes on as far as possible now.</summary>
    public HandshakeResult ShakeHands()
    {
        if (Failed)
        {
            if (TakeSocketError() <= 0)
                Error = Errno.ECONNREFUSED;
            if (_step == Step.Tls)
                OnTlsFailed(((OpenSslTransport)Transport!).FaultOf(this));
            return HandshakeResult.Failed;
        }
        while (true)
        {
            switch (_step)
            {
                case Step.Connect:
                    if (!CanWrite)
                        return HandshakeResult.Wait;
                    _step = HasSocks ? Step.AskSocks : Step.Preamble;
                    break;
                case Step.AskSocks:
                    if (!AskSocks())
                        return Refuse();
                    _step = Step.AwaitSocks;
                    break;
                case Step.AwaitSocks:
                    HandshakeResult answer = ReadSocksAnswer();
                    if (answer != HandshakeResult.Done)
                        return answer;
                    _step = Step.Preamble;
                    break;
                case Step.Preamble:
                    if (HasPreamble && !SendPreamble())
                        return Refuse();
                    if (!BeginTransport())
                        return Refuse();
                    _step = HasTls ? Step.Tls : Step.Done;
                    break;
                case Step.Tls:
                    HandshakeResult shaken = ShakeTlsHands();
                    if (shaken != HandshakeResult.Done)
                        return shaken;
                    CanRead = CanWrite = true;
                    _step = Step.Done;
                    break;
                default:
                    return HandshakeResult.Done;
            }
        }
    }

    private HandshakeResult Refuse()
    {
        if (Error == 0)
            Error = Errno.ECONNREFUSED;
        return HandshakeResult.Failed;
    }

    /// <summary>A socket that has just connected takes it whole.</summary>
    private bool SendPreamble()
    {
        ReadOnlySpan<byte> text = Preamble();
        fixed (byte* p = text)
            return text.Length > 0 && SendRaw(p, text.Length, HasMoreToSend) == text.Length;
    }

    /// <summary>The protocol of 1992: a request of eight bytes and a user, an answer of eight bytes.</summary>
    private bool AskSocks()
    {
        SocketAddress target = SocksTarget;
        // SOCKS4 knows IPv4 addresses only
        if (!target.IsIPv4)
            return false;
        Span<byte> text = stackalloc byte[SocksAnswerLength + 8];
        text[0] = SocksVersion;
        text[1] = SocksConnect;
        BinaryPrimitives.WriteUInt16BigEndian(text[2..], target.Port);
        target.CopyBytes(text[4..]);
        SocksUser.CopyTo(text[8..]);
        fixed (byte* p = text)
            return SendRaw(p, text.Length, more: false) == text.Length;
    }

    /// <summary>Takes the answer, and nothing behind it, out of the socket.</summary>
    private HandshakeResult ReadSocksAnswer()
    {
        byte* answer = stackalloc byte[SocksAnswerLength];
        nint n = Sockets.recv(Fd, answer, SocksAnswerLength, Sockets.MSG_PEEK);
        if (n < 0 && Sockets.Last is Errno.EAGAIN or Errno.EINTR || n is > 0 and < SocksAnswerLength && !PeerClosed)
            return HandshakeResult.Wait;
        bool granted =
            n == SocksAnswerLength
            && Sockets.recv(Fd, answer, SocksAnswerLength, 0) == SocksAnswerLength
            && answer[0] == 0
            && answer[1] == SocksGranted;
        return granted ? HandshakeResult.Done : Refuse();
    }
}
