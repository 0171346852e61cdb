// Servers that came by "add server" over reloads: the next process has them as they stand before it takes its first connection.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Baton.Conformance.Cli;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Reload;

public sealed class DynamicServerMoveTests : Scenario
{
    private const string Hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

    /// <summary>A backend that is empty, and one that has a server.</summary>
    private const string Text = """
        frontend web
            mode http
            bind 127.0.0.1:${port}
            use_backend %[path,field(2,/)] if { path -m len gt 1 }
            default_backend be
        backend be
            mode http
        backend other
            mode http
            server old 127.0.0.1:${origin}

        """;

    /// <summary>Answers requests, switches protocols where it is asked for that, and echoes from there on.</summary>
    private static void Serve(OriginConnection c)
    {
        while (c.TryReadHead(out string head))
        {
            if (!head.Contains("Upgrade: echo", StringComparison.Ordinal))
            {
                c.Send(Hello);
                continue;
            }
            c.Send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
            for (byte[] some; (some = c.ReadSome()).Length > 0; )
                c.Send(some);
        }
    }

    private Reloadable Begin(int origin, string text = Text)
    {
        Reloadable proxy = Keep(new Reloadable(text, origin, "nbthread 2"));
        proxy.Reload();
        return proxy;
    }

    private static void Add(Reloadable proxy, string server, string words)
    {
        Assert.Equal("New server registered.", proxy.Ask($"add server {server} {words}").Trim());
        Assert.Equal("", proxy.Ask($"enable server {server}").Trim());
    }

    private static bool Has(Reloadable proxy, string backend, string server) =>
        proxy.Ask("show servers state " + backend).Contains($" {server} ", StringComparison.Ordinal);

    /// <summary>What "show stat" tells of a server that time alone does not change.</summary>
    private static string Row(StatisticsTable table, string backend, string server) =>
        string.Join(
            ' ',
            (
                (string[])["status", "weight", "sid", "act", "bck", "slim", "stot", "hrsp_2xx", "chkdown", "check_status", "cookie", "addr"]
            ).Select(column => $"{column}={table[backend, server][column].TrimStart('*', ' ')}")
        );

    private static readonly (string Backend, string Server)[] s_kinds =
    [
        ("be", "plain"),
        ("be", "moved"),
        ("be", "waits"),
        ("checked", "good"),
        ("checked", "bad"),
        ("checked", "follows"),
        ("checked", "asked"),
        ("ring", "one"),
        ("ring", "two"),
        ("cookies", "one"),
        ("secret", "one"),
    ];

    [Fact]
    public void Every_kind_of_server_is_as_it_was_after_five_reloads()
    {
        OriginServer origin = Keep(new OriginServer(Serve));
        TestCertificates certificates = Keep(new TestCertificates(Directory));
        int tls = Ports.Free(),
            nobody = Ports.Free();
        Reloadable proxy = Begin(
            origin.Port,
            Text
                + $$"""
                frontend tls
                    mode http
                    bind 127.0.0.1:{{tls}} ssl crt {{certificates.Make("a.pem", "a.example")}}
                    http-request return status 200 content-type text/plain string secret
                backend checked
                    mode http
                    server anchor 127.0.0.1:{{nobody}} check inter 50ms fall 1
                backend ring
                    mode http
                    balance source
                    hash-type consistent
                    server zero 127.0.0.1:${origin}
                backend cookies
                    mode http
                    cookie c insert dynamic
                    dynamic-cookie-key key
                backend secret
                    mode http

                """.Replace("${origin}", $"{origin.Port}", StringComparison.Ordinal)
        );
        Add(proxy, "be/plain", $"127.0.0.1:{origin.Port} id 40 weight 7 maxconn 30");
        proxy.Ask("set weight be/plain 9; set maxconn server be/plain 20");
        Add(proxy, "be/moved", $"127.0.0.2:{nobody} backup");
        proxy.Ask($"set server be/moved addr 127.0.0.1 port {origin.Port}");
        proxy.Ask($"add server be/waits 127.0.0.1:{origin.Port}");
        Add(proxy, "checked/good", $"127.0.0.1:{origin.Port} check inter 60s");
        proxy.Ask("enable health checked/good; set server checked/good health down; set server checked/good health up");
        Add(proxy, "checked/bad", $"127.0.0.1:{nobody} check inter 50ms fall 2 rise 3");
        proxy.Ask("enable health checked/bad");
        Add(proxy, "checked/follows", $"127.0.0.1:{origin.Port} track anchor");
        Add(proxy, "checked/asked", $"127.0.0.1:{origin.Port} agent-check agent-port {nobody} agent-inter 60s");
        Add(proxy, "ring/one", $"127.0.0.1:{origin.Port}");
        Add(proxy, "ring/two", $"127.0.0.1:{origin.Port} weight 3 id 1000");
        Add(proxy, "cookies/one", $"127.0.0.1:{origin.Port}");
        Add(proxy, "secret/one", $"127.0.0.1:{tls} ssl verify none sni str(a.example)");
        Eventually(() => proxy.Stat("checked", "bad", "status") == "DOWN", "the server that is not there is not down");
        Eventually(() => proxy.Stat("checked", "follows", "status").StartsWith("DOWN", StringComparison.Ordinal), "its follower is up");
        for (int i = 0; i < 3; i++)
            foreach (string backend in (string[])["be", "ring", "cookies", "secret"])
                Assert.Equal(200, Get(proxy, backend).Status);
        var before = StatisticsTable.Parse(proxy.Ask("show stat"));
        string[] rows = Array.ConvertAll(s_kinds, k => Row(before, k.Backend, k.Server));
        Assert.Contains("weight=9 sid=40 act=1 bck=0 slim=20 stot=3 hrsp_2xx=3", rows[0], StringComparison.Ordinal);
        Assert.Contains($"addr=127.0.0.1:{origin.Port}", rows[1], StringComparison.Ordinal);
        Assert.StartsWith("status=MAINT", rows[2], StringComparison.Ordinal);
        for (int i = 0; i < 5; i++)
        {
            Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
            var after = StatisticsTable.Parse(proxy.Ask("show stat"));
            Assert.Equal(rows, Array.ConvertAll(s_kinds, k => Row(after, k.Backend, k.Server)));
        }
        Assert.Equal("hello", Get(proxy, "be").Body);
        Assert.Equal("secret", Get(proxy, "secret").Body);
        Assert.Equal("4", proxy.Stat("be", "plain", "stot"));
        Assert.Equal("9 (initial 7)", proxy.Ask("get weight be/plain").Trim());
    }

