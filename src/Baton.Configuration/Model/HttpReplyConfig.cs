// A ready answer: errorfile, errorloc, http-error, and what return, deny and tarpit say.
using System.Collections.Generic;
using Baton.Configuration.Expressions;

namespace Baton.Configuration.Model;

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
