// The catalog must know every word that HAProxy knows. The lists beside this file are names only: what "haproxy -dKall" of
// 2.6 registers, what the manual of 2.6 documents, and what the manual of 3.4 has beyond it (with all its actions).
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using Baton.Configuration.Catalog;
using Baton.Configuration.Expressions;
using Xunit;

namespace Baton.UnitTests.Configuration.Catalog;

public class KeywordCatalogTests
{
    [Theory]
    [InlineData("haproxy-2.6-registered.txt", 1200)]
    [InlineData("haproxy-2.6-manual.txt", 1100)]
    [InlineData("haproxy-3.4-manual.txt", 700)]
    public void Every_word_of_HAProxy_is_recognised(string list, int atLeast)
    {
        string[] lines = File.ReadAllLines(Path.Combine(Directory(), "Data", list));
        Assert.True(lines.Length >= atLeast, $"{list} has only {lines.Length} names");
        string[] missing = [.. lines.Where(line => !IsKnown(line))];
        Assert.True(missing.Length == 0, string.Join("\n", missing));
    }

    [Fact]
    public void Nothing_is_recognised_that_is_not_there()
    {
        Assert.Null(KeywordCatalog.FindDirective(SectionKinds.Global, "timeout", "client"));
        Assert.Null(KeywordCatalog.FindDirective(SectionKinds.Frontend, "server"));
        Assert.Null(KeywordCatalog.FindDirective(SectionKinds.Backend, "option", "htttplog"));
        Assert.Null(KeywordCatalog.FindDirective(SectionKinds.Backend, "option"));
        Assert.Null(KeywordCatalog.FindDirective(SectionKinds.Backend, "opt", "httpchk"));
        Assert.Null(KeywordCatalog.Find(KeywordFamily.SampleFetch, "req.hdrx"));
    }

    [Fact]
    public void Names_are_unique_within_a_family_and_section()
    {
        var seen = new HashSet<(KeywordFamily, string, SectionKinds)>();
        var twice = new List<string>();
        foreach (KnownKeyword row in KeywordCatalog.All)
        {
            if (row.Sections == SectionKinds.None)
            {
                if (!seen.Add((row.Family, row.Name, 0)))
                    twice.Add(row.Name);
                continue;
            }
            foreach ((SectionKinds kind, _) in SectionNames.All)
                if ((row.Sections & kind) != 0 && !seen.Add((row.Family, row.Name, kind)))
                    twice.Add($"{row.Family} {row.Name} in {kind}");
        }
        Assert.Empty(twice);
    }

    [Fact]
    public void Every_row_says_what_the_word_does_in_one_short_line()
    {
        foreach (KnownKeyword row in KeywordCatalog.All)
        {
            Assert.InRange(row.Summary.Length, 3, 100);
            Assert.False(row.Summary.EndsWith('.') || row.Summary.Contains('\n') || row.Summary.Contains('|'), row.Name);
            Assert.Equal(row.Status == KeywordStatus.Obsolete, row.Advice is not null);
            Assert.NotEqual(KeywordStatus.Built, row.Status);
        }
    }

    [Fact]
    public void Nothing_about_access_authentication_or_verification_is_a_hint()
    {
        string[] guarded =
        [
            "verify",
            "auth",
            "ca-file",
            "crl",
            "deny",
            "reject",
            "acl",
            "password",
            "user",
            "chroot",
            "level",
            "limit",
            "maxconn",
            "harden",
            "userlist",
            "jwt",
        ];
        var skipped = KeywordCatalog.All.Where(row =>
            row.Status == KeywordStatus.Hint
            && row.Sections != SectionKinds.Program
            && !row.Name.StartsWith("tune.quic.", StringComparison.Ordinal)
            && guarded.Any(word => row.Name.Contains(word, StringComparison.Ordinal))
        );
        // the buffer limit is about memory, the thread limit about a default, limited-quic about a library that is not used, levels about
        // compression
        Assert.Equal(
            ["limited-quic", "thread-hard-limit", "tune.buffers.limit", "tune.comp.maxlevel", "tune.zlib.memlevel"],
            skipped.Select(row => row.Name).Order()
        );
    }

    [Theory]
    [InlineData(SectionKinds.Frontend, "tune.maxacept", null)]
    [InlineData(SectionKinds.Global, "tune.maxacept", "tune.maxaccept")]
    [InlineData(SectionKinds.Defaults, "option htttplog", "option httplog")]
    [InlineData(SectionKinds.Backend, "blance", "balance")]
    [InlineData(SectionKinds.Backend, "xyzzyplugh", null)]
    public void The_nearest_word_is_proposed(SectionKinds section, string word, string? expected) =>
        Assert.Equal(expected, KeywordCatalog.Suggest(KeywordFamily.Directive, word, section));

    [Theory]
    [InlineData("reqadd", "http-request add-header")]
    [InlineData("clitimeout", "timeout client")]
    [InlineData("contimeout", "timeout connect")]
    [InlineData("srvtimeout", "timeout server")]
    [InlineData("block", "http-request deny")]
    public void A_removed_word_says_what_replaces_it(string word, string advice)
    {
        KnownKeyword row = Assert.IsType<KnownKeyword>(KeywordCatalog.FindDirective(SectionKinds.Listen, word));
        Assert.Equal(KeywordStatus.Obsolete, row.Status);
        Assert.Contains(advice, row.Advice);
    }

