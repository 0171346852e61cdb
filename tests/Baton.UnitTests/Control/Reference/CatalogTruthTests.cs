// What the catalog says of a word is what happens to a file that has it: a built word is never refused as unknown or unbuilt,
// a hint is a notice (a skipped section a warning), and every other word has an error that names it.
using System;
using System.Collections.Generic;
using System.Linq;
using Baton.Configuration;
using Baton.Configuration.Catalog;
using Baton.Configuration.Conditions;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Expressions;
using Baton.Control.Cli;
using Baton.Control.Reference;
using Baton.Engine.Rules;
using Xunit;

namespace Baton.UnitTests.Control.Reference;

public class CatalogTruthTests
{
    /// <summary>Lines that change the process that reads them.</summary>
    private static readonly string[] Unsafe = ["setenv", "presetenv", "unsetenv", "resetenv", "localpeer"];

    /// <summary>The errors of a word that is not there, or not yet.</summary>
    private static readonly string[] Denials =
    [
        "unknown keyword",
        "unknown fetch",
        "unknown converter",
        "unknown action",
        "unknown log-format alias",
        "unknown directive",
        "no such ACL",
        "not supported by Baton yet",
        "known HAProxy",
        "out of section",
    ];

    private static List<Diagnostic> Load(string text)
    {
        var loader = new ConfigurationLoader(sink => new ExpressionParser(EngineCatalog.Create(), sink));
        loader.LoadOnly(text, "truth.cfg");
        return [.. loader.Diagnostics.All];
    }

    public static TheoryData<KeywordFamily> Families =>
        [
            KeywordFamily.Section,
            KeywordFamily.Directive,
            KeywordFamily.BindOption,
            KeywordFamily.ServerOption,
            KeywordFamily.Action,
            KeywordFamily.SampleFetch,
            KeywordFamily.Converter,
            KeywordFamily.LogFormatAlias,
            KeywordFamily.BalanceAlgorithm,
            KeywordFamily.PredefinedAcl,
            KeywordFamily.Preprocessor,
        ];

    [Theory]
    [MemberData(nameof(Families))]
    public void The_catalog_says_what_happens(KeywordFamily family)
    {
        var lies = new List<string>();
        List<KnownKeyword> rows = KeywordReference.Build().FindAll(row => row.Family == family && Array.IndexOf(Unsafe, row.Name) < 0);
        // a program section is skipped as a whole, with one warning
        rows.RemoveAll(row => row.Family == KeywordFamily.Directive && row.Sections == SectionKinds.Program);
        Assert.NotEmpty(rows);
        foreach (KnownKeyword row in rows)
        foreach (string text in Files(row))
        {
            List<Diagnostic> said = Load(text);
            string all = string.Join(" / ", said.Where(d => d.Located).Select(d => $"{d.Severity} {d.Message}"));
            if (!Fits(row, said))
                lies.Add($"{KeywordReference.Word(row.Status)} {row.Name}: {text.Replace("\n", " | ")} => {all}");
        }
        Assert.True(lies.Count == 0, $"{lies.Count}:\n{string.Join('\n', lies.Take(40))}");
    }

    private static bool Fits(KnownKeyword row, List<Diagnostic> said) =>
        row.Status switch
        {
            KeywordStatus.Built => !said.Exists(d => Array.Exists(Denials, denial => d.Message.Contains(denial, StringComparison.Ordinal))),
            KeywordStatus.Hint => said.Exists(d =>
                d.Severity is Severity.Warning or Severity.Notice
                && d.Message.Contains(row.Name, StringComparison.Ordinal)
                && d.Message.Contains("changes nothing in Baton", StringComparison.Ordinal)
            ),
            KeywordStatus.Obsolete => said.Exists(d =>
                d.Severity == Severity.Alert
                && (d.Message.Contains(row.Advice!, StringComparison.Ordinal) || d.Message.Contains("anymore", StringComparison.Ordinal))
            ),
            _ => said.Exists(d =>
                d.Severity == Severity.Alert && d.Message.Contains("not supported by Baton yet", StringComparison.Ordinal)
            ),
        };

