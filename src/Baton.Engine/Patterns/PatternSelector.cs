using System;
using Baton.Core.Text;

namespace Baton.Engine.Patterns;

/// <summary>Which entries of a list are meant: all of a key, or the one that has a number.</summary>
public readonly ref struct PatternSelector
{
    public PatternSelector(ReadOnlySpan<byte> key)
    {
        Key = key;
        IsKey = true;
    }

    public PatternSelector(string key)
        : this(ByteText.GetBytes(key)) { }

    public PatternSelector(long id) => Id = id;

    internal bool IsKey { get; }
    internal ReadOnlySpan<byte> Key { get; }
    internal long Id { get; }
}
