namespace Baton.Configuration.Model;

/// <summary>How a name server is asked.</summary>
public enum NameserverTransport : byte
{
    /// <summary>By datagrams, and over TCP for what does not fit into them.</summary>
    Any,

    /// <summary>By datagrams and nothing else (udp@).</summary>
    Datagrams,

    /// <summary>Over TCP (tcp@).</summary>
    Stream,
}