    private static Response Get(Reloadable proxy, string backend)
    {
        using RawClient client = RawClient.Tcp(proxy.Port);
        return client.Get("/" + backend);
    }

    [Fact]
    public void Traffic_through_ten_reloads_loses_nothing()
    {
        OriginServer origin = Keep(new OriginServer(Serve));
        Reloadable proxy = Begin(origin.Port);
        Add(proxy, "be/new", $"127.0.0.1:{origin.Port}");
        RawClient tunnel = Keep(RawClient.Tcp(proxy.Port));
        tunnel.Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
        tunnel.ReadUntil("echo\r\n\r\n");
        RawClient kept = Keep(RawClient.Tcp(proxy.Port));
        Assert.Equal("hello", kept.Get().Body);
        var load = new RequestLoad(proxy.Port, clients: 2);
        int old = 0;
        for (int i = 0; i < 10; i++)
        {
            old = proxy.Reload();
            Assert.Equal("hello", kept.Get().Body);
            tunnel.Send($"ping{i};");
            Assert.EndsWith($"ping{i};", tunnel.ReadUntil(";"), StringComparison.Ordinal);
        }
        (int served, int failed, string? why) = load.Stop();
        Assert.True(failed == 0, $"{failed} of {served} failed: {why}");
        Reloadable.WaitGone(old, Patience.Ms);
        // the tunnel, eleven requests of one connection, and all the others
        Eventually(
            () => proxy.Stat("be", "new", "stot") == $"{served + 12}" && proxy.Stat("be", "new", "scur") == "1",
            $"not all of {served + 12} are counted"
        );
        tunnel.Send("last;");
        Assert.EndsWith("last;", tunnel.ReadUntil(";"), StringComparison.Ordinal);
    }

    [Trait("wire", "raw")]
    [Fact]
    public void An_idle_connection_to_it_is_used_again_after_the_reload()
    {
        OriginServer origin = Keep(new OriginServer(Serve));
        Reloadable proxy = Begin(
            origin.Port,
            Text.Replace("backend be\n", "backend be\n    http-reuse always\n", StringComparison.Ordinal)
        );
        Add(proxy, "be/new", $"127.0.0.1:{origin.Port}");
        Assert.Equal(200, Get(proxy, "be").Status);
        Eventually(() => proxy.Stat("be", "new", "idle_conn_cur") == "1", "it is not idle");
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        Assert.Equal(200, Get(proxy, "be").Status);
        Assert.Equal(1, origin.Connections);
    }

