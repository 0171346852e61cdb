// dispatch, transparent, and servers that are where the client wanted to go: "*", a port that is the client's or an offset to it.
using System;
using System.Text;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Servers;

public sealed class DispatchTests : Scenario
{
    private OriginServer Named(string name) => HttpOrigin(name);

    private string Tcp(string backend, string bind = "") =>
        $$"""
            global
                nbthread 1
            defaults
                mode tcp
                timeout connect 20s
                timeout client 60s
                timeout server 60s
            frontend fe
                bind 127.0.0.1:${p1} {{bind}}
                default_backend be
            backend be
                {{backend}}
            """;

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Dispatch_sends_everything_to_one_address(Product product)
    {
        OriginServer origin = Named("one");
        ProxyProcess proxy = Start(product, Tcp($"dispatch 127.0.0.1:{origin.Port}"));
        for (int i = 0; i < 2; i++)
            Assert.Equal("one", Connect(proxy).Get().Body);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_log_names_no_server_and_its_address(Product product)
    {
        using var log = new LogCollector();
        OriginServer origin = Named("one");
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    log 127.0.0.1:{{log.Port}} local0
                    log-format "%b/%s %si:%sp"
                    http-response set-header x-server "<%[srv_name]>"
                    default_backend be
                backend be
                    dispatch 127.0.0.1:{{origin.Port}}
                """
        );
        Assert.Equal("<>", Connect(proxy).Get()["x-server"]);
        Assert.EndsWith($"be/<NOSRV> 127.0.0.1:{origin.Port}", log.Next().TrimEnd());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Servers_are_for_rules_only_unless_they_are_balanced(Product product)
    {
        OriginServer dispatch = Named("dispatch"),
            server = Named("server");
        string Config(string balance) =>
            Defaults
            + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    default_backend be
                backend be
                    {{balance}}
                    dispatch 127.0.0.1:{{dispatch.Port}}
                    use-server s if { path /s }
                    server s 127.0.0.1:{{server.Port}}
                """;
        ProxyProcess proxy = Start(product, Config(""));
        Assert.Equal("dispatch", Connect(proxy).Get().Body);
        Assert.Equal("server", Connect(proxy).Get("/s").Body);
        Assert.Equal("server", Connect(Start(product, Config("balance roundrobin"))).Get().Body);
    }

    [Theory]
    [InlineData(Product.Baton, "option transparent")]
    [InlineData(Product.Haproxy, "option transparent")]
    [InlineData(Product.Baton, "transparent")]
    [InlineData(Product.Baton, "server s *")]
    [InlineData(Product.Haproxy, "server s *")]
    [InlineData(Product.Baton, "server s 0.0.0.0:0")]
    [InlineData(Product.Haproxy, "server s 0.0.0.0:0")]
    public void Each_client_reaches_what_it_wanted(Product product, string line)
    {
        OriginServer a = Named("a"),
            b = Named("b");
        // what a redirecting kernel would say, told by a PROXY header
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1} accept-proxy
                    default_backend be
                backend be
                    http-reuse always
                    {{line}}
                """
        );
        for (int i = 0; i < 2; i++)
            foreach ((OriginServer origin, string name) in ((OriginServer, string)[])[(a, "a"), (b, "b")])
            {
                RawClient client = Connect(proxy);
                client.Send($"PROXY TCP4 127.0.0.1 127.0.0.1 1000 {origin.Port}\r\n");
                Assert.Equal(name, client.Get().Body);
                Assert.Equal(name, client.Get().Body);
            }
    }

    [Theory]
    [InlineData(Product.Baton, "server s *")]
    [InlineData(Product.Haproxy, "server s *")]
    [InlineData(Product.Baton, "server s 127.0.0.1")]
    [InlineData(Product.Haproxy, "server s 127.0.0.1")]
    public void A_rule_changes_the_destination_within_a_connection(Product product, string line)
    {
        OriginServer a = Named("a"),
            b = Named("b");
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    http-request set-dst-port hdr(x-port)
                    default_backend be
                backend be
                    http-reuse always
                    {{line}}
                """
        );
        RawClient client = Connect(proxy);
        foreach ((OriginServer origin, string name) in ((OriginServer, string)[])[(a, "a"), (b, "b"), (b, "b"), (a, "a")])
            Assert.Equal(name, client.Get(headers: $"x-port: {origin.Port}\r\n").Body);
    }

    [Theory]
    [InlineData(Product.Baton, "source 127.0.0.1 usesrc 127.0.0.7", "127.0.0.7")]
    [InlineData(Product.Haproxy, "source 127.0.0.1 usesrc 127.0.0.7", "127.0.0.7")]
    [InlineData(Product.Baton, "source 0.0.0.0 usesrc clientip", "127.0.0.8")]
    [InlineData(Product.Haproxy, "source 0.0.0.0 usesrc clientip", "127.0.0.8")]
    [InlineData(Product.Baton, "source 127.0.0.9", "127.0.0.9")]
    [InlineData(Product.Haproxy, "source 127.0.0.9", "127.0.0.9")]
    public void The_server_sees_the_address_of_the_source_line(Product product, string source, string expected)
    {
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            string from = ((System.Net.IPEndPoint)c.Socket.RemoteEndPoint!).Address.ToString();
            c.Send($"HTTP/1.1 200 OK\r\nContent-Length: {from.Length}\r\n\r\n{from}");
        });
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                listen l
                    bind 127.0.0.1:${p1}
                    server s 127.0.0.1:{{origin.Port}} {{source}}
                """
        );
        Assert.Equal(expected, Keep(RawClient.Tcp(proxy.Port(), from: "127.0.0.8")).Get().Body);
    }

    private static byte[] RdpPacket(string cookie) =>
        [3, 0, 0, 50, 40, 0xE0, 0, 0, 0, 0, 0, .. Encoding.ASCII.GetBytes($"Cookie: {cookie}\r\n")];

    private const string Inspect = "tcp-request inspect-delay 2s\n    tcp-request content accept if RDP_COOKIE\n    ";

    private string Which(ProxyProcess proxy, string cookie)
    {
        using RawClient client = RawClient.Tcp(proxy.Port());
        client.Send(RdpPacket(cookie));
        return Encoding.ASCII.GetString(client.ReadBytes(1));
    }

    private OriginServer Letter(string letter) =>
        Origin(c =>
        {
            c.ReadSome();
            c.Send(letter);
            c.ReadToEnd();
        });

    [Theory]
    [InlineData(Product.Baton, "balance rdp-cookie", "mstshash")]
    [InlineData(Product.Haproxy, "balance rdp-cookie", "mstshash")]
    [InlineData(Product.Baton, "balance rdp-cookie(user)", "user")]
    [InlineData(Product.Haproxy, "balance rdp-cookie(user)", "user")]
    public void One_RDP_user_reaches_one_server(Product product, string balance, string name)
    {
        OriginServer a = Letter("a"),
            b = Letter("b"),
            c = Letter("c");
        ProxyProcess proxy = Start(
            product,
            Tcp($"{Inspect}{balance}\n    server a 127.0.0.1:{a.Port}\n    server b 127.0.0.1:{b.Port}\n    server c 127.0.0.1:{c.Port}")
        );
        string seen = "";
        foreach (string user in (string[])["ann", "bob", "eve", "zoe", "max", "kim"])
        {
            string first = Which(proxy, $"{name}={user}");
            for (int i = 0; i < 3; i++)
                Assert.Equal(first, Which(proxy, $"{name}={user}"));
            seen += first;
        }
        // where haproxy 2.6 sends them
        Assert.Equal(Expected, seen);
    }

    private const string Expected = "bcacbb";

    [Theory]
    [InlineData(Product.Baton, "persist rdp-cookie", "msts")]
    [InlineData(Product.Haproxy, "persist rdp-cookie", "msts")]
    [InlineData(Product.Baton, "persist rdp-cookie(here)", "here")]
    [InlineData(Product.Haproxy, "persist rdp-cookie(here)", "here")]
    public void The_cookie_says_the_server(Product product, string line, string name)
    {
        OriginServer a = Letter("a"),
            b = Letter("b");
        ProxyProcess proxy = Start(product, Tcp($"{Inspect}{line}\n    server a 127.0.0.1:{a.Port}\n    server b 127.0.0.1:{b.Port}"));
        string For(int port) => $"{name}={1 << 24 | 127}.{System.Buffers.Binary.BinaryPrimitives.ReverseEndianness((ushort)port)}.0000";
        for (int i = 0; i < 3; i++)
            Assert.Equal("b", Which(proxy, For(b.Port)));
        for (int i = 0; i < 3; i++)
            Assert.Equal("a", Which(proxy, For(a.Port)));
        // no such server: balanced
        string one = Which(proxy, For(1)),
            other = Which(proxy, For(1));
        Assert.NotEqual(one, other);
    }
}
