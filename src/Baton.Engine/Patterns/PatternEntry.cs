using System.Threading;
using Baton.Core.Text;
using Baton.Engine.Samples;

namespace Baton.Engine.Patterns;

/// <summary>One pattern of an ACL, or one line of a map; never changed, so that a lookup may go on with it after it has been replaced.</summary>
public sealed class PatternEntry(string key, string? value)
{
    private static long s_lastId;

    public string Key { get; } = key;

    /// <summary>What a map gives for the key; null in an ACL.</summary>
    public string? Value { get; } = value;

    /// <summary>What the runtime API tells entries of one key apart by.</summary>
    public long Id { get; } = Interlocked.Increment(ref s_lastId);

    private RegularExpression? _expression;

    /// <summary>The key as a regular expression, compiled once: a change of one entry of a list leaves the others as they are.</summary>
    internal RegularExpression Expression(bool ignoreCase)
    {
        if (_expression is not { } known || known.IgnoresCase != ignoreCase) _expression = known = RegularExpression.Create(Key, ignoreCase, out _)!;
        return known;
    }

    /// <summary>The same key with another value.</summary>
    internal PatternEntry With(string newValue) => new(Key, newValue) { Resolved = Resolved, _expression = _expression };

    /// <summary>The address of a key that is a host's name; null otherwise.</summary>
    internal byte[]? Resolved { get; init; }
    internal byte[] KeyBytes { get; } = ByteText.GetBytes(key);
    internal byte[] ValueBytes { get; } = value is null ? [] : ByteText.GetBytes(value);
}
