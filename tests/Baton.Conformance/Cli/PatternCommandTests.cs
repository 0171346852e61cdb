// Patterns of ACLs and maps at run time: what the commands answer, and what traffic sees of them.
using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Cli;

public sealed partial class PatternCommandTests : CliScenario
{
    private string Words => Path.Combine(Directory, "words");
    private string Pairs => Path.Combine(Directory, "pairs");

    private RawClient StartLists(Product product)
    {
        File.WriteAllText(Words, "alpha\n# comment\n  beta\n\n");
        File.WriteAllText(Pairs, "k1 v1\nk2 v2\n");
        return Connect(
            Start(
                product,
                Global
                    + HttpDefaults
                    + """
                    frontend fe
                        bind 127.0.0.1:${p1}
                        acl paths path /a /b
                        acl paths path_beg -i /C
                        acl nets src 10.0.0.0/8
                        acl word hdr(x) -f ${dir}/words
                        acl word hdr(x) more
                        acl fixed path_end -u 17 .x
                        acl count hdr_cnt(n) gt 3 8 le 1
                        acl shape path -m reg ^/z+
                        acl key hdr(q) -M -f ${dir}/pairs
                        acl size path -m len 5 7
                        http-request add-acl(${dir}/words) %[hdr(x)] if { path /learn }
                        http-request del-acl(${dir}/words) %[hdr(x)] if { path /forget }
                        http-request return status 200 content-type text/plain string paths if paths !nets
                        http-request return status 200 content-type text/plain string word if word
                        http-request return status 200 content-type text/plain string key if key
                        http-request return status 200 content-type text/plain string shape if shape
                        http-request return status 200 content-type text/plain string fixed if fixed
                        http-request return status 200 content-type text/plain lf-string "%[str(k1),map(${dir}/pairs,none)]"
                    """
            )
        );
    }

    /// <summary>References and places differ between programs and runs.</summary>
    private string Clean(string answer) => Pointer().Replace(answer.Replace(Directory, "DIR", StringComparison.Ordinal), "REF");

    [GeneratedRegex("^0x[0-9a-f]+", RegexOptions.Multiline)]
    private static partial Regex Pointer();

