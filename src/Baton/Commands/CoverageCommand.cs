// "baton coverage [--section S] [--status S] [--json | --markdown]": how much of HAProxy's configuration language is supported.
using System;
using System.Collections.Generic;
using Baton.Configuration.Catalog;
using Baton.Control.Reference;
using Baton.Interop.Linux;

namespace Baton.Commands;

internal static class CoverageCommand
{
    private const string Usage = "Usage : baton coverage [--section SECTION] [--status built|hint|refused|obsolete] [--json | --markdown]\n";

    public static int Run(string[] args)
    {
        List<KnownKeyword> rows = KeywordReference.Build();
        bool filtered = false, json = false, markdown = false;
        for (int i = 0; i < args.Length; i++)
        {
            string value = i + 1 < args.Length ? args[i + 1] : "";
            switch (args[i])
            {
                case "--json": json = true; continue;
                case "--markdown": markdown = true; continue;
                case "--section" when SectionNames.Find(value) is var section && section != SectionKinds.None:
                    rows.RemoveAll(row => row.Family != KeywordFamily.Directive || (row.Sections & section) == 0);
                    break;
                case "--status" when Array.Exists(Enum.GetValues<KeywordStatus>(), status => KeywordReference.Word(status) == value):
                    rows.RemoveAll(row => KeywordReference.Word(row.Status) != value);
                    break;
                default:
                    StandardStreams.Error($"unknown or incomplete argument '{args[i]}'\n{Usage}");
                    return 1;
            }
            filtered = true;
            i++;
        }
        StandardStreams.Out(json ? CoverageText.Json(rows) : markdown ? KeywordMarkdown.Write(rows) : filtered ? CoverageText.List(rows) : CoverageText.Table(rows));
        return 0;
    }
}
