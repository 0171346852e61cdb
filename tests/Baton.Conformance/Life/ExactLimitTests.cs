// Limits that several threads share are exact, and those that wait get in one after the other.
using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Life;

public sealed class ExactLimitTests : Scenario
{
    [Theory]
    [InlineData("maxconn 20", "", "", "", "fe,FRONTEND", 20)]
    [InlineData("", "maxconn 20", "", "", "fe,FRONTEND", 20)]
    [InlineData("", "", "maxconn 20", "", "fe,FRONTEND", 20)]
    [InlineData("", "", "", "maxconn 5", "be,s", 5)]
    public void No_thread_takes_one_too_many(string global, string frontend, string bind, string server, string row, int limit)
    {
        int now = 0,
            most = 0;
        OriginServer origin = Origin(c =>
        {
            while (c.TryReadHead(out _))
            {
                int seen = Interlocked.Increment(ref now);
                for (int before = most; seen > before && Interlocked.CompareExchange(ref most, seen, before) != before; before = most) { }
                Thread.Sleep(2);
                Interlocked.Decrement(ref now);
                c.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            }
        });
        ProxyProcess proxy = Start(
            Product.Baton,
            $$"""
            global
                nbthread 4
                stats socket ${dir}/cli mode 600 level admin
                {{global}}
            defaults
                mode http
                timeout connect 5s
                timeout client 20s
                timeout server 20s
                timeout queue 20s
            frontend fe
                bind 127.0.0.1:${p1} {{bind}}
                {{frontend}}
                default_backend be
            backend be
                server s 127.0.0.1:{{origin.Port}} {{server}}
            """
        );
        var threads = new Thread[60];
        int served = 0;
        long longest = 0;
        for (int t = 0; t < threads.Length; t++)
        {
            threads[t] = new Thread(() => Visit(proxy.Port(), ref served, ref longest), 256 * 1024);
            threads[t].Start();
        }
        foreach (Thread thread in threads)
            thread.Join();
        Assert.Equal(600, served);
        Assert.InRange(most, 1, limit);
        Assert.InRange(Maximum(row), 1, limit);
        // nobody's turn is passed over: 600 short requests take a second or two on a busy machine
        Assert.InRange(longest, 0, 8000);
    }

    /// <summary>Ten requests, each on a connection of its own; keeps the time of the longest.</summary>
    private static void Visit(int port, ref int served, ref long longestMs)
    {
        for (int i = 0; i < 10; i++)
        {
            long start = Stopwatch.GetTimestamp();
            using RawClient client = RawClient.Tcp(port);
            client.Socket.ReceiveTimeout = Patience.Ms;
            if (client.Get("/", "Connection: close\r\n").Status == 200)
                Interlocked.Increment(ref served);
            long ms = (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            for (long before = longestMs; ms > before; before = longestMs)
                if (Interlocked.CompareExchange(ref longestMs, ms, before) == before)
                    break;
        }
    }

    private int Maximum(string row)
    {
        using RawClient cli = RawClient.Unix(Path.Combine(Directory, "cli"));
        cli.Send("show stat\n");
        string[] lines = cli.ReadTextToEnd().Split('\n');
        int column = Array.IndexOf(lines[0].Split(','), "smax");
        return int.Parse(
            Array.Find(lines, l => l.StartsWith(row, StringComparison.Ordinal))!.Split(',')[column],
            CultureInfo.InvariantCulture
        );
    }
}
