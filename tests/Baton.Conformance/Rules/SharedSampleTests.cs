// Samples that several conditions ask for are evaluated once for a head (SampleMemo): edits between the conditions, other
// messages and other connections of the same worker must show all the same.
using System.Linq;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Rules;

public sealed class SharedSampleTests : Scenario
{
    /// <summary>A letter of the trace for each condition that holds, between edits of what the conditions look at.</summary>
    private static string Trace(string set, char letter, params string[] steps)
    {
        return string.Join(
            "\n    ",
            steps.Select(step => step[0] == '{' ? $"{set} set-var(txn.t) var(txn.t),concat({letter++}) if {step}" : $"{set} {step}")
        );
    }

    private static readonly string[] RequestSteps =
    [
        "{ req.hdr(x-a),lower one }",
        "{ req.hdr(x-a),lower two }",
        "{ req.hdr(x-a),lower three }",
        "set-header X-A TWO if { req.hdr(x-a),lower one }",
        "{ req.hdr(x-a),lower one }",
        "{ req.hdr(x-a),lower two }",
        "replace-value x-a TWO Three",
        "{ req.hdr(x-a),lower two }",
        "{ req.hdr(x-a),lower three }",
        "del-header x-a",
        "{ req.hdr(x-a),lower -m found }",
        "add-header x-a one",
        "{ req.hdr(x-a),lower one }",
        "{ path /old }",
        "set-path /new if { path /old }",
        "{ path /old }",
        "{ path /new }",
        "{ url_param(q) 1 }",
        "set-query q=2",
        "{ url_param(q) 1 }",
        "{ query q=2 }",
        "{ query q=1 }",
        "{ method GET }",
        "{ method POST }",
        "{ req.cook(c) 5 }",
        "del-header cookie",
        "{ req.cook(c) 5 }",
        "{ req.hdr_cnt(x-many) 12 }",
        "{ req.hdr(x-many) v12 }",
        "{ req.hdr(x-many) v1 }",
        "{ req.hdr(x-long),upper -m len 2000 }",
        "{ req.hdr(x-long),upper -m end LL }",
    ];

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Edits_between_conditions_show(Product product)
    {
        OriginServer origin = HttpOrigin(head =>
            $"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Origin: {(head.Contains("/new") ? "new" : "other")}\r\n\r\n"
        );
        string request = Trace("http-request", 'a', RequestSteps);
        string response = Trace(
            "http-response",
            'A',
            "{ res.hdr(x-origin) new }",
            "set-header x-origin newer if { res.hdr(x-origin) new }",
            "{ res.hdr(x-origin) new }",
            "{ res.hdr(x-origin) newer }",
            "set-header x-trace %[var(txn.t)]"
        );
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                listen l
                    bind 127.0.0.1:${p1}
                    http-request set-var(txn.t) str(-)
                    {{request}}
                    {{response}}
                    server s 127.0.0.1:{{origin.Port}}
                """
        );
        string many = string.Join(", ", Enumerable.Range(1, 12).Select(i => $"v{i}")),
            length = new('l', 2000);
        RawClient first = Connect(proxy),
            second = Connect(proxy);
        string[] traces =
        [
            Ask(first, $"GET /old?q=1 HTTP/1.1\r\nX-A: One\r\nCookie: c=5\r\nX-Many: {many}\r\nX-Long: {length}"),
            Ask(second, "POST /other HTTP/1.1\r\nX-A: zero, THREE\r\nContent-Length: 0"),
            Ask(first, "GET /other?q=2 HTTP/1.1\r\nX-A: two"),
            Ask(second, "GET /old HTTP/1.1"),
            Ask(first, "GET /old?q=1 HTTP/1.1\r\nX-A: One"),
        ];
        Assert.Equal("-aegijlmoqsuvwxyAC -cgior -befioq -ijloqAC -aegijlmoqAC", string.Join(' ', traces));
    }

    private static string Ask(RawClient client, string head)
    {
        string answer = client.Ask($"{head}\r\nHost: a\r\n\r\n").Head;
        int at = answer.IndexOf("x-trace: ", System.StringComparison.OrdinalIgnoreCase);
        return answer[(at + 9)..answer.IndexOf('\r', at)];
    }
}
