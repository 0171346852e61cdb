// Options of the sockets on both sides: TCP keep-alive, buffers.
using System.Net.Sockets;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Tcp;

public sealed class SocketOptionTests : Scenario
{
    private const int Tcp = 6,
        SocketLevel = 1,
        KeepAlive = 9,
        Idle = 4,
        Interval = 5,
        Count = 6;

    /// <summary>A TCP proxy with one connection through it: the proxy's socket towards the client, and the one towards the
    /// server.</summary>
    private (Socket Client, Socket Server) Through(Product product, string frontend, string backend, string global = "")
    {
        OriginServer origin = Origin(c =>
        {
            c.ReadSome();
            c.Send("x");
            c.ReadToEnd();
        });
        ProxyProcess proxy = Start(
            product,
            $$"""
            global
                nbthread 1
                {{global}}
            defaults
                mode tcp
                timeout connect 20s
                timeout client 60s
                timeout server 60s
            frontend fe
                bind 127.0.0.1:${p1}
                {{frontend}}
                default_backend be
            backend be
                {{backend}}
                server s 127.0.0.1:{{origin.Port}}
            """
        );
        RawClient client = Connect(proxy);
        client.Send("a");
        client.ReadBytes(1);
        Socket near = Keep(BorrowedSocket.ConnectedTo(proxy.Pid, client.LocalPort)),
            far = Keep(BorrowedSocket.ConnectedTo(proxy.Pid, origin.Port));
        return (near, far);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void No_probes_without_the_option(Product product)
    {
        (Socket client, Socket server) = Through(product, "clitcpka-idle 10", "srvtcpka-idle 10");
        Assert.Equal(0, client.Option(SocketLevel, KeepAlive));
        Assert.Equal(0, server.Option(SocketLevel, KeepAlive));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Option_tcpka_means_both_sides_of_the_section(Product product)
    {
        (Socket client, Socket server) = Through(product, "option tcpka", "option tcpka");
        Assert.NotEqual(0, client.Option(SocketLevel, KeepAlive));
        Assert.NotEqual(0, server.Option(SocketLevel, KeepAlive));
        (client, server) = Through(product, "option tcpka", "");
        Assert.NotEqual(0, client.Option(SocketLevel, KeepAlive));
        Assert.Equal(0, server.Option(SocketLevel, KeepAlive));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_probes_are_as_configured(Product product)
    {
        (Socket client, Socket server) = Through(
            product,
            "option clitcpka\n    clitcpka-cnt 3\n    clitcpka-idle 70s\n    clitcpka-intvl 2m",
            "option srvtcpka\n    srvtcpka-cnt 4\n    srvtcpka-idle 80\n    srvtcpka-intvl 9s"
        );
        Assert.Equal((3, 70, 120), (client.Option(Tcp, Count), client.Option(Tcp, Idle), client.Option(Tcp, Interval)));
        Assert.Equal((4, 80, 9), (server.Option(Tcp, Count), server.Option(Tcp, Idle), server.Option(Tcp, Interval)));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_kernels_buffers_are_as_large_as_configured(Product product)
    {
        const int send = 7,
            receive = 8;
        (Socket client, Socket server) = Through(
            product,
            "",
            "",
            "tune.rcvbuf.client 20000\n    tune.sndbuf.client 30000\n    tune.rcvbuf.server 40000\n    tune.sndbuf.server 50000"
        );
        // the kernel doubles what it is told
        Assert.Equal((40000, 60000), (client.Option(SocketLevel, receive), client.Option(SocketLevel, send)));
        Assert.Equal((80000, 100000), (server.Option(SocketLevel, receive), server.Option(SocketLevel, send)));
    }
}
