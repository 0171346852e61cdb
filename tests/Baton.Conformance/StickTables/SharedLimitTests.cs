// filter bwlim-out with "limit", "key" and "table": one limit for all streams of a key. Debian's haproxy is older than these filters.
using System.Diagnostics;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.StickTables;

public sealed class SharedLimitTests : TableScenario
{
    [Fact]
    public void Streams_of_a_key_share_what_may_pass()
    {
        OriginServer origin = HttpOrigin(new string('x', 20_000));
        ProxyProcess proxy = Start(
            Product.Baton,
            Global
                + HttpDefaults
                + $$"""
                backend limits
                    stick-table type string len 10 size 100 expire 1h store bytes_out_rate(2s)
                listen fe
                    bind 127.0.0.1:${p1}
                    filter bwlim-out down limit 20000 key req.hdr(x-user) table limits
                    http-request set-bandwidth-limit down
                    server s 127.0.0.1:{{origin.Port}}
                """
        );
        using RawClient one = RawClient.Tcp(proxy.Port()),
            two = RawClient.Tcp(proxy.Port()),
            other = RawClient.Tcp(proxy.Port());
        // the first takes all of the period, so the second has to wait for the next one; nobody else does
        var watch = Stopwatch.StartNew();
        Assert.Equal(20_000, one.Get("/", "x-user: a\r\n").Body.Length);
        Assert.Equal(20_000, other.Get("/", "x-user: b\r\n").Body.Length);
        Assert.Equal(20_000, two.Get("/", "x-user: a\r\n").Body.Length);
        Assert.InRange(watch.ElapsedMilliseconds, 1990, Patience.Ms);
        Assert.Equal(2, Lines(Ask("show table limits")).Length);
    }
}
