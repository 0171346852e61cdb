// The last malformed message of a proxy in one direction, as "show errors" prints it. Bounded: one message, one buffer.
using System;
using System.Threading;

namespace Baton.Engine.Proxies;

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
