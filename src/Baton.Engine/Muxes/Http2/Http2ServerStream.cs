// One request and its answer on a server's HTTP/2 connection. Towards its HttpStream it is a server of HTTP/1: the request's head comes as
// text, which retries and rules of the server have made last changes to, and becomes a field block here; the answer's field blocks become
// text. Both pass the parser that judges every other head, so that nothing can be in one that the other form would take for two.
// SAFETY: pointers come with a length and are held for the call alone.
using System;
using System.Buffers.Text;
using System.Security.Cryptography;
using Baton.Engine.Connections;
using Baton.Engine.Streams;
using Baton.Http.H2;
using Baton.Http.H2.Hpack;
using Baton.Http.Headers;
using Baton.Http.Messages;

namespace Baton.Engine.Muxes.Http2;

/// <summary>OWNER: the worker of its connection. It lives from the choice of its connection until its HttpStream lets go of it.</summary>
public sealed unsafe class Http2ServerStream : MuxStream
{
    private Http2Outgoing _connection = null!;

    /// <summary>Heads of the answer, interim ones too, that were not read yet.</summary>
    private ByteQueue _heads;

    /// <summary>What the answer is an answer to.</summary>
    private HttpMethod _method;
    private bool _isTunnel,
        _hasNoBody,
        _isUnwanted;

    /// <summary>The final head of the answer has come.</summary>
    internal bool IsAnswered { get; private set; }

    /// <summary>The server has not looked at the request, and never will: it may be sent again (RFC 9113 §8.7).</summary>
    internal bool IsRefused { get; private set; }

    /// <summary>What the server has sent is no answer.</summary>
    internal bool IsMalformed { get; private set; }

    /// <summary>The connection has ended, and not this stream alone.</summary>
    internal bool IsLost { get; private set; }

    /// <summary>Something of the answer waits to be read.</summary>
    internal bool HasUnread => _heads.Length > 0 || _incoming.Waiting > 0;

    internal void Open(Http2Outgoing mux, HttpStream? stream, int sendWindow, int receiveWindow)
    {
        Open(mux, 0, stream, sendWindow, receiveWindow);
        _connection = mux;
        _heads = default;
        _method = HttpMethod.Other;
        _isTunnel = _isWebSocket = _hasNoBody = _isUnwanted = _wasReset = false;
        IsAnswered = IsRefused = IsMalformed = IsLost = false;
    }

    /// <summary>It is a tunnel, and the next process can go on with it.</summary>
    internal bool Moves => _isTunnel && IsAnswered && !Failed && !IsLost && _heads.Length == 0 && Stream is { IsTunnel: true };

    /// <summary>A tunnel, for the next process.</summary>
    internal void WriteTo(Core.Frames.FrameWriter w)
    {
        WriteState(w);
        w.Flag(_isUnwanted);
    }

    /// <summary>A tunnel of the previous process. False when there is no memory for what has come of it.</summary>
    internal bool Adopt(Http2Outgoing mux, HttpStream stream, ref Core.Frames.FrameReader r)
    {
        Open(mux, stream, 0, 0);
        bool hasRoom = ReadState(mux, stream, ref r);
        _isTunnel = IsAnswered = true;
        _method = HttpMethod.Connect;
        _isUnwanted = r.Flag();
        return hasRoom;
    }

    internal override void Notify()
    {
        if (Stream is { } waiting)
            Worker.Enqueue(waiting);
    }

    public override int Send(byte* buffer, int length, bool more = false)
    {
        if (Failed)
            return -2;
        // the server has answered, and does not want the rest
        if (_isUnwanted)
            return length;
        int head = 0;
        if (Id == 0)
        {
            head = SendHead(buffer, length);
            if (head < 0 || head == length)
                return head;
        }
        if (HasSentAll)
            return head > 0 ? head : -2;
        int sent = SendBody(new ReadOnlySpan<byte>(buffer + head, length - head));
        return head + Math.Max(sent, head > 0 ? 0 : sent);
    }

