// Idle connections to a server that one thread keeps and another one needs ("http-reuse", "pool-low-conn", "tune.idle-pool.shared").
using System;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Servers;

public sealed class SharedIdleTests : Scenario
{
    private const int Rounds = 20;

    /// <summary>Two doors into one backend, each of another thread.</summary>
    private ProxyProcess Proxy(Product product, OriginServer origin, string global = "", string server = "") =>
        Start(
            product,
            $$"""
            global
                nbthread 2
                {{global}}
            defaults
                mode http
                timeout connect 20s
                timeout client 60s
                timeout server 60s
            frontend fe
                bind 127.0.0.1:${p1} thread 1
                bind 127.0.0.1:${p2} thread 2
                default_backend be
            backend be
                http-reuse always
                server s 127.0.0.1:{{origin.Port}} {{server}}
            """
        );

    private int Connections(Product product, string global = "", string server = "")
    {
        OriginServer origin = HttpOrigin();
        ProxyProcess proxy = Proxy(product, origin, global, server);
        RawClient one = Connect(proxy),
            other = Connect(proxy, 2);
        for (int i = 0; i < Rounds; i++)
        {
            Assert.Equal("hello", one.Get().Body);
            Assert.Equal("hello", other.Get().Body);
        }
        return origin.Connections;
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void What_one_thread_keeps_serves_the_other(Product product)
    {
        // one; on a machine that lets the other thread wait too long for its turn some more
        int made = Connections(product);
        Assert.True(made < Rounds / 2, $"{made} connections for {2 * Rounds} requests");
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void With_few_of_them_each_thread_keeps_its_own(Product product) =>
        Assert.InRange(Connections(product, server: "pool-low-conn 4"), 2, Rounds / 2);

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Unless_they_are_not_shared(Product product) =>
        Assert.InRange(Connections(product, "tune.idle-pool.shared off", "pool-low-conn 2"), 2, Rounds / 2);

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_request_does_not_wait_for_what_is_not_there(Product product)
    {
        OriginServer origin = HttpOrigin(head =>
        {
            if (head.Contains("/slow", StringComparison.Ordinal))
                System.Threading.Thread.Sleep(300);
            return "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
        });
        ProxyProcess proxy = Proxy(product, origin);
        RawClient one = Connect(proxy),
            other = Connect(proxy, 2);
        Assert.Equal(200, one.Get().Status);
        one.Send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        for (int i = 0; i < 3; i++)
            Assert.Equal(200, other.Get().Status);
        Assert.Equal(200, one.ReadResponse().Status);
    }
}
