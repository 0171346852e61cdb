// A ready answer: errorfile, errorloc, http-error, and what return, deny and tarpit say.
using System.Collections.Generic;
using Baton.Configuration.Expressions;

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

public sealed class HttpReplyConfig
{
    public required int Status { get; set; }
    public SourcePosition Position { get; init; }
    public HttpReplyPayload Payload { get; set; }
    public string? ContentType { get; set; }

    /// <summary>The body, or with <see cref="HttpReplyPayload.RawFile"/> the whole response in the form in which it is sent.</summary>
    public byte[] Body { get; set; } = [];
    public LogFormatConfig? BodyFormat { get; set; }
    public List<(string Name, LogFormatConfig Value)> Headers { get; } = [];

    /// <summary>"errorfiles NAME"; once the whole configuration is read, what that section has for the status is in the other
    /// members.</summary>
    public string? SectionName { get; set; }
}

/// <summary>An http-errors section.</summary>
public sealed record HttpErrorsConfig(string Name, SourcePosition Position)
{
    /// <summary>By status.</summary>
    public Dictionary<int, HttpReplyConfig> Replies { get; } = [];
}

/// <summary>One errorfile, errorloc, http-error or errorfiles line of a proxy, in the order in which they override each other.</summary>
/// <param name="Reply">The answer for its status; null for "errorfiles".</param>
/// <param name="Section">"errorfiles": the section that is imported.</param>
/// <param name="Statuses">"errorfiles": what of it; empty for all.</param>
public sealed record ErrorLineConfig(SourcePosition Position, HttpReplyConfig? Reply, string Section, int[] Statuses);
