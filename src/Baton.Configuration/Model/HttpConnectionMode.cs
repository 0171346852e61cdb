// How long the connections of a proxy live: option httpclose, http-server-close, http-keep-alive.
namespace Baton.Configuration.Model;

/// <summary>What the http connection mode options ask for; httpclose wins over http-server-close over keep-alive.</summary>
public enum HttpConnectionMode : byte
{
    KeepAlive,
    ServerClose,
    Close,
}
