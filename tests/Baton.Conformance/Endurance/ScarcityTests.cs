// Too little of something: descriptors, or a peer's attention.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Endurance;

public sealed class ScarcityTests : Scenario
{
    /// <summary>
    /// A client that reads without a pause, and yet never so much within a time-out that epoll reports room. HAProxy 2.6 cuts it.
    /// </summary>
    [Theory]
    [InlineData("http"), InlineData("tcp")]
    public void A_slow_reader_is_not_cut(string mode)
    {
        byte[] big = new byte[12_000_000];
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            c.Send($"HTTP/1.1 200 OK\r\nContent-Length: {big.Length}\r\n\r\n");
            c.Send(big);
            c.ReadToEnd();
        });
        ProxyProcess proxy = Start(
            Product.Baton,
            $$"""
            global
                nbthread 1
            defaults
                mode {{mode}}
                timeout connect 20s
                timeout client 500ms
                timeout server 10s
            listen l
                bind 127.0.0.1:${p1}
                server s 127.0.0.1:{{origin.Port}}
            """
        );
        RawClient client = Keep(RawClient.Tcp(proxy.Port(), receiveBuffer: 65536));
        client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        client.ReadHead();
        int got = 0;
        // 25 KB in 50 ms: a buffer of a few megabytes takes seconds to become a third empty
        for (int i = 0; i < 40; i++)
        {
            client.ReadBytes(25_000);
            got += 25_000;
            Thread.Sleep(50);
        }
        client.ReadBytes(big.Length - got);
    }

    /// <summary>
    /// The kernel refuses to poll (fs.epoll.max_user_watches is reached, or it has no memory): a listening socket is tried again, with one
    /// message; a connection ends, and is counted.
    /// </summary>
    [Fact]
    public void What_cannot_be_polled_is_tried_again_or_ends()
    {
        ProxyProcess proxy = Start(
            Product.Baton,
            """
            global
                nbthread 1
                stats socket ${dir}/cli mode 600 level admin
            defaults
                mode http
                timeout connect 2s
                timeout client 20s
                timeout server 2s
            frontend fe
                bind 127.0.0.1:${p1}
                bind 127.0.0.1:${p2}
                bind 127.0.0.1:${p3}
                http-request return status 200
            """,
            new ProxyOptions { Faults = "poll=3" }
        );
        for (int i = 1; i <= 3; i++)
        {
            int port = proxy.Port($"p{i}");
            Eventually(() => IsServed(port), $"nobody is served by listener {i}");
        }
        const string refused = "Cannot poll a listening socket (No space left on device)";
        Eventually(() => proxy.ErrorText.Contains(refused, StringComparison.Ordinal), "nothing is said of it");
        Assert.Equal(1, proxy.ErrorText.Split(refused).Length - 1);
        int ended = 0,
            served = 0,
            idle = proxy.DescriptorCount();
        // each third poll; on a busy machine some requests are whole before anybody polls for the rest
        for (int i = 0; i < 300 && ended < 5; i++)
        {
            // waits for more, and so is polled
            using RawClient client = RawClient.Tcp(proxy.Port());
            client.Send("GET / HTTP/1.1\r\n");
            Thread.Sleep(5);
            try
            {
                client.Send("Host: a\r\n\r\n");
                Assert.Equal(200, client.ReadResponse().Status);
                served++;
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                ended++;
            }
        }
        Assert.Equal(5, ended);
        Assert.True(served >= ended, $"only {served} were served");
        Eventually(
            () => proxy.ErrorText.Contains("Cannot poll a connection (No space left on device)", StringComparison.Ordinal),
            "nothing is said of the connections"
        );
        Eventually(() => proxy.DescriptorCount() <= idle, "descriptors of connections are left");
    }

    private static bool IsServed(int port)
    {
        try
        {
            using RawClient client = RawClient.Tcp(port);
            return client.Get().Status == 200;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return false;
        }
    }

    [Fact]
    public void Without_descriptors_the_operator_is_heard_and_nothing_is_lost()
    {
        OriginServer origin = HttpOrigin("ok");
        ProxyProcess proxy = Start(
            Product.Baton,
            $$"""
            global
                nbthread 2
                maxconn 1000
                stats socket ${dir}/admin.sock level admin
            defaults
                mode http
                timeout connect 20s
                timeout client 60s
                timeout server 60s
            listen l
                bind 127.0.0.1:${p1}
                server s 127.0.0.1:{{origin.Port}}
            """
        );
        int limit = proxy.DescriptorCount() + 20;
        Assert.Equal(0, Run("prlimit", "--pid", $"{proxy.Pid}", $"--nofile={limit}:{limit}").Status);
        // more clients than descriptors, all of them silent: the kernel's queue keeps the rest
        List<RawClient> silent = [.. Enumerable.Range(0, 60).Select(_ => Connect(proxy))];
        Eventually(() => proxy.DescriptorCount() >= limit - 2, "descriptors are left");
        for (int i = 0; i < 3; i++)
            Assert.Contains("CurrConns:", Ask("show info"), StringComparison.Ordinal);
        long before = CpuTicks(proxy);
        Thread.Sleep(1000);
        Assert.InRange(CpuTicks(proxy) - before, 0, 20);
        foreach (RawClient client in silent.Take(52))
            client.Socket.Dispose();
        foreach (RawClient client in silent.Skip(52))
            Assert.Equal(200, client.Get().Status);
        Assert.Contains("CurrConns:", Ask("show info"), StringComparison.Ordinal);
    }

    private string Ask(string command)
    {
        RawClient cli = Keep(RawClient.Unix(Path.Combine(Directory, "admin.sock")));
        cli.Send(command + "\n");
        return cli.ReadTextToEnd();
    }

    /// <summary>Processor time used so far, in hundredths of a second.</summary>
    private static long CpuTicks(ProxyProcess proxy)
    {
        string[] fields = File.ReadAllText($"/proc/{proxy.Pid}/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return long.Parse(fields[11], System.Globalization.CultureInfo.InvariantCulture)
            + long.Parse(fields[12], System.Globalization.CultureInfo.InvariantCulture);
    }
}
