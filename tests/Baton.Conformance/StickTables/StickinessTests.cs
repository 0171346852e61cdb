// stick on, match, store-request, store-response: a client finds its server again.
using System;
using System.Collections.Generic;
using System.Linq;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.StickTables;

public sealed class StickinessTests : TableScenario
{
    /// <summary>Four servers that say who they are, and set a session cookie on /login.</summary>
    private const string Servers = """
        frontend origin
            bind 127.0.0.1:${p2}
            bind 127.0.0.1:${p3}
            http-request return status 200 hdr set-cookie "sid=%[req.hdr(x-sid)]; path=/" hdr x-port "%[dst_port]" if { path /login }
            http-request return status 200 hdr x-port "%[dst_port]"

        """;

    private static string Port(Response r) => r["x-port"]!;

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_key_stays_with_its_server(Product product)
    {
        RawClient client = Connect(
            Start(
                product,
                Global
                    + HttpDefaults
                    + Servers
                    + """
                    listen fe
                        bind 127.0.0.1:${p1}
                        balance roundrobin
                        stick-table type string len 10 size 100 expire 1h
                        stick on req.hdr(x-user) if !{ path /free }
                        server a 127.0.0.1:${p2}
                        server b 127.0.0.1:${p3}
                    """
            )
        );
        foreach (string user in new[] { "one", "two", "three" })
        {
            string server = Port(client.Get("/", $"x-user: {user}\r\n"));
            for (int i = 0; i < 3; i++)
                Assert.Equal(server, Port(client.Get("/", $"x-user: {user}\r\n")));
        }
        // without a key, and where the condition does not hold, it is as if there were no such line
        Assert.Equal(2, Enumerable.Range(0, 2).Select(_ => Port(client.Get())).Distinct().Count());
        Assert.Equal(2, Enumerable.Range(0, 2).Select(_ => Port(client.Get("/free", "x-user: one\r\n"))).Distinct().Count());
        string[] entries = Table("fe").Split('\n');
        Assert.Equal(3, entries.Length);
        Assert.All(entries, e => Assert.Matches("^(one|two|three) use=0 server_id=([12]) server_key=[ab]$", e));
        Assert.Equal(2, entries.Select(e => e[^1]).Distinct().Count());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void What_a_server_gave_leads_back_to_it(Product product)
    {
        RawClient client = Connect(
            Start(
                product,
                Global
                    + HttpDefaults
                    + Servers
                    + """
                    backend sessions
                        stick-table type string len 20 size 100 expire 1h
                    listen fe
                        bind 127.0.0.1:${p1}
                        balance roundrobin
                        stick match req.cook(sid) table sessions
                        stick store-response res.cook(sid) table sessions if { res.cook(sid) -m found }
                        server a 127.0.0.1:${p2}
                        server b 127.0.0.1:${p3}
                        server c 127.0.0.1:${p3} non-stick weight 0
                    """
            )
        );
        var servers = new Dictionary<string, string>();
        foreach (string sid in new[] { "s1", "s2" })
            servers[sid] = Port(client.Get("/login", $"x-sid: {sid}\r\n"));
        Assert.NotEqual(servers["s1"], servers["s2"]);
        foreach (string sid in new[] { "s1", "s2", "s1", "s1", "s2", "s2" })
            Assert.Equal(servers[sid], Port(client.Get("/", $"cookie: a=b; sid={sid}\r\n")));
        Assert.Equal("s1 use=0 server_id=1 server_key=a\ns2 use=0 server_id=2 server_key=b", Table("sessions"));
        // an operator moves a session
        Ask("set table sessions key s1 data.server_id 2");
        Assert.Equal(2, Table("sessions").Split('\n').Length);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_server_that_is_down_is_left_and_the_new_one_written_down(Product product)
    {
        RawClient client = Connect(
            Start(
                product,
                Global
                    + HttpDefaults
                    + Servers
                    + """
                    listen fe
                        bind 127.0.0.1:${p1}
                        stick-table type ip size 100 expire 1h srvkey addr
                        stick match src
                        stick store-request src
                        server a 127.0.0.1:${p2}
                        server b 127.0.0.1:${p3}
                    """
            )
        );
        string first = Port(client.Get());
        Assert.Equal(first, Port(client.Get()));
        Assert.Equal($"127.0.0.1:{first}", Value("fe", "127.0.0.1", "server_key"));
        string id = Value("fe", "127.0.0.1", "server_id");
        Ask($"disable server fe/{(id == "1" ? "a" : "b")}");
        string second = Port(client.Get());
        Assert.NotEqual(first, second);
        Ask($"enable server fe/{(id == "1" ? "a" : "b")}");
        for (int i = 0; i < 3; i++)
            Assert.Equal(second, Port(client.Get()));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void TCP_sessions_stick_too(Product product)
    {
        ProxyProcess proxy = Start(
            product,
            Global
                + HttpDefaults
                + Servers
                + """
                listen fe
                    mode tcp
                    bind 127.0.0.1:${p1}
                    balance roundrobin
                    stick-table type ip size 100 expire 1h
                    stick on src
                    server a 127.0.0.1:${p2}
                    server b 127.0.0.1:${p3}
                """
        );
        var seen = new HashSet<string>();
        for (int i = 0; i < 4; i++)
        {
            using RawClient client = RawClient.Tcp(proxy.Port());
            seen.Add(Port(client.Get()));
        }
        Assert.Single(seen);
    }
}
