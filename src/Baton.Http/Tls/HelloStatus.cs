namespace Baton.Http.Tls;

/// <summary>What the first bytes of a connection are, as far as they have come.</summary>
public enum HelloStatus : byte
{
    /// <summary>More bytes decide.</summary>
    Incomplete,

    /// <summary>Not a greeting of TLS, whatever follows.</summary>
    NotHello,
    Complete,
}
