namespace Baton.Engine.OcspUpdates;

/// <summary>How an update of an OCSP response ended. COMPAT: HAProxy's numbers.</summary>
public enum OcspUpdateStatus : byte
{
    Unknown,
    Updated,
    HttpError,
    NoResponse,

    /// <summary>It is not valid, about something else, or not signed by who may say it.</summary>
    Refused,
    NotInserted,
}
