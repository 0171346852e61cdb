// The header field names that parsing recognises. Those up to Te are acted upon while the head is
// parsed; the rest are known so that rules and the engine find them without comparing text.
namespace Baton.Http.H1;

/// <summary>A well-known field name. Its text is <see cref="HeaderNames.Text"/>.</summary>
public enum HeaderId : byte
{
    /// <summary>Any name not listed here.</summary>
    Other,
    Host, Connection, ContentLength, TransferEncoding, KeepAlive, Upgrade,
    Expect, ProxyConnection, Te, Trailer, Cookie, SetCookie,
    Date, Accept, AcceptEncoding, AcceptLanguage, AcceptRanges, Age,
    Allow, Authorization, CacheControl, ContentEncoding, ContentLanguage, ContentLocation,
    ContentRange, ContentType, ETag, Expires, Forwarded, Http2Settings,
    IfMatch, IfModifiedSince, IfNoneMatch, IfRange, IfUnmodifiedSince, LastModified,
    Link, Location, Origin, Pragma, ProxyAuthenticate, ProxyAuthorization,
    Range, Referer, RetryAfter, SecWebSocketAccept, SecWebSocketKey, SecWebSocketProtocol,
    SecWebSocketVersion, Server, StrictTransportSecurity, UpgradeInsecureRequests, UserAgent, Vary,
    Via, WwwAuthenticate, XForwardedFor, XForwardedHost, XForwardedPort, XForwardedProto,
    XRealIp, XRequestId,
}
