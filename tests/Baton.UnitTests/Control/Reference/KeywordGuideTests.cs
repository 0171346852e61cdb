// "baton help": every line, option, action and algorithm that is built has an example, and every example is a line that the
// parser takes as it stands.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Baton.Configuration;
using Baton.Configuration.Catalog;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Expressions;
using Baton.Control.Reference;
using Baton.Control.Reference.Guides;
using Baton.Engine.Rules;
using Xunit;

namespace Baton.UnitTests.Control.Reference;

public class KeywordGuideTests
{
    private static readonly KeywordFamily[] s_guided =
    [
        KeywordFamily.Section,
        KeywordFamily.Directive,
        KeywordFamily.BindOption,
        KeywordFamily.ServerOption,
        KeywordFamily.Action,
        KeywordFamily.BalanceAlgorithm,
    ];

    /// <summary>Examples that would change the process that runs the tests.</summary>
    private static readonly string[] s_environment = ["setenv", "presetenv", "unsetenv", "resetenv", "localpeer"];

    [Fact]
    public void Every_built_word_has_an_example()
    {
        List<KnownKeyword> rows = KeywordReference.Build();
        string[] without =
        [
            .. rows.Where(r => r.Status == KeywordStatus.Built && s_guided.Contains(r.Family) && KeywordGuide.Find(r) is null)
                .Select(r => $"{r.Family} {r.Name}"),
        ];
        Assert.True(without.Length == 0, string.Join(", ", without));
        foreach (KeywordGuide guide in KeywordGuide.All)
        {
            KnownKeyword[] named = [.. rows.Where(r => r.Family == guide.Family && r.Name == guide.Name)];
            Assert.True(named.Any(r => r.Status == KeywordStatus.Built), $"{guide.Family} {guide.Name} is not built");
            Assert.All(guide.Arguments, a =>
                Assert.False(string.IsNullOrWhiteSpace(a.Word) || string.IsNullOrWhiteSpace(a.Says), guide.Name)
            );
        }
    }

    [Fact]
    public void Every_example_is_taken_by_the_parser()
    {
        string directory = Directory.CreateTempSubdirectory("baton-guides-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(directory, "503.http"), "HTTP/1.0 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
            File.WriteAllText(Path.Combine(directory, "case.txt"), "content-length Content-Length\n");
            foreach (string name in (string[])["blocked.acl", "hosts.map"])
                File.WriteAllText(Path.Combine(directory, name), "");
            var wrong = new List<string>();
            foreach (
                KnownKeyword row in KeywordReference
                    .Build()
                    .Where(r => r.Status == KeywordStatus.Built && s_guided.Contains(r.Family) && !s_environment.Contains(r.Name))
            )
            {
                if (KeywordGuide.Find(row) is not { } guide)
                    continue;
                foreach (string text in Files(row, guide.Example.Replace("/etc/baton", directory)))
                {
                    var loader = new ConfigurationLoader(sink => new ExpressionParser(EngineCatalog.Create(), sink));
                    loader.LoadOnly(text, "example.cfg");
                    string said = string.Join(
                        " / ",
                        loader
                            .Diagnostics.All.Where(d => d.Severity == Severity.Alert && !d.Message.Contains("cannot open namespace"))
                            .Select(d => d.Message)
                    );
                    if (said.Length > 0)
                        wrong.Add($"{row.Family} {row.Name}: {guide.Example}: {said}");
                }
            }
            Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        }
        finally
        {
            Directory.Delete(directory, true);
        }
    }

    private const string Defaults = "defaults\n  mode http\n  timeout connect 1s\n  timeout client 1s\n  timeout server 1s\n";

    private const string Others =
            "\nbackend app\n  server one 10.0.0.1:80\nbackend static\n  server one 10.0.0.1:80\nhttp-errors shop\n  errorfile 503 FILE\n",
        HealthChecks = "\nhealthcheck api\n  type redis-check\n";

