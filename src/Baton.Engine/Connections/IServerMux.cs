// What makes many streams of one connection to a server (HTTP/2), as the connection knows it: everything that happens to it goes there.
using Baton.Core.Frames;

namespace Baton.Engine.Connections;

/// <summary>A part of its connection for as long as that speaks in frames. OWNER: the connection's worker.</summary>
public interface IServerMux : IMuxLayer
{
    /// <summary>What of HTTP it speaks.</summary>
    int MajorVersion { get; }

    /// <summary>Streams under way, and how many there may be.</summary>
    int StreamCount { get; }
    int MaxStreams { get; }

    /// <summary>Oddities of the server so far (bc_glitches).</summary>
    int Glitches { get; }

    /// <summary>One more stream may be begun now.</summary>
    bool HasRoom { get; }

    /// <summary>No stream will ever be begun any more.</summary>
    bool IsClosing { get; }

    /// <summary>It has streams, and all of them are tunnels of that client: it moves with them.</summary>
    bool MovesWith(Session client);

    /// <summary>Begins; the first words are said with those of the first stream.</summary>
    void Begin(ServerConnection side);

    /// <summary>Takes over what another process has written; streams follow where there were some. False when it is not
    /// understood.</summary>
    bool Adopt(ServerConnection side, FrameReader r);

    /// <summary>Something has happened to the socket, or to what a stream has to say.</summary>
    void OnEvents();

    /// <summary>The server is gone, or unreachable: its streams hear of it, and the connection is closed when they have gone.</summary>
    void Lose();

    /// <summary>Asks, while it has no stream, whether the server is still there. False when it has not answered what was asked
    /// before.</summary>
    bool Ping();

    /// <summary>Begins to have no stream: what was asked before does not matter any more.</summary>
    void BeginIdle();

    /// <summary>Says, as far as the socket takes it at once, that this was all.</summary>
    void SayGoodbye();

    /// <summary>A handler has failed in the middle: the streams give back what others wait for, and nothing here is used again.</summary>
    void Abandon();

    /// <summary>The connection is closed.</summary>
    void Release();
}
