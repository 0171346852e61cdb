// One side of a stream: where bytes come from and go to, whoever is behind it. A socket is one by itself (Connection), so that what
// moves most has nothing in between; a service is one with nobody behind it.
// SAFETY: pointers come with the length of what they point to, and whoever passes one holds the block for the call.
using Baton.Engine.Loop;

namespace Baton.Engine.Connections;

/// <summary>What a channel reads from and writes to. OWNER: the stream's worker.</summary>
public abstract unsafe class StreamEnd : EventHandler
{
    public Worker Worker = null!;

    /// <summary>There may be something to read (data, end of stream or an error).</summary>
    public bool CanRead;

    /// <summary>The last write was taken whole.</summary>
    public bool CanWrite;

    /// <summary>The other side has said that it sends no more; data may still be queued before that.</summary>
    public bool PeerClosed;

    /// <summary>It is broken: nothing more goes out, and what can still be read is what had come before.</summary>
    public bool Failed;

    /// <summary>errno of the failure, 0 when unknown.</summary>
    public int Error;

    /// <summary>
    /// Reads what is there. Returns bytes, 0 at end of stream, -1 when nothing is there now (CanRead is false then), -2 on a hard error.
    /// </summary>
    public abstract int Receive(byte* buffer, int length);

    /// <summary>
    /// Writes. Returns the bytes taken (possibly fewer; CanWrite is false then), -1 when nothing can be taken now, -2 on a hard error.
    /// <paramref name="more"/>: what follows belongs to the same packet, if it comes at once.
    /// </summary>
    public abstract int Send(byte* buffer, int length, bool more = false);

    /// <summary>Tells the other side that nothing more comes.</summary>
    public abstract void ShutdownWrite();

    /// <summary>From here on the stream hears of what happens to this end.</summary>
    public abstract void EnsureRegistered();

    /// <summary>Pipes for what is received here in bulk; null when its bytes cannot be spliced.</summary>
    public virtual SplicePipePool? Pipes => null;

    /// <summary>What <see cref="SpliceTo"/> and <see cref="SpliceFrom"/> return when this end cannot be spliced: nothing has happened
    /// then.</summary>
    public const int CannotSplice = -3;

    /// <summary>
    /// Moves up to <paramref name="length"/> bytes into an empty pipe. Returns as <see cref="Receive"/> does, or
    /// <see cref="CannotSplice"/>.
    /// </summary>
    public virtual int SpliceTo(SplicePipe pipe, int length) => CannotSplice;

    /// <summary>Moves what a pipe holds to this end. Returns as <see cref="Send"/> does, or <see cref="CannotSplice"/>.</summary>
    public virtual int SpliceFrom(SplicePipe pipe, bool more) => CannotSplice;
}
