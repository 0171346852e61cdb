// redirect in its three forms with every option, as a line of its own and as a rule; the same on haproxy.
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Http;

public sealed class RedirectTests : Scenario
{
    private RawClient Client(Product product, string lines) =>
        Connect(
            Start(
                product,
                Defaults
                    + $$"""
                    frontend fe
                        bind 127.0.0.1:${p1}
                        {{lines}}
                        default_backend be
                    backend be
                        server s 127.0.0.1:{{HttpOrigin(_ => "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-O: origin\r\n\r\nok").Port}}
                    """
            )
        );

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Prefix_keeps_path_and_query(Product product)
    {
        RawClient client = Client(
            product,
            """
            http-request redirect prefix http://x if { path_beg /plain }
                http-request redirect prefix http://x drop-query if { path_beg /drop }
                http-request redirect prefix http://x append-slash if { path_beg /slash }
                http-request redirect prefix / drop-query append-slash code 301 if { path_beg /both }
                http-request redirect prefix %[hdr(pre)] code 303
            """
        );
        Assert.Equal("http://x/plain?a=b", client.Get("/plain?a=b")["location"]);
        Assert.Equal("http://x/plain?", client.Get("/plain?")["location"]);
        Assert.Equal("http://x/plain?a", client.Ask("GET http://z:8/plain?a HTTP/1.1\r\nHost: z:8\r\n\r\n")["location"]);
        Assert.Equal("http://x/drop", client.Get("/drop?a=b")["location"]);
        Assert.Equal("http://x/slash?a/", client.Get("/slash?a")["location"]);
        Assert.Equal("http://x/slash/", client.Get("/slash/")["location"]);
        Response both = client.Get("/both?a");
        Assert.Equal("HTTP/1.1 301 Moved Permanently\r\ncontent-length: 0\r\nlocation: /both/\r\n\r\n", both.Head);
        Response other = client.Get("/other", "pre: /foo\r\n");
        Assert.Equal(303, other.Status);
        Assert.Equal("/foo/other", other["location"]);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Scheme_keeps_the_host(Product product)
    {
        RawClient client = Client(
            product,
            """
            http-request redirect scheme https code 308 drop-query if { path_beg /drop }
                http-request redirect scheme https append-slash if { path_beg /slash }
                http-request redirect scheme https code 307
            """
        );
        Assert.Equal(
            "HTTP/1.1 308 Permanent Redirect\r\ncontent-length: 0\r\nlocation: https://example.test/drop\r\n\r\n",
            client.Get("/drop?x").Head
        );
        Assert.Equal("https://example.test/slash?x/", client.Get("/slash?x")["location"]);
        Assert.Equal("https://z:8/a?b", client.Ask("GET http://z:8/a?b HTTP/1.1\r\nHost: z:8\r\n\r\n")["location"]);
        Assert.Equal("https://a/", client.Ask("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")["location"]);
        Assert.Equal("https:///a", client.Ask("GET /a HTTP/1.0\r\n\r\n")["location"]);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Cookies_are_set_and_cleared(Product product)
    {
        RawClient client = Client(
            product,
            """
            redirect location / set-cookie SEEN=1 if { path /set }
                redirect location / clear-cookie USERID= if { path /clear }
                redirect location /%[path] clear-cookie A
            """
        );
        Assert.Equal(
            "HTTP/1.1 302 Found\r\ncontent-length: 0\r\nlocation: /\r\ncache-control: no-cache\r\nset-cookie: SEEN=1; path=/;\r\n\r\n",
            client.Get("/set").Head
        );
        Assert.Equal("USERID=; path=/; Max-Age=0;", client.Get("/clear")["set-cookie"]);
        // the line knows no formats
        Assert.Equal("/%[path]", client.Get("/x")["location"]);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void An_empty_location_may_be_ignored(Product product)
    {
        RawClient client = Client(
            product,
            """
            http-request redirect location %[hdr(to)] ignore-empty if { path_beg /ignore }
                http-request redirect location %[hdr(to)] if { path_beg /empty }
                http-request redirect prefix %[hdr(to)] ignore-empty if { path_beg /prefix }
            """
        );
        Assert.Equal(200, client.Get("/ignore").Status);
        Assert.Equal("/there", client.Get("/ignore", "to: /there\r\n")["location"]);
        Assert.Equal(302, client.Get("/empty").Status);
        Assert.Equal("/prefix", client.Get("/prefix")["location"]);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Responses_are_redirected(Product product)
    {
        RawClient client = Client(
            product,
            "http-response redirect location \"/%[res.hdr(x-o)]\" set-cookie B=2 code 301\n    http-after-response set-header x-after %[status]"
        );
        for (int i = 0; i < 2; i++)
            Assert.Equal(
                "HTTP/1.1 301 Moved Permanently\r\ncontent-length: 0\r\nlocation: /origin\r\nset-cookie: B=2; path=/;\r\nx-after: 301\r\n\r\n",
                client.Get().Head
            );
    }
}
