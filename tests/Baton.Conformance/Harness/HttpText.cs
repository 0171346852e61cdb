using System;
using System.Collections.Generic;
using System.Globalization;

namespace Baton.Conformance.Harness;

/// <summary>The little HTTP that scripts need to know, deliberately independent of the product's parser.</summary>
public static class HttpText
{
    /// <summary>Index behind the empty line, or -1.</summary>
    public static int HeadEnd(List<byte> bytes)
    {
        for (int i = 3; i < bytes.Count; i++)
            if (bytes[i] == '\n' && bytes[i - 1] == '\r' && bytes[i - 2] == '\n' && bytes[i - 3] == '\r')
                return i + 1;
        return -1;
    }

    /// <summary>A header's value (first of that name), or null.</summary>
    public static string? Header(string head, string name)
    {
        foreach (string line in head.Split("\r\n"))
        {
            int colon = line.IndexOf(':');
            if (colon == name.Length && line.StartsWith(name, StringComparison.OrdinalIgnoreCase))
                return line[(colon + 1)..].Trim();
        }
        return null;
    }

    public static int ContentLength(string head) =>
        Header(head, "content-length") is { } v ? int.Parse(v, CultureInfo.InvariantCulture) : -1;
}
