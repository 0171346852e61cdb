// "idle-ping": a PING (RFC 9113 §6.7) on a connection without a stream, which tells whether anybody is still there.
using System;
using System.Buffers.Binary;
using Baton.Http.H2;

namespace Baton.Engine.Muxes.Http2;

/// <summary>A part of its connection. OWNER: the connection's worker.</summary>
internal struct IdlePing
{
    /// <summary>What the last one said: an answer to an older one does not count.</summary>
    private ulong _number;

    /// <summary>It was not answered yet.</summary>
    public bool IsAwaited { get; private set; }

    public void Send(FrameOutput output)
    {
        if (output.Reserve(FrameWriter.PingSize) is not { IsEmpty: false } room)
            return;
        Span<byte> data = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(data, ++_number);
        output.Commit(FrameWriter.WritePing(room, data, isAck: false), FrameType.Ping);
        IsAwaited = true;
    }

    public void OnAnswer(ReadOnlySpan<byte> payload)
    {
        if (payload.Length == 8 && BinaryPrimitives.ReadUInt64BigEndian(payload) == _number)
            IsAwaited = false;
    }

    /// <summary>There is other news of the peer.</summary>
    public void Forget() => IsAwaited = false;
}
