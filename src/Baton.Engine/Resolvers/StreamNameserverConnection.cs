// The connection to a name server over TCP.
// SAFETY: what is sent and received lies in arrays that are pinned for the call, within their lengths.
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Baton.Engine.Connections;
using Baton.Engine.Connections.Handshakes;
using Baton.Engine.Loop;

namespace Baton.Engine.Resolvers;

/// <summary>OWNER: the first worker. Never used again once it has ended.</summary>
internal sealed unsafe class StreamNameserverConnection : OutgoingConnection
{
    private readonly StreamNameserver _owner;
    private readonly byte[] _input = new byte[2 + ushort.MaxValue];
    private int _filled;

    /// <summary>What is read for one event, in buffers of 64 KB.</summary>
    private const int MostReads = 4;

    /// <summary>When something came last, or it was begun (worker's milliseconds).</summary>
    public long HeardMs { get; private set; }

    public StreamNameserverConnection(StreamNameserver owner, Worker worker, int fd, bool connected)
    {
        _owner = owner;
        ResetConnection(worker, fd);
        ResetHandshake();
        CanWrite = connected;
        HeardMs = worker.NowMs;
    }

    protected override bool HasSocks => false;
    protected override bool HasPreamble => false;
    protected override SocketAddress SocksTarget => default;

    protected override ReadOnlySpan<byte> Preamble() => default;

    /// <summary>Sends what waits, as far as it goes now. False when the connection is lost.</summary>
    public bool Go(List<byte> waiting)
    {
        EnsureRegistered();
        if (!IsConnected)
            switch (ShakeHands())
            {
                case HandshakeResult.Wait:
                    return true;
                case HandshakeResult.Failed:
                    End();
                    return false;
            }
        while (waiting.Count > 0 && CanWrite)
        {
            int sent;
            fixed (byte* p = CollectionsMarshal.AsSpan(waiting))
                sent = Send(p, waiting.Count);
            if (sent > 0)
                waiting.RemoveRange(0, sent);
            else if (Failed)
            {
                End();
                return false;
            }
        }
        return true;
    }

    public override void OnEvents(uint events)
    {
        NoteEvents(events);
        if (!IsConnected || CanWrite)
            _owner.Continue();
        // more than that waits for its turn, behind what others have to do
        for (int reads = 0; IsOpen && IsConnected && CanRead; reads++)
        {
            if (reads == MostReads)
            {
                Worker.Post(_ =>
                {
                    if (IsOpen)
                        OnEvents(0);
                });
                return;
            }
            int got;
            fixed (byte* p = _input)
                got = Receive(p + _filled, _input.Length - _filled);
            if (got > 0)
            {
                _filled += got;
                HeardMs = Worker.NowMs;
                TakeMessages();
            }
            else if (got == 0 || Failed)
                End();
        }
    }

    private void TakeMessages()
    {
        int at = 0;
        while (_filled - at >= 2)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(_input.AsSpan(at));
            if (_filled - at < 2 + length)
                break;
            _owner.OnMessage(_input.AsSpan(at + 2, length));
            // an answer may have led to a new query that could not be sent
            if (!IsOpen)
                return;
            at += 2 + length;
        }
        _input.AsSpan(at, _filled - at).CopyTo(_input);
        _filled -= at;
    }

    public void End()
    {
        if (!IsOpen)
            return;
        if (!IsConnected)
            _owner.CountFailure();
        CloseSocket();
        _owner.Lost();
    }

    public override void OnTimer(long nowMs) { }

    public override void Abandon() => End();

    public override void ReturnToPool() { }
}
