// "baton coverage [--section S] [--status S] [--json | --markdown]": how much of HAProxy's configuration language is supported.
using System;
using System.Collections.Generic;
using Baton.Configuration.Catalog;
using Baton.Control.Reference;
using Baton.Interop.Linux;

namespace Baton.Commands;

internal static class CoverageCommand
{
    public static int Run(string[] args)
    {
        List<KnownKeyword> rows = KeywordReference.Build();
        bool filtered = false,
            json = false,
            markdown = false;
        for (int i = 0; i < args.Length; i++)
        {
            string value = i + 1 < args.Length ? args[i + 1] : "";
            switch (args[i])
            {
                case "--json":
                    json = true;
                    continue;
                case "--markdown":
                    markdown = true;
                    continue;
                case "--section" when SectionNames.Find(value) is var section && section != SectionKinds.None:
                    rows.RemoveAll(row => row.Family != KeywordFamily.Directive || (row.Sections & section) == 0);
                    break;
                case "--status" when Array.Exists(Enum.GetValues<KeywordStatus>(), status => KeywordReference.Word(status) == value):
                    rows.RemoveAll(row => KeywordReference.Word(row.Status) != value);
                    break;
                default:
                    return Companions.Find("coverage")!.Refuse(Wrong(args[i], value));
            }
            filtered = true;
            i++;
        }
        StandardStreams.Out(
            json ? CoverageText.Json(rows)
            : markdown ? KeywordMarkdown.Write(rows)
            : filtered ? CoverageText.List(rows)
            : CoverageText.Table(rows)
        );
        return 0;
    }

    private static string Wrong(string argument, string value)
    {
        var known = new List<string>();
        if (argument == "--section")
            foreach ((_, string name) in SectionNames.All)
                known.Add(name);
        else if (argument == "--status")
            foreach (KeywordStatus status in Enum.GetValues<KeywordStatus>())
                known.Add(KeywordReference.Word(status));
        if (known.Count == 0 || value.Length == 0)
            return Companions.WrongArgument(argument, "--section", "--status", "--json", "--markdown");
        string hint = Spelling.Nearest(value, known) is { } near ? $"; did you mean '{near}'?" : $": {string.Join(", ", known)}";
        return $"no {argument[2..]} '{value}'{hint}";
    }
}
