// What came of walking chunked framing.
namespace Baton.Http.H1;

/// <summary>Outcome of <see cref="ChunkedScanner.Advance"/>.</summary>
public enum ChunkStatus : byte
{
    /// <summary>All bytes were consumed and the body goes on.</summary>
    NeedMore,

    /// <summary>The body ended, trailers included; bytes behind <c>consumed</c> belong to the next message.</summary>
    Done,

    /// <summary>Malformed framing: nothing behind <c>consumed</c> may be forwarded.</summary>
    Bad,
}
