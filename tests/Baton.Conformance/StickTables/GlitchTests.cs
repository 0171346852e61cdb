// glitch_cnt and glitch_rate: what is odd about an HTTP/2 client is counted by what its connection tracks. haproxy 2.6 does not have them.
using Baton.Conformance.Harness;
using Baton.Conformance.Http2;
using Xunit;

namespace Baton.Conformance.StickTables;

public sealed class GlitchTests : TableScenario
{
    [Fact]
    public void Oddities_of_a_client_are_counted()
    {
        ProxyProcess proxy = Start(
            Product.Baton,
            Global
                + HttpDefaults
                + """
                backend t
                    stick-table type ip size 10 expire 1h store glitch_cnt,glitch_rate(1h)
                frontend fe
                    bind 127.0.0.1:${p1} proto h2
                    tcp-request connection track-sc0 src table t
                    http-request return status 200 content-type text/plain lf-string "%[sc_glitch_cnt(0)] %[sc0_glitch_rate] %[fc_glitches]"
                """
        );
        FrameClient client = Keep(new FrameClient(proxy.Port())).Start();
        Assert.Equal("0 0 0", client.Ask(1).Body);
        // a field name in upper case: the stream is reset
        client.Send(FrameClient.Make(FrameClient.Headers, 5, 3, FrameClient.Request("GET", "/", ("X-A", "b"))));
        client.ReadUntil(FrameClient.RstStream);
        string[] counts = client.Ask(5).Body.Split(' ');
        Assert.Equal(counts[0], counts[2]);
        Assert.Equal(counts[0], counts[1]);
        Assert.NotEqual("0", counts[0]);
        // another connection of the same address goes on from there
        FrameClient other = Keep(new FrameClient(proxy.Port())).Start();
        Assert.Equal($"{counts[0]} {counts[0]} 0", other.Ask(1).Body);
        Assert.Equal($"127.0.0.1 use=2 glitch_cnt={counts[0]} glitch_rate(3600000)={counts[0]}", Table("t"));
    }
}
