// What lies between a socket and those who read and write it when the bytes on the wire are not theirs: TLS records. It is built of
// the socket's own calls (ReceiveRaw, SendRaw), and is asked for one thing more: to write itself down for the next process.
// SAFETY: as with the ends of streams, pointers come with a length and are held for the call alone.
using Baton.Core.Frames;
using Baton.Engine.Loop;

namespace Baton.Engine.Connections.Transports;

/// <summary>Belongs to one connection. Plain TCP has none: one branch that is always taken the same way. OWNER: the worker.</summary>
public abstract unsafe class Transport
{
    /// <summary>
    /// Its number in the handover protocol, and never another one's (docs/handover-protocol.md). A process that does not know it cannot
    /// serve the connection.
    /// </summary>
    public abstract byte LayerType { get; }

    /// <summary>As <see cref="StreamEnd.Receive"/>. CanRead stays true as long as there is more, in the socket or in here.</summary>
    public abstract int Receive(Connection connection, byte* buffer, int length);

    /// <summary>As <see cref="StreamEnd.Send"/>.</summary>
    public abstract int Send(Connection connection, byte* buffer, int length, bool more);

    /// <summary>As <see cref="Connection.IsSilent"/>: nothing that concerns who reads has come, nor the end.</summary>
    public abstract bool IsSilent(Connection connection);

    /// <summary>Something that who reads has not seen yet has come from the peer.</summary>
    public abstract bool HasUnread(Connection connection);

    /// <summary>Says on the wire that nothing more comes, as far as the protocol has a word for it; the socket is shut down
    /// after.</summary>
    public virtual void ShutdownWrite(Connection connection) { }

    /// <summary>What is known of a TLS connection; null when it is none.</summary>
    public virtual Tls.TlsFacts? Facts => null;

    /// <summary>The socket is about to be closed: last word, if one is owed.</summary>
    public virtual void BeforeClose(Connection connection) { }

    /// <summary>It can be written down now.</summary>
    public virtual bool IsMovable => true;

    /// <summary>Another worker may have the connection: nothing of it is one worker's but what <see cref="LeaveWorker"/> gives
    /// up.</summary>
    public virtual bool CanChangeWorker => IsMovable;

    /// <summary>Gives up what the worker keeps for it.</summary>
    public virtual void LeaveWorker(Worker worker) { }

    /// <summary>Writes what the next process needs to go on with it.</summary>
    public abstract void WriteTo(FrameWriter w);

    /// <summary>The connection is closed, or another process has it: what it holds is given back. <paramref name="worker"/>: whose the
    /// connection was; null when it never became one.</summary>
    public virtual void Release(Worker? worker) { }
}
