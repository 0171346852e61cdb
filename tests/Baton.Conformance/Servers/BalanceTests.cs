// Which server gets a request: algorithms, weights, maxconn and queues.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Servers;

public sealed class BalanceTests : Scenario
{
    private ProxyProcess Proxy(Product product, string backend, string frontend = "", string defaults = "") =>
        Start(
            product,
            Defaults
                + defaults
                + $$"""

                frontend fe
                    bind 127.0.0.1:${p1}
                    {{frontend}}
                    default_backend be
                backend be
                    {{backend}}
                """
        );

    private string Ask(ProxyProcess proxy, string target = "/", string headers = "")
    {
        using RawClient client = RawClient.Tcp(proxy.Port());
        return client.Get(target, headers).Body;
    }

    private string Three(string options = "", string a = "", string b = "", string c = "") =>
        $"{options}\n    server a 127.0.0.1:{HttpOrigin("a").Port} {a}\n    server b 127.0.0.1:{HttpOrigin("b").Port} {b}\n    server c 127.0.0.1:{HttpOrigin("c").Port} {c}";

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Roundrobin_takes_turns(Product product)
    {
        ProxyProcess proxy = Proxy(product, Three("balance roundrobin"));
        Assert.Equal("abcabcabc", string.Concat(Enumerable.Range(0, 9).Select(_ => Ask(proxy))));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Roundrobin_honours_weights(Product product)
    {
        ProxyProcess proxy = Proxy(product, Three("balance roundrobin", "weight 30", "weight 20", "weight 10"));
        Dictionary<char, int> counts = Count(Enumerable.Range(0, 60).Select(_ => Ask(proxy)));
        Assert.Equal(30, counts['a']);
        Assert.Equal(20, counts['b']);
        Assert.Equal(10, counts['c']);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Static_rr_honours_weights_and_zero(Product product)
    {
        ProxyProcess proxy = Proxy(product, Three("balance static-rr", "weight 2", "weight 1", "weight 0"));
        Dictionary<char, int> counts = Count(Enumerable.Range(0, 30).Select(_ => Ask(proxy)));
        Assert.Equal(20, counts['a']);
        Assert.Equal(10, counts['b']);
        Assert.False(counts.ContainsKey('c'));
    }

    public static TheoryData<Product, string, string, string> Orders
    {
        get
        {
            var rows = new TheoryData<Product, string, string, string>();
            foreach (Product product in new[] { Product.Baton, Product.Haproxy })
            {
                rows.Add(product, "roundrobin", "1 2 5", "ccbccacbccbccacb");
                rows.Add(product, "roundrobin", "5 2 1", "aabaacabaabaacab");
                rows.Add(product, "roundrobin", "3 3 1", "abababcabababc");
                rows.Add(product, "roundrobin", "2 4 6", "cbcacbcbcacb");
                rows.Add(product, "roundrobin", "100 50 25", "aabacabaabacabaa");
                rows.Add(product, "static-rr", "1 2 5", "acbccbccacbccbcc");
                rows.Add(product, "static-rr", "5 2 1", "aabaabacaabaabac");
                rows.Add(product, "static-rr", "10 20 50", "acbccbccacbccbcc");
                // idle servers share whatever they weigh
                rows.Add(product, "leastconn", "1 2 5", "abcabcabc");
            }
            return rows;
        }
    }

    [Theory, MemberData(nameof(Orders))]
    public void The_order_of_weighted_servers(Product product, string algorithm, string weights, string order)
    {
        string[] w = weights.Split(' ');
        ProxyProcess proxy = Proxy(product, Three($"balance {algorithm}", $"weight {w[0]}", $"weight {w[1]}", $"weight {w[2]}"));
        Assert.Equal(order, string.Concat(Enumerable.Range(0, order.Length).Select(_ => Ask(proxy))));
    }

    [Fact]
    public void Weighted_hashes_are_the_same_as_haproxys()
    {
        foreach (string balance in (string[])["balance uri", "balance uri\n    hash-type consistent"])
        {
            string backend = Three(balance, "weight 10", "weight 20 id 9", "weight 50");
            ProxyProcess own = Proxy(Product.Baton, backend),
                reference = Proxy(Product.Haproxy, backend);
            for (int i = 0; i < 24; i++)
                Assert.True(Ask(reference, $"/{i}") == Ask(own, $"/{i}"), $"{balance}: request {i} went to another server than haproxy's");
        }
    }

    /// <summary>hash-key is newer than Debian's haproxy: where keys go does not depend on the order of the lines, nor for "addr" on
    /// ports.</summary>
    [Theory]
    [InlineData("addr-port", true, false)]
    [InlineData("addr", true, true)]
    [InlineData("id", false, true)]
    public void A_server_is_found_again_by_what_its_key_is_made_of(string key, bool whereverItStands, bool atAnyPort)
    {
        OriginServer[] first = Places(),
            other = Places();
        string[] expected = Where(key, first, [0, 1, 2]);
        Assert.True(expected.Distinct().Count() > 1);
        Assert.Equal(whereverItStands, Where(key, first, [2, 0, 1]).SequenceEqual(expected));
        Assert.Equal(atAnyPort, Where(key, other, [0, 1, 2]).SequenceEqual(expected));
    }

    /// <summary>Servers on three addresses that say which.</summary>
    private OriginServer[] Places() =>
        [
            .. Enumerable
                .Range(1, 3)
                .Select(i =>
                    Keep(
                        new OriginServer(
                            c =>
                            {
                                c.ReadHead();
                                c.Send($"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\n{i}");
                            },
                            0,
                            $"127.0.0.{i}"
                        )
                    )
                ),
        ];

    private string[] Where(string key, OriginServer[] places, int[] order)
    {
        ProxyProcess proxy = Proxy(
            Product.Baton,
            $"balance uri\n    hash-type consistent\n    default-server hash-key {key}\n"
                + string.Concat(order.Select(i => $"    server s{i} 127.0.0.{i + 1}:{places[i].Port}\n"))
        );
        return [.. Enumerable.Range(0, 40).Select(i => Ask(proxy, $"/{i}"))];
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void First_fills_the_first(Product product)
    {
        ProxyProcess proxy = Proxy(product, Three("balance first", "maxconn 10", "maxconn 10", "maxconn 10"));
        Assert.Equal("aaaa", string.Concat(Enumerable.Range(0, 4).Select(_ => Ask(proxy))));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Leastconn_avoids_the_busy(Product product)
    {
        using var go = new ManualResetEventSlim();
        OriginServer slow = Origin(c =>
        {
            c.ReadHead();
            go.Wait(Patience.Ms);
            c.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslow");
        });
        ProxyProcess proxy = Proxy(
            product,
            $"balance leastconn\n    server slow 127.0.0.1:{slow.Port}\n    server fast 127.0.0.1:{HttpOrigin("fast").Port}"
        );
        RawClient busy = Connect(proxy);
        busy.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Eventually(() => slow.Heads.Count == 1, "the first request goes to the first server");
        for (int i = 0; i < 5; i++)
            Assert.Equal("fast", Ask(proxy));
        go.Set();
        Assert.Equal("slow", busy.ReadResponse().Body);
    }

    /// <summary>A parameter in the body of a form counts as one of the query, whole or in a chunk; the query's goes first.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_parameter_may_be_in_a_posted_form(Product product)
    {
        ProxyProcess proxy = Proxy(product, Three("balance url_param id check_post 64", "id 1", "id 2", "id 3"));
        for (int i = 0; i < 6; i++)
        {
            string expected = Ask(proxy, $"/?id=k{i}"),
                form = $"a=b&id=k{i}&c=d";
            Assert.Equal(expected, Post("/", $"Content-Length: {form.Length}", form));
            Assert.Equal(expected, Post("/", $"Content-Length: {form.Length}", form, torn: true));
            Assert.Equal(expected, Post("/", "Transfer-Encoding: chunked", $"{form.Length:x}\r\n{form}\r\n0\r\n\r\n"));
            Assert.Equal(expected, Post($"/?id=k{i}", "Content-Length: 5", "id=zz"));
        }
        string Post(string target, string field, string body, bool torn = false)
        {
            RawClient client = Connect(proxy);
            client.Send($"POST {target} HTTP/1.1\r\nHost: a\r\n{field}\r\n\r\n{(torn ? body[..3] : body)}");
            if (torn)
            {
                System.Threading.Thread.Sleep(50);
                client.Send(body[3..]);
            }
            return client.ReadResponse().Body;
        }
    }

    [Theory]
    [MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Hashes_are_stable_and_the_same_as_haproxys(Product product)
    {
        (string Balance, Func<int, (string Target, string Headers)> Request)[] cases =
        [
            ("balance uri", i => ($"/path/{i}?q=1", "")),
            ("balance uri whole", i => ($"/path?q={i}", "")),
            ("balance url_param id", i => ($"/?id={i}", "")),
            ("balance hdr(X-Key)", i => ("/", $"X-Key: k{i}\r\n")),
            ("balance hdr(X-Key)", i => ("/", $"X-Key: k{i} , k{i + 1}\r\nX-Key: k{i + 2}\r\n")),
            ("balance uri\n    hash-type consistent", i => ($"/path/{i}", "")),
            ("balance uri\n    hash-type map-based djb2 avalanche", i => ($"/path/{i}", "")),
            ("balance uri\n    hash-type consistent wt6", i => ($"/path/{i}", "")),
        ];
        foreach ((string balance, Func<int, (string, string)> request) in cases)
        {
            string backend = Three(balance, "id 1", "id 2", "id 3");
            ProxyProcess own = Proxy(product, backend),
                reference = Proxy(Product.Haproxy, backend);
            for (int i = 0; i < 12; i++)
            {
                (string target, string headers) = request(i);
                Assert.True(
                    Ask(reference, target, headers) == Ask(own, target, headers),
                    $"{balance}: request {i} went to another server than haproxy's"
                );
            }
        }
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Source_keeps_a_client_on_its_server(Product product)
    {
        ProxyProcess proxy = Proxy(product, Three("balance source"));
        Assert.Single(Enumerable.Range(0, 6).Select(_ => Ask(proxy)).Distinct());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Random_uses_all(Product product)
    {
        ProxyProcess proxy = Proxy(product, Three("balance random"));
        Assert.Equal(3, Count(Enumerable.Range(0, 60).Select(_ => Ask(proxy))).Count);
    }

    /// <summary>Whoever comes next is answered too: the choice was left in order.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Random_finds_nobody_where_nobody_is_up(Product product)
    {
        ProxyProcess proxy = Proxy(product, "balance random\n    server a 127.0.0.1:1 disabled\n    server b 127.0.0.1:1 disabled");
        for (int i = 0; i < 2; i++)
        {
            using RawClient client = RawClient.Tcp(proxy.Port());
            Assert.Equal(503, client.Get().Status);
        }
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Server_maxconn_queues_and_serves_in_order(Product product)
    {
        int now = 0,
            most = 0;
        OriginServer origin = Origin(c =>
        {
            while (c.TryReadHead(out string head))
            {
                most = Math.Max(most, Interlocked.Increment(ref now));
                Thread.Sleep(30);
                Interlocked.Decrement(ref now);
                string path = head.Split(' ')[1];
                c.Send($"HTTP/1.1 200 OK\r\nContent-Length: {path.Length}\r\n\r\n{path}");
            }
        });
        ProxyProcess proxy = Proxy(product, $"timeout queue 5s\n    server s 127.0.0.1:{origin.Port} maxconn 1");
        var clients = new List<RawClient>();
        for (int i = 0; i < 10; i++)
        {
            RawClient client = Connect(proxy);
            client.Send($"GET /{i} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            clients.Add(client);
            Thread.Sleep(3);
        }
        for (int i = 0; i < 10; i++)
            Assert.Equal($"/{i}", clients[i].ReadResponse().Body);
        Assert.Equal(1, most);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"/{i}"), origin.Heads.Select(h => h.Split(' ')[1]));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_full_server_lets_its_turn_pass_and_does_not_catch_up(Product product)
    {
        var go = new ManualResetEventSlim();
        OriginServer a = Origin(c =>
        {
            while (c.TryReadHead(out string head))
            {
                if (head.StartsWith("GET /hold", StringComparison.Ordinal))
                    go.Wait();
                c.Send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na");
            }
        });
        ProxyProcess proxy = Proxy(product, $"server a 127.0.0.1:{a.Port} maxconn 1\n    server b 127.0.0.1:{HttpOrigin("b").Port}");
        Assert.Equal("ab", Ask(proxy) + Ask(proxy));
        RawClient busy = Connect(proxy);
        busy.Send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
        Eventually(() => a.Heads.Count == 2, "the request does not arrive");
        Assert.Equal("bbbbbbbbb", string.Concat(Enumerable.Range(0, 9).Select(_ => Ask(proxy))));
        go.Set();
        Assert.Equal("a", busy.ReadResponse().Body);
        Thread.Sleep(50);
        string after = string.Concat(Enumerable.Range(0, 6).Select(_ => Ask(proxy)));
        Assert.True(after is "ababab" or "bababa", after);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Frontend_maxconn_leaves_the_rest_in_the_kernel(Product product)
    {
        ProxyProcess proxy = Proxy(product, $"server s 127.0.0.1:{HttpOrigin().Port}", "maxconn 2");
        RawClient a = Connect(proxy),
            b = Connect(proxy);
        Assert.Equal(200, a.Get().Status);
        Assert.Equal(200, b.Get().Status);
        RawClient waiting = Connect(proxy);
        waiting.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        waiting.ExpectSilence(200);
        a.Dispose();
        Assert.Equal(200, waiting.ReadResponse().Status);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_queued_client_that_leaves_is_not_served(Product product)
    {
        using var go = new ManualResetEventSlim();
        OriginServer origin = Origin(c =>
        {
            while (c.TryReadHead(out _))
            {
                go.Wait(Patience.Ms);
                c.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            }
        });
        ProxyProcess proxy = Proxy(product, $"server s 127.0.0.1:{origin.Port} maxconn 1", defaults: "    option abortonclose\n");
        RawClient first = Connect(proxy),
            leaving = Connect(proxy),
            last = Connect(proxy);
        first.Send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
        Eventually(() => origin.Heads.Count == 1, "the first does not arrive");
        leaving.Send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
        Thread.Sleep(50);
        leaving.Dispose();
        last.Send("GET /3 HTTP/1.1\r\nHost: a\r\n\r\n");
        // the close has to be seen before the server is free
        Thread.Sleep(500);
        go.Set();
        Assert.Equal(200, first.ReadResponse().Status);
        Assert.Equal(200, last.ReadResponse().Status);
        Assert.DoesNotContain(origin.Heads, h => h.StartsWith("GET /2", StringComparison.Ordinal));
    }

    private static Dictionary<char, int> Count(IEnumerable<string> answers) =>
        answers.GroupBy(a => a[0]).ToDictionary(g => g.Key, g => g.Count());
}
