// Regular expressions: ACLs, regsub, and the actions that rewrite by them; on haproxy too.
using System;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Rules;

public sealed class RegexTests : Scenario
{
    private RawClient Client(Product product, string rules)
    {
        OriginServer mirror = HttpOrigin(head => $"HTTP/1.1 200 OK\r\nX-List: a1, b2,c3\r\nContent-Length: {head.Length}\r\n\r\n{head}");
        return Connect(
            Start(
                product,
                Defaults
                    + $$"""
                    frontend fe
                        bind 127.0.0.1:${p1}
                        {{rules}}
                        default_backend be
                    backend be
                        server s 127.0.0.1:{{mirror.Port}}
                    """
            )
        );
    }

    public static TheoryData<Product, string, string> RequestLines =>
        Products.BothWith(
            ("replace-path ^/api/(.*)$ /v2/\\1", "GET /v2/users/7?a=1&b=2 HTTP/1.1"),
            ("replace-path /none /x", "GET /api/users/7?a=1&b=2 HTTP/1.1"),
            ("replace-pathq ([^?]*)[?](.*) \\1/q/\\2", "GET /api/users/7/q/a=1&b=2 HTTP/1.1"),
            ("replace-uri ^/(api)/([a-z]+) /\\2-%[method]-\\1", "GET /users-GET-api HTTP/1.1"),
            ("replace-path (.*)/users/([0-9]+) \\1/user-\\2-\\0", "GET /api/user-7-/api/users/7?a=1&b=2 HTTP/1.1")
        );

    [Theory, MemberData(nameof(RequestLines))]
    public void The_request_line_is_rewritten_by_expression(Product product, string action, string line) =>
        Assert.Equal(
            line,
            Client(product, "http-request " + action.Replace("\\", "\\\\")).Get("/api/users/7?a=1&b=2").Body.Split("\r\n")[0]
        );

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Headers_are_rewritten_whole_or_by_element(Product product)
    {
        Assert.Equal("new-2", Client(product, "http-response replace-header x-list .*b(.).* new-\\\\1").Get("/")["x-list"]);
        Assert.Equal("a1,[b]2,c3", Client(product, "http-response replace-value x-list ^(b)2$ [\\\\1]2").Get("/")["x-list"]);
        Assert.Equal("a1, b2,c3", Client(product, "http-response replace-value x-list ^b$ no").Get("/")["x-list"]);
        Assert.Contains(
            "x-in: 3-2-1",
            Client(product, "http-request replace-header x-in (.)(.)(.) \\\\3-\\\\2-\\\\1").Get("/", "X-In: 123\r\n").Body,
            StringComparison.OrdinalIgnoreCase
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Acls_match_by_expression(Product product)
    {
        RawClient client = Client(
            product,
            """
            acl api path_reg ^/api/[0-9]+$ ^/other
                acl agent hdr(user-agent) -m reg -i ^curl
                acl len path,length -m reg ^7$
                http-request return status 201 if api
                http-request return status 202 if agent
                http-request return status 203 if len
            """
        );
        Assert.Equal(201, client.Get("/api/12").Status);
        Assert.Equal(201, client.Get("/other/x").Status);
        Assert.Equal(200, client.Get("/api/x").Status);
        Assert.Equal(202, client.Get("/", "User-Agent: CURL/8\r\n").Status);
        Assert.Equal(203, client.Get("/123456").Status);
    }

    public static TheoryData<Product, string, string> Substitutions =>
        Products.BothWith(
            ("regsub(b,X)", "aXbcab"),
            ("regsub(b,X,g)", "aXXcaX"),
            ("regsub(B,x,gi)", "axxcax"),
            ("regsub('(a)(b)','\\2\\1',g)", "babcba"),
            ("regsub('[bc]',,g)", "aa"),
            ("regsub(z,x)", "abbcab"),
            ("regsub('x*','-',g)", "-a-b-b-c-a-b-")
        );

    [Theory, MemberData(nameof(Substitutions))]
    public void Regsub_replaces(Product product, string converter, string expected) =>
        Assert.Equal(
            expected,
            Client(product, $"http-response set-header x-out \"%[str(abbcab),{converter.Replace("\\", "\\\\")}]\"").Get("/")["x-out"]
        );

    [Fact]
    public void A_faulty_expression_is_an_error_with_its_place()
    {
        string file = System.IO.Path.Combine(Directory, "bad.cfg");
        System.IO.File.WriteAllText(
            file,
            "frontend f\n    mode http\n    bind 127.0.0.1:1\n    acl a path_reg ^/(x\n    timeout client 1s\n"
        );
        (int status, string output) = Run(Products.BatonPath, "-c", "-f", file);
        Assert.Equal(1, status);
        Assert.Contains("bad.cfg:4]", output, StringComparison.Ordinal);
        Assert.Contains("'^/(x'", output, StringComparison.Ordinal);
        Assert.Contains("erroffset=4", output, StringComparison.Ordinal);
    }
}
