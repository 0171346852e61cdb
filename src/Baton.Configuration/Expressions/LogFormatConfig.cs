// A parsed log-format string.
using System.Collections.Generic;
using Baton.Configuration.Model;

namespace Baton.Configuration.Expressions;

public sealed class LogFormatConfig
{
    public required string Text { get; init; }
    public required SourcePosition Position { get; init; }
    public List<LogFormatNode> Nodes { get; } = [];
    public bool IsLiteral => Nodes.TrueForAll(n => n.Literal is not null);
}
