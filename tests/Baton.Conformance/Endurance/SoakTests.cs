// Thirty seconds of mixed traffic: memory and descriptors at the end are those of a warm process. tools/soak is the long form.
using System;
using System.Collections.Generic;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Endurance;

public sealed class SoakTests : Scenario
{
    private const int Seconds = 30,
        WarmSeconds = 8;

    /// <summary>What memory may move by once it is warm: a page of buffers, no trend.</summary>
    private const long AllowedGrowth = 2 << 20;

    [Fact]
    public void Memory_stays_flat()
    {
        string big = new('x', 100_000);
        OriginServer origin = HttpOrigin(head =>
            head.StartsWith("GET /big", StringComparison.Ordinal) ? $"HTTP/1.1 200 OK\r\nContent-Length: {big.Length}\r\n\r\n{big}"
            : head.StartsWith("GET /close", StringComparison.Ordinal)
                ? "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"
            : "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        );
        ProxyProcess proxy = Start(
            Product.Baton,
            Defaults
                + $$"""
                listen l
                    bind 127.0.0.1:${p1}
                    option forwardfor
                    cookie SRV insert indirect
                    http-request set-header X-A %[src]
                    acl denied path_beg /denied
                    http-request deny if denied
                    server s 127.0.0.1:{{origin.Port}} cookie a
                """
        );
        long stop = Environment.TickCount64 + Seconds * 1000;
        var failures = new List<string>();
        var threads = new Thread[4];
        for (int t = 0; t < threads.Length; t++)
        {
            int number = t;
            threads[t] = new Thread(() =>
            {
                try
                {
                    Traffic(proxy, number, stop);
                }
                catch (Exception e)
                {
                    lock (failures)
                        failures.Add(e.ToString());
                }
            });
            threads[t].Start();
        }
        Thread.Sleep(WarmSeconds * 1000);
        long warm = 0,
            last = 0;
        while (Environment.TickCount64 < stop - 1000)
        {
            last = proxy.ResidentBytes();
            if (warm == 0)
                warm = last;
            Thread.Sleep(500);
        }
        foreach (Thread thread in threads)
            thread.Join();
        Assert.Empty(failures);
        Assert.True(last <= warm + AllowedGrowth, $"resident memory grew from {warm} to {last}");
        Eventually(() => proxy.DescriptorCount() < 64, "descriptors are left over");
    }

    private static void Traffic(ProxyProcess proxy, int number, long stop)
    {
        string[] paths = ["/", "/big", "/close", "/denied"];
        for (int i = 0; Environment.TickCount64 < stop; i++)
        {
            using RawClient client = RawClient.Tcp(proxy.Port());
            int requests = 1 + (i + number) % 40;
            for (int r = 0; r < requests; r++)
                client.Get(paths[(i + r) % paths.Length]);
            // some leave in the middle
            if (i % 7 == number)
                client.Send("GET / HTTP/1.1\r\nHost:");
        }
    }
}
