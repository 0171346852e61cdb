// Fetches that only ACLs know: a fetch with the matching method in its name, such as path_beg (manual of 3.4, chapter 7.3.6).
using System.Collections.Generic;
using Baton.Configuration.Expressions;

namespace Baton.Configuration.Catalog;

internal static class KnownAclDerivatives
{
    private static readonly (string Name, string Arguments)[] Stems =
    [
        ("base", ""),
        ("cook", "[name]"),
        ("hdr", "[name[,occurrence]]"),
        ("path", ""),
        ("req.cook", "[name]"),
        ("scook", "[name]"),
        ("shdr", "[name[,occurrence]]"),
        ("url", ""),
        ("urlp", "[name]"),
    ];

    private static readonly (string Suffix, string Summary)[] Methods =
    [
        ("_beg", "starts with the pattern"),
        ("_dir", "has the pattern between slashes"),
        ("_dom", "has the pattern between dots"),
        ("_end", "ends with the pattern"),
        ("_len", "has the length"),
        ("_reg", "matches the regex"),
        ("_sub", "contains the pattern"),
    ];

    internal static readonly KnownKeyword[] Rows = Expand();

    private static KnownKeyword[] Expand()
    {
        var rows = new List<KnownKeyword>
        {
            Row("ssl_fc_sni_end", "", "ssl_fc_sni ends with the pattern"),
            Row("ssl_fc_sni_reg", "", "ssl_fc_sni matches the regex"),
        };
        foreach ((string name, string arguments) in Stems)
        foreach ((string suffix, string summary) in Methods)
            rows.Add(Row(name + suffix, arguments, $"{name} {summary}"));
        return [.. rows];
    }

    private static KnownKeyword Row(string name, string arguments, string summary) =>
        new(KeywordFamily.SampleFetch, name, arguments, SectionKinds.Proxies, KeywordStatus.Refused, summary) { Output = SampleType.Bool };
}
