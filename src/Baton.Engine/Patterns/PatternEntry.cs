using System;
using System.Threading;
using Baton.Configuration.Expressions;
using Baton.Core.Text;
using Baton.Engine.Samples;

namespace Baton.Engine.Patterns;

/// <summary>One pattern of an ACL, or one line of a map. Only its value changes, at once: a lookup sees the old one or the new one.</summary>
public sealed class PatternEntry
{
    private static long s_lastId;

    private volatile byte[]? _value;
    private byte[]? _firstValue;
    private RegularExpression? _expression;

    internal PatternEntry(byte[] key, byte[]? value) => (KeyBytes, _value) = (key, value);

    public PatternEntry(string key, string? value) : this(ByteText.GetBytes(key), value is null ? null : ByteText.GetBytes(value)) { }

    public string Key => ByteText.Decode(KeyBytes);

    /// <summary>What a map gives for the key; null in an ACL.</summary>
    public string? Value => _value is { } bytes ? ByteText.Decode(bytes) : null;

    /// <summary>What the runtime API tells entries of one key apart by; later ones have higher numbers.</summary>
    public long Id { get; } = Interlocked.Increment(ref s_lastId);

    internal byte[] KeyBytes { get; }
    internal byte[] ValueBytes => _value ?? [];

    /// <summary>The value it was made with, "" for none.</summary>
    internal string FirstValue => ByteText.Decode(_firstValue ?? ValueBytes);

    /// <summary>Gives it another value; false when that is the one it has.</summary>
    internal bool SetValue(ReadOnlySpan<byte> value)
    {
        if (_value is { } now && value.SequenceEqual(now)) return false;
        _firstValue ??= ValueBytes;
        _value = value.ToArray();
        return true;
    }

    /// <summary>Null when the key can be a pattern, else what is wrong with it.</summary>
    internal string? WhatIsWrong(AclMatchMethod match, bool ignoreCase)
    {
        if (Resolved is not null) return null;
        if (match != AclMatchMethod.Regex) return PatternKey.HasForm(match) ? PatternKey.WhatIsWrong(Key, match) : null;
        return TryCompile(ignoreCase, out string error) is null ? error : null;
    }

    /// <summary>The key as a regular expression, compiled once: a change of one entry of a list leaves the others as they are.</summary>
    internal RegularExpression Expression(bool ignoreCase) => TryCompile(ignoreCase, out _)!;

    private RegularExpression? TryCompile(bool ignoreCase, out string error)
    {
        error = "";
        if (_expression is { } known && known.IgnoresCase == ignoreCase) return known;
        return _expression = RegularExpression.Create(Key, ignoreCase, out error);
    }

    /// <summary>The address of a key that is a host's name; null otherwise.</summary>
    internal byte[]? Resolved { get; init; }

    /// <summary>The entry before it with the same key, for <see cref="PatternEntries"/>.</summary>
    internal PatternEntry? SameKey { get; set; }
}
