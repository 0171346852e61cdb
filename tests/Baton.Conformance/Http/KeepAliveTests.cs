// Connections that carry several exchanges: to the client, to the server, and the options that limit either.
using System;
using System.Linq;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Http;

public sealed class KeepAliveTests : Scenario
{
    /// <summary>NTLM and Negotiate authenticate a connection: another client on it would be the first one's user.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_connection_that_knows_its_user_is_not_shared(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            string scheme = c.Number == 1 ? "NTLM" : "Negotiate abc";
            string answer =
                $"HTTP/1.1 401 Who\r\nWWW-Authenticate: Basic realm=x\r\nWWW-Authenticate: {scheme}\r\nContent-Length: 0\r\n\r\n";
            while (c.TryReadHead(out _))
            {
                c.Send(answer);
                answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
            }
        });
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                listen l
                    bind 127.0.0.1:${p1}
                    http-reuse always
                    server s 127.0.0.1:{{origin.Port}}
                """
        );
        RawClient one = Connect(proxy),
            other = Connect(proxy);
        Assert.Equal(401, one.Get().Status);
        Assert.Equal(200, one.Get().Status);
        Assert.Equal(401, other.Get().Status);
        Assert.Equal(200, other.Get().Status);
        Assert.Equal(200, one.Get().Status);
        Assert.Equal(2, origin.Connections);
    }

    private ProxyProcess Single(Product product, OriginServer origin, string frontend = "", string backend = "") =>
        Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    {{frontend}}
                    default_backend be
                backend be
                    {{backend}}
                    server s 127.0.0.1:{{origin.Port}}
                """
        );

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_connection_serves_many_requests(Product product)
    {
        OriginServer origin = HttpOrigin(head => Answer(head.Split(' ')[1]));
        RawClient client = Connect(Single(product, origin));
        for (int i = 0; i < 20; i++)
            Assert.Equal($"/{i}", client.Get($"/{i}").Body);
        Assert.Equal(1, origin.Connections);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Pipelined_requests_are_answered_in_order(Product product)
    {
        OriginServer origin = HttpOrigin(head => Answer(head.Split(' ')[1]));
        RawClient client = Connect(Single(product, origin));
        client.Send(string.Concat(Enumerable.Range(0, 10).Select(i => $"GET /{i} HTTP/1.1\r\nHost: a\r\n\r\n")));
        for (int i = 0; i < 10; i++)
            Assert.Equal($"/{i}", client.ReadResponse().Body);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_pipelined_request_behind_a_body_is_found(Product product)
    {
        OriginServer origin = HttpOrigin(head => Answer(head.Split(' ')[0]));
        RawClient client = Connect(Single(product, origin));
        client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("POST", client.ReadResponse().Body);
        Assert.Equal("GET", client.ReadResponse().Body);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_request_torn_into_single_bytes_is_served(Product product)
    {
        RawClient client = Connect(Single(product, HttpOrigin()));
        foreach (char c in "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        {
            client.Send(c.ToString());
            Thread.Sleep(1);
        }
        Assert.Equal("hello", client.ReadResponse().Body);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Connection_close_of_the_client_ends_its_connection(Product product)
    {
        RawClient client = Connect(Single(product, HttpOrigin()));
        Response response = client.Get("/", "Connection: close\r\n");
        Assert.Equal("close", response["connection"]);
        client.ExpectEnd();
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Option_httpclose_closes_both_sides(Product product)
    {
        OriginServer origin = HttpOrigin();
        ProxyProcess proxy = Single(product, origin, "option httpclose");
        RawClient client = Connect(proxy);
        Response response = client.Get();
        Assert.Equal("close", response["connection"]);
        client.ExpectEnd();
        Assert.Contains("connection: close", origin.Heads.Single(), StringComparison.OrdinalIgnoreCase);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Option_http_server_close_keeps_the_client_only(Product product)
    {
        OriginServer origin = HttpOrigin();
        RawClient client = Connect(Single(product, origin, "option http-server-close"));
        for (int i = 0; i < 3; i++)
            Assert.Equal(200, client.Get().Status);
        Assert.Equal(3, origin.Connections);
        Assert.All(origin.Heads, head => Assert.Contains("connection: close", head, StringComparison.OrdinalIgnoreCase));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Http_1_0_is_closed_unless_it_asks_otherwise(Product product)
    {
        ProxyProcess proxy = Single(product, HttpOrigin());
        RawClient plain = Connect(proxy);
        Assert.Equal("hello", plain.Ask("GET / HTTP/1.0\r\n\r\n").Body);
        plain.ExpectEnd();
        RawClient asking = Connect(proxy);
        Response first = asking.Ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        Assert.Equal("keep-alive", first["connection"]);
        Assert.Equal("hello", asking.Ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").Body);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Http_reuse_always_shares_one_server_connection(Product product)
    {
        OriginServer origin = HttpOrigin();
        ProxyProcess proxy = Single(product, origin, backend: "http-reuse always");
        for (int i = 0; i < 5; i++)
            Assert.Equal(200, Connect(proxy).Get().Status);
        Assert.Equal(1, origin.Connections);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Http_reuse_never_gives_each_client_its_own(Product product)
    {
        OriginServer origin = HttpOrigin();
        ProxyProcess proxy = Single(product, origin, backend: "http-reuse never");
        RawClient a = Connect(proxy),
            b = Connect(proxy);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(200, a.Get().Status);
            Assert.Equal(200, b.Get().Status);
        }
        Assert.Equal(2, origin.Connections);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Http_reuse_safe_opens_one_for_a_first_request(Product product)
    {
        // safe: a connection that was never reused is not trusted with another client's first request
        OriginServer origin = HttpOrigin();
        ProxyProcess proxy = Single(product, origin, backend: "http-reuse safe");
        RawClient a = Connect(proxy);
        Assert.Equal(200, a.Get().Status);
        RawClient b = Connect(proxy);
        Assert.Equal(200, b.Get().Status);
        Assert.Equal(2, origin.Connections);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_pooled_connection_closed_by_the_server_is_replaced(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            c.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        });
        RawClient client = Connect(Single(product, origin, backend: "http-reuse always"));
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal("ok", client.Get().Body);
            Thread.Sleep(20);
        }
        Assert.Equal(5, origin.Connections);
    }

    private static string Answer(string body) => $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    /// <summary>With http-reuse safe the first request of a session has a connection of its own, and nobody needs them all again.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void No_more_idle_server_connections_are_kept_than_were_needed(Product product)
    {
        OriginServer origin = HttpOrigin();
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                listen l
                    bind 127.0.0.1:${p1}
                    server s 127.0.0.1:{{origin.Port}}
                """
        );
        int before = 0;
        for (int i = 0; i < 60; i++)
        {
            RawClient client = Connect(proxy);
            Assert.Equal("hello", client.Get("/", "Connection: close\r\n").Body);
            client.ExpectEnd();
            if (i == 2)
                before = proxy.DescriptorCount();
        }
        Assert.Equal(60, origin.Connections);
        Eventually(
            () => proxy.DescriptorCount() <= before + 2,
            $"server connections pile up: {proxy.DescriptorCount()} descriptors, {before} before"
        );
    }
}
