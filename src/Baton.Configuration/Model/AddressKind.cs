// The kinds of address the language knows; AddressConfig has one of them.
namespace Baton.Configuration.Model;

public enum AddressKind : byte
{
    /// <summary>No host part: "*", "" or ":80".</summary>
    Any,
    IPv4,
    IPv6,

    /// <summary>A host name, to be resolved (server init-addr, or at once for bind).</summary>
    Name,

    /// <summary>A UNIX path; <see cref="AddressConfig.Path"/>.</summary>
    Unix,

    /// <summary>An abstract UNIX name (abns@); <see cref="AddressConfig.Path"/> without the leading NUL.</summary>
    Abstract,

    /// <summary>An inherited descriptor (fd@N); <see cref="AddressConfig.FileDescriptor"/>.</summary>
    Inherited,

    /// <summary>sockpair@N.</summary>
    SocketPair,
}