    /// <summary>Sends the head that the bytes begin with; returns its length, or -2.</summary>
    private int SendHead(byte* buffer, int length)
    {
        HeadTranslator translator = Worker.HeadTranslator;
        if (!translator.BeginRequest(buffer, length, Stream is { Frames.IsNeverIndexed: true }))
            return Give();
        try
        {
            MessageHead head = translator.Request;
            bool opensTunnel = Stream is { Protocol.AsksWebSocket: true } && head.Find(HeaderId.Upgrade) >= 0;
            if (opensTunnel && !MayOpenTunnel(head, out bool waits))
                return waits ? -1 : Give();
            int id = _connection.TakeNumber();
            if (id == 0)
            {
                Refuse();
                return -2;
            }
            _outgoing.Begin(head);
            _method = head.Method;
            _isWebSocket = opensTunnel;
            _isTunnel = opensTunnel || _method == HttpMethod.Connect;
            bool ends = _outgoing.IsEmpty && !_isTunnel;
            ReadOnlySpan<byte> scheme = (Stream?.Frames.IsSecure ?? _connection.IsSecure) ? "https"u8 : "http"u8;
            if (!Mux.Output.SendRequest(id, head, scheme, ends, opensTunnel))
                return Give();
            Id = id;
            HasSentAll = ends;
            return head.HeadLength;
        }
        finally
        {
            translator.EndRequest();
        }
    }

    /// <summary>The server takes a tunnel in frames (RFC 8441); until it has said so or not it <paramref name="waits"/>. The proof that it
    /// has understood WebSocket, which it gives by its status, is made here for those that ask for it.</summary>
    private bool MayOpenTunnel(MessageHead head, out bool waits)
    {
        waits = !_connection.HasSettings;
        if (waits)
            CanWrite = false;
        int key = head.Find(HeaderId.SecWebSocketKey);
        if (waits || !_connection.TakesTunnels || key < 0 || head.Field(key).ValueLength != KeyLength)
            return false;
        ReadOnlySpan<byte> guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8;
        Span<byte> text = stackalloc byte[KeyLength + guid.Length],
            hash = stackalloc byte[SHA1.HashSizeInBytes];
        head.Field(key).ValueSpan.CopyTo(text);
        guid.CopyTo(text[KeyLength..]);
        SHA1.HashData(text, hash);
        Base64.EncodeToUtf8(hash, _accept, out _, out _);
        return true;
    }

    /// <summary>Lengths of a key of WebSocket and of the answer to one (RFC 6455 §4.2.2).</summary>
    private const int KeyLength = 24,
        AcceptLength = 28;
    private readonly byte[] _accept = new byte[AcceptLength];
    private bool _isWebSocket;

    /// <summary>The server has opened the tunnel: HTTP/1 says that by 101.</summary>
    private bool SayUpgraded(MessageHead head)
    {
        head.RemoveAll(HeaderId.ContentLength);
        if (!head.SetStatus(101))
            return false;
        // no length, and no chunks
        BodyFraming.FrameFor(head, _method);
        return head.SetReason("Switching Protocols"u8)
            && head.AddField("connection"u8, "upgrade"u8)
            && head.AddField("upgrade"u8, "websocket"u8)
            && head.AddField("sec-websocket-accept"u8, _accept);
    }

    /// <summary>The request cannot be sent in frames.</summary>
    private int Give()
    {
        Failed = true;
        return -2;
    }

    public override int Receive(byte* buffer, int length)
    {
        var to = new Span<byte>(buffer, length);
        int head = _heads.Take(Worker.Buffers, to);
        if (head == length)
            return head;
        int n = -1;
        if (IsAnswered)
            n = ReceiveBody(to[head..]);
        else
            CanRead = false;
        // what has failed is to be seen by whoever reads on
        if (n == -1 && Failed)
            CanRead = true;
        if (n > 0 || head > 0)
            return head + Math.Max(n, 0);
        return n == -1 && Failed ? -2 : n;
    }

