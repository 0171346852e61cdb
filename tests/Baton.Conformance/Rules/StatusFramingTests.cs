// Rules that change what framing depends on, status and method: the client finds the end of the answer, and the next one.
using System;
using System.Linq;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Rules;

public sealed class StatusFramingTests : Scenario
{
    private static string Answer(string head)
    {
        string path = head.Split(' ')[1];
        (string answer, string body) = path switch
        {
            "/length" => ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "hello"),
            "/chunked" => ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n"),
            "/large" => ("HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n", new string('x', 200_000)),
            "/204" => ("HTTP/1.1 204 No Content\r\n\r\n", ""),
            "/304" => ("HTTP/1.1 304 Not Modified\r\nContent-Length: 77\r\n\r\n", ""),
            _ => ("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", "next"),
        };
        return head.StartsWith("HEAD ", StringComparison.Ordinal) ? answer : answer + body;
    }

    private ProxyProcess Proxy(Product product, string rules) =>
        Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    http-request set-var(txn.p) path
                    {{rules}}
                    default_backend be
                backend be
                    server s 127.0.0.1:{{HttpOrigin(Answer).Port}}
                """
        );

    [Theory]
    [InlineData("http-response set-status 204")]
    [InlineData("http-response set-status 304")]
    [InlineData("http-response set-status 200")]
    [InlineData("http-response set-status 404")]
    [InlineData("http-after-response set-status 204")]
    [InlineData("http-after-response set-status 304")]
    [InlineData("http-after-response set-status 200")]
    public void The_next_answer_is_found_behind_another_status(string rule)
    {
        int status = int.Parse(rule.Split(' ')[^1]);
        foreach (Product product in (Product[])[Product.Baton, Product.Haproxy])
        {
            ProxyProcess proxy = Proxy(product, rule + " unless { var(txn.p) -m str /next }");
            foreach (string method in (string[])["GET", "HEAD"])
            {
                foreach (string path in (string[])["/length", "/chunked", "/large", "/204", "/304"])
                {
                    // haproxy 2.6 keeps the length of the 304 and sends nothing
                    if (product == Product.Haproxy && path == "/304" && status is not (204 or 304))
                        continue;
                    RawClient client = Connect(proxy);
                    Response response = client.Ask($"{method} {path} HTTP/1.1\r\nHost: a\r\n\r\n");
                    Assert.Equal(status, response.Status);
                    if (status == 204)
                        Assert.Null(response["content-length"]);
                    if (status == 204 || status == 304 && product == Product.Baton)
                        Assert.Null(response["transfer-encoding"]);
                    Assert.Equal("next", client.Get("/next").Body);
                }
            }
        }
    }

    [Theory]
    [InlineData("http-request return status 200 content-type text/plain string body", 204, "")]
    [InlineData("http-request return status 200 content-type text/plain string body", 304, "")]
    [InlineData("http-request return status 204", 200, "")]
    [InlineData("http-request return status 200 content-type text/plain string body", 500, "body")]
    [InlineData("http-request deny", 204, "")]
    [InlineData("http-request redirect location /x", 204, "")]
    public void So_it_is_behind_an_answer_of_our_own(string rule, int status, string body)
    {
        foreach (Product product in (Product[])[Product.Baton, Product.Haproxy])
        {
            ProxyProcess proxy = Proxy(
                product,
                $"http-after-response set-status {status} if {{ var(txn.p) -m str /own }}\n    {rule} if {{ path /own }}"
            );
            RawClient client = Connect(proxy);
            Response response = client.Get("/own");
            Assert.Equal((status, body), (response.Status, response.Body));
            if (status == 204)
                Assert.Null(response["content-length"]);
            Assert.Equal("next", client.Get("/next").Body);
        }
    }

    /// <summary>haproxy closes without a word, or sends the interim status and closes.</summary>
    [Theory]
    [InlineData("http-response", 100)]
    [InlineData("http-response", 101)]
    [InlineData("http-response", 199)]
    [InlineData("http-after-response", 103)]
    public void An_answer_is_final(string rules, int status)
    {
        RawClient client = Connect(Proxy(Product.Baton, $"{rules} set-status {status} if {{ var(txn.p) -m str /length }}"));
        Assert.Equal(500, client.Get("/length").Status);
        Assert.Equal("next", client.Get("/next").Body);
    }

    /// <summary>Where another method was sent, haproxy 2.6 leaves the client waiting for a body, or takes the body for the next
    /// answer.</summary>
    [Theory]
    [InlineData("GET", "HEAD", "/length")]
    [InlineData("GET", "HEAD", "/chunked")]
    [InlineData("GET", "HEAD", "/304")]
    [InlineData("HEAD", "GET", "/length")]
    [InlineData("HEAD", "GET", "/chunked")]
    [InlineData("HEAD", "GET", "/large")]
    [InlineData("POST", "HEAD", "/length")]
    public void The_next_answer_is_found_behind_another_method(string method, string sent, string path)
    {
        ProxyProcess proxy = Proxy(Product.Baton, $"http-request set-method {sent} unless {{ path /next }}");
        RawClient client = Connect(proxy);
        for (int i = 0; i < 2; i++)
        {
            Response response = client.Ask($"{method} {path} HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal(path == "/304" ? 304 : 200, response.Status);
            Assert.Equal("", response.Body);
            Assert.Equal("next", client.Get("/next").Body);
        }
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Nothing_follows_our_own_answer_to_a_CONNECT(Product product)
    {
        RawClient client = Connect(Proxy(product, "http-request return status 200 content-type text/plain string x"));
        client.Send("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200", client.ReadHead(), StringComparison.Ordinal);
        client.ReadToEnd();
    }
}
