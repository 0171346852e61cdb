// A parsed log-format string.
using System.Collections.Generic;
using Baton.Configuration.Model;

namespace Baton.Configuration.Expressions;

/// <summary>Per-item options: %{+Q}, +X, +E, +M, -M, +json, +cbor, +bin. Neither of the two about a dash for nothing: as the text's kind
/// has it.</summary>
[System.Flags]
public enum LogFormatFlags : byte
{
    None = 0,
    Quote = 1,
    Hexadecimal = 2,
    Escape = 4,
    Mandatory = 8,
    Json = 16,
    Cbor = 32,
    Binary = 64,
    Optional = 128,
}

/// <summary>A row of the alias table (%ci, %ST ...); the engine derives its evaluating kind from it.</summary>
public class LogFormatAlias
{
    public required string Name { get; init; }
    public required SampleNeeds Needs { get; init; }

    /// <summary>A proxy in TCP mode cannot log it.</summary>
    public bool HttpOnly { get; set; }
    public required string Summary { get; init; }
}

/// <summary>One piece: literal text, an alias, or a sample expression.</summary>
public sealed record LogFormatNode
{
    public string? Literal { get; init; }
    public LogFormatAlias? Alias { get; init; }
    public SampleExpressionConfig? Sample { get; init; }
    public LogFormatFlags Flags { get; init; }

    /// <summary>%{argument}: e.g. the key name of a JSON item.</summary>
    public string? Name { get; init; }
}

public sealed class LogFormatConfig
{
    public required string Text { get; init; }
    public required SourcePosition Position { get; init; }
    public List<LogFormatNode> Nodes { get; } = [];
    public bool IsLiteral => Nodes.TrueForAll(n => n.Literal is not null);
}
