// A connection to a server that is kept for one client (http-reuse never, send-proxy, after NTLM or Negotiate, where the client
// decides about the target), and a server that closes it or speaks on it while it is idle.
using System;
using System.Linq;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Servers;

public sealed class KeptConnectionTests : Scenario
{
    private static readonly string[] s_backends = ["never", "v1", "v2", "negotiate", "perclient", "safe", "always"];

    public static TheoryData<Product, string, bool> Cases
    {
        get
        {
            var data = new TheoryData<Product, string, bool>();
            foreach (Product product in (Product[])[Product.Baton, Product.Haproxy])
            foreach (string backend in s_backends)
            foreach (bool speaks in (bool[])[false, true])
                data.Add(product, backend, speaks);
            return data;
        }
    }

    /// <summary>Answers with the path; says what it is asked for by the path's words: auth, close, late, slow.</summary>
    private OriginServer Server() =>
        Origin(c =>
        {
            string head = Introduced(c);
            while (true)
            {
                string path = head.Split(' ')[1];
                if (path.Contains("slow", StringComparison.Ordinal))
                    Thread.Sleep(400);
                bool asks = path.StartsWith("/negotiate", StringComparison.Ordinal);
                c.Send(
                    $"HTTP/1.1 {(asks ? "401 Who" : "200 OK")}\r\n{(asks ? "WWW-Authenticate: Negotiate\r\n" : "")}Content-Length: {path.Length}\r\n\r\n{path}"
                );
                if (path.Contains("/close", StringComparison.Ordinal))
                {
                    Thread.Sleep(20);
                    return;
                }
                if (path.Contains("/late", StringComparison.Ordinal))
                {
                    Thread.Sleep(20);
                    c.Send("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
                    return;
                }
                if (!c.TryReadHead(out head))
                    return;
            }
        });

    /// <summary>The first head, without a PROXY header in front of it.</summary>
    private static string Introduced(OriginConnection c)
    {
        c.ReadUntil("GET ");
        return "GET " + c.ReadUntil("\r\n\r\n");
    }

    private ProxyProcess Proxy(Product product, OriginServer origin) =>
        Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    http-request set-dst ipv4(127.0.0.1) if { path_beg /perclient }
                    http-request set-dst-port int({{origin.Port}}) if { path_beg /perclient }
                    use_backend %[path,field(2,/)]
                backend never
                    http-reuse never
                    server s 127.0.0.1:{{origin.Port}}
                backend v1
                    server s 127.0.0.1:{{origin.Port}} send-proxy
                backend v2
                    server s 127.0.0.1:{{origin.Port}} send-proxy-v2
                backend negotiate
                    server s 127.0.0.1:{{origin.Port}}
                backend perclient
                    server s 0.0.0.0:0
                backend safe
                    server s 127.0.0.1:{{origin.Port}}
                backend always
                    http-reuse always
                    server s 127.0.0.1:{{origin.Port}}
                """
        );

    private static void Ask(RawClient client, string path) => client.Send($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");

    [Theory, MemberData(nameof(Cases))]
    public void Each_client_gets_its_own_answer(Product product, string backend, bool speaks)
    {
        ProxyProcess proxy = Proxy(product, Server());
        RawClient one = Connect(proxy),
            other = Connect(proxy);
        string first = $"/{backend}/{(speaks ? "late" : "close")}/1";
        Assert.Equal(first, one.Get(first).Body);
        Thread.Sleep(150);
        // the other's request is under way, perhaps in what was the first one's connection
        Ask(other, $"/{backend}/slow/2");
        Thread.Sleep(100);
        Assert.Equal($"/{backend}/x/3", one.Get($"/{backend}/x/3").Body);
        Assert.Equal($"/{backend}/slow/2", other.ReadResponse().Body);
    }

    [Theory, MemberData(nameof(Cases))]
    public void A_client_that_leaves_takes_nobody_along(Product product, string backend, bool speaks)
    {
        ProxyProcess proxy = Proxy(product, Server());
        RawClient one = Connect(proxy),
            other = Connect(proxy);
        string first = $"/{backend}/{(speaks ? "late" : "close")}/1";
        Assert.Equal(first, one.Get(first).Body);
        Thread.Sleep(150);
        Ask(other, $"/{backend}/slow/2");
        Thread.Sleep(100);
        one.Dispose();
        Assert.Equal($"/{backend}/slow/2", other.ReadResponse().Body);
        RawClient[] later = [Connect(proxy), Connect(proxy), Connect(proxy), Connect(proxy)];
        for (int i = 0; i < later.Length; i++)
            Ask(later[i], $"/safe/slow/{i}");
        for (int i = 0; i < later.Length; i++)
            Assert.Equal($"/safe/slow/{i}", later[i].ReadResponse().Body);
    }

    /// <summary>A server is told who asks once a connection: another user behind the same client's connection is introduced anew.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_kept_connection_speaks_for_the_user_it_was_introduced_with(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            string proxy = c.ReadUntil("\r\n");
            while (c.TryReadHead(out _))
                c.Send($"HTTP/1.1 200 OK\r\nContent-Length: {proxy.Split(' ')[2].Length}\r\n\r\n{proxy.Split(' ')[2]}");
        });
        RawClient client = Connect(
            Start(
                product,
                Defaults
                    + $$"""
                    frontend fe
                        bind 127.0.0.1:${p1}
                        http-request set-src req.hdr(x-src) if { req.hdr(x-src) -m found }
                        default_backend be
                    backend be
                        server s 127.0.0.1:{{origin.Port}} send-proxy
                    """
            )
        );
        string[] answers =
        [
            .. ((string[])["X-Src: 192.0.2.1\r\n", "X-Src: 192.0.2.1\r\n", "", "X-Src: 192.0.2.2\r\n"]).Select(h =>
                client.Get("/", h).Body
            ),
        ];
        Assert.Equal(["192.0.2.1", "192.0.2.1", "127.0.0.1", "192.0.2.2"], answers);
    }
}
