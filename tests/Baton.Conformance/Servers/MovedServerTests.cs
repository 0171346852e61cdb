// A server that is given another address while requests are under way: what led to the old one is not used again.
using System.IO;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Servers;

public sealed class MovedServerTests : Scenario
{
    /// <summary>haproxy 2.6 goes on with it, and reaches the old address for as long as there are requests.</summary>
    [Fact]
    public void A_connection_that_was_in_use_is_not_kept_for_others()
    {
        using var asked = new ManualResetEventSlim();
        using var answer = new ManualResetEventSlim();
        OriginServer old = HttpOrigin(_ =>
        {
            asked.Set();
            answer.Wait(Patience.Ms);
            return "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nold";
        });
        OriginServer moved = HttpOrigin("new");
        ProxyProcess proxy = Start(
            Product.Baton,
            $$"""
            global
                nbthread 1
                stats socket ${dir}/s level admin
            defaults
                mode http
                timeout connect 20s
                timeout client 60s
                timeout server 60s
            listen l
                bind 127.0.0.1:${p1}
                http-reuse always
                server s 127.0.0.1:{{old.Port}}
            """
        );
        RawClient client = Connect(proxy);
        client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.True(asked.Wait(Patience.Ms));
        using (RawClient cli = RawClient.Unix(Path.Combine(Directory, "s")))
        {
            cli.Send($"set server l/s addr 127.0.0.1 port {moved.Port}\n");
            cli.ReadTextToEnd();
        }
        answer.Set();
        Assert.Equal("old", client.ReadResponse().Body);
        for (int i = 0; i < 3; i++)
            Assert.Equal("new", client.Get().Body);
    }
}
