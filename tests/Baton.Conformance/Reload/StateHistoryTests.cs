// What the statistics tell of the past of servers and backends goes on over reloads: since when they are as they are, also where nothing
// ever happened to them, and what traffic has shown of them.
using System;
using System.Globalization;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Reload;

public sealed class StateHistoryTests : Scenario
{
    private const string Text = """
        frontend web
            mode http
            bind 127.0.0.1:${port}
            default_backend be
        backend be
            mode http
            server plain 127.0.0.1:${origin}
            server off 127.0.0.1:${origin} disabled
            server moves 127.0.0.2:1
            server stops 127.0.0.2:2
        backend quiet
            mode http
            server s 127.0.0.1:${origin}
        backend empty
            mode http

        """;

    private static long Since(Reloadable proxy, string backend, string server) =>
        long.Parse(proxy.Stat(backend, server, "lastchg"), CultureInfo.InvariantCulture);

    [Fact]
    public void Since_when_a_server_is_as_it_is_goes_on()
    {
        using OriginServer origin = OriginServer.Http(_ => "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        using var proxy = new Reloadable(Text, origin.Port);
        proxy.Reload();
        Thread.Sleep(2100);
        proxy.Edit("127.0.0.2:1", "127.0.0.2:3");
        proxy.Edit("127.0.0.2:2", "127.0.0.2:2 disabled");
        for (int i = 0; i < 3; i++)
        {
            Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
            foreach (
                (string backend, string server) in ((string, string)[])
                    [("be", "plain"), ("be", "off"), ("be", "BACKEND"), ("quiet", "s"), ("quiet", "BACKEND"), ("empty", "BACKEND")]
            )
                Assert.True(Since(proxy, backend, server) >= 2, $"{backend}/{server} began anew with reload {i + 1}");
            // these are others now
            Assert.True(Since(proxy, "be", "moves") < Since(proxy, "be", "plain"));
            Assert.True(Since(proxy, "be", "stops") < Since(proxy, "be", "plain"));
        }
        proxy.Ask("disable server quiet/s");
        Assert.True(Since(proxy, "quiet", "s") < Since(proxy, "be", "plain"));
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        Assert.True(Since(proxy, "quiet", "s") < Since(proxy, "be", "plain"));
        Assert.Equal("1", proxy.Stat("quiet", "BACKEND", "chkdown"));
    }

    [Fact]
    public void What_traffic_has_shown_of_a_server_is_not_forgotten()
    {
        using OriginServer origin = OriginServer.Http(_ => "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n");
        using var proxy = new Reloadable(
            Text.Replace(
                    "server s 127.0.0.1:${origin}",
                    "server s 127.0.0.1:${origin} check inter 60s observe layer7 error-limit 3 on-error fastinter",
                    StringComparison.Ordinal
                )
                .Replace("default_backend be", "default_backend quiet", StringComparison.Ordinal),
            origin.Port
        );
        proxy.Reload();
        void Fail(int times)
        {
            using RawClient client = RawClient.Tcp(proxy.Port);
            for (int i = 0; i < times; i++)
                Assert.Equal(500, client.Get().Status);
        }
        // two more than make one event: with one more there are three in a row again
        Fail(5);
        Eventually(() => proxy.Stat("quiet", "s", "hanafail") == "1", "no event");
        for (int i = 0; i < 2; i++)
            Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        Assert.Equal("1", proxy.Stat("quiet", "s", "hanafail"));
        Fail(1);
        Eventually(() => proxy.Stat("quiet", "s", "hanafail") == "2", "the errors before the reload are forgotten");
    }

    [Fact]
    public void A_backend_stops_once()
    {
        using var log = new LogCollector();
        using OriginServer origin = OriginServer.Http(_ => "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        using var proxy = new Reloadable(
            Text.Replace("backend empty\n", $"backend empty\n    log 127.0.0.1:{log.Port} local0\n", StringComparison.Ordinal),
            origin.Port
        );
        proxy.Reload();
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        Assert.Contains("Proxy empty stopped", log.Next(), StringComparison.Ordinal);
        Assert.Equal(
            "",
            proxy
                .Ask("disable server be/plain; add server empty/s 127.0.0.1:1 disabled")
                .Replace("New server registered.", "", StringComparison.Ordinal)
                .Trim()
        );
        proxy.Ask("enable server empty/s");
        Assert.Contains("Server empty/s is UP", log.Next(), StringComparison.Ordinal);
    }
}
