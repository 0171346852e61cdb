// From one version of the program to another and back, with live connections: the other one speaks the next version of the
// protocol, sends frames nobody knows here, and lacks a participant (tests/Baton.Neighbour).
using System;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Reload;

public sealed class UpgradeTests
{
    [Fact]
    public void Live_connections_and_state_move_from_version_to_version_and_back()
    {
        using var echo = new EchoLoad();
        using OriginServer origin = OriginServer.Http(_ => "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        int web = Ports.Free();
        using var proxy = new Reloadable(
            $$"""
            frontend tcp
                mode tcp
                bind 127.0.0.1:${port}
                default_backend echo
            backend echo
                mode tcp
                server s 127.0.0.1:${origin}
            frontend web
                mode http
                bind 127.0.0.1:{{web}}
                default_backend pages
            backend pages
                mode http
                server a 127.0.0.1:{{origin.Port}}
                server b 127.0.0.1:{{origin.Port}}
            """,
            echo.OriginPort
        );
        proxy.Reload();
        proxy.Ask("set weight pages/b 7; set maxconn frontend web 77");
        echo.Open(proxy.Port, 10, false, 2_000, 3);
        using var kept = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveTimeout = Patience.Ms,
        };
        kept.Connect(IPAddress.Loopback, web);
        int requests = 0;
        Exchange(kept, ref requests);
        foreach (Product next in (Product[])[Product.Neighbour, Product.Baton, Product.Neighbour, Product.Neighbour, Product.Baton])
        {
            int old = proxy.Reload(next);
            Exchange(kept, ref requests);
            Reloadable.WaitGone(old, Patience.Ms);
            Exchange(kept, ref requests);
            Assert.Equal("7", proxy.Stat("pages", "b", "weight"));
            long before = echo.Bytes;
            for (long end = Environment.TickCount64 + Patience.Ms; echo.Bytes < before + 10_000; Thread.Sleep(2))
                Assert.True(Environment.TickCount64 < end, "the tunnels have stopped");
            Assert.Equal("", echo.FirstError);
        }
        echo.Stop();
        Assert.Equal("", echo.FirstError);
        Assert.Equal(10, echo.OriginConnections);
        Assert.Equal(requests.ToString(CultureInfo.InvariantCulture), proxy.Stat("web", "FRONTEND", "req_tot"));
        // what the other version does not know ends with its predecessor
        Assert.Equal(proxy.Info("Maxconn").ToString(CultureInfo.InvariantCulture), proxy.Stat("web", "FRONTEND", "slim"));
    }

    private static void Exchange(Socket socket, ref int requests)
    {
        socket.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8);
        var answer = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (!answer.ToString().EndsWith("\r\n\r\nhello", StringComparison.Ordinal))
        {
            int n = socket.Receive(buffer);
            Assert.True(n > 0, "the kept connection was closed: " + answer);
            answer.Append(Encoding.ASCII.GetString(buffer, 0, n));
        }
        Assert.DoesNotContain("connection: close", answer.ToString(), StringComparison.OrdinalIgnoreCase);
        requests++;
    }
}
