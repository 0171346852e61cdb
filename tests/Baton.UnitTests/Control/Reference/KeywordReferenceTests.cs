using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Baton.Configuration.Catalog;
using Baton.Configuration.Expressions;
using Baton.Control.Reference;
using Xunit;

namespace Baton.UnitTests.Control.Reference;

public class KeywordReferenceTests
{
    [Fact]
    public void The_committed_keyword_page_is_current()
    {
        string path = Path.Combine(Path.GetDirectoryName(Source())!, "../../../../docs/keywords.md");
        Assert.True(
            File.ReadAllText(path) == KeywordMarkdown.Write(KeywordReference.Build()),
            "docs/keywords.md is old: run 'baton coverage --markdown > docs/keywords.md'"
        );
    }

    [Fact]
    public void Every_word_that_a_room_implements_is_a_word_of_the_language()
    {
        foreach ((KeywordFamily family, string name) in BuiltKeywords.Collect())
            Assert.True(family == KeywordFamily.Command || KeywordCatalog.Find(family, name) is not null, $"{family} {name}");
    }

    [Fact]
    public void A_built_word_replaces_what_the_catalog_says_of_its_state()
    {
        List<KnownKeyword> rows = KeywordReference.Build(
            new HashSet<(KeywordFamily, string)> { (KeywordFamily.Directive, "balance"), (KeywordFamily.Directive, "block") }
        );
        Assert.Equal(["balance", "block"], rows.Where(row => row.Status == KeywordStatus.Built).Select(row => row.Name));
        Assert.Equal(KeywordCatalog.All.Count(), rows.Count);
        Assert.Null(rows.Single(row => row.Family == KeywordFamily.Directive && row.Name == "block").Advice);
    }

    [Fact]
    public void The_words_of_an_expression_table_are_built()
    {
        var table = new ExpressionCatalog();
        table.Fetches.Add(
            "src",
            new SampleFetchKeyword
            {
                Name = "src",
                Output = SampleType.Address,
                Needs = SampleNeeds.Client,
                Summary = "",
            }
        );
        table.Converters.Add(
            "lower",
            new ConverterKeyword
            {
                Name = "lower",
                Input = SampleType.String,
                Output = SampleType.String,
                Summary = "",
            }
        );
        table.Actions.Add("deny", []);
        table.LogAliases.Add(
            "ci",
            new LogFormatAlias
            {
                Name = "ci",
                Needs = SampleNeeds.Client,
                Summary = "",
            }
        );
        var built = new HashSet<(KeywordFamily, string)>();
        BuiltKeywords.Add(built, table);
        Assert.Equal(
            ["ci", "deny", "lower", "src"],
            KeywordReference.Build(built).Where(row => row.Status == KeywordStatus.Built).Select(row => row.Name).Order()
        );
    }

    [Theory]
    [InlineData("balance", "balance algorithm", "line of defaults, listen and backend")]
    [InlineData("option httplog", "option httplog [clf]", "logs in the HTTP format")]
    [InlineData("httplog", "option httplog [clf]", "line of defaults, frontend and listen")]
    [InlineData("http-request return", "return [status n]", "action of http-request, http-response")]
    [InlineData("req.hdr", "req.hdr([name[,occurrence]])", "sample fetch, gives string")]
    [InlineData("req.hdr(host)", "req.hdr([name[,occurrence]])", "element of a header")]
    [InlineData("%ci", "%ci", "address of the client")]
    [InlineData("lower", "lower", "converter, from string to string")]
    [InlineData("reqadd", "reqadd header", "use \"http-request add-header\"")]
    [InlineData("busy-polling", "busy-polling", "accepted with a warning")]
    [InlineData("show stat", "show stat", "runtime API command")]
    [InlineData("METH_get", "METH_GET method GET HEAD", "predefined ACL")]
    public void Help_explains_a_word(string words, string signature, string line)
    {
        Assert.True(HelpText.TryFind(KeywordReference.Build(), words.Split(' '), out string text), text);
        Assert.Contains(signature, text);
        Assert.Contains(line, text);
    }

    [Fact]
    public void Help_shows_every_meaning_of_a_word()
    {
        Assert.True(HelpText.TryFind(KeywordReference.Build(), ["source"], out string text));
        Assert.Contains("line of defaults, listen and backend", text);
        Assert.Contains("option of server", text);
        Assert.Contains("algorithm of balance", text);
    }

    [Fact]
    public void Help_of_a_head_lists_what_may_follow_it()
    {
        Assert.True(HelpText.TryFind(KeywordReference.Build(), ["timeout"], out string text));
        Assert.StartsWith("timeout ...\n", text);
        Assert.Contains("timeout http-keep-alive", text);
    }

    [Theory]
    [InlineData("blance", "'balance'")]
    [InlineData("htttplog", "'option httplog'")]
    [InlineData("req.hrd", "'req.hdr'")]
    public void Help_of_an_unknown_word_proposes_the_nearest(string word, string proposal)
    {
        Assert.False(HelpText.TryFind(KeywordReference.Build(), [word], out string text));
        Assert.StartsWith($"no keyword '{word}' in the configuration language; did you mean ", text);
        Assert.Contains(proposal, text);
    }

    [Fact]
    public void Help_of_nonsense_proposes_nothing()
    {
        Assert.False(HelpText.TryFind(KeywordReference.Build(), ["xyzzyplughfrobnicate"], out string text));
        Assert.Equal("no keyword 'xyzzyplughfrobnicate' in the configuration language\n", text);
    }

    [Fact]
    public void The_overview_names_every_section()
    {
        string text = HelpText.Overview(KeywordReference.Build());
        foreach ((_, string name) in SectionNames.All)
            Assert.Contains("\n    " + name + " ", text);
    }

    [Fact]
    public void Coverage_as_JSON_is_JSON_with_every_word()
    {
        List<KnownKeyword> rows = KeywordReference.Build();
        using JsonDocument document = JsonDocument.Parse(CoverageText.Json(rows));
        Assert.Equal(rows.Select(row => row.Name), document.RootElement.EnumerateArray().Select(e => e.GetProperty("name").GetString()));
        Assert.All(document.RootElement.EnumerateArray(), e =>
            Assert.Contains(e.GetProperty("status").GetString(), (string[])["built", "hint", "refused", "obsolete"])
        );
    }

    [Fact]
    public void The_table_adds_up()
    {
        List<KnownKeyword> rows = KeywordReference.Build();
        foreach (string line in CoverageText.Table(rows).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] cells = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (cells.Length < 6 || !int.TryParse(cells[^1], out int total))
                continue;
            Assert.Equal(total, cells[^5..^1].Sum(int.Parse));
            if (line.StartsWith("all,", StringComparison.Ordinal))
                Assert.Equal(rows.Count, total);
        }
    }

    private static string Source([CallerFilePath] string path = "") => path;
}