    /// <summary>The example where it belongs, with what it refers to around it.</summary>
    private static IEnumerable<string> Files(KnownKeyword row, string example)
    {
        // what an example names is there too
        string others = Others.Replace("FILE", example.Contains("503.http") ? example[example.IndexOf('/')..] : "/dev/null");
        if (!example.Contains("shop"))
            others = others[..others.IndexOf("http-errors")];
        string users =
            row.Name == "group" ? "  user ann insecure-password x\n  user bob insecure-password x\n"
            : row.Name == "user" ? "  group admins\n"
            : "";
        string names =
            example.Contains("resolvers dns ") || example.Contains(",dns") ? "resolvers dns\n  nameserver one 127.0.0.1:53\n" : "";
        switch (row.Family)
        {
            case KeywordFamily.Section:
                yield return Defaults + example + "\n" + (row.Name is "backend" or "http-errors" ? "" : others);
                yield break;
            case KeywordFamily.BindOption:
                yield return $"{Defaults}frontend f\n  {example}\n";
                yield break;
            case KeywordFamily.ServerOption or KeywordFamily.BalanceAlgorithm:
                string check = row.Name == "check-proto" ? "  option httpchk\n" : "";
                yield return $"{names}{Defaults}backend b\n{check}  {example}\n{(row.Name == "healthcheck" ? HealthChecks : "")}";
                yield break;
            case KeywordFamily.Action:
                yield return $"global\n  expose-experimental-directives\n{names}{Defaults}listen f\n  bind :1\n  {example}\n{others}";
                yield break;
        }
        if (row.Sections == SectionKinds.Global)
            yield return $"global\n  {example}\n";
        else if (row.Sections == SectionKinds.Userlist)
            yield return $"userlist u\n  {example}\n{users}";
        else
            foreach ((SectionKinds kind, string section) in SectionNames.All)
            {
                if ((row.Sections & kind & (SectionKinds.NamedProxies | SectionKinds.Defaults)) == 0)
                    continue;
                // a nameless defaults section has rules of its own about rules
                string open = kind == SectionKinds.Defaults ? "defaults named" : $"{section} here";
                string bind = (kind & SectionKinds.Frontends) != 0 && row.Name != "bind" ? "  bind :1\n" : "";
                string server = (kind & SectionKinds.Backends) != 0 && row.Name != "server" ? "  server one 10.0.0.1:80\n" : "";
                string global =
                    row.Name.StartsWith("log", StringComparison.Ordinal) || example.StartsWith("log global")
                        ? "global\n  log 127.0.0.1 local0\n"
                        : "";
                // what it needs beside itself
                string also = row.Name == "option external-check" ? "  external-check command /bin/true\n" : "";
                if (also.Length > 0)
                    global = "global\n  external-check\n";
                yield return $"{global}{Defaults}{open}\n  mode http\n  timeout client 1s\n  timeout connect 1s\n  timeout server 1s\n{bind}{server}{also}  {example}\n{others}";
            }
    }

    [Theory]
    [InlineData("balance", "leastconn  ", "url_param name", "balance leastconn")]
    [InlineData("mode", "tcp   bytes pass as they are", "not supported by Baton yet", "mode http")]
    [InlineData("server", "weight 0..256", "(refused)", "server one 10.0.0.1:80 maxconn 100 weight 20")]
    [InlineData("bind", "accept-proxy", "ssl  ", "bind :8080")]
    [InlineData("http-request", "replace-path regex format", "deny [status n]", "http-request deny if")]
    [InlineData("cookie", "indirect  ", "nocache  ", "cookie SRV insert indirect nocache")]
    [InlineData("frontend", "default_backend app", "baton coverage --section frontend", "bind :8080")]
    [InlineData("src", "%[src]", "acl name src VALUE", "")]
    [InlineData("lower", "%[FETCH,lower]", "", "")]
    [InlineData("show info", "socat", "", "")]
    public void Help_lists_arguments_and_an_example(string word, params string[] expected)
    {
        Assert.True(HelpText.TryFind(KeywordReference.Build(), word.Split(' '), out string text));
        Assert.All(expected, part => Assert.Contains(part, text));
        Assert.DoesNotContain("  example\n        \n", text);
    }

    [Theory]
    [InlineData("timout", "'timeout'")]
    [InlineData("servr", "'server'")]
    [InlineData("mdoe", "'mode'")]
    [InlineData("blance", "'balance'")]
    public void A_near_miss_is_asked_about_with_the_plain_word_first(string word, string first)
    {
        Assert.False(HelpText.TryFind(KeywordReference.Build(), [word], out string text));
        Assert.Contains("did you mean " + first, text);
    }
}
