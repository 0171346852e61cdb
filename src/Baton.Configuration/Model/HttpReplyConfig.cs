// A ready answer: errorfile, http-error, http-request return/deny with a body.
using System.Collections.Generic;
using Baton.Configuration.Expressions;

namespace Baton.Configuration.Model;

public enum HttpReplyPayload : byte
{
    /// <summary>Only status and headers.</summary>
    None,
    /// <summary>The default error page of the status.</summary>
    DefaultErrorFiles,
    /// <summary>A complete raw response read from an errorfile.</summary>
    RawFile,
    /// <summary>A fixed body (file or string).</summary>
    Fixed,
    /// <summary>A body made by a log-format string (lf-file, lf-string).</summary>
    Format,
}

public sealed class HttpReplyConfig
{
    public int Status { get; set; }
    public HttpReplyPayload Payload { get; set; }
    public string? ContentType { get; set; }
    public byte[] Body { get; set; } = [];
    public LogFormatConfig? BodyFormat { get; set; }
    public List<(string Name, LogFormatConfig Value)> Headers { get; } = [];
    public string? ErrorFilesSection { get; set; }
}
