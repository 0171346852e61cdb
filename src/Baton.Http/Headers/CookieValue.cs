// Walks the name=value pairs of a Cookie field (RFC 6265 §4.2).
using System;

namespace Baton.Http.Headers;

/// <summary>Enumerator over cookies; a piece without '=' is skipped, quotes belong to the value.</summary>
public ref struct CookieValue
{
    private ReadOnlySpan<byte> _rest;

    /// <summary>Begins before the first pair of a Cookie field's value.</summary>
    public CookieValue(ReadOnlySpan<byte> value)
    {
        _rest = value;
    }

    /// <summary>Name of the pair last moved to.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }
    /// <summary>Its value.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Moves on; false at the end.</summary>
    public bool MoveNext()
    {
        while (_rest.Length > 0)
        {
            int end = _rest.IndexOf((byte)';');
            ReadOnlySpan<byte> pair = end < 0 ? _rest : _rest[..end];
            _rest = end < 0 ? default : _rest[(end + 1)..];
            int equals = pair.IndexOf((byte)'=');
            if (equals > 0)
            {
                Name = pair[..equals].Trim(" \t"u8);
                Value = pair[(equals + 1)..].Trim(" \t"u8);
                if (Name.Length > 0)
                {
                    return true;
                }
            }
        }
        return false;
    }

    /// <summary>Value of the first cookie of that name; names are case-sensitive.</summary>
    public static bool TryGet(ReadOnlySpan<byte> field, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var cookies = new CookieValue(field);
        while (cookies.MoveNext())
        {
            if (cookies.Name.SequenceEqual(name))
            {
                value = cookies.Value;
                return true;
            }
        }
        value = default;
        return false;
    }
}
