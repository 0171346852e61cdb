// A file of patterns, line by line: "key value", or one pattern each; comments and empty lines are none.
using System;
using System.Collections.Generic;

namespace Baton.Engine.Patterns;

/// <summary>Reads entries without keeping any.</summary>
public ref struct PatternFile(ReadOnlySpan<byte> file, bool values)
{
    private ReadOnlySpan<byte> _rest = file;

    public ReadOnlySpan<byte> Key { get; private set; }

    /// <summary>Empty when there is none.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>False at the end.</summary>
    public bool MoveNext()
    {
        while (!_rest.IsEmpty)
        {
            int end = _rest.IndexOf((byte)'\n');
            ReadOnlySpan<byte> text = (end < 0 ? _rest : _rest[..end]).TrimStart(" \t"u8);
            _rest = end < 0 ? default : _rest[(end + 1)..];
            if (text.EndsWith("\r"u8))
                text = text[..^1];
            text = text.TrimEnd(" \t"u8);
            if (text.IsEmpty || text[0] == '#')
                continue;
            int blank = values ? text.IndexOfAny((byte)' ', (byte)'\t') : -1;
            Key = blank < 0 ? text : text[..blank];
            Value = blank < 0 ? default : text[blank..].Trim(" \t"u8);
            return true;
        }
        return false;
    }

    /// <summary>All of them.</summary>
    public static List<(byte[] Key, byte[] Value)> Read(ReadOnlySpan<byte> file, bool values)
    {
        var all = new List<(byte[], byte[])>();
        for (var lines = new PatternFile(file, values); lines.MoveNext(); )
            all.Add((lines.Key.ToArray(), lines.Value.ToArray()));
        return all;
    }
}
