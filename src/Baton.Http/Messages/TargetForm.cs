// The four forms a request target can have (RFC 9112 §3.2).
namespace Baton.Http.Messages;

/// <summary>Form of a request target.</summary>
public enum TargetForm : byte
{
    /// <summary>/path?query</summary>
    Origin,

    /// <summary>scheme://authority/path?query</summary>
    Absolute,

    /// <summary>host:port, CONNECT only.</summary>
    Authority,

    /// <summary>* of OPTIONS.</summary>
    Asterisk,
}
