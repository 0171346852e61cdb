// Servers that die in each state of a request, retries and redispatch.
using System;
using System.Linq;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Http;

public sealed class FailingServerTests : Scenario
{
    private ProxyProcess Proxy(Product product, string backend) =>
        Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    default_backend be
                backend be
                    {{backend}}
                """
        );

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void No_listener_gives_503(Product product)
    {
        ProxyProcess proxy = Proxy(product, "retries 0\n    server s 127.0.0.1:${d1}");
        Assert.Equal(503, Connect(proxy).Get().Status);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_close_before_the_answer_gives_502(Product product)
    {
        OriginServer origin = Origin(c => c.ReadHead());
        Response response = Connect(Proxy(product, $"server s 127.0.0.1:{origin.Port}")).Get();
        Assert.Equal(
            "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 107\r\ncache-control: no-cache\r\ncontent-type: text/html\r\n\r\n",
            response.Head
        );
        Assert.Equal(
            "<html><body><h1>502 Bad Gateway</h1>\nThe server returned an invalid or incomplete response.\n</body></html>\n",
            response.Body
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_reset_before_the_answer_gives_502(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            c.Reset();
        });
        Assert.Equal(502, Connect(Proxy(product, $"server s 127.0.0.1:{origin.Port}")).Get().Status);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_torn_or_senseless_head_gives_502(Product product)
    {
        OriginServer torn = Origin(c =>
        {
            c.ReadHead();
            c.Send("HTTP/1.1 200 OK\r\nContent-");
        });
        Assert.Equal(502, Connect(Proxy(product, $"server s 127.0.0.1:{torn.Port}")).Get().Status);
        OriginServer senseless = Origin(c =>
        {
            c.ReadHead();
            c.Send("SSH-2.0-nonsense\r\n\r\n");
        });
        Assert.Equal(502, Connect(Proxy(product, $"server s 127.0.0.1:{senseless.Port}")).Get().Status);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_close_within_the_body_cuts_the_answer(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            c.Send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
        });
        RawClient client = Connect(Proxy(product, $"server s 127.0.0.1:{origin.Port}"));
        client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        string all = client.ReadTextToEnd();
        Assert.EndsWith("\r\n\r\nhalf", all, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_cut_chunked_answer_has_no_last_chunk(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            c.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
        });
        RawClient client = Connect(Proxy(product, $"server s 127.0.0.1:{origin.Port}"));
        client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        string all = client.ReadTextToEnd();
        Assert.Contains("half", all, StringComparison.Ordinal);
        Assert.DoesNotContain("\r\n0\r\n", all, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Redispatch_finds_the_living_server(Product product)
    {
        OriginServer origin = HttpOrigin();
        ProxyProcess proxy = Proxy(
            product,
            $$"""
            balance roundrobin
                retries 2
                option redispatch 1
                server dead 127.0.0.1:${d1}
                server alive 127.0.0.1:{{origin.Port}}
            """
        );
        for (int i = 0; i < 4; i++)
            Assert.Equal(200, Connect(proxy).Get().Status);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Retry_on_empty_response_asks_again(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            if (c.Number == 1)
                return;
            c.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            c.ReadToEnd();
        });
        ProxyProcess proxy = Proxy(product, $"retry-on empty-response conn-failure\n    retries 3\n    server s 127.0.0.1:{origin.Port}");
        Assert.Equal("ok", Connect(proxy).Get().Body);
        Assert.Equal(2, origin.Heads.Count);
    }

    public static TheoryData<Product, string, string> BrokenHeads => Products.BothWith(("empty-response", "200"), ("junk-response", "502"));

    [Theory, MemberData(nameof(BrokenHeads))]
    public void A_head_that_breaks_off_counts_as_no_response(Product product, string keyword, string status)
    {
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            if (c.Number == 1)
            {
                c.Send("HTTP/1.1 200 OK\r\nContent-");
                return;
            }
            c.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            c.ReadToEnd();
        });
        ProxyProcess proxy = Proxy(product, $"retry-on {keyword}\n    retries 3\n    server s 127.0.0.1:{origin.Port}");
        Assert.Equal(int.Parse(status, System.Globalization.CultureInfo.InvariantCulture), Connect(proxy).Get().Status);
    }

    public static TheoryData<Product, string, string> Redispatches =>
        Products.BothWith(
            ("no option redispatch", "aaaa"),
            ("option redispatch", "aaab"),
            ("option redispatch 1", "abca"),
            ("option redispatch 2", "aabc"),
            ("option redispatch -2", "aabc")
        );

    /// <summary>A cookie binds the client to a, every answer is one to retry on.</summary>
    [Theory, MemberData(nameof(Redispatches))]
    public void A_retry_on_an_answer_leaves_the_server_when_option_redispatch_says(Product product, string option, string servers)
    {
        OriginServer origin = HttpOrigin(_ => "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n");
        string[] lines = [.. "abc".Select(name => $"server {name} 127.0.0.1:{origin.Port} cookie {name}")];
        ProxyProcess proxy = Proxy(
            product,
            $"retry-on 503\n    retries 3\n    {option}\n    cookie S insert\n    http-send-name-header X-Server\n    {string.Join("\n    ", lines)}"
        );
        Assert.Equal(503, Connect(proxy).Ask("GET / HTTP/1.1\r\nHost: a\r\nCookie: S=a\r\n\r\n").Status);
        Assert.Equal(servers, string.Concat(origin.Heads.Select(h => h[h.IndexOf("X-Server: ", StringComparison.OrdinalIgnoreCase) + 10])));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Retry_on_a_status_asks_again_with_the_body(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            string body = System.Text.Encoding.ASCII.GetString(c.ReadBytes(4));
            c.Send(
                c.Number == 1
                    ? "HTTP/1.1 503 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    : $"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n{body}"
            );
            if (c.Number > 1)
                c.ReadToEnd();
        });
        ProxyProcess proxy = Proxy(
            product,
            $"retry-on 503\n    option http-buffer-request\n    retries 3\n    server s 127.0.0.1:{origin.Port}"
        );
        Assert.Equal("body", Connect(proxy).Ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody").Body);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_client_leaving_ends_the_server_side(Product product)
    {
        var gone = new ManualResetEventSlim();
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            c.Send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nstart");
            try
            {
                while (true)
                {
                    c.Send("more");
                    Thread.Sleep(5);
                }
            }
            catch (System.Net.Sockets.SocketException)
            {
                gone.Set();
            }
        });
        RawClient client = Connect(Proxy(product, $"server s 127.0.0.1:{origin.Port}"));
        client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        client.ReadUntil("start");
        client.Reset();
        Assert.True(gone.Wait(Patience.Ms), "the server side is still open");
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Backup_servers_serve_when_no_other_does(Product product)
    {
        OriginServer main = HttpOrigin("main"),
            backup = HttpOrigin("backup");
        ProxyProcess proxy = Proxy(product, $"server m 127.0.0.1:{main.Port}\n    server b 127.0.0.1:{backup.Port} backup");
        Assert.Equal("main", Connect(proxy).Get().Body);
        ProxyProcess without = Proxy(product, $"server m 127.0.0.1:{main.Port} disabled\n    server b 127.0.0.1:{backup.Port} backup");
        Assert.Equal("backup", Connect(without).Get().Body);
    }
}
