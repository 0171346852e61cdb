// A weight and a maxconn as an operator or an agent writes them: "50%", "10". COMPAT: HAProxy's words for what is wrong; those that end
// with a full stop are a line of their own where an operator sees them.
using System;
using System.Globalization;

namespace Baton.Engine.Servers;

public static class ServerValues
{
    private const int MostWeight = 256;

    /// <summary>A number 0..256, or a percentage of the configured weight. What is wrong, or null.</summary>
    public static string? Weight(string text, int configured, out int weight)
    {
        weight = 0;
        if (text.Length == 0)
            return "Require <weight> or <weight%>.";
        if (!Leading(text, out long value, out string rest))
            return "Empty weight string empty or preceded by garbage";
        if (rest is not ("" or "%"))
            return "Trailing garbage in weight string";
        if (rest == "%" && value < 0)
            return "Relative weight must be positive.";
        // COMPAT: a percentage beyond the range stops at its end, a number is refused
        if (rest == "%")
            value = Math.Min(MostWeight, configured * Math.Min(value, 100L * MostWeight) / 100);
        if (value is < 0 or > MostWeight)
            return "Absolute weight can only be between 0 and 256 inclusive.";
        weight = (int)value;
        return null;
    }

    /// <summary>A number, 0 for no limit. What is wrong, or null.</summary>
    public static string? MaxConn(string text, out int maxConn)
    {
        maxConn = 0;
        if (text.Length == 0)
            return "Require <maxconn>.";
        if (!Leading(text, out long value, out string rest))
            return "maxconn string empty or preceded by garbage";
        if (rest.Length > 0)
            return "Trailing garbage in maxconn string";
        if (value is < 0 or > int.MaxValue)
            return "Value out of range.";
        maxConn = (int)value;
        return null;
    }

    /// <summary>The number a text begins with, and what follows it.</summary>
    private static bool Leading(string text, out long value, out string rest)
    {
        int end = text.StartsWith('-') ? 1 : 0;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
            end++;
        rest = text[end..];
        // a number beyond all ranges is one
        if (end - (text.StartsWith('-') ? 1 : 0) > 18)
        {
            value = text.StartsWith('-') ? long.MinValue : long.MaxValue;
            return true;
        }
        return long.TryParse(text.AsSpan(0, end), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }
}
