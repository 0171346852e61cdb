// "source ADDR:LOW-HIGH": few ports to connect from, and idle connections that hold them. A request is worth more.
using System.Linq;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Servers;

public sealed class SourcePortTests : Scenario
{
    /// <summary>
    /// Each client leaves an idle connection behind, in the pool of whichever thread served it or kept for itself: the next one gets its
    /// port at once.
    /// </summary>
    [Theory]
    [InlineData(1, "http-reuse safe")]
    [InlineData(2, "http-reuse safe")]
    [InlineData(1, "http-reuse never")]
    [InlineData(2, "http-reuse never")]
    public void An_idle_connection_gives_its_port_to_a_request(int threads, string reuse)
    {
        OriginServer origin = HttpOrigin();
        int low = Ports.Free();
        ProxyProcess proxy = Start(
            Product.Baton,
            $$"""
            global
                nbthread {{threads}}
            defaults
                mode http
                timeout connect 60s
                timeout client 60s
                timeout server 60s
            frontend fe
                bind 127.0.0.1:${p1}
                default_backend be
            backend be
                {{reuse}}
                server s 127.0.0.1:{{origin.Port}} source 127.0.0.3:{{low}}-{{low + 1}}
            """
        );
        var clock = System.Diagnostics.Stopwatch.StartNew();
        RawClient[] clients = [.. Enumerable.Range(0, 12).Select(_ => Connect(proxy))];
        foreach (RawClient client in clients)
            Assert.Equal(200, client.Get().Status);
        // and once more, on connections that have lost theirs
        foreach (RawClient client in clients)
            Assert.Equal(200, client.Get().Status);
        Assert.InRange(clock.ElapsedMilliseconds, 0, 20_000);
    }
}
