// What the proxy answers itself: return, redirect, monitor-uri, errorfile and the default error pages, byte for byte.
using System;
using System.IO;
using System.Text;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Http;

public sealed class RepliesTests : Scenario
{
    private RawClient Frontend(Product product, string lines) =>
        Connect(
            Start(
                product,
                Defaults
                    + $$"""
                    frontend fe
                        bind 127.0.0.1:${p1}
                        {{lines}}
                    """
            )
        );

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Return_with_a_string(Product product)
    {
        RawClient client = Frontend(product, "http-request return status 200 content-type text/plain string hello hdr X-A b");
        for (int i = 0; i < 3; i++)
        {
            Response response = client.Get();
            Assert.Equal(
                "HTTP/1.1 200 OK\r\nx-a: b\r\ncontent-length: 5\r\ncontent-type: text/plain\r\n\r\n",
                response.Head.Replace("X-A", "x-a")
            );
            Assert.Equal("hello", response.Body);
        }
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Return_with_a_file(Product product)
    {
        string body = new('z', 9000);
        File.WriteAllText(Path.Combine(Directory, "body.txt"), body);
        Response response = Frontend(product, "http-request return status 404 content-type text/plain file ${dir}/body.txt").Get();
        Assert.Equal(404, response.Status);
        Assert.Equal(body, response.Body);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Redirects(Product product)
    {
        RawClient client = Frontend(
            product,
            "http-request redirect location /new code 301 if { path /old }\n    http-request redirect prefix https://b.test code 307 if { path_beg /p }\n    redirect scheme https"
        );
        Assert.Equal("HTTP/1.1 301 Moved Permanently\r\ncontent-length: 0\r\nlocation: /new\r\n\r\n", client.Get("/old").Head);
        Assert.Equal("https://b.test/p/q?r=1", client.Get("/p/q?r=1")["location"]);
        Response last = client.Get("/x");
        Assert.Equal(302, last.Status);
        Assert.Equal("https://example.test/x", last["location"]);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Monitor_uri_is_answered_in_the_frontend(Product product)
    {
        RawClient client = Frontend(product, "monitor-uri /alive");
        client.Send("GET /alive HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(
            "HTTP/1.1 200 OK\r\ncontent-length: 58\r\ncache-control: no-cache\r\ncontent-type: text/html\r\n\r\n<html><body><h1>200 OK</h1>\nService ready.\n</body></html>\n",
            Whole(client)
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Deny_and_the_default_pages(Product product)
    {
        RawClient client = Frontend(
            product,
            "http-request deny deny_status 429 if { path /429 }\n    http-request deny if { path /403 }\n    http-request deny deny_status 404 if { path /404 }"
        );
        Assert.Equal(
            "HTTP/1.1 403 Forbidden\r\ncontent-length: 93\r\ncache-control: no-cache\r\ncontent-type: text/html\r\n\r\n<html><body><h1>403 Forbidden</h1>\nRequest forbidden by administrative rules.\n</body></html>\n",
            Full(client.Get("/403"))
        );
        Assert.Equal(
            "HTTP/1.1 429 Too Many Requests\r\ncontent-length: 117\r\ncache-control: no-cache\r\ncontent-type: text/html\r\n\r\n<html><body><h1>429 Too Many Requests</h1>\nYou have sent too many requests in a given amount of time.\n</body></html>\n",
            Full(client.Get("/429"))
        );
        Assert.Equal(
            "HTTP/1.1 404 Not Found\r\ncontent-length: 83\r\ncache-control: no-cache\r\ncontent-type: text/html\r\n\r\n<html><body><h1>404 Not Found</h1>\nThe resource could not be found.\n</body></html>\n",
            Full(client.Get("/404"))
        );
        Assert.Equal(
            "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 107\r\ncache-control: no-cache\r\ncontent-type: text/html\r\n\r\n<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>\n",
            Full(client.Get("/none"))
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Errorfile_is_sent_as_it_is(Product product)
    {
        File.WriteAllText(
            Path.Combine(Directory, "503.http"),
            "HTTP/1.0 503 Gone Fishing\r\nContent-Type: text/plain\r\nX-Mine: yes\r\n\r\nfishing"
        );
        RawClient client = Frontend(product, "errorfile 503 ${dir}/503.http");
        client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        string all = client.ReadTextToEnd();
        Assert.Contains(" 503 Gone Fishing\r\n", all, StringComparison.Ordinal);
        Assert.Contains("x-mine: yes\r\n", all.ToLowerInvariant(), StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nfishing", all, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_reply_before_the_body_was_read_closes_and_still_arrives(Product product)
    {
        RawClient client = Frontend(product, "http-request deny");
        client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n");
        byte[] body = new byte[200_000];
        try
        {
            client.Send(body);
        }
        catch (System.Net.Sockets.SocketException) { }
        Assert.Equal(403, client.ReadResponse().Status);
    }

    private static string Full(Response response) => response.Head + response.Body;

    private static string Whole(RawClient client) => Full(client.ReadResponse());
}
