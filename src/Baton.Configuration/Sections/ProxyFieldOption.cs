// "set-proxy-v2-tlv-fmt(TYPE) FORMAT" of server lines: the only option whose name has an argument.
using System;
using System.Globalization;
using Baton.Configuration.Directives;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

internal static class ProxyFieldOption
{
    public const string Name = "set-proxy-v2-tlv-fmt";

    /// <summary>What can be known when a connection is made: the request's head is on its way by then.</summary>
    private const SampleNeeds Known =
        SampleNeeds.Client | SampleNeeds.Session | SampleNeeds.Frontend | SampleNeeds.Backend | SampleNeeds.Transaction;

    public static bool IsMeant(string word) => word.StartsWith(Name + "(", StringComparison.Ordinal);

    /// <summary>Reads the option at <paramref name="i"/> and leaves i at its last word. False when the rest of the line cannot be
    /// judged.</summary>
    public static bool Read(DirectiveContext c, ServerConfig server, string who, ref int i)
    {
        string word = c[i],
            id = word[(Name.Length + 1)..].TrimEnd(')');
        bool isHexadecimal = id.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        if (
            !word.EndsWith(')')
            || !byte.TryParse(
                isHexadecimal ? id[2..] : id,
                isHexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.None,
                CultureInfo.InvariantCulture,
                out byte type
            )
        )
        {
            c.Error($"{who} : '{Name}' : expects a type from 0 to 255 in parentheses, got '{word}'.", word);
            return false;
        }
        if (i + 1 >= c.Count)
        {
            c.Error($"{who} : '{Name}' expects a format.", word);
            return false;
        }
        if (c.Expressions.ParseFormat(c[++i], c.Position, Known) is { } format)
            server.ProxyFields = [.. server.ProxyFields, new ProxyFieldConfig(type, format)];
        return true;
    }
}
