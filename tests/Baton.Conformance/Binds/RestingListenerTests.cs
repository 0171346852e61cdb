// A listener that rests because of a rate limit, and what may happen to it before the rest is over: it is paused, closed,
// drained. The end of the rest must not bring it back.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Binds;

public sealed class RestingListenerTests : Scenario
{
    /// <summary>More than the limit at once; the listener rests from then on, again and again. One request stays under way.</summary>
    private ProxyProcess Loaded(Product product, string limit, string global, int origin) =>
        Start(
            product,
            $$"""
            global
                nbthread 2
                stats socket ${dir}/cli mode 600 level admin
                {{global}}
            defaults
                mode http
                timeout client 10s
                timeout connect 5s
                timeout server 10s
            frontend fe
                bind 127.0.0.1:${p1}
                bind unix@${dir}/fe
                {{limit}}
                default_backend be
            frontend other
                bind 127.0.0.1:${p2}
                http-request return status 200
            backend be
                server s 127.0.0.1:{{origin}}
            """,
            new ProxyOptions { EndsItself = false }
        );

    private List<RawClient> Crowd(ProxyProcess proxy)
    {
        var clients = new List<RawClient>();
        for (int i = 0; i < 30; i++)
        {
            clients.Add(i % 2 == 0 ? Connect(proxy) : Keep(RawClient.Unix(Path.Combine(Directory, "fe"))));
            clients[^1].Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        }
        Assert.Equal(200, clients[0].ReadResponse().Status);
        return clients;
    }

    private string Command(string line)
    {
        using RawClient cli = RawClient.Unix(Path.Combine(Directory, "cli"));
        cli.Send(line + "\n");
        return cli.ReadTextToEnd();
    }

    public static TheoryData<string, string, string> Cases
    {
        get
        {
            // haproxy 2.6 brings a listener back at the end of its rest, or of the process's, now and then
            var data = new TheoryData<string, string, string>();
            foreach (string command in (string[])["disable frontend fe", "shutdown frontend fe"])
            foreach ((string limit, string global) in ((string, string)[])[("rate-limit sessions 8", ""), ("", "maxconnrate 8")])
                data.Add(command, limit, global);
            return data;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void A_listener_that_is_stopped_while_it_rests_stays_stopped(string command, string limit, string global)
    {
        ProxyProcess proxy = Loaded(Product.Baton, limit, global, HttpOrigin().Port);
        Crowd(proxy);
        Command(command);
        // several rests pass
        Thread.Sleep(1500);
        Assert.False(proxy.HasExited, proxy.ErrorText);
        int before = Requests();
        foreach (string path in (string[])["tcp", "unix"])
        {
            try
            {
                using RawClient late = path == "tcp" ? RawClient.Tcp(proxy.Port()) : RawClient.Unix(Path.Combine(Directory, "fe"));
                late.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                late.Socket.ReceiveTimeout = 600;
                Assert.Throws<System.Net.Sockets.SocketException>(() => late.ReadHead());
            }
            catch (System.Net.Sockets.SocketException) { }
            catch (IOException) { }
        }
        Assert.Equal(before, Requests());
    }

    private int Requests()
    {
        string[] lines = Command("show stat").Split('\n');
        int column = Array.IndexOf(lines[0].Split(','), "req_tot");
        return int.Parse(
            Array.Find(lines, l => l.StartsWith("fe,FRONTEND", StringComparison.Ordinal))?.Split(',')[column] ?? "0",
            System.Globalization.CultureInfo.InvariantCulture
        );
    }

    [Theory]
    [InlineData("rate-limit sessions 8", "")]
    [InlineData("", "maxconnrate 8")]
    [InlineData("", "maxsessrate 8")]
    public void A_soft_stop_during_a_rest_finishes_what_is_under_way(string limit, string global)
    {
        using var go = new ManualResetEventSlim();
        OriginServer origin = Origin(c =>
        {
            while (c.TryReadHead(out string head))
            {
                if (head.Contains("/slow", StringComparison.Ordinal))
                    go.Wait(Patience.Ms);
                c.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            }
        });
        ProxyProcess proxy = Start(
            Product.Baton,
            $$"""
            global
                nbthread 2
                {{global}}
            defaults
                mode http
                timeout client 10s
                timeout connect 5s
                timeout server 10s
            frontend fe
                bind 127.0.0.1:${p1}
                {{limit}}
                default_backend be
            backend be
                server s 127.0.0.1:{{origin.Port}}
            """,
            new ProxyOptions { EndsItself = true }
        );
        RawClient slow = Connect(proxy);
        slow.Send("GET /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        for (int i = 0; i < 30; i++)
            Connect(proxy).Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        Eventually(() => origin.Heads.Any(static h => h.Contains("/slow", StringComparison.Ordinal)), "the slow request does not arrive");
        Thread.Sleep(200);
        proxy.Signal(10);
        Thread.Sleep(600);
        Assert.False(proxy.HasExited, proxy.ErrorText);
        go.Set();
        Assert.Equal("ok", slow.ReadResponse().Body);
        Assert.Equal(0, proxy.WaitForExit());
    }
}
