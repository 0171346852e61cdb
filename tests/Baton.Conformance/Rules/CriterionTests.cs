// What an ACL's criterion, its converters and "-m" make of a request: every line is asked about one request, on both programs.
using System.Linq;
using System.Text;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Rules;

public sealed class CriterionTests : Scenario
{
    private const string Request =
        "GET /FOOx?a=aFOOb HTTP/1.1\r\nHost: a\r\nx: xFOOx\r\ny: 1.2.3.77\r\nz: 5\r\nw: 5x\r\ncookie: c=yFOOy\r\n\r\n";

    private static readonly (string Criterion, bool Holds)[] s_criteria =
    [
        // a keyword's own way of matching is that of the keyword alone; behind a converter the type decides
        ("hdr_sub(x) FOO", true),
        ("hdr_sub(x),lower foo", false),
        ("hdr_sub(x),lower xfoox", true),
        ("hdr_sub(x),lower -m sub foo", true),
        ("hdr_reg(x),lower ^.foo", false),
        ("path_beg /F", true),
        ("path_beg,lower /f", false),
        ("path_beg,lower /foox", true),
        ("path_end,lower oox", false),
        ("hdr_len(x) 5", true),
        ("hdr_len(x),lower 5", false),
        ("urlp_sub(a),lower foo", false),
        ("cook_sub(c),lower foo", false),
        ("cook_sub(c) FOO", true),
        ("method,length 3", true),
        ("method,lower get", true),
        ("method -m len 3", true),
        ("method -m bin 474554", true),
        ("meth(GET) -m str GET", true),
        // yes or no of what is none by itself
        ("src -m bool", true),
        ("hdr(z) -m bool", true),
        ("hdr(x) -m bool", false),
        ("always_true -m int 1", true),
        // ranges are what they are, whatever stands between their numbers or before them
        ("hdr_val(z) 4-6", true),
        ("hdr_val(z) 6-", false),
        ("hdr_val(z) 5-", true),
        ("hdr_val(z) gt 3:5", true),
        ("hdr_val(z) lt 3:5", true),
        ("hdr_val(z) gt 5:", true),
        ("hdr_val(z) gt 5", false),
        ("hdr_val(z) lt 6 gt 9", true),
    ];

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Criteria_hold_or_not(Product product)
    {
        var rules = new StringBuilder();
        for (int i = 0; i < s_criteria.Length; i++)
            rules.Append($"    http-request set-var-fmt(txn.o) %[var(txn.o)],{i} if {{ {s_criteria[i].Criterion} }}\n");
        ProxyProcess proxy = Start(
            product,
            Defaults
                + "frontend f\n    bind 127.0.0.1:${p1}\n"
                + rules
                + "    http-request return status 200 content-type text/plain lf-string %[var(txn.o)]\n"
        );
        RawClient client = Connect(proxy);
        client.Send(Request);
        int[] held = [.. client.ReadResponse().Body.Split(',').Where(n => n.Length > 0).Select(int.Parse)];
        for (int i = 0; i < s_criteria.Length; i++)
            Assert.True(held.Contains(i) == s_criteria[i].Holds, $"{s_criteria[i].Criterion}: expected {s_criteria[i].Holds}");
    }

    /// <summary>hdr() is the response's where there is no request any more, and the request's in every condition.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Hdr_looks_at_the_message_that_is_there(Product product)
    {
        OriginServer origin = HttpOrigin(_ => "HTTP/1.1 200 OK\r\nX: of-response\r\nContent-Length: 2\r\n\r\nok");
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                frontend f
                    bind 127.0.0.1:${p1}
                    capture response header x len 3
                    http-request set-header q %[hdr(x),upper]
                    default_backend b
                backend b
                    http-response set-header r1 %[hdr(x),upper]
                    http-response set-var(txn.x) hdr(x)
                    http-response set-header r2 %[var(txn.x)]
                    http-response set-header r3 yes if { hdr(x) -m found }
                    http-response set-header r4 %[capture.res.ver]
                    http-after-response set-header r5 %[hdr(x),length]
                    server s 127.0.0.1:{{origin.Port}}
                """
        );
        RawClient client = Connect(proxy);
        client.Send("GET / HTTP/1.1\r\nHost: a\r\nx: of-request\r\n\r\n");
        Response reply = client.ReadResponse();
        Assert.Equal("OF-RESPONSE", reply["r1"]);
        Assert.Equal("of-response", reply["r2"]);
        Assert.Null(reply["r3"]);
        Assert.Equal("HTTP/1.1", reply["r4"]);
        Assert.Equal("11", reply["r5"]);
        Assert.Contains("q: OF-REQUEST", origin.Heads.First(), System.StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The content rules of an answer in HTTP look at its head, before any rule of HTTP does.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Content_rules_of_an_answer_know_its_head(Product product)
    {
        OriginServer origin = HttpOrigin(head =>
            head.Contains("/bad")
                ? "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
                : "HTTP/1.1 201 Created\r\nX-A: one\r\nContent-Length: 2\r\n\r\nok"
        );
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                frontend f
                    bind 127.0.0.1:${p1}
                    default_backend b
                backend b
                    tcp-response inspect-delay 1s
                    tcp-response content set-var(res.status) status
                    tcp-response content set-var(txn.a) res.hdr(x-a)
                    tcp-response content reject if { status 404 }
                    http-response set-header seen "%[var(res.status)] %[var(txn.a)]"
                    server s 127.0.0.1:{{origin.Port}}
                """
        );
        Assert.Equal("201 one", Connect(proxy).Get()["seen"]);
        RawClient refused = Connect(proxy);
        refused.Send("GET /bad HTTP/1.1\r\nHost: a\r\n\r\n");
        refused.ExpectEnd();
    }
}