    [Fact]
    public void What_is_added_and_removed_while_the_next_process_prepares_is_so_there()
    {
        OriginServer origin = Keep(new OriginServer(Serve));
        Reloadable proxy = Begin(origin.Port);
        Add(proxy, "be/goes", $"127.0.0.1:{origin.Port}");
        Add(proxy, "be/changes", $"127.0.0.1:{origin.Port} weight 3");
        Add(proxy, "be/stays", $"127.0.0.1:{origin.Port}");
        string path = Path.Combine(Directory, "relay");
        var said = new List<string>();
        using var relay = new HandoverRelay(path, proxy.Socket, frame =>
        {
            if (frame is not { FromOld: false, Type: ScriptedSuccessor.Accepting })
                return;
            foreach (
                string command in (string[])
                    [
                        "disable server be/goes",
                        "del server be/goes",
                        "disable server be/changes",
                        "del server be/changes",
                        $"add server be/changes 127.0.0.1:{origin.Port} weight 5",
                        $"add server other/comes 127.0.0.1:{origin.Port} weight 11",
                        "enable server other/comes",
                    ]
            )
                said.Add(proxy.Ask(command).Trim());
        });
        Reloadable.WaitGone(proxy.Reload(through: path), Patience.Ms);
        Assert.Equal(["", "Server deleted.", "", "Server deleted.", "New server registered.", "New server registered.", ""], said);
        Eventually(() => !Has(proxy, "be", "goes"), "the server that was removed is there");
        Assert.Equal("5 (initial 5)", proxy.Ask("get weight be/changes").Trim());
        Assert.Equal("MAINT", proxy.Stat("be", "changes", "status"));
        Assert.Equal("no check", proxy.Stat("be", "stays", "status"));
        Assert.Equal(("11", "no check"), (proxy.Stat("other", "comes", "weight"), proxy.Stat("other", "comes", "status")));
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        Assert.True(Has(proxy, "other", "comes") && Has(proxy, "be", "changes") && !Has(proxy, "be", "goes"));
    }

    [Fact]
    public void What_the_new_configuration_has_no_place_for_is_dropped_with_a_warning()
    {
        OriginServer origin = Keep(new OriginServer(Serve));
        TestCertificates certificates = Keep(new TestCertificates(Directory));
        string authorities = certificates.Write("own.pem", File.ReadAllText(certificates.AuthorityFile));
        string loaded = $"    server s 127.0.0.1:1 ssl verify required ca-file {authorities} disabled\n";
        Reloadable proxy = Begin(
            origin.Port,
            Text
                + $"backend gone\n    mode http\nbackend fixed\n    mode http\n    balance roundrobin\nbackend tls\n    mode http\n{loaded}"
        );
        Add(proxy, "gone/one", "127.0.0.1:1");
        Add(proxy, "gone/two", "127.0.0.1:1");
        Add(proxy, "fixed/one", "127.0.0.1:1");
        Add(proxy, "be/mine", "127.0.0.1:1 weight 5");
        Add(proxy, "be/kept", $"127.0.0.1:{origin.Port} id 9");
        Add(proxy, "tls/one", $"127.0.0.1:1 ssl verify required ca-file {authorities}");
        proxy.Edit("backend gone\n    mode http\n", "");
        proxy.Edit("balance roundrobin", "balance static-rr");
        proxy.Edit("backend be\n    mode http\n", $"backend be\n    mode http\n    server mine 127.0.0.1:{origin.Port} weight 2 id 9\n");
        // the file is there: it is read where nothing of the new configuration has
        proxy.Edit(loaded, "");
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        string[] warnings = proxy.Errors.Split('\n').Where(l => l.Contains("[WARNING]", StringComparison.Ordinal)).ToArray();
        Assert.Single(warnings, l => l.Contains("backend 'gone'", StringComparison.Ordinal));
        Assert.Single(warnings, l =>
            l.Contains("fixed/one, added at run time, is dropped: Backend must use a dynamic", StringComparison.Ordinal)
        );
        Assert.Single(warnings, l => l.Contains("be/kept, added at run time, has id 1 now: id 9 is another", StringComparison.Ordinal));
        Assert.Equal(3, warnings.Length);
        Assert.Equal("2 (initial 2)", proxy.Ask("get weight be/mine").Trim());
        Assert.Equal("hello", Get(proxy, "be").Body);
        Assert.True(Has(proxy, "be", "kept") && Has(proxy, "tls", "one") && !Has(proxy, "fixed", "one"));

        File.Delete(authorities);
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        Assert.Contains("tls/one, added at run time, is dropped: ", proxy.Errors, StringComparison.Ordinal);
        Assert.Contains(authorities, proxy.Errors, StringComparison.Ordinal);
        Assert.True(Has(proxy, "be", "kept") && !Has(proxy, "tls", "one"));
    }

    [Fact]
    public void A_refused_reload_loses_nothing_and_a_server_of_the_configuration_comes_back()
    {
        OriginServer origin = Keep(new OriginServer(Serve));
        Reloadable proxy = Begin(origin.Port);
        Add(proxy, "be/new", $"127.0.0.1:{origin.Port} weight 5");
        Assert.Equal("", proxy.Ask("disable server other/old").Trim());
        Assert.Equal("Server deleted.", proxy.Ask("del server other/old").Trim());
        proxy.Edit("default_backend be", "default_backend nowhere");
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => proxy.Reload());
        Assert.Equal("hello", Get(proxy, "be").Body);
        Assert.False(Has(proxy, "other", "old"));
        proxy.Edit("default_backend nowhere", "default_backend be");
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        Assert.Equal("hello", Get(proxy, "be").Body);
        Assert.Equal("5 (initial 5)", proxy.Ask("get weight be/new").Trim());
        Assert.True(Has(proxy, "other", "old"));
    }
}
