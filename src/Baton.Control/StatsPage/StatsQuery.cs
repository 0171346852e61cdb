// What stands behind the prefix of the statistics page in a target: ";csv;norefresh;scope=app". COMPAT: words are found wherever they
// stand, and whatever stands between them.
using System;
using System.Text;

namespace Baton.Control.StatsPage;

internal sealed class StatsQuery
{
    public StatsForm Form { get; private init; }

    /// <summary>";up": servers that are down are left out.</summary>
    public bool OnlyUp { get; private init; }
    public bool NoRefresh { get; private init; }

    /// <summary>Part of the names of the sections that are shown; empty for all.</summary>
    public string Scope { get; private init; } = "";

    private static readonly (string Word, StatsForm Form)[] s_forms =
    [
        (";csv", StatsForm.Csv),
        (";typed", StatsForm.Typed),
        (";json-schema", StatsForm.JsonSchema),
        (";json", StatsForm.Json),
        (";live", StatsForm.Live),
        (";events", StatsForm.Events),
        (";plain", StatsForm.Plain),
    ];

    /// <param name="rest">The target behind the prefix.</param>
    public static StatsQuery Read(ReadOnlySpan<byte> rest)
    {
        string text = Encoding.Latin1.GetString(rest);
        StatsForm form = StatsForm.Page;
        foreach ((string word, StatsForm named) in s_forms)
            if (text.Contains(word, StringComparison.Ordinal))
            {
                form = named;
                break;
            }
        return new StatsQuery
        {
            Form = form,
            OnlyUp = text.Contains(";up", StringComparison.Ordinal),
            NoRefresh = text.Contains(";norefresh", StringComparison.Ordinal),
            Scope = ScopeOf(text),
        };
    }

    private static string ScopeOf(string text)
    {
        const string word = "scope=";
        int at = text.IndexOf(word, StringComparison.Ordinal);
        if (at < 0)
            return "";
        string scope = text[(at + word.Length)..];
        int end = scope.AsSpan().IndexOfAny(';', '&');
        return end < 0 ? scope : scope[..end];
    }
}
