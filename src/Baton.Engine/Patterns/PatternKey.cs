// What the text of a pattern means for a way of matching: number ranges, networks, hexadecimal bytes.
using System;
using System.Globalization;
using Baton.Configuration.Expressions;
using Baton.Configuration.Values;

namespace Baton.Engine.Patterns;

internal static class PatternKey
{
    /// <summary>Not every text can be a pattern.</summary>
    public static bool HasForm(AclMatchMethod match) =>
        match is AclMatchMethod.Integer or AclMatchMethod.Length or AclMatchMethod.Ip or AclMatchMethod.Binary;

    /// <summary>Null when the text can be a pattern, else what is wrong with it.</summary>
    public static string? WhatIsWrong(string key, AclMatchMethod match)
    {
        switch (match)
        {
            case AclMatchMethod.Integer or AclMatchMethod.Length:
                if (!TryReadRange(key, out long low, out long high))
                    return $"'{key}' is not a number";
                return low > high ? $"'{key}' is not a valid number range" : null;
            case AclMatchMethod.Ip:
                return !AddressParser.Network(key, out _, out _) ? $"'{key}' is not a valid IPv4 or IPv6 address" : null;
            case AclMatchMethod.Binary when key.Length % 2 != 0:
                return "an even number of hex digit is expected";
            case AclMatchMethod.Binary when !IsHexadecimal(key):
                return $"an hex digit is expected (found '{key}')";
            default:
                return null;
        }
    }

    private static bool IsHexadecimal(string text)
    {
        foreach (char c in text)
            if (!char.IsAsciiHexDigit(c))
                return false;
        return true;
    }

    /// <summary>"5", "5:9", "5:", ":9"; COMPAT: also "5-9" and "5-".</summary>
    public static bool TryReadRange(string key, out long low, out long high)
    {
        int colon = key.IndexOf(':');
        if (colon < 0 && key.Length > 1 && key.IndexOf('-', 1) is > 0 and int dash)
            colon = dash;
        low = long.MinValue;
        high = long.MaxValue;
        if (key.Length == 1 && colon == 0)
            return false;
        if (colon < 0)
        {
            bool done = TryReadNumber(key, out low);
            high = low;
            return done;
        }
        return (colon == 0 || TryReadNumber(key.AsSpan(0, colon), out low))
            && (colon == key.Length - 1 || TryReadNumber(key.AsSpan(colon + 1), out high));
    }

    /// <summary>A number, or a version "major.minor" as req.ssl_ver gives it.</summary>
    private static bool TryReadNumber(ReadOnlySpan<char> text, out long value)
    {
        int dot = text.IndexOf('.');
        if (dot <= 0)
            return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
        bool major = ushort.TryParse(text[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out ushort high),
            minor = ushort.TryParse(text[(dot + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out ushort low);
        value = (long)high << 16 | low;
        return major && minor;
    }

    /// <summary>COMPAT: delimiters around a directory or domain do not belong to it.</summary>
    public static ReadOnlySpan<byte> TrimDelimiters(ReadOnlySpan<byte> key, AclMatchMethod match) => key.Trim(Delimiters(match));

    public static ReadOnlySpan<byte> Delimiters(AclMatchMethod match) =>
        match switch
        {
            AclMatchMethod.Directory => "/?"u8,
            AclMatchMethod.Domain => "/?.:"u8,
            _ => default,
        };
}
