// A server's maxconn while old processes finish what they have: the limit holds for all of them together, and a slot that
// becomes free in one is used by a request that waits in another.
using System;
using System.Collections.Generic;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Reload;

public sealed class SharedSlotTests : Scenario
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Quick_reloads_do_not_give_out_a_slot_twice(int threads)
    {
        const int limit = 3,
            each = 4,
            reloads = 3;
        int now = 0,
            most = 0;
        var gate = new ManualResetEventSlim();
        OriginServer origin = Origin(c =>
        {
            while (c.TryReadHead(out _))
            {
                int here = Interlocked.Increment(ref now);
                for (int seen; here > (seen = Volatile.Read(ref most)) && Interlocked.CompareExchange(ref most, here, seen) != seen; ) { }
                gate.Wait(Patience.Ms);
                Thread.Sleep(20);
                Interlocked.Decrement(ref now);
                c.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            }
        });
        using var proxy = new Reloadable(
            """
            frontend web
                mode http
                bind 127.0.0.1:${port}
                default_backend be
            backend be
                mode http
                timeout queue 30s
                server s 127.0.0.1:${origin} maxconn 3
            """,
            origin.Port,
            $"nbthread {threads}"
        );
        proxy.Reload();
        var clients = new List<RawClient>();
        for (int i = 0; i <= reloads; i++)
        {
            for (int j = 0; j < each; j++)
            {
                RawClient client = Keep(RawClient.Tcp(proxy.Port));
                client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                clients.Add(client);
            }
            if (i == 0)
                Eventually(() => Volatile.Read(ref now) == limit, "the server is not busy");
            Thread.Sleep(50);
            if (i < reloads)
                proxy.Reload();
        }
        gate.Set();
        foreach (RawClient client in clients)
            Assert.Equal("ok", client.ReadResponse().Body);
        Assert.Equal(limit, most);
        // nothing is counted that is over
        Eventually(() => proxy.Stat("be", "s", "scur") == "0", "sessions stay");
        gate.Reset();
        foreach (RawClient client in clients)
            client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Eventually(() => Volatile.Read(ref now) == limit, "the server is not used any more");
        gate.Set();
        foreach (RawClient client in clients)
            Assert.Equal("ok", client.ReadResponse().Body);
    }

    /// <summary>The process in between has nothing of its own to finish, but is the only one that the next hears of the first
    /// from.</summary>
    [Fact]
    public void What_the_process_before_the_last_holds_stays_counted()
    {
        int now = 0;
        var gate = new ManualResetEventSlim();
        OriginServer origin = Origin(c =>
        {
            while (c.TryReadHead(out _))
            {
                Interlocked.Increment(ref now);
                gate.Wait(20_000);
                Interlocked.Decrement(ref now);
                c.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            }
        });
        using var proxy = new Reloadable(
            """
            frontend web
                mode http
                bind 127.0.0.1:${port}
                default_backend be
            backend be
                mode http
                timeout queue 30s
                server s 127.0.0.1:${origin} maxconn 2
            """,
            origin.Port,
            "handover-probation 100ms"
        );
        proxy.Reload();
        RawClient[] first = [Ask(), Ask()];
        Eventually(() => Volatile.Read(ref now) == 2, "the server is not busy");
        proxy.Reload();
        proxy.Reload();
        // the probation of the one in between is over, and it has no connection
        Thread.Sleep(1500);
        RawClient[] second = [Ask(), Ask()];
        Thread.Sleep(400);
        Assert.Equal(2, Volatile.Read(ref now));
        gate.Set();
        foreach (RawClient client in (RawClient[])[.. first, .. second])
            Assert.Equal("ok", client.ReadResponse().Body);
        RawClient Ask()
        {
            RawClient client = Keep(RawClient.Tcp(proxy.Port));
            client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            return client;
        }
    }
}
