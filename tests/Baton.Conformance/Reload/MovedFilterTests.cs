// A stream that moves to another process under a bandwidth limit keeps what a rule has said of it, and what it has had of the period.
using System;
using System.Diagnostics;
using System.Linq;
using System.Text;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Reload;

public sealed class MovedFilterTests
{
    private const int PeriodMs = 3000;

    [Theory]
    [InlineData("tcp")]
    [InlineData("http")]
    public void A_limited_stream_goes_on_as_slowly(string mode)
    {
        string body = string.Concat(Enumerable.Range(0, 6000).Select(i => $"{i:d5}"));
        using var origin = new OriginServer(c =>
        {
            if (mode == "http")
            {
                c.ReadHead();
                c.Send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
            }
            c.Send(body);
            c.ReadUntil("bye");
        });
        using var proxy = new Reloadable(
            $$"""
            listen l
                mode {{mode}}
                bind 127.0.0.1:${port}
                filter trace quiet
                filter bwlim-out other default-limit 1g default-period 1s
                filter bwlim-out down default-limit 1g default-period 1s
                {{(mode == "tcp" ? "tcp-request content" : "http-request")}} set-bandwidth-limit down limit 20000 period {{PeriodMs}}
                server s 127.0.0.1:${origin}
            """,
            origin.Port
        );
        proxy.Reload();
        using RawClient client = RawClient.Tcp(proxy.Port);
        if (mode == "http")
        {
            client.Send("GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
            client.ReadHead();
        }
        var watch = Stopwatch.StartNew();
        Assert.Equal(body[..20_000], Encoding.Latin1.GetString(client.ReadBytes(20_000)));
        // another one in front of it, which tells the two apart by name alone
        proxy.Edit("filter bwlim-out other", "filter bwlim-out third default-limit 1g default-period 1s\n    filter bwlim-out other");
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        // a process that knew nothing of the limit, or of what has passed, would send the rest at once
        if (watch.ElapsedMilliseconds < PeriodMs - 500)
            client.ExpectSilence(400);
        Assert.Equal(body[20_000..], Encoding.Latin1.GetString(client.ReadBytes(10_000)));
        Assert.InRange(watch.ElapsedMilliseconds, PeriodMs + PeriodMs / 2 - 200, Patience.Ms);
        client.Send("bye");
        client.ReadToEnd();
    }
}
