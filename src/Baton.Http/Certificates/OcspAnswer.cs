namespace Baton.Http.Certificates;

/// <summary>What has come from an OCSP responder.</summary>
public enum OcspAnswer : byte
{
    /// <summary>More is to come.</summary>
    Incomplete,
    Response,

    /// <summary>No answer, or one that says that there is none.</summary>
    HttpError,

    /// <summary>An answer of another kind.</summary>
    NoResponse,
}
