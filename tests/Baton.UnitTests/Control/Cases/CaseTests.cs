// Files of cases: what of YAML is read, what is refused, and what the reports look like.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Xml.Linq;
using Baton.Control.Cases;
using Xunit;

namespace Baton.UnitTests.Control.Cases;

public sealed class CaseTests
{
    private static string Shown(YamlNode node) =>
        node.Scalar is { } scalar ? $"'{scalar}'"
        : node.Items is { } items ? "[" + string.Join(", ", items.Select(Shown)) + "]"
        : "{" + string.Join(", ", node.Entries!.Select(e => $"{e.Key}: {Shown(e.Value)}")) + "}";

    [Theory]
    [InlineData("a: 1\nb:\n  - x\n  - y: z\n    w: 'it''s # no comment'\n", "{a: '1', b: ['x', {y: 'z', w: 'it's # no comment'}]}")]
    [InlineData("---\n# only this\n- \"a: \\\"b\\\"\" # c\n- [x, 'y, z', ]\n-\n  k: v\n", "['a: \"b\"', ['x', 'y, z'], {k: 'v'}]")]
    [InlineData("a:\n- 1\n- 2\nb:\n", "{a: ['1', '2'], b: ''}")]
    [InlineData("- - a\n  - b\n- c\n", "[['a', 'b'], 'c']")]
    [InlineData("url: http://a/b#c?d=e\r\nt: 10:30\r\n", "{url: 'http://a/b#c?d=e', t: '10:30'}")]
    public void What_is_read(string text, string expected) => Assert.Equal(expected, Shown(YamlText.Parse(text)!));

    [Theory]
    [InlineData("a: {b: c}", 1, "not read here")]
    [InlineData("a: &x 1\nb: *x", 1, "not read here")]
    [InlineData("a: |\n  text", 1, "not read here")]
    [InlineData("a: 1\n---\nb: 2", 2, "not read here")]
    [InlineData("a: 1\n\tb: 2", 2, "tab")]
    [InlineData("a: 1\n  b: 2", 2, "indentation")]
    [InlineData("a: 1\na: 2", 2, "twice")]
    [InlineData("a: \"x", 1, "do not end")]
    [InlineData("a: \"x\" y", 1, "behind the quotes")]
    [InlineData("a: [x, y", 1, "does not end")]
    [InlineData("a: 1\nb", 2, "colon")]
    public void What_is_refused_is_said_with_its_line(string text, int line, string why)
    {
        FormatException e = Assert.Throws<FormatException>(() => YamlText.Parse(text));
        Assert.StartsWith($"{line}: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_nothing_and_depth_has_an_end()
    {
        Assert.Null(YamlText.Parse("# nothing\n\n"));
        Assert.Throws<FormatException>(() => YamlText.Parse(string.Concat(Enumerable.Repeat("- ", 10_000)) + "x"));
    }

    /// <summary>Whatever comes: a tree, or one message with a line.</summary>
    [Fact]
    public void Torn_and_shuffled_text_never_does_anything_else()
    {
        const string text = "- name: a\n  request: GET /x\n  headers: [\"a: b\", c]\n  expect:\n    backend: 'b'\n- - x\n";
        var random = new Random(17);
        for (int i = 0; i < 3000; i++)
        {
            char[] torn = text.ToCharArray();
            for (int n = random.Next(1, 6); n > 0; n--)
                torn[random.Next(torn.Length)] = " \n\t-:#'\"[],\\{}a"[random.Next(15)];
            try
            {
                YamlText.Parse(new string(torn, 0, random.Next(torn.Length)));
            }
            catch (FormatException e)
            {
                Assert.Matches(@"^\d+: ", e.Message);
            }
        }
    }

    [Fact]
    public void A_case_becomes_arguments()
    {
        RequestCase one = Assert.Single(
            CaseFile.Parse(
                "c.yml",
                "\n- request: POST /x\n  headers:\n    - Host: a\n    - \"X: y\"\n  from: 10.0.0.1\n  sni: a.b\n  frontend: f\n  expect:\n"
                    + "    backend: app\n    header: [A, B]\n"
            )
        );
        Assert.Equal(("POST /x", "c.yml:2"), (one.Name, one.Position));
        Assert.Equal(
            "--request|POST /x|--header|Host: a|--header|X: y|--from|10.0.0.1|--sni|a.b|--frontend|f|--expect|backend=app|--expect|header=A|--expect|header=B",
            string.Join('|', one.Arguments)
        );
    }

    [Theory]
    [InlineData("request: GET /\n", "c.yml:1: a list of cases")]
    [InlineData("", "c.yml:1: a list of cases")]
    [InlineData("- request: GET /\n", "c.yml:1: it expects nothing")]
    [InlineData("- reqeust: GET /\n  expect:\n    status: 200\n", "did you mean 'request'")]
    [InlineData("- request: GET /\n  expect:\n    stauts: 200\n", "c.yml:3: 'stauts' is none of")]
    [InlineData("- GET /\n", "c.yml:1: a case is made of names and values")]
    [InlineData("- request:\n    - a\n  expect:\n    status: 200\n", "'request' has one value")]
    [InlineData("- expect: 200\n", "'expect' has names and values")]
    public void What_is_no_case_is_said(string text, string why) =>
        Assert.Contains(why, Assert.Throws<FormatException>(() => CaseFile.Parse("c.yml", text)).Message, StringComparison.Ordinal);

    private static List<CaseResult> Results() =>
        [
            new(new RequestCase("one #1", "c.yml:1", []), "", false, 12),
            new(new RequestCase("<two>", "c.yml:5", []), "expected a=\"b\"\nexpected c\u0001\n", false, 3),
        ];

    [Fact]
    public void Reports_are_what_their_readers_read()
    {
        Assert.Equal(
            "ok    one #1\nFAIL  <two>\n      c.yml:5: expected a=\"b\"\n      c.yml:5: expected c\u0001\n1 passed, 1 failed\n",
            CaseReport.Write("text", Results())
        );
        Assert.StartsWith(
            "TAP version 14\n1..2\nok 1 - one \\#1\nnot ok 2 - <two>\n# c.yml:5: ",
            CaseReport.Write("tap", Results()),
            StringComparison.Ordinal
        );
        XElement suite = XDocument.Parse(CaseReport.Write("junit", Results())).Root!.Element("testsuite")!;
        Assert.Equal(("2", "1"), (suite.Attribute("tests")!.Value, suite.Attribute("failures")!.Value));
        XElement failed = suite.Elements("testcase").Last();
        Assert.Equal(("<two>", "c.yml"), (failed.Attribute("name")!.Value, failed.Attribute("classname")!.Value));
        Assert.Equal("expected a=\"b\"", failed.Element("failure")!.Attribute("message")!.Value);
        using JsonDocument json = JsonDocument.Parse(CaseReport.Write("json", Results()));
        Assert.Equal(1, json.RootElement.GetProperty("failed").GetInt32());
        Assert.Equal(2, json.RootElement.GetProperty("cases")[1].GetProperty("faults").GetArrayLength());
    }
}
