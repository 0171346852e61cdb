// Bodies and heads of every kind through the proxy, in both directions.
using System;
using System.Linq;
using System.Text;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Http;

public sealed class MessageTests : Scenario
{
    private RawClient Through(Product product, OriginServer origin, string frontend = "") =>
        Connect(
            Start(
                product,
                Defaults
                    + $$"""
                    frontend fe
                        bind 127.0.0.1:${p1}
                        {{frontend}}
                        default_backend be
                    backend be
                        server s 127.0.0.1:{{origin.Port}}
                    """
            )
        );

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_chunked_answer_keeps_its_trailers(Product product)
    {
        RawClient client = Through(
            product,
            HttpOrigin(_ => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nX-Sum: 7\r\n\r\n")
        );
        for (int i = 0; i < 2; i++)
        {
            Response response = client.Get();
            Assert.Equal("hello world", response.Body);
            Assert.Equal("x-sum: 7\r\n", response.Trailers.ToLowerInvariant());
        }
    }

    [Trait("wire", "raw")]
    [Theory]
    [InlineData(Product.Baton, "", 413)]
    [InlineData(Product.Haproxy, "", 413)]
    [InlineData(Product.Baton, "h1-accept-payload-with-any-method", 200)]
    [InlineData(Product.Haproxy, "h1-accept-payload-with-any-method", 200)]
    public void An_old_GET_has_a_body_only_where_it_may(Product product, string global, int status)
    {
        OriginServer origin = HttpOrigin();
        RawClient client = Connect(
            Start(
                product,
                Defaults.Replace("nbthread 1", "nbthread 1\n    " + global, StringComparison.Ordinal)
                    + $$"""
                    listen l
                        bind 127.0.0.1:${p1}
                        server s 127.0.0.1:{{origin.Port}}
                    """
            )
        );
        client.Send("GET / HTTP/1.0\r\nContent-Length: 2\r\n\r\nab");
        Assert.Equal(status, client.ReadResponse().Status);
    }

    [Fact]
    public void Trailers_are_dropped_where_the_section_says_so()
    {
        OriginServer origin = Origin(c =>
        {
            while (c.TryReadHead(out _))
            {
                string body = c.ReadUntil("\r\n\r\n");
                c.Send(
                    $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n{body}\r\n0\r\nX-Sum: 7\r\nX-Other: 8\r\n\r\n"
                );
            }
        });
        const string request = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-A: 1\r\nX-B: 2\r\n\r\n";
        RawClient client = Connect(
            Start(
                Product.Baton,
                Defaults
                    + $$"""
                    frontend fe
                        bind 127.0.0.1:${p1}
                        option http-drop-response-trailers
                        default_backend be
                    backend be
                        option http-drop-request-trailers
                        server s 127.0.0.1:{{origin.Port}}
                    """
            )
        );
        // two at once, then one byte after the other
        client.Send(request + request);
        for (int i = 0; i < 2; i++)
            Check(client.ReadResponse());
        foreach (char c in request)
            client.Send(c.ToString());
        Check(client.ReadResponse());

        static void Check(Response response)
        {
            Assert.Equal("3\r\nabc\r\n0\r\n\r\n", response.Body);
            Assert.Equal("", response.Trailers);
        }
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_chunked_request_arrives_whole(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            string body = c.ReadUntil("0\r\n");
            string end = c.ReadUntil("\r\n\r\n");
            c.Send($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length + end.Length}\r\n\r\n{body}{end}");
            c.ReadToEnd();
        });
        RawClient client = Through(product, origin);
        client.Send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        client.Send("2\r\nde\r\n0\r\nX-T: 1\r\n\r\n");
        string body = client.ReadResponse().Body.ToLowerInvariant();
        // chunks may be joined on the way
        Assert.True(
            body.StartsWith("5\r\nabcde\r\n", StringComparison.Ordinal)
                || body.StartsWith("3\r\nabc\r\n2\r\nde\r\n", StringComparison.Ordinal),
            body
        );
        Assert.EndsWith("0\r\nx-t: 1\r\n\r\n", body, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_close_delimited_answer_ends_with_the_connection(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            c.Send("HTTP/1.0 200 OK\r\n\r\nuntil the end");
        });
        RawClient client = Through(product, origin);
        client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.EndsWith("until the end", client.ReadTextToEnd(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void HEAD_204_and_304_have_no_body(Product product)
    {
        RawClient client = Through(
            product,
            HttpOrigin(head =>
                head.StartsWith("HEAD", StringComparison.Ordinal) ? "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
                : head.Contains("/204", StringComparison.Ordinal) ? "HTTP/1.1 204 No Content\r\n\r\n"
                : head.Contains("/304", StringComparison.Ordinal) ? "HTTP/1.1 304 Not Modified\r\nContent-Length: 50\r\n\r\n"
                : "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody"
            )
        );
        Assert.Equal("1000", client.Ask("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")["content-length"]);
        Assert.Equal(204, client.Get("/204").Status);
        Assert.Equal(304, client.Get("/304").Status);
        Assert.Equal("body", client.Get().Body);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Interim_answers_come_through(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            c.Send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
            c.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            c.ReadToEnd();
        });
        RawClient client = Through(product, origin);
        client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("</a>", client.ReadResponse()["link"]);
        Assert.Equal("ok", client.ReadResponse().Body);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Expect_100_continue_is_answered_by_the_server(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            Assert.Contains("100-continue", c.ReadHead(), StringComparison.OrdinalIgnoreCase);
            c.Send("HTTP/1.1 100 Continue\r\n\r\n");
            string body = Encoding.ASCII.GetString(c.ReadBytes(4));
            c.Send($"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n{body}");
            c.ReadToEnd();
        });
        RawClient client = Through(product, origin);
        client.Send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
        Assert.Equal(100, client.ReadResponse().Status);
        client.Send("data");
        Assert.Equal("data", client.ReadResponse().Body);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void An_upgrade_becomes_a_tunnel(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            Assert.Contains("upgrade: websocket", c.ReadHead(), StringComparison.OrdinalIgnoreCase);
            c.Send(
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\nfirst"
            );
            while (c.ReadSome() is { Length: > 0 } data)
                c.Send(data);
        });
        RawClient client = Through(product, origin);
        client.Send(
            "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        );
        Response response = client.ReadResponse();
        Assert.Equal(101, response.Status);
        Assert.Equal("websocket", response["upgrade"]);
        Assert.Equal("first", Encoding.ASCII.GetString(client.ReadBytes(5)));
        byte[] noise = new byte[300_000];
        Random.Shared.NextBytes(noise);
        for (int i = 0; i < 3; i++)
        {
            new System.Threading.Thread(() => client.Send(noise)) { IsBackground = true }.Start();
            Assert.True(client.ReadBytes(noise.Length).AsSpan().SequenceEqual(noise));
        }
        client.ShutdownSend();
        client.ExpectEnd();
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void CONNECT_becomes_a_tunnel(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            Assert.StartsWith("CONNECT a.test:443 HTTP/1.1\r\n", c.ReadHead(), StringComparison.Ordinal);
            c.Send("HTTP/1.1 200 Established\r\n\r\n");
            while (c.ReadSome() is { Length: > 0 } data)
                c.Send(data);
        });
        RawClient client = Through(product, origin);
        client.Send("CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200", client.ReadHead(), StringComparison.Ordinal);
        client.Send("ping");
        Assert.Equal("ping", Encoding.ASCII.GetString(client.ReadBytes(4)));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_large_body_each_way_is_intact(Product product)
    {
        byte[] data = new byte[3_000_000];
        Random.Shared.NextBytes(data);
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            byte[] body = c.ReadBytes(data.Length);
            c.Send($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n");
            c.Send(body);
            c.ReadToEnd();
        });
        RawClient client = Through(product, origin);
        client.Send($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {data.Length}\r\n\r\n");
        client.Send(data);
        Assert.Equal(200, int.Parse(client.ReadHead().AsSpan(9, 3)));
        Assert.True(client.ReadBytes(data.Length).AsSpan().SequenceEqual(data));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Forwardfor_and_originalto_name_the_addresses(Product product)
    {
        OriginServer origin = HttpOrigin();
        RawClient client = Through(product, origin, "option forwardfor except 10.0.0.0/8\n    option originalto header X-Dst");
        client.Get();
        client.Get("/", "X-Forwarded-For: 1.2.3.4\r\n");
        string[] heads = origin.Heads.ToArray();
        Assert.Equal("127.0.0.1", HttpText.Header(heads[0], "x-forwarded-for"));
        Assert.Equal("127.0.0.1", HttpText.Header(heads[0], "x-dst"));
        Assert.Equal(2, heads[1].Split("\r\n").Count(l => l.StartsWith("x-forwarded-for:", StringComparison.OrdinalIgnoreCase)));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Forwardfor_if_none_and_its_exception(Product product)
    {
        OriginServer origin = HttpOrigin();
        Through(product, origin, "option forwardfor if-none").Get("/", "X-Forwarded-For: 1.2.3.4\r\n");
        Through(product, origin, "option forwardfor except 127.0.0.1").Get();
        string[] heads = origin.Heads.ToArray();
        Assert.Equal("1.2.3.4", HttpText.Header(heads[0], "x-forwarded-for"));
        Assert.Null(HttpText.Header(heads[1], "x-forwarded-for"));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void An_answer_before_the_end_of_the_request_reaches_the_client(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            c.Send("HTTP/1.1 413 Too Big\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig");
            c.ShutdownSend();
            c.ReadToEnd();
        });
        RawClient client = Through(product, origin);
        client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nstart");
        Response response = client.ReadResponse();
        Assert.Equal(413, response.Status);
        Assert.Equal("big", response.Body);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Http_buffer_request_waits_for_the_body(Product product)
    {
        OriginServer origin = HttpOrigin();
        RawClient client = Through(product, origin, "option http-buffer-request");
        client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345");
        System.Threading.Thread.Sleep(150);
        Assert.Equal(0, origin.Connections);
        client.Send("67890");
        Assert.Equal(200, client.ReadResponse().Status);
    }
}
