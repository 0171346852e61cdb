// Fetches and ACLs on values that are not what they seem: addresses of the other family or with something behind them, cookies
// between commas, credentials that are none. Every value was got from HAProxy 2.6.12, which is asked again here.
using System.Linq;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Rules;

public sealed class OddValueTests : Scenario
{
    /// <summary>Values of expressions ("req.hdr(x)"), or + and - for conditions ("{ src 10.0.0.0/8 }"), with a blank between
    /// them.</summary>
    private string Evaluate(Product product, string requestLine, string header, string bind, string[] asked)
    {
        string rules = string.Join(
            "\n    ",
            asked.Select(
                (e, i) =>
                    e[0] == '{'
                        ? $"http-request set-var(txn.v{i}) str(-)\n    http-request set-var(txn.v{i}) str(+) if {e}"
                        : $"http-request set-var(txn.v{i}) {e}"
            )
        );
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind {{bind}}
                    {{rules}}
                    http-request return status 200 content-type text/plain lf-string "{{string.Join(
                    ' ',
                    asked.Select((_, i) => $"%[var(txn.v{i})]")
                )}}"
                """
        );
        return Connect(proxy).Ask($"{requestLine} HTTP/1.1\r\n{header}\r\n{(requestLine.Contains("://") ? "" : "Host: a\r\n")}\r\n").Body;
    }

    private const string Local = "127.0.0.1:${p1}";

    public static TheoryData<Product, string, string> Addresses =>
        Products.BothWith(
            ("10.1.2.3", "10.1.2.3 10.1.2.0 + + + -"),
            ("10.1.2.3:80", "10.1.2.3 10.1.2.0 + + + -"),
            ("10.1.2.3:", " 10.1.2.0 + - - -"),
            ("10.1.2.3x", " 10.1.2.0 + - - -"),
            ("10.1.2.3.4", "  - - - -"),
            ("10.1.2", "  - - - -"),
            ("10.1.2.300", "  - - - -"),
            ("010.1.2.03", "10.1.2.3 10.1.2.0 + + + -"),
            ("10.1.2.3/24", " 10.1.2.0 + - - -"),
            ("::ffff:10.1.2.3", "::ffff:10.1.2.3 10.1.2.0 + + + -"),
            ("::10.1.2.3", "::10.1.2.3 :: + + - -"),
            ("2002:a01:203::1", "2002:a01:203::1 2002:a01:203:: + + - -"),
            ("2001:db8::1", "2001:db8::1 2001:db8:: - - - +")
        );

    [Theory, MemberData(nameof(Addresses))]
    public void Addresses_in_a_header(Product product, string address, string values) =>
        Assert.Equal(
            values,
            Evaluate(
                product,
                "GET /",
                $"X: {address}",
                Local,
                [
                    "req.hdr_ip(x)",
                    "req.hdr(x),ipmask(24,64)",
                    "{ req.hdr(x) -m ip 10.0.0.0/8 }",
                    "{ req.hdr_ip(x) 10.0.0.0/8 }",
                    "{ req.hdr_ip(x) ::ffff:10.0.0.0/104 }",
                    "{ req.hdr_ip(x) 2001:db8::/32 }",
                ]
            )
        );

    public static TheoryData<Product, string, string> Numbers =>
        Products.BothWith(("12", "+ - -"), ("12abc", "+ - -"), ("abc", "- + -"), ("", "- - -"), ("-5", "- + -"), ("0.0.0.12", "- + +"));

    [Theory, MemberData(nameof(Numbers))]
    public void Numbers_in_a_header(Product product, string number, string values) =>
        Assert.Equal(
            values,
            Evaluate(
                product,
                "GET /",
                $"X: {number}",
                Local,
                ["{ req.hdr(x) -m int gt 10 }", "{ req.hdr(x) -m int le 0 }", "{ req.hdr(x) -m ip 0.0.0.12 }"]
            )
        );

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Samples_of_other_types_are_cast(Product product) =>
        Assert.Equal(
            "+ + + -",
            Evaluate(
                product,
                "GET /",
                "X: a",
                Local,
                ["{ int(167772161) -m ip 10.0.0.0/8 }", "{ bin(00ff41) -m len 0 }", "{ bin(4100) -m str A }", "{ bin(4100) -m bin 41 }"]
            )
        );

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_listener_for_both_families_knows_clients_of_IPv4(Product product) =>
        Assert.Equal(
            "::ffff:127.0.0.1 127.0.0.0 + + + -",
            Evaluate(
                product,
                "GET /",
                "X: a",
                ":::${p1} v4v6",
                [
                    "src",
                    "src,ipmask(8)",
                    "{ src 127.0.0.0/8 }",
                    "{ dst 127.0.0.1 }",
                    "{ src 1.1.1.1 2.2.2.2 3.3.3.3 4.4.4.4 5.5.5.5 6.6.6.6 7.7.7.7 8.8.8.8 127.0.0.1 }",
                    "{ src 128.0.0.0/8 }",
                ]
            )
        );

    public static TheoryData<Product, string, string> Cookies =>
        Products.BothWith(
            ("a=1,b=2; c=3", "1 2 3 1 3"),
            ("a=\"1,2\";b=3", "\"1,2\" 3  \"1,2\" 2"),
            ("$Version=1; a=2; $Path=/", "2   2 1"),
            ("=5;a=1", "1   5 2")
        );

    [Theory, MemberData(nameof(Cookies))]
    public void Cookies_of_a_request(Product product, string cookies, string values) =>
        Assert.Equal(
            values,
            Evaluate(
                product,
                "GET /",
                $"Cookie: {cookies}",
                Local,
                ["req.cook(a)", "req.cook(b)", "req.cook(c)", "req.cook", "req.cook_cnt()"]
            )
        );

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Cookies_of_a_response(Product product)
    {
        OriginServer origin = HttpOrigin(_ =>
            "HTTP/1.1 200 OK\r\nSet-Cookie: a=1,b=2; c=3\r\nSet-Cookie: d=4; Path=/, e=5\r\nContent-Length: 0\r\n\r\n"
        );
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                listen l
                    bind 127.0.0.1:${p1}
                    http-response set-header x "%[res.cook(a)] %[res.cook(b)] %[res.cook(c)] %[res.cook(d)] %[res.cook(e)]"
                    server s 127.0.0.1:{{origin.Port}}
                """
        );
        Assert.Contains("\r\nx: 1 2  4 5\r\n", Connect(proxy).Get().Head);
    }

    public static TheoryData<Product, string, string> Credentials =>
        Products.BothWith(
            ("Basic dXNlcjpwYXNz", "Basic user pass "),
            ("Basic !!", "   "),
            ("Basic dXNlcg==", "   "),
            ("basic dXNlcjpwOnc=", "Basic user p:w "),
            ("Bearer abc", "Bearer   abc")
        );

    [Theory, MemberData(nameof(Credentials))]
    public void Credentials_of_a_request(Product product, string credentials, string values) =>
        Assert.Equal(
            values,
            Evaluate(
                product,
                "GET /",
                $"Authorization: {credentials}",
                Local,
                ["http_auth_type", "http_auth_user", "http_auth_pass", "http_auth_bearer"]
            )
        );

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_pattern_of_delimiters_alone_is_found_nowhere(Product product) =>
        Assert.Equal(
            "- - + +",
            Evaluate(product, "GET //a.b/c", "X: a", Local, ["{ path_dir / }", "{ path_dom . }", "{ path_dir /c/ }", "{ path_dom b }"])
        );

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_hash_of_an_absolute_target_is_that_of_host_path_and_query(Product product) =>
        Assert.Equal(
            "1437311081 2032053201",
            Evaluate(product, "GET http://h.com:8080/c?x=1", "Host: h.com:8080", Local, ["url32", "base32"])
        );
}