    private void Expect(params (string Line, string Answer)[] exchanges)
    {
        foreach ((string line, string answer) in exchanges)
            Assert.Equal(
                $"{line} -> {answer}",
                $"{line} -> {Clean(Ask(line.Replace("DIR", Directory, StringComparison.Ordinal))).TrimEnd('\n')}"
            );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Lists_have_numbers_in_the_order_of_the_file(Product product)
    {
        StartLists(product);
        string Rows(string kind) =>
            string.Join(
                    '\n',
                    Ask("show " + kind)
                        .Split('\n')
                        .Where(l => !l.Contains("httpclient") && !l.Contains("'always_"))
                        .Select(l => Regex.Replace(l, "file '[^']*baton[^']*\\.cfg'|file '[^']*/[^/']*cfg[^']*'", "file 'CFG'"))
                        .Select(Clean)
                )
                .TrimEnd('\n');
        string acls = Rows("acl");
        Assert.StartsWith("# id (file) description\n0 () acl 'path' file 'CFG' line ", acls);
        string[] rows = [.. acls.Split('\n').Skip(1).Select(l => Regex.Replace(l, @" line \d+", ""))];
        Assert.Equal("1 () acl 'path_beg' file 'CFG'. curr_ver=0 next_ver=0 entry_cnt=1", rows[1]);
        Assert.Equal(
            "3 (DIR/words) pattern loaded from file 'DIR/words' used by acl at file 'CFG'. curr_ver=0 next_ver=0 entry_cnt=2",
            rows[3]
        );
        Assert.Equal("4 () acl 'hdr' file 'CFG'. curr_ver=0 next_ver=0 entry_cnt=0", rows[4]);
        Assert.Equal("6 () acl 'hdr_cnt' file 'CFG'. curr_ver=0 next_ver=0 entry_cnt=3", rows[6]);
        Assert.Contains("17 () acl 'path_end' file 'CFG'. curr_ver=0 next_ver=0 entry_cnt=1", rows);
        // haproxy counts an entry once for each use
        Assert.Equal(
            "8 (DIR/pairs) pattern loaded from file 'DIR/pairs' used by map at file 'CFG', by map at file 'CFG'. curr_ver=0 next_ver=0",
            Regex.Replace(Rows("map").Split('\n')[1], @" line \d+| entry_cnt=\d", "")
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Answers_are_haproxys(Product product)
    {
        StartLists(product);
        Expect(
            ("show acl #0", "REF /a\nREF /b"),
            ("show acl DIR/words", "REF alpha\nREF beta"),
            ("show acl #6", "REF 4:\nREF 9:\nREF :1"),
            ("show acl #8", "REF k1 v1\nREF k2 v2"),
            ("show acl #99", "Unknown ACL identifier. Please use #<id> or <file>."),
            ("get acl #0 /a", "type=str, case=sensitive, match=yes, idx=tree, pattern=\"/a\""),
            ("get acl #0 /z", "type=str, case=sensitive, match=no"),
            ("get acl #1 /c/d", "type=beg, case=insensitive, match=yes, idx=list, pattern=\"/C\""),
            ("get acl #2 10.3.3.3", "type=ip, case=sensitive, match=yes, idx=tree, pattern=\"10.0.0.0/8\""),
            ("get acl #6 0", "type=int, case=sensitive, match=yes, idx=list, pattern=\":1\""),
            ("get acl #7 /zz", "type=reg, case=sensitive, match=yes, idx=list, pattern=\"^/z+\""),
            ("get acl #10 12345", "type=len, case=sensitive, match=yes, idx=list, pattern=\"5\""),
            ("get acl", "Missing ACL identifier and/or key."),
            ("get acl #0", "Missing ACL identifier and/or key."),
            ("get acl #99 x", "Unknown ACL identifier. Please use #<id> or <file>."),
            ("add acl", "'add acl' expects two parameters: ACL identifier and pattern."),
            ("add acl #0", "'add acl' expects two parameters: ACL identifier and pattern."),
            ("add acl #7 (", "regex '(' is invalid (error=missing closing parenthesis, erroffset=1)."),
            ("add acl #2 zork", "'zork' is not a valid IPv4 or IPv6 address."),
            ("add acl #6 abc", "'abc' is not a number."),
            ("add acl #0 /n", ""),
            ("show acl #0", "REF /a\nREF /b\nREF /n"),
            ("del acl #0 /nope", "Key not found."),
            ("del acl #0", "This command expects two parameters: ACL identifier and key."),
            ("del acl #0 /n", ""),
            ("show acl #0", "REF /a\nREF /b"),
            ("add acl #8 z", "This ACL is shared with a map containing samples. You must use the command 'add map' to add values."),
            ("show map #0", "Unknown map identifier. Please use #<id> or <file>."),
            ("clear acl", "Missing ACL identifier."),
            ("clear map", "Missing map identifier."),
            ("prepare acl", "Unknown ACL identifier. Please use #<id> or <file>."),
            ("prepare acl #0", "New version created: 1"),
            ("prepare acl #0", "New version created: 2"),
            ("add acl @2 #0 /v2", ""),
            ("add acl @3 #0 /v3", "Version number in the future, please use 'prepare acl' before."),
            ("show acl @2 #0", "REF /v2"),
            ("show acl @1 #0", ""),
            ("show acl @0 #0", "REF /a\nREF /b"),
            ("commit acl", "Missing version number."),
            ("commit acl #0", "Missing version number."),
            ("commit acl @9 #0", "Version number out of range."),
            ("commit acl @2 #0", ""),
            ("show acl #0", "REF /v2"),
            ("commit acl @1 #0", "Version number out of range."),
            ("clear acl #0", ""),
            ("show acl #0", "")
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Answers_about_maps_are_haproxys(Product product)
    {
        StartLists(product);
        Expect(
            (
                "add map",
                "'add map' expects three parameters (map identifier, key and value) or one parameter (map identifier) and a payload"
            ),
            (
                "add map #8 k",
                "'add map' expects three parameters (map identifier, key and value) or one parameter (map identifier) and a payload"
            ),
            ("set map #8 nope v", "entry not found."),
            ("set map #8 k1", "'set map' expects three parameters: map identifier, key and value."),
            ("prepare map DIR/pairs", "New version created: 1"),
            ("add map @1 #8 <<\nk3 v3\nk4 v 4\n", ""),
            ("show map @1 #8", "REF k3 v3\nREF k4 v 4"),
            ("add map @1 #8 <<\nk5\n", "Missing value for key 'k5'."),
            ("commit map @1 #8", ""),
            ("show map #8", "REF k3 v3\nREF k4 v 4"),
            ("del map #8 k4", ""),
            ("show map #8", "REF k3 v3")
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Traffic_sees_changes_at_once(Product product)
    {
        RawClient client = StartLists(product);
        string Body(string path, string headers = "") => client.Get(path, headers).Body;
        Assert.Equal(
            ("paths", "paths", "word", "word", "key", "shape", "fixed", "v1"),
            (
                Body("/a"),
                Body("/cx"),
                Body("/", "X: beta\r\n"),
                Body("/", "X: more\r\n"),
                Body("/", "Q: k2\r\n"),
                Body("/zz"),
                Body("/q.x"),
                Body("/q")
            )
        );
        Ask("add acl #0 /q; del acl #0 /a; add acl #4 extra; del acl #5 more; set map #8 k1 nine; add acl #17 .y");
        Assert.Equal(
            ("paths", "nine", "word", "nine", "fixed"),
            (Body("/q"), Body("/a"), Body("/", "X: extra\r\n"), Body("/", "X: more\r\n"), Body("/q.y"))
        );
        Ask("prepare acl #0; add acl @1 #0 /one");
        Assert.Equal(("nine", "paths"), (Body("/one"), Body("/q")));
        Ask("commit acl @1 #0");
        Assert.Equal(("paths", "nine"), (Body("/one"), Body("/q")));
        // rules learn and forget
        Assert.Equal("nine", Body("/", "X: gamma\r\n"));
        Assert.Equal("word", Body("/learn", "X: gamma\r\n"));
        Body("/learn", "X: gamma\r\n");
        Expect(("show acl DIR/words", "REF alpha\nREF beta\nREF gamma"));
        Assert.Equal("nine", Body("/forget", "X: gamma\r\n"));
        Expect(("show acl DIR/words", "REF alpha\nREF beta"));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void An_entry_is_meant_by_its_reference(Product product)
    {
        StartLists(product);
        Ask("add map #8 k1 again");
        string[] lines = [.. Ask("show map #8").Split('\n').Where(l => l.Contains(" k1 "))];
        Assert.Equal(2, lines.Length);
        Expect(
            ($"set map #8 #{lines[1].Split(' ')[0]} changed", ""),
            ($"del map #8 #{lines[0].Split(' ')[0]}", ""),
            ("show map #8", "REF k2 v2\nREF k1 changed")
        );
    }

    [Fact]
    public void Payloads_add_many_and_users_change_nothing()
    {
        StartLists(Product.Baton);
        Assert.Equal("\n", Ask("add acl #0 <<\n/p1\n  /p2  \n"));
        Expect(("show acl #0", "REF /a\nREF /b\nREF /p1\nREF /p2"));
        Assert.Equal("'zork' is not a valid IPv4 or IPv6 address.", Ask("add acl #2 <<\n127.0.0.0/8\nzork\n1.1.1.1\n").Trim());
        Expect(("show acl #2", "REF 10.0.0.0/8\nREF 127.0.0.0/8"));
        // HAProxy lets every level change patterns
        foreach (
            string command in new[]
            {
                "add acl #0 x",
                "del acl #0 /a",
                "clear acl #0",
                "prepare acl #0",
                "commit acl @0 #0",
                "add map #8 x y",
                "set map #8 k1 y",
                "del map #8 k1",
                "clear map #8",
            }
        )
            Assert.Equal("Permission denied", Ask(command, "user").Trim());
        Assert.StartsWith("type=str", Ask("get acl #0 /a", "user"));
    }
}
