// The last malformed message of a proxy in one direction, as "show errors" prints it. Bounded: one message, one buffer.
using System;
using System.Threading;
using Baton.Engine.Connections;
using Baton.Http.H1;

namespace Baton.Engine.Proxies;

/// <summary>Who sent it to whom, when, and what was wrong.</summary>
public readonly record struct MalformedFacts
{
    /// <summary>The number of the event since the start.</summary>
    public long Event { get; init; }
    public long WallClockMs { get; init; }

    /// <summary>Of a response: the frontend it was for, and the server it came from.</summary>
    public string? Frontend { get; init; }
    public int FrontendId { get; init; }
    public string? Server { get; init; }
    public int ServerId { get; init; }

    /// <summary>The client.</summary>
    public SocketAddress Source { get; init; }
    public int BlockSize { get; init; }
    public HeadFault Fault { get; init; }
    public long ContentLength { get; init; }
}

/// <summary>OWNER: any worker, under its lock; only malformed messages come here.</summary>
public sealed class MalformedMessage
{
    private readonly Lock _lock = new();
    private MalformedFacts _facts;
    private byte[] _bytes = [];
    private int _length = -1;

    /// <summary>Keeps a copy in place of the one before.</summary>
    public void Take(EngineState engine, MalformedFacts facts, ReadOnlySpan<byte> message)
    {
        lock (_lock)
        {
            if (_bytes.Length < message.Length)
                _bytes = new byte[Math.Max(message.Length, facts.BlockSize)];
            message.CopyTo(_bytes);
            _length = message.Length;
            _facts = facts with { Event = engine.NextErrorEvent() };
        }
    }

    /// <summary>A copy of what was kept; false when there was never any.</summary>
    public bool TryRead(out MalformedFacts facts, out byte[] message)
    {
        lock (_lock)
        {
            (facts, message) = (_facts, _length < 0 ? [] : _bytes[.._length]);
            return _length >= 0;
        }
    }
}
