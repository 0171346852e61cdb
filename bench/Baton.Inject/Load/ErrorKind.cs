// The ways a request can go wrong, as a client sees them.
namespace Baton.Inject.Load;

public enum ErrorKind
{
    /// <summary>ECONNREFUSED.</summary>
    Refused,

    /// <summary>Reset between the handshake and the last byte of the request.</summary>
    ResetBefore,

    /// <summary>Reset once the request was out.</summary>
    ResetAfter,

    /// <summary>No complete answer in time.</summary>
    Timeout,

    /// <summary>The connection ended in order before the answer did.</summary>
    Short,

    /// <summary>Another status, length or content than asked for.</summary>
    Wrong,

    /// <summary>This machine had no port, descriptor or memory left: says nothing about the proxy.</summary>
    Local,
}
