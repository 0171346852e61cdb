// What names stand for moves to the next process: addresses at once, with nobody asked, and for as long as they would have held.
using System.Threading;
using Baton.Conformance.Harness;
using Baton.Conformance.Reload;
using Xunit;

namespace Baton.Conformance.Resolvers;

public sealed class ResolverReloadTests
{
    [Fact]
    public void Addresses_ports_and_weights_are_there_without_a_name_server()
    {
        using var origin = new OriginServer(c =>
        {
            while (c.TryReadHead(out _))
                c.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhere");
        });
        var dns = new DnsServer();
        using var proxy = new Reloadable(
            $$"""
            resolvers names
                nameserver one 127.0.0.1:{{dns.Port}}
                timeout resolve 100ms
                timeout retry 100ms
                hold timeout 1h
                hold other 1h
                hold nx 1h
            listen l
                mode http
                bind 127.0.0.1:${port}
                server s app.test:{{origin.Port}} resolvers names init-addr none
                server gone gone.test:80 resolvers names init-addr none
            listen srv
                mode http
                server-template t 2 _http._tcp.app.test resolvers names init-addr none
            """
        );
        using (dns)
        {
            dns.Set("app.test", "127.0.0.1");
            dns.Set("h.test", "127.0.0.7");
            dns.SetService("_http._tcp.app.test", ("h.test", 8001, 1000));
            proxy.Reload();
            Assert.True(
                SpinWait.SpinUntil(() => Servers(proxy) is var s && s.Contains(" 127.0.0.7 ") && s.Contains(" 127.0.0.1 2 0 "), Patience.Ms)
            );
        }
        string before = Servers(proxy);
        for (int i = 0; i < 2; i++)
        {
            Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
            using RawClient client = RawClient.Tcp(proxy.Port);
            Assert.Equal("here", client.Get().Body);
        }
        Assert.Equal(before, Servers(proxy));
        Assert.Contains("h.test 8001 _http._tcp.app.test", before);
    }

    /// <summary>The system's own list of hosts would have an address, which the name servers say it has not.</summary>
    [Fact]
    public void A_server_without_an_address_gets_nothing_in_the_next_process()
    {
        using var origin = new OriginServer(c =>
        {
            while (c.TryReadHead(out _))
                c.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhere");
        });
        using var dns = new DnsServer();
        using var proxy = new Reloadable(
            $$"""
            resolvers names
                nameserver one 127.0.0.1:{{dns.Port}}
                timeout resolve 100ms
                timeout retry 100ms
                hold nx 0
            listen l
                mode http
                bind 127.0.0.1:${port}
                server s localhost:{{origin.Port}} resolvers names resolve-prefer ipv4
            """
        );
        proxy.Reload();
        Assert.True(SpinWait.SpinUntil(() => proxy.Stat("l", "s", "status") == "MAINT (resolution)", Patience.Ms));
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        Assert.Equal("MAINT (resolution)", proxy.Stat("l", "s", "status"));
        using RawClient client = RawClient.Tcp(proxy.Port);
        Assert.Equal(503, client.Get().Status);
    }

    /// <summary>"show servers state" without the times.</summary>
    private static string Servers(Reloadable proxy)
    {
        string[] lines = proxy.Ask("show servers state").Split('\n');
        for (int i = 0; i < lines.Length; i++)
            if (lines[i].Split(' ') is { Length: > 20 } f && f[0] != "#")
            {
                f[9] = "";
                lines[i] = string.Join(' ', f);
            }
        return string.Join('\n', lines);
    }
}
