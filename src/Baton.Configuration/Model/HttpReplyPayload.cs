// Where the body of an answer made here comes from.
namespace Baton.Configuration.Model;

public enum HttpReplyPayload : byte
{
    /// <summary>Status and headers only.</summary>
    None,

    /// <summary>What the proxies have for the status.</summary>
    DefaultErrorFiles,

    /// <summary>A complete response from a file; empty: no answer at all.</summary>
    RawFile,

    /// <summary>The response an http-errors section has for the status.</summary>
    ErrorSection,

    /// <summary>A fixed body (file or string).</summary>
    Fixed,

    /// <summary>A body made by a log-format string (lf-file, lf-string).</summary>
    Format,
}