    /// <summary>The word in a file, once for each section or rule set it may stand in.</summary>
    private static IEnumerable<string> Files(KnownKeyword row)
    {
        const string front = "frontend f\n  mode http\n  ";
        switch (row.Family)
        {
            case KeywordFamily.Section:
                yield return $"{row.Name} x";
                break;
            case KeywordFamily.Directive:
                foreach ((SectionKinds kind, string section) in SectionNames.All)
                    if ((row.Sections & kind & ~SectionKinds.Program) != 0)
                        yield return $"{section}{(kind is SectionKinds.Global or SectionKinds.Traces ? "" : " x")}\n  {row.Name}";
                break;
            case KeywordFamily.BindOption:
                yield return $"{front}bind 127.0.0.1:1 {row.Name}";
                break;
            case KeywordFamily.ServerOption:
                yield return $"backend b\n  server s 127.0.0.1:1 {ServerWord(row.Name)}";
                break;
            case KeywordFamily.Action:
                foreach (string set in RuleSetNames.Of(row.RuleSets & ~RuleSets.QuicInitial))
                    yield return $"listen f\n  mode http\n  {set} {row.Name}";
                break;
            case KeywordFamily.SampleFetch:
                yield return $"{front}http-request set-var(txn.x) {row.Name}";
                break;
            case KeywordFamily.Converter:
                yield return $"{front}http-request set-var(txn.x) str(a),{row.Name}";
                break;
            case KeywordFamily.LogFormatAlias:
                yield return $"{front}log-format %{row.Name}";
                break;
            case KeywordFamily.BalanceAlgorithm:
                yield return $"backend b\n  mode http\n  balance {row.Name}";
                break;
            case KeywordFamily.PredefinedAcl:
                yield return $"{front}http-request deny if {row.Name}";
                break;
            default:
                yield return row.Name;
                break;
        }
    }

    /// <summary>An option of a server that cannot stand by itself, in what it belongs to.</summary>
    private static string ServerWord(string name) =>
        name switch
        {
            "usesrc" => "source 0.0.0.0 usesrc client",
            "set-proxy-v2-tlv-fmt" => $"{name}(0x20) x",
            _ => name,
        };

    [Fact]
    public void Predefined_ACLs_are_all_built_and_without_a_word_of_complaint()
    {
        foreach (KnownKeyword row in KeywordReference.Build().Where(row => row.Family == KeywordFamily.PredefinedAcl))
        {
            Assert.Equal(KeywordStatus.Built, row.Status);
            Assert.DoesNotContain(
                Load($"frontend f\n  mode tcp\n  bind 127.0.0.1:1\n  timeout client 1s\n  tcp-request content accept if {row.Name}\n"),
                d => d.Severity == Severity.Alert
            );
        }
    }

    [Fact]
    public void Predicates_are_all_built_and_can_be_asked()
    {
        foreach (KnownKeyword row in KeywordReference.Build().Where(row => row.Family == KeywordFamily.Predicate))
        {
            Assert.Equal(KeywordStatus.Built, row.Status);
            Assert.NotNull(ConditionEvaluator.Evaluate($"{row.Name}({(row.Arguments.Contains(',') ? "1,2" : "1")})", out _, out _));
        }
    }

    [Fact]
    public void Commands_said_to_be_built_are_found_and_the_others_are_not()
    {
        var cli = new CliServer(null!, HandoverCommands.Rows(null));
        string[] elsewhere = [.. CliServer.BuiltIn, .. Baton.Control.Master.MasterCommands.Names];
        foreach (KnownKeyword row in KeywordReference.Build().Where(row => row.Family == KeywordFamily.Command))
        {
            bool found = cli.Find([.. row.Name.Split(' ')])?.Words == row.Name || Array.IndexOf(elsewhere, row.Name) >= 0;
            Assert.True(found == (row.Status == KeywordStatus.Built), row.Name);
        }
    }

    [Theory]
    [InlineData("server", SectionKinds.Backend, SectionKinds.Ring)]
    [InlineData("errorfile", SectionKinds.HttpErrors, SectionKinds.None)]
    [InlineData("bind", SectionKinds.Frontend, SectionKinds.Peers)]
    public void A_word_may_work_in_one_section_and_wait_in_another(string name, SectionKinds works, SectionKinds waits)
    {
        List<KnownKeyword> rows = KeywordReference.Build().FindAll(row => row.Family == KeywordFamily.Directive && row.Name == name);
        Assert.Contains(rows, row => row.Status == KeywordStatus.Built && (row.Sections & works) != 0);
        if (waits != SectionKinds.None)
            Assert.DoesNotContain(rows, row => row.Status == KeywordStatus.Built && (row.Sections & waits & ~BuiltSections) != 0);
    }

    private static SectionKinds BuiltSections => Baton.Configuration.Directives.DirectiveTables.Sections;
}