    [Fact]
    public void The_longest_name_wins_and_an_attached_parenthesis_is_ignored()
    {
        Assert.Equal("http-check set-var", KeywordCatalog.FindDirective(SectionKinds.Backend, "http-check", "set-var(check.x)")?.Name);
        Assert.Equal("capture request header", KeywordCatalog.FindDirective(SectionKinds.Frontend, "capture", "request")?.Name);
        Assert.Equal("compression algo", KeywordCatalog.FindDirective(SectionKinds.Backend, "compression", "algo")?.Name);
        Assert.True(KeywordCatalog.IsDirectiveHead(SectionKinds.Backend, "option"));
        Assert.False(KeywordCatalog.IsDirectiveHead(SectionKinds.Global, "option"));
        Assert.Equal(SectionKinds.Backends, KeywordCatalog.SectionsOf("use-server"));
    }

    [Theory]
    [InlineData("abc", "abc", 0)]
    [InlineData("abc", "acb", 1)]
    [InlineData("abc", "ab", 1)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("a", "bcdefgh", 4)]
    public void Distance_counts_edits_up_to_the_limit(string a, string b, int expected) =>
        Assert.Equal(expected, Spelling.Distance(a, b, 4));

    /// <summary>Lines: global NAME; proxy NAME (of any proxy section); line SECTIONS NAME; option NAME SIDES; action NAME RULES; negatable
    /// NAME; or FAMILY NAME.</summary>
    private static bool IsKnown(string line)
    {
        string[] words = line.Split(' ');
        string name = words[1];
        switch (words[0])
        {
            case "global":
                return KeywordCatalog.FindDirective(SectionKinds.Global, name) is not null
                    || KeywordCatalog.IsDirectiveHead(SectionKinds.Global, name);
            case "proxy":
                return KeywordCatalog.FindDirective(SectionKinds.Proxies, name) is not null
                    || KeywordCatalog.IsDirectiveHead(SectionKinds.Proxies, name);
            case "line":
                return words[1]
                    .All(letter =>
                        KeywordCatalog.FindDirective(Section(letter), words[2], words.Length > 3 ? words[3] : "") is not null
                        || (words.Length == 3 && KeywordCatalog.IsDirectiveHead(Section(letter), words[2]))
                    );
            case "negatable":
                return KeywordCatalog.Find(KeywordFamily.Directive, line[10..])?.Negatable == true;
            case "option":
                return words[2..]
                    .All(side =>
                        KeywordCatalog.FindDirective(side == "FE" ? SectionKinds.Frontend : SectionKinds.Backend, "option", name)
                            is not null
                    );
            case "action":
                string at = name.StartsWith("track-sc", StringComparison.Ordinal) ? "track-sc0" : name;
                return KeywordCatalog.Find(KeywordFamily.Action, at) is { } row
                    && (row.RuleSets & RuleSet(string.Join(' ', words[2..]))) != 0;
            case "command":
                return KeywordCatalog.Find(
                    KeywordFamily.Command,
                    name == "debug" ? "debug dev" : line[8..].Replace("@<relative pid>", "@<process>")
                )
                    is not null;
            default:
                return KeywordCatalog.Find(Family(words[0]), name) is not null;
        }
    }

    private static SectionKinds Section(char letter) =>
        letter switch
        {
            'D' => SectionKinds.Defaults,
            'F' => SectionKinds.Frontend,
            'L' => SectionKinds.Listen,
            'B' => SectionKinds.Backend,
            'W' => SectionKinds.LogForward,
            'K' => SectionKinds.CrtStore,
            'T' => SectionKinds.Traces,
            'O' => SectionKinds.LogProfile,
            'N' => SectionKinds.Ring,
            'P' => SectionKinds.Peers,
            'H' => SectionKinds.HealthCheck,
            'Z' => SectionKinds.Acme,
            _ => throw new ArgumentException(letter.ToString()),
        };

    private static RuleSets RuleSet(string words) =>
        words switch
        {
            "quic-initial" => RuleSets.QuicInitial,
            "tcp-request connection" => RuleSets.TcpRequestConnection,
            "tcp-request session" => RuleSets.TcpRequestSession,
            "tcp-request content" => RuleSets.TcpRequestContent,
            "tcp-response content" => RuleSets.TcpResponseContent,
            "http-request" => RuleSets.HttpRequest,
            "http-response" => RuleSets.HttpResponse,
            "http-after-response" => RuleSets.HttpAfterResponse,
            _ => throw new ArgumentException(words),
        };

    private static KeywordFamily Family(string word) =>
        word switch
        {
            "bind" => KeywordFamily.BindOption,
            "server" => KeywordFamily.ServerOption,
            "certificate" => KeywordFamily.CertificateOption,
            "fetch" => KeywordFamily.SampleFetch,
            "converter" => KeywordFamily.Converter,
            "alias" => KeywordFamily.LogFormatAlias,
            "acl" => KeywordFamily.PredefinedAcl,
            "filter" => KeywordFamily.Filter,
            "service" => KeywordFamily.Service,
            "section" => KeywordFamily.Section,
            "balance" => KeywordFamily.BalanceAlgorithm,
            "predicate" => KeywordFamily.Predicate,
            "preprocessor" => KeywordFamily.Preprocessor,
            "data" => KeywordFamily.TableData,
            _ => throw new ArgumentException(word),
        };

    private static string Directory([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
