namespace Baton.Configuration.Model;

/// <summary>Server option "ws".</summary>
public enum WebSocketProtocol : byte
{
    /// <summary>What everything else is, but HTTP/1.1 where ALPN leaves the choice.</summary>
    Auto,
    Http1,
    Http2,
}
