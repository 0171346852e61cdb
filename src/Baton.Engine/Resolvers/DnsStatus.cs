namespace Baton.Engine.Resolvers;

/// <summary>What a resolution, or one answer to it, came to.</summary>
public enum DnsStatus : byte
{
    /// <summary>Nothing is known yet.</summary>
    None,
    Valid,

    /// <summary>No answer to this question, or no DNS message: what follows it may be one.</summary>
    Invalid,

    /// <summary>The name does not exist.</summary>
    NxDomain,
    Refused,

    /// <summary>Any other failure, and an answer whose records are all of other kinds.</summary>
    Other,
    Timeout,

    /// <summary>The answer did not fit into a datagram.</summary>
    Truncated,

    /// <summary>More bytes than accepted_payload_size.</summary>
    TooBig,

    /// <summary>An alias that leads nowhere.</summary>
    CnameError,

    /// <summary>No record at all: the name exists, and has none of this kind. It is another failure as <see cref="Other"/> is.</summary>
    Empty,
}
