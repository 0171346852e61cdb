// What the "tune.h2" lines of the global section say of HTTP/2 connections.
namespace Baton.Configuration.Model;

public sealed class Http2Config
{
    /// <summary>Streams that a peer may have at once; for clients when nothing is said of them.</summary>
    public int MaxConcurrentStreams { get; set; } = 100;

    /// <summary>The same for clients alone; 0: as for all.</summary>
    public int ClientMaxConcurrentStreams { get; set; }

    /// <summary>Bytes that a peer may send on a stream before any of them was taken, 0 to 2^31-1.</summary>
    public int InitialWindowSize { get; set; } = 65535;

    /// <summary>The same for clients alone; 0: as for all.</summary>
    public int ClientInitialWindowSize { get; set; }

    /// <summary>Bytes of the HPACK table that a peer may fill here.</summary>
    public int HeaderTableSize { get; set; } = 4096;

    /// <summary>Oddities after which a client's connection is closed; 0 for none.</summary>
    public int ClientGlitchesThreshold { get; set; } = 1000;

    /// <summary>Streams in the life of a client's connection, after which it is asked to make another; 0 for any number.</summary>
    public int ClientMaxTotalStreams { get; set; }

    /// <summary>Resets of a client's connection that are taken in one turn, before others have theirs; 0 for any number.</summary>
    public int ClientResetsAtOnce { get; set; }

    /// <summary>"h2-workaround-bogus-websocket-clients": clients are not told that WebSockets may come in frames.</summary>
    public bool HidesTunnels { get; set; }

    /// <summary>The same for servers alone.</summary>
    public int ServerMaxConcurrentStreams { get; set; }
    public int ServerInitialWindowSize { get; set; }

    /// <summary>Oddities after which a server's connection is closed; 0 for none.</summary>
    public int ServerGlitchesThreshold { get; set; } = 1000;

    /// <summary>What holds for servers.</summary>
    public int StreamsOfServer => ServerMaxConcurrentStreams > 0 ? ServerMaxConcurrentStreams : MaxConcurrentStreams;
    public int WindowOfServer => ServerInitialWindowSize > 0 ? ServerInitialWindowSize : InitialWindowSize;

    /// <summary>What holds for clients.</summary>
    public int StreamsOfClient => ClientMaxConcurrentStreams > 0 ? ClientMaxConcurrentStreams : MaxConcurrentStreams;

    /// <summary>What holds for clients.</summary>
    public int WindowOfClient => ClientInitialWindowSize > 0 ? ClientInitialWindowSize : InitialWindowSize;
}
