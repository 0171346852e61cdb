// Brackets, parentheses, commas, quotes and backslashes in the arguments of samples, in every place that takes a format: where an
// expression ends, and what its arguments are.
using System.Collections.Generic;
using System.IO;
using System.Text;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Rules;

public sealed class ExpressionTextTests : Scenario
{
    /// <summary>A word as it stands in the file, and what it comes to.</summary>
    private static readonly (string Word, string Value)[] s_words =
    [
        ("\"<%[str('x]y')]|%[str('[')]|%[str(a)]>\"", "<x]y|[|a>"),
        ("\"%[str(a]b)]%[str([)]%[str(])]\"", "a]b[]"),
        ("'%[str(\"a]b\"),upper,regsub(\"]\",\"[\")]'", "A[B"),
        ("%[str(\\\"a]b\\\")]", "a]b"),
        ("\"%[str('a]b'),upper]%[str(']')]\"", "A]B]"),
        ("\"[%[str(a)]]\"", "[a]"),
        ("]%[str(a)][", "]a["),
        ("\"%[str('a)b')]%[str('a(b')]%[str(a(b)]\"", "a)ba(ba(b"),
        ("\"%[str('a,b'),field(2,',')]\"", "b"),
        ("\"%[str(a'b c'd)]\"", "ab cd"),
        ("\"%[str(a\\\\'b)]%[str(a\\\\\\\"b)]\"", "a'ba\"b"),
        ("'%[str(\"a\\\"b\")]%[str(\"a\\\\b\")]%[str(a\\\\b)]'", "a\"ba\\ba\\b"),
        ("\"%[str(a\\\\zb)]%[str('a\\\\nb')]\"", "a\\zba\\nb"),
        ("\"%[str('')]%[str()]%[str]|\"", "|"),
        ("\"%[str(xy),regsub(x,'')]%[str(xy),regsub([x],z)]\"", "yzy"),
        ("\"%[str('x]'),regsub(\\\\],y)]\"", "xy"),
        ("\"%[str(q),map_reg('/dev/null','a]b')]\"", "a]b"),
        ("\"%[bool(1),iif('a',']')]%[bool(0),iif('a',']')]\"", "a]"),
        ("\"%[str(a),,upper]\"", "A"),
    ];

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Arguments_end_where_they_end(Product product)
    {
        var rules = new StringBuilder();
        for (int i = 0; i < s_words.Length; i++)
            rules.Append($"    http-request return status 200 content-type text/plain lf-string {s_words[i].Word} if {{ path /{i} }}\n");
        RawClient client = Connect(Start(product, Defaults + "frontend fe\n    bind 127.0.0.1:${p1}\n" + rules));
        for (int i = 0; i < s_words.Length; i++)
            Assert.Equal($"{s_words[i].Word} = {s_words[i].Value}", $"{s_words[i].Word} = {client.Get($"/{i}").Body}");
    }

    private static readonly string[] s_lines =
    [
        "http-request set-path \"%[path,regsub('^/my]path','/x')]\"",
        "http-request redirect location \"/%[str('[')]\"",
        "log-format \"%[str('x]y')] end\"",
        "http-request set-var-fmt(txn.a) \"%[str('x]y')]\"",
        "unique-id-format \"%[str('x]y')]\"",
        "use_backend \"%[str('x]y')]\"",
        "http-request set-header x \"%{+Q}[str('a]b')]\"",
        "http-request deny deny_status 403 hdr X \"%[str('a]b')]\" content-type text/plain string no",
        "http-request add-acl(/dev/null) \"%[str('a]b')]\"",
    ];

    private static readonly string[] s_wrong =
    [
        "http-request set-header x \"%[str('a]\"",
        "http-request set-header x \"%[str(a'b)]\"",
        "http-request set-header x \"%[str((b))]\"",
        "http-request set-header x \"%[str(a)\"",
        "http-request set-header x \"%[str(a)upper]\"",
        "http-request set-header x \"%[path('')]\"",
        "http-request set-header x \"%[str(a),regsub('','b')]\"",
        "http-request set-header x \"%[str(a),map('')]\"",
        "http-request set-var(txn.x) str(a)b",
    ];

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void In_every_place(Product product)
    {
        foreach ((IEnumerable<string> lines, int expected) in ((IEnumerable<string>, int)[])[(s_lines, 0), (s_wrong, 1)])
        foreach (string line in lines)
        {
            string file = Path.Combine(Directory, "line.cfg");
            File.WriteAllText(file, $"{Defaults}frontend fe\n    log 127.0.0.1:514 local0\n    bind 127.0.0.1:1\n    {line}\n");
            Assert.Equal($"{line}: {expected}", $"{line}: {Run(Products.Path(product), "-c", "-f", file).Status}");
        }
    }
}
