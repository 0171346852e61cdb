// What a proxy's configuration changes about parsing heads.
namespace Baton.Http.Messages;

/// <summary>Options of parsing; the default value is the strict one.</summary>
public readonly struct ParseOptions
{
    /// <summary>
    /// "option accept-unsafe-violations-in-http-request" (or -response): tolerates bytes 0x80-0xFF and '#'
    /// in the target, invalid bytes in names, control bytes other than NUL, CR and LF in values, repeated
    /// identical Host and Content-Length, Content-Length beside Transfer-Encoding (the former is dropped)
    /// and an authority that differs from Host.
    /// </summary>
    public bool AcceptUnsafeViolations { get; init; }

    /// <summary>"h1-accept-payload-with-any-method": HTTP/1.0 GET, HEAD and DELETE may have a body.</summary>
    public bool AcceptPayloadWithAnyMethod { get; init; }

    /// <summary>
    /// "tune.http.maxhdr": one less than this many fields are accepted, as HAProxy counts the start line.
    /// 0 means the capacity the head was created with.
    /// </summary>
    public int MaxFields { get; init; }
}