    /// <summary>A field block that is a head of the answer. What is wrong with it is told by the verdict.</summary>
    internal HeadReading TakeHead(ref HpackDecoder decoder, ReadOnlySpan<byte> block, bool ends)
    {
        HeadTranslator translator = Worker.HeadTranslator;
        HeadReading reading = translator.ReadResponse(ref decoder, block, _method, HeadLimits, ends);
        if (reading.IsFine && !Keep(translator, ends))
            reading.Verdict = HeadVerdict.Malformed;
        translator.EndResponse();
        return reading;
    }

    /// <summary>Keeps a head as text. False when it must not be there, or is too long.</summary>
    private bool Keep(HeadTranslator translator, bool ends)
    {
        MessageHead head = translator.Response;
        bool isFinal = head.Status >= 200;
        bool isTunnel = isFinal && _isTunnel && head.Status < 300;
        if (!isFinal && ends || isTunnel && _isWebSocket && !SayUpgraded(head))
            return false;
        ReadOnlySpan<byte> text = translator.WriteResponse();
        // interim answers that nobody reads are bounded as those of HTTP/1 are, by a buffer
        if (text.IsEmpty || _heads.Length + text.Length > Worker.Buffers.BlockSize || !_heads.Append(Worker.Buffers, text))
            return false;
        CanRead = true;
        if (!isFinal)
            return true;
        IsAnswered = true;
        _hasNoBody = head.Body == BodyKind.None && !isTunnel;
        _incoming.Begin(head);
        return true;
    }

    internal override bool Arrive(ReadOnlySpan<byte> bytes) => bytes.IsEmpty || IsAnswered && !_hasNoBody && base.Arrive(bytes);

    internal override bool EndReceiving() => base.EndReceiving() && IsAnswered;

    internal override void Fail()
    {
        IsMalformed |= !IsRefused && !IsLost && !_wasReset;
        base.Fail();
    }

    private bool _wasReset;

    internal override void OnReset(ErrorCode error)
    {
        if (HasReceivedAll)
        {
            // RFC 9113 §8.1: the answer is whole without the rest of the request
            _isUnwanted = PeerClosed = CanWrite = true;
            Notify();
            return;
        }
        _wasReset = true;
        IsRefused = error == ErrorCode.RefusedStream && !IsAnswered;
        Fail();
    }

    /// <summary>The server has let the time pass that it has.</summary>
    internal void OnTimeout(long waitedMs) => _connection.OnWaitedInVain(waitedMs);

    /// <summary>The server says that it does not look at the stream.</summary>
    internal void Refuse()
    {
        IsRefused = true;
        Fail();
    }

    /// <summary>The connection is no more. What has come of an answer that is whole can still be read.</summary>
    internal void LoseConnection()
    {
        if (IsLost || Failed)
            return;
        IsLost = PeerClosed = true;
        if (HasReceivedAll)
        {
            _isUnwanted = CanWrite = true;
            Notify();
            return;
        }
        Fail();
    }

    private protected override bool MustReset => Id != 0 && !_isUnwanted && !IsLost && base.MustReset;

    /// <summary>Its HttpStream is over, or goes on with another server.</summary>
    internal void Finish() => End(ErrorCode.Cancel);

    private protected override void ReleaseMemory()
    {
        base.ReleaseMemory();
        _heads.Release(Worker.Buffers);
    }

    public override void Abandon()
    {
        Stream?.ForgetServer();
        base.Abandon();
    }

    private protected override void ForgetInPool() => Worker.Http2ServerStreams.Forget(this);

    public override void ReturnToPool() => Worker.Http2ServerStreams.Return(this);

    public override string? HeldBy() => _heads.HasBlocks ? "a buffer" : base.HeldBy();
}
