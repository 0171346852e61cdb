// The process before teaches the one after over the local peer's address: haproxy's way to keep tables over a reload works from either
// program to the other.
using System;
using System.Threading;
using Baton.Conformance.Harness;
using Baton.Conformance.Reload;
using Xunit;

namespace Baton.Conformance.Peers;

public sealed class SuccessorTests
{
    private static Reloadable Create() =>
        new(
            $$"""
            peers p
                table numbers type integer size 10k expire 10m store gpc0
                table paths type string len 20 size 10k expire 10m store gpc0,http_req_rate(10m)
                peer me 127.0.0.1:{{Ports.Free()}}
                peer other 127.0.0.1:{{Ports.Free()}}
            frontend f
                mode http
                bind 127.0.0.1:${port}
                http-request return status 200
            """,
            global: "localpeer me"
        );

    private static bool Has(Reloadable proxy) =>
        proxy.Ask("show table p/numbers") is var numbers
        && numbers.Contains("key=7 ")
        && numbers.Contains("gpc0=5")
        && proxy.Ask("show table p/paths").Contains("http_req_rate(600000)=40");

    [Fact]
    public void From_haproxy_to_Baton_and_back_the_tables_are_kept()
    {
        using Reloadable proxy = Create();
        proxy.Reload(Product.Haproxy);
        proxy.Ask("set table p/numbers key 7 data.gpc0 5");
        proxy.Ask("set table p/paths key /one data.gpc0 2 data.http_req_rate 40");
        Assert.True(Has(proxy));
        // COMPAT: one that still waits for others to teach it teaches nobody
        Assert.True(SpinWait.SpinUntil(() => proxy.Ask("show peers").Contains("resync_timeout=<PAST>"), Patience.Ms));
        Reloadable.WaitGone(proxy.Reload(Product.Baton), Patience.Ms);
        Reloadable.WaitGone(proxy.Reload(Product.Haproxy), Patience.Ms);
        Assert.True(SpinWait.SpinUntil(() => Has(proxy), Patience.Ms), proxy.Ask("show table p/numbers"));
    }
}
