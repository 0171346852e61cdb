// add server and del server: what is taken and refused, and that traffic goes where it should.
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Cli;

public sealed class DynamicServerTests : CliScenario
{
    /// <summary>A backend that may grow, one whose order is fixed, one with a server that a rule leads to.</summary>
    private string Backends(int origin) =>
        Global
        + $$"""
            defaults
                mode http
                timeout connect 20s
                timeout client 60s
                timeout server 60s
                default-server weight 7
            frontend fe
                bind 127.0.0.1:${p1}
                default_backend be
            backend be
                server old 127.0.0.1:{{origin}}
            backend fixed
                balance static-rr
                server a 127.0.0.1:1
            backend hashed
                balance source
                server a 127.0.0.1:1
            backend ring
                balance source
                hash-type consistent
                server a 127.0.0.1:1
            backend used
                server a 127.0.0.1:1 disabled
                use-server a if { src 127.0.0.1 }

            """;

    [Fact]
    public void Of_two_who_add_one_name_at_a_time_one_is_first()
    {
        Start(Product.Baton, Backends(1).Replace("nbthread 1\n", "nbthread 4\n", System.StringComparison.Ordinal));
        for (int i = 0; i < 30; i++)
        {
            using RawClient one = RawClient.Unix(System.IO.Path.Combine(Directory, "admin.sock"));
            using RawClient other = RawClient.Unix(System.IO.Path.Combine(Directory, "admin.sock"));
            one.Send($"add server be/n{i} 127.0.0.1:1\n");
            other.Send($"add server be/n{i} 127.0.0.1:1\n");
            string[] answers = [one.ReadTextToEnd().Trim(), other.ReadTextToEnd().Trim()];
            System.Array.Sort(answers, System.StringComparer.Ordinal);
            Assert.Equal(["Already exists a server with the same name in backend.", "New server registered."], answers);
        }
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Words_are_taken_or_refused(Product product)
    {
        Start(product, Backends(1));
        foreach (
            (string line, string answer) in new[]
            {
                ("add server", "Require 'backend/server'."),
                ("add server be", "Require 'backend/server'."),
                ("add server none/x 127.0.0.1:1", "No such backend."),
                ("add server be/x", "'server' expects <name> and <addr>[:<port>] as arguments."),
                ("add server fixed/x 127.0.0.1:1", "Backend must use a dynamic load balancing to support dynamic servers."),
                ("add server hashed/x 127.0.0.1:1", "Backend must use a dynamic load balancing to support dynamic servers."),
                ("add server ring/x 127.0.0.1:1", "New server registered."),
                ("add server be/old 127.0.0.1:1", "Already exists a server with the same name in backend."),
                ("add server be/x 127.0.0.1:1", "New server registered."),
                ("add server be/x 127.0.0.1:1", "Already exists a server with the same name in backend."),
                ("add server be/c 127.0.0.1:1 cookie c", "'cookie' option is not accepted for dynamic server"),
                ("add server be/i 127.0.0.1:1 init-addr none", "'init-addr' option is not accepted for dynamic server"),
                ("add server be/o 127.0.0.1:1 id 77 weight 30 maxconn 9 backup send-proxy-v2 pool-max-conn 3", "New server registered."),
                ("get weight be/o", "30 (initial 30)"),
                ("get weight be/x", "1 (initial 1)"),
                ("del server", "Require 'backend/server'."),
                ("del server none/x", "No such backend."),
                ("del server be/none", "No such server."),
                ("del server be/old", "Only servers in maintenance mode can be deleted."),
                ("del server be/o", "Server deleted."),
                ("del server be/o", "No such server."),
                ("disable server be/old", ""),
                ("del server be/old", "Server deleted."),
                ("del server used/a", "This server cannot be removed at runtime due to other configuration elements pointing to it."),
            }
        )
            Assert.Equal($"{line} -> {answer}", $"{line} -> {Ask(line).Trim()}");
        Assert.Equal("Permission denied", Ask("add server be/y 127.0.0.1:1", "operator").Trim());
        Assert.Equal("Permission denied", Ask("del server be/x", "operator").Trim());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_server_comes_and_goes_under_traffic(Product product)
    {
        OriginServer old = HttpOrigin("old"),
            young = HttpOrigin("new");
        ProxyProcess proxy = Start(product, Backends(old.Port));
        RawClient client = Connect(proxy);
        Assert.Equal("New server registered.", Ask($"add server be/new 127.0.0.1:{young.Port}").Trim());
        Assert.Contains($" new 127.0.0.1 0 1 1 1 ", Ask("show servers state be"));
        for (int i = 0; i < 4; i++)
            Assert.Equal("old", client.Get().Body);
        Assert.Equal("", Ask("enable server be/new").Trim());
        Assert.Equal("", Ask("disable server be/old").Trim());
        for (int i = 0; i < 4; i++)
            Assert.Equal("new", client.Get().Body);
        client.Dispose();
        Assert.Equal("Only servers in maintenance mode can be deleted.", Ask("del server be/new").Trim());
        Assert.Equal("", Ask("enable server be/old").Trim());
        Assert.Equal("", Ask("disable server be/new").Trim());
        Eventually(() => Ask("del server be/new").Trim() == "Server deleted.", "the server is not let go");
        Assert.DoesNotContain(" new ", Ask("show servers state be"));
        Assert.Equal("old", Connect(proxy).Get().Body);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_server_at_work_is_not_removed(Product product)
    {
        using var go = new System.Threading.ManualResetEventSlim();
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            go.Wait(Patience.Ms);
            c.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
        });
        ProxyProcess proxy = Start(product, Backends(origin.Port));
        RawClient client = Connect(proxy);
        client.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        Eventually(() => StatisticsTable.Parse(Ask("show stat"))["be", "old"]["scur"] == "1", "the request does not reach the server");
        Ask("disable server be/old");
        Assert.Equal("Server still has connections attached to it, cannot remove it.", Ask("del server be/old").Trim());
        go.Set();
        Assert.Equal("ok", client.ReadResponse().Body);
    }
}
