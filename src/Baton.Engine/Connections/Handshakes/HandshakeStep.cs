// What has to happen on a client's connection before it carries anything: a PROXY header, then whatever changes the bytes behind it.
using System;

namespace Baton.Engine.Connections.Handshakes;

/// <summary>One step; it keeps nothing of a connection in itself. OWNER: the connection's worker.</summary>
internal abstract class HandshakeStep
{
    /// <summary>
    /// Goes on as far as possible now. <paramref name="why"/> is what the log says of a failure, empty for nothing; it holds until the
    /// next use of the worker's scratch memory.
    /// </summary>
    public abstract HandshakeResult Advance(ClientConnection client, out HandshakeFailure why);

    /// <summary>What the log says when the time is over.</summary>
    public abstract HandshakeFailure TimedOut(ClientConnection client);

    /// <summary>The next process can begin the step anew: nothing has been taken from the socket.</summary>
    public abstract bool IsMovable { get; }
}

/// <summary>Why there will be no session.</summary>
/// <param name="text">For the log; empty: nothing is said.</param>
/// <param name="isNull">The client has said nothing at all (option dontlognull).</param>
internal readonly ref struct HandshakeFailure(ReadOnlySpan<byte> text, bool isNull = false)
{
    /// <param name="fault">By its number.</param>
    public HandshakeFailure(byte fault, bool isNull = false)
        : this(ConnectionFaults.Text(fault), isNull) { }

    public ReadOnlySpan<byte> Text { get; } = text;
    public bool IsNull { get; } = isNull;
}
