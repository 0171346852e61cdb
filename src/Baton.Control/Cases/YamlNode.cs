// A value of a YAML file as "baton test" reads it.
using System.Collections.Generic;

namespace Baton.Control.Cases;

/// <summary>A scalar, a sequence or a mapping, with the line it begins on.</summary>
public sealed class YamlNode(int line)
{
    public int Line { get; } = line;

    /// <summary>Null for a sequence and a mapping; empty for nothing.</summary>
    public string? Scalar { get; init; }

    /// <summary>Null for what is no sequence.</summary>
    public List<YamlNode>? Items { get; init; }

    /// <summary>In the order of the file; null for what is no mapping.</summary>
    public List<KeyValuePair<string, YamlNode>>? Entries { get; init; }
}
