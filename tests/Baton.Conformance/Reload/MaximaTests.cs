// Highest values and totals of the process do not fall with a reload, and do not grow by it either.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Reload;

public sealed class MaximaTests : Scenario
{
    private const int Clients = 24;

    private readonly ManualResetEventSlim _gate = new(false);

    private const string Text = """
        frontend web
            mode http
            bind 127.0.0.1:${port} name l
            option socket-stats
            default_backend be
        backend be
            mode http
            server s 127.0.0.1:${origin} maxconn 2

        """;

    private static readonly (string Proxy, string Service, string Column)[] s_columns =
    [
        ("web", "FRONTEND", "rate_max"),
        ("web", "FRONTEND", "req_rate_max"),
        ("web", "FRONTEND", "conn_rate_max"),
        ("web", "FRONTEND", "smax"),
        ("web", "l", "smax"),
        ("be", "BACKEND", "rate_max"),
        ("be", "BACKEND", "smax"),
        ("be", "s", "rate_max"),
        ("be", "s", "smax"),
        ("be", "BACKEND", "qmax"),
        ("be", "BACKEND", "stot"),
        ("be", "BACKEND", "qtime_max"),
    ];

    private static readonly string[] s_fields = ["MaxConnRate", "MaxSessRate", "CumStreams", "CumConns", "CumReq"];

    private static long[] Figures(Reloadable proxy) =>
        [.. s_columns.Select(c => long.Parse(proxy.Stat(c.Proxy, c.Service, c.Column), CultureInfo.InvariantCulture))];

    private static void AtLeast(IEnumerable<string> names, long[] before, long[] now)
    {
        foreach ((string name, int i) in names.Select(static (n, i) => (n, i)))
            Assert.True(now[i] >= before[i], $"{name} fell from {before[i]} to {now[i]}");
    }

    /// <summary>All of them at once, on all workers: some have to wait.</summary>
    private void Rush(Reloadable proxy)
    {
        _gate.Reset();
        RawClient[] clients = [.. Enumerable.Range(0, Clients).Select(_ => RawClient.Tcp(proxy.Port))];
        foreach (RawClient client in clients)
            client.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        Eventually(() => proxy.Stat("be", "BACKEND", "qcur") == $"{Clients - 2}", "they do not wait");
        _gate.Set();
        foreach (RawClient client in clients)
            Assert.Equal("ok", client.ReadResponse().Body);
        foreach (RawClient client in clients)
            client.Dispose();
    }

    [Fact]
    public void Three_reloads_leave_them_as_they_were()
    {
        OriginServer origin = Keep(
            new OriginServer(c =>
            {
                while (c.TryReadHead(out _))
                {
                    _gate.Wait(Patience.Ms);
                    c.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                }
            })
        );
        using var proxy = new Reloadable(Text, origin.Port, "nbthread 4");
        proxy.Reload();
        Rush(proxy);
        Eventually(() => proxy.Stat("web", "FRONTEND", "scur") == "0", "clients stay");
        long[] first = Figures(proxy),
            process = [.. s_fields.Select(proxy.Info)];
        Assert.All(first[..10], static v => Assert.True(v > 0));
        Assert.Equal(Clients - 2, first[9]);
        for (int reload = 0; reload < 3; reload++)
        {
            Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
            Assert.Equal(first, Figures(proxy));
            long[] after = [.. s_fields.Select(proxy.Info)];
            AtLeast(s_fields, process, after);
            process = after;
        }
        // what comes then is counted beside it
        Rush(proxy);
        Eventually(() => proxy.Stat("web", "FRONTEND", "scur") == "0", "clients stay");
        AtLeast(s_columns.Select(static c => c.ToString()), first, Figures(proxy));
        Assert.InRange(proxy.Info("CumStreams"), process[2] + Clients, process[2] + 10 * Clients);
        // what was cleared stays so
        proxy.Ask("clear counters");
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        Assert.All(Figures(proxy)[..10], static v => Assert.Equal(0, v));
    }
}
