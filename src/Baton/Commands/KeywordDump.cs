// -dK: words that work, in HAProxy's classes; -dL: what is loaded into the process.
using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Baton.Configuration.Catalog;
using Baton.Control.Reference;

namespace Baton.Commands;

internal static class KeywordDump
{
    private static readonly (string Class, string Title, KeywordFamily[] Families)[] Classes =
    [
        ("acl", "ACL keywords", [KeywordFamily.PredefinedAcl]),
        ("cfg", "configuration keywords", [KeywordFamily.Directive]),
        ("cli", "CLI keywords", [KeywordFamily.Command]),
        ("cnv", "sample converter functions", [KeywordFamily.Converter]),
        ("flt", "filter names", [KeywordFamily.Filter]),
        ("smp", "sample fetch functions", [KeywordFamily.SampleFetch]),
        ("svc", "service names", [KeywordFamily.Service]),
    ];

    /// <summary>The lists of the classes named, separated by commas; "all" or nothing means every one, "help" lists the classes.</summary>
    public static string Write(string classes)
    {
        string[] wanted = classes.Split(',', StringSplitOptions.RemoveEmptyEntries);
        var text = new StringBuilder();
        if (Array.IndexOf(wanted, "help") >= 0)
        {
            text.Append("# List of supported keyword classes:\nall: list all keywords\n");
            foreach ((string name, string title, _) in Classes)
                text.Append(name).Append(": ").Append(title).Append('\n');
        }
        List<KnownKeyword> rows = KeywordReference.Build().FindAll(static row => row.Status == KeywordStatus.Built);
        foreach ((string name, string title, KeywordFamily[] families) in Classes)
        {
            if (wanted.Length > 0 && Array.IndexOf(wanted, name) < 0 && Array.IndexOf(wanted, "all") < 0)
                continue;
            text.Append($"# List of registered {title}:\n");
            List<KnownKeyword> found = rows.FindAll(row => Array.IndexOf(families, row.Family) >= 0);
            if (name == "cfg")
                Directives(text, found);
            else
                foreach (KnownKeyword row in found)
                    text.Append(Line(row)).Append('\n');
        }
        return text.ToString();
    }

    /// <summary>Section by section, indented as in a file.</summary>
    private static void Directives(StringBuilder text, List<KnownKeyword> rows)
    {
        foreach ((SectionKinds kind, string name) in SectionNames.All)
        {
            List<KnownKeyword> lines = rows.FindAll(row => (row.Sections & kind) != 0);
            if (lines.Count > 0)
                text.Append(name).Append('\n');
            foreach (KnownKeyword row in lines)
                text.Append('\t').Append(row.Name).Append('\n');
        }
    }

    private static string Line(KnownKeyword row) =>
        row.Family switch
        {
            KeywordFamily.PredefinedAcl => $"{row.Name} = {row.Arguments}",
            KeywordFamily.Converter =>
                $"{row.Signature}: {row.Input.ToString()!.ToLowerInvariant()} => {row.Output.ToString()!.ToLowerInvariant()}",
            KeywordFamily.SampleFetch => $"{row.Signature}: {row.Output.ToString()!.ToLowerInvariant()}",
            _ => row.Name,
        };

    /// <summary>The files that are mapped as code.</summary>
    public static string LoadedObjects()
    {
        var text = new StringBuilder("List of loaded object files:\n");
        var seen = new HashSet<string>();
        foreach (string line in File.ReadAllLines("/proc/self/maps"))
            if (line.IndexOf('/') is > 0 and var at && line.Contains(" r-xp ", StringComparison.Ordinal) && seen.Add(line[at..]))
                text.Append(line.AsSpan(at)).Append('\n');
        return text.ToString();
    }
}
