// Servers whose addresses follow their names: records that come, change and go, services, and what "show resolvers" counts.
using System;
using System.Linq;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Resolvers;

public sealed class ServerAddressTests : ResolverScenario
{
    private const string Listen = "listen l\n    bind 127.0.0.1:${p1}\n    ";

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_server_follows_its_name(Product product)
    {
        OriginServer origin = HttpOrigin("here");
        Dns.Set("app.test", "127.0.0.2");
        ProxyProcess proxy = StartResolving(product, Listen + $"server s app.test:{origin.Port} resolvers names init-addr none");
        AwaitWhere("s", $"127.0.0.2:{origin.Port}");
        Dns.Set("app.test", "127.0.0.1");
        AwaitWhere("s", $"127.0.0.1:{origin.Port}");
        using RawClient client = RawClient.Tcp(proxy.Port());
        Assert.Equal("here", client.Get().Body);
        Dns.Fail("app.test", 3);
        AwaitWhere("s", "-");
        Assert.Equal(503, client.Get().Status);
        using RawClient second = RawClient.Tcp(proxy.Port());
        Dns.Set("app.test", "127.0.0.1");
        AwaitWhere("s", $"127.0.0.1:{origin.Port}");
        Assert.Equal("here", second.Get().Body);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_template_spreads_over_the_addresses(Product product)
    {
        Dns.Set("app.test", "127.0.0.2", "127.0.0.3");
        StartResolving(product, Listen + "server-template s 3 app.test:80 resolvers names init-addr none");
        Eventually(() => All("s1", "s2", "s3") == "- 127.0.0.2:80 127.0.0.3:80", "");
        Dns.Set("app.test", "127.0.0.3", "127.0.0.4", "127.0.0.5");
        Eventually(() => All("s1", "s2", "s3") == "127.0.0.3:80 127.0.0.4:80 127.0.0.5:80", "");
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Servers_may_share_an_address_when_told_so(Product product)
    {
        Dns.Set("app.test", "127.0.0.2");
        StartResolving(product, Listen + "server-template s 2 app.test:80 resolvers names init-addr none resolve-opts allow-dup-ip");
        Eventually(() => All("s1", "s2") == "127.0.0.2:80 127.0.0.2:80", "");
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_network_is_preferred(Product product)
    {
        Dns.Set("app.test", "127.1.0.1", "127.2.0.1", "127.3.0.1");
        StartResolving(product, Listen + "server s app.test:80 resolvers names init-addr none resolve-net 127.2.0.0/16");
        AwaitWhere("s", "127.2.0.1:80");
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Families_take_each_others_place(Product product)
    {
        Dns.Set("six.test", "::1");
        Dns.Set("four.test", "127.0.0.2");
        Dns.Set("both.test", "127.0.0.3", "::1");
        StartResolving(
            product,
            Listen
                + "server six six.test:80 resolvers names init-addr none resolve-prefer ipv4\n"
                + "    server four four.test:80 resolvers names init-addr none resolve-prefer ipv6\n"
                + "    server a both.test:80 resolvers names init-addr none resolve-prefer ipv4\n"
                + "    server b both.test:80 resolvers names init-addr none"
        );
        AwaitWhere("six", "::1:80");
        AwaitWhere("four", "127.0.0.2:80");
        AwaitWhere("a", "127.0.0.3:80");
        AwaitWhere("b", "::1:80");
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_service_gives_names_ports_and_weights(Product product)
    {
        Dns.Set("h1.test", "127.0.0.2");
        Dns.Set("h2.test", "127.0.0.3");
        Dns.SetService("_http._tcp.app.test", ("h1.test", 8001, 255), ("h2.test", 8002, 65535));
        StartResolving(product, Listen + "server-template s 3 _http._tcp.app.test resolvers names init-addr none");
        Eventually(() => All("s1", "s2", "s3") == "- 127.0.0.2:8001 127.0.0.3:8002", "");
        string heavy = ((string[])["s1", "s2", "s3"]).First(s => Where(s) == "127.0.0.3:8002");
        Assert.StartsWith("256 ", Command($"get weight l/{heavy}"));
        Dns.SetService("_http._tcp.app.test", ("h2.test", 8002, 65535), ("h1.test", 9001, 0));
        Eventually(() => All("s1", "s2", "s3") == "- 127.0.0.2:9001 127.0.0.3:8002", "");
        Dns.SetService("_http._tcp.app.test", ("h2.test", 8002, 65535));
        Eventually(() => All("s1", "s2", "s3") == "- - 127.0.0.3:8002", "");
        Assert.Equal("127.0.0.3:8002", Where(heavy));
    }

    /// <summary>A record that no server is left for stands before the others: theirs count all the same.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Records_behind_one_without_a_server_count(Product product)
    {
        Dns.Set("h1.test", "127.0.0.2");
        Dns.Set("h2.test", "127.0.0.3");
        Dns.SetService("_http._tcp.app.test", ("h1.test", 8001, 255));
        StartResolving(product, Listen + "server-template s 1 _http._tcp.app.test resolvers names init-addr none");
        AwaitWhere("s1", "127.0.0.2:8001");
        Dns.SetService("_http._tcp.app.test", ("h2.test", 8002, 255), ("h1.test", 8001, 65535));
        Eventually(() => Command("get weight l/s1").StartsWith("256 ", StringComparison.Ordinal), Command("get weight l/s1"));
        Assert.Equal("127.0.0.2:8001", Where("s1"));
    }

    /// <summary>Rules of a TCP proxy wait for a name no longer than for bytes.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_name_is_waited_for_as_long_as_inspection_lasts(Product product)
    {
        OriginServer origin = Keep(new OriginServer(c => c.Send("here")));
        Dns.Spoil = static (_, _) => null;
        ProxyProcess proxy = StartResolving(
            product,
            "listen l\n    mode tcp\n    bind 127.0.0.1:${p1}\n    tcp-request inspect-delay 300ms\n"
                + "    tcp-request content do-resolve(sess.ip,names,ipv4) str(silent.test)\n"
                + $"    server s 127.0.0.1:{origin.Port}",
            "resolve_retries 1000"
        );
        using RawClient client = RawClient.Tcp(proxy.Port());
        client.Send("x");
        Assert.Equal("here", client.ReadTextToEnd());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_name_server_may_be_asked_over_tcp(Product product)
    {
        Dns.Set("app.test", "127.0.0.2");
        StartResolving(product, Listen + "server s app.test:80 resolvers names init-addr none", transport: "tcp@");
        AwaitWhere("s", "127.0.0.2:80");
        Dns.Set("app.test", "127.0.0.3");
        AwaitWhere("s", "127.0.0.3:80");
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_name_server_that_falls_silent_is_connected_to_anew(Product product)
    {
        Dns.Set("app.test", "127.0.0.2");
        StartResolving(product, Listen + "server s app.test:80 resolvers names init-addr none", transport: "tcp@");
        AwaitWhere("s", "127.0.0.2:80");
        Dns.MuteConnections();
        Dns.Set("app.test", "127.0.0.3");
        AwaitWhere("s", "127.0.0.3:80");
    }

    /// <summary>What is said of its name later would bring it back.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_server_that_follows_a_name_is_not_removed(Product product)
    {
        StartResolving(
            product,
            Listen
                + "server s app.test:80 resolvers names init-addr none\n"
                + "    server-template t 1 _http._tcp.app.test resolvers names init-addr none"
        );
        foreach (string server in (string[])["s", "t1"])
            Assert.Equal(
                "This server cannot be removed at runtime due to other configuration elements pointing to it.",
                Command($"del server l/{server}").Trim()
            );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_name_can_be_changed_at_run_time(Product product)
    {
        Dns.Set("app.test", "127.0.0.2");
        Dns.Set("new.test", "127.0.0.3");
        StartResolving(product, Listen + "server s app.test:80 resolvers names init-addr none\n    server t 127.0.0.9:80");
        AwaitWhere("s", "127.0.0.2:80");
        Assert.Equal(
            "l/s changed its FQDN from app.test to new.test by 'stats socket command'\n\n",
            Command("set server l/s fqdn new.test")
        );
        AwaitWhere("s", "127.0.0.3:80");
        Assert.Contains(" new.test 80 - ", Command("show servers state"));
        Assert.Equal("set server <b>/<s> fqdn failed because no resolution is configured.\n\n", Command("set server l/t fqdn new.test"));
        Assert.Equal("Can't find that resolvers section\n\n", Command("show resolvers nobody"));
        Assert.StartsWith("Resolvers section names\n nameserver one:\n  sent:        ", Command("show resolvers names"));
    }

    /// <summary>A failure is overlooked for as long as "hold" says.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void An_address_is_held(Product product)
    {
        Dns.Set("app.test", "127.0.0.2");
        StartResolving(product, Listen + "server s app.test:80 resolvers names init-addr none", "hold nx 1h");
        AwaitWhere("s", "127.0.0.2:80");
        Dns.Fail("app.test", 3);
        int queries = Dns.Queries;
        Eventually(() => Dns.Queries > queries + 8, "");
        Assert.Equal("127.0.0.2:80", Where("s"));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_request_may_name_the_host(Product product)
    {
        OriginServer origin = HttpOrigin("here");
        Dns.Set("app.test", "127.0.0.1");
        Dns.SetAlias("www.test", "app.test");
        ProxyProcess proxy = StartResolving(
            product,
            Listen
                + "http-request do-resolve(txn.ip,names,ipv4) hdr(host),host_only\n"
                + "    http-request return status 404 unless { var(txn.ip) -m found }\n"
                + "    http-request set-dst var(txn.ip)\n"
                + $"    http-request set-dst-port int({origin.Port})\n"
                + "    server s *:0"
        );
        using RawClient client = RawClient.Tcp(proxy.Port());
        Assert.Equal("here", client.Ask("GET / HTTP/1.1\r\nHost: app.test\r\n\r\n").Body);
        Assert.Equal(404, client.Ask("GET / HTTP/1.1\r\nHost: nobody.test\r\n\r\n").Status);
        Assert.Equal("here", client.Ask("GET / HTTP/1.1\r\nHost: www.test:80\r\n\r\n").Body);
        Assert.Equal(404, client.Ask("GET / HTTP/1.1\r\nHost: a..b\r\n\r\n").Status);
    }
}
