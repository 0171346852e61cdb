// Live connections move to the next process: tunnels, WebSockets, keep-alive connections, connections to servers.
using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Reload;

public sealed class LiveConnectionTests
{
    private const string Tunnels = """
        frontend tcp
            mode tcp
            bind 127.0.0.1:${port}
            default_backend echo
        backend echo
            mode tcp
            server s 127.0.0.1:${origin}
        """;

    private const string WebSockets = """
        frontend web
            mode http
            bind 127.0.0.1:${port}
            default_backend echo
        backend echo
            mode http
            server s 127.0.0.1:${origin}
        """;

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public void Tunnels_and_websockets_move_without_losing_a_byte(bool webSocket, int threads)
    {
        Assert.SkipWhen(webSocket && TestWire.On, "the load speaks HTTP on a socket of its own");
        using var load = new EchoLoad();
        using var proxy = new Reloadable(webSocket ? WebSockets : Tunnels, load.OriginPort, $"nbthread {threads}");
        proxy.Reload();
        int count = Scale(60);
        load.Open(proxy.Port, count, webSocket, block: count > 60 ? 3_000 : 30_000, pauseMs: count > 60 ? 50 : 5);
        WaitFor(() => load.OriginConnections == count && load.Bytes > 1_000_000);
        for (int i = 0; i < (count > 60 ? 20 : 8); i++)
        {
            load.ResetPause();
            int old = proxy.Reload();
            long gone = Reloadable.WaitGone(old, Patience.Ms);
            if (count > 60)
                TestContext.Current.SendDiagnosticMessage(
                    "reload {0}: old process gone after {1} ms, longest exchange {2} ms",
                    i + 1,
                    gone,
                    load.LongestPauseMs
                );
            Assert.Equal("", load.FirstError);
            long before = load.Bytes;
            WaitFor(() => load.Bytes > before + 100_000);
        }
        load.Stop();
        Assert.Equal("", load.FirstError);
        Assert.Equal(count, load.OriginConnections);
        WaitFor(() => proxy.Stat("echo", "s", "scur") == "0");
        // the server column counts sessions once, and every byte that was echoed
        Assert.Equal(count.ToString(), proxy.Stat("echo", "s", "stot"));
        Assert.True(long.Parse(proxy.Stat("echo", "s", "bin")) >= load.Bytes);
    }

    /// <summary>BATON_SCALE in the environment: so many connections instead (then 20 reloads, and what they took is told).</summary>
    private static int Scale(int usual) => int.TryParse(Environment.GetEnvironmentVariable("BATON_SCALE"), out int n) ? n : usual;

    private static void WaitFor(Func<bool> condition)
    {
        for (long end = Environment.TickCount64 + Patience.Ms; !condition(); )
        {
            Assert.True(Environment.TickCount64 < end, "waited too long");
            Thread.Sleep(2);
        }
    }

    [Fact]
    public void Keep_alive_connections_outlive_every_reload_and_each_request_is_counted_once()
    {
        using OriginServer origin = OriginServer.Http(_ => "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        using var proxy = new Reloadable(WebSockets, origin.Port, "nbthread 2");
        proxy.Reload();
        int served = 0;
        bool stop = false;
        var failures = new List<string>();
        var clients = new Thread[8];
        for (int i = 0; i < clients.Length; i++)
        {
            int pause = i;
            clients[i] = new Thread(() =>
            {
                try
                {
                    using RawClient socket = RawClient.Tcp(proxy.Port);
                    while (!Volatile.Read(ref stop))
                    {
                        Exchange(socket);
                        Interlocked.Increment(ref served);
                        if (pause > 3)
                            Thread.Sleep(pause);
                    }
                }
                catch (Exception e) when (e is SocketException or System.IO.IOException or InvalidOperationException)
                {
                    lock (failures)
                        failures.Add(e.Message);
                }
            });
            clients[i].Start();
        }
        for (int i = 0; i < 12; i++)
        {
            proxy.Reload();
            Thread.Sleep(40);
        }
        Volatile.Write(ref stop, true);
        foreach (Thread client in clients)
            client.Join();
        Assert.Empty(failures);
        WaitFor(() => proxy.Info("CurrConns") == 0 || proxy.Info("CurrConns") == 1);
        // the rest of the old process's counting follows it
        WaitFor(() => proxy.Stat("web", "FRONTEND", "req_tot") == served.ToString());
        WaitFor(() => proxy.Stat("echo", "s", "hrsp_2xx") == served.ToString());
        Assert.Equal("8", proxy.Stat("web", "FRONTEND", "stot"));
        Assert.True(served > 200, $"only {served} requests");
    }

    /// <summary>One request on a kept connection; the answer must leave it open.</summary>
    private static void Exchange(RawClient client)
    {
        Response answer = client.Get("/hello");
        if (answer.Status != 200)
            throw new InvalidOperationException(answer.Head);
        if (answer.Head.Contains("connection: close", StringComparison.OrdinalIgnoreCase))
            throw new InvalidOperationException("told to close");
    }

    [Fact]
    public void Idle_connections_to_servers_are_kept_too()
    {
        using OriginServer origin = OriginServer.Http(_ => "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        using var proxy = new Reloadable(WebSockets, origin.Port, "nbthread 1");
        proxy.Reload();
        using RawClient client = RawClient.Tcp(proxy.Port);
        Exchange(client);
        for (int i = 0; i < 3; i++)
        {
            Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
            Exchange(client);
        }
        Assert.Equal(1, origin.Connections);
    }

    /// <summary>Clients and idle connections come to whichever thread: what one of them has serves all.</summary>
    [Fact]
    public void Idle_connections_to_servers_are_used_by_whichever_thread_has_the_client()
    {
        const int clients = 4,
            reloads = 3,
            requests = 7;
        using OriginServer origin = OriginServer.Http(_ => "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        using var proxy = new Reloadable(WebSockets, origin.Port, "nbthread 3");
        proxy.Reload();
        var sockets = new RawClient[clients];
        try
        {
            for (int i = 0; i < clients; i++)
                Exchange(sockets[i] = RawClient.Tcp(proxy.Port));
            for (int i = 0; i < reloads; i++)
            {
                Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
                foreach (RawClient client in sockets)
                    for (int k = 0; k < requests; k++)
                        Exchange(client);
            }
        }
        finally
        {
            foreach (RawClient? client in sockets)
                client?.Dispose();
        }
        // the first requests of the clients make one each ("safe"); a thread that waits too long for another one makes one more
        int made = origin.Connections;
        Assert.True(made < clients + reloads * clients * requests / 4, $"{made} connections");
    }

    [Fact]
    public void A_request_that_has_begun_to_arrive_is_finished_by_the_next_process()
    {
        using OriginServer origin = OriginServer.Http(_ => "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        using var proxy = new Reloadable(WebSockets, origin.Port);
        proxy.Reload();
        using RawClient client = RawClient.Tcp(proxy.Port);
        client.Send("GET /hello HTTP/1.1\r\nHo"u8);
        Thread.Sleep(50);
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        client.Send("st: a\r\nConnection: close\r\n\r\n"u8);
        Assert.Equal(200, client.ReadResponse().Status);
    }

    [Fact]
    public void A_half_closed_tunnel_moves_with_its_state()
    {
        using var origin = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        origin.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        origin.Listen(1);
        using var proxy = new Reloadable(Tunnels, ((IPEndPoint)origin.LocalEndPoint!).Port);
        proxy.Reload();
        using RawClient client = RawClient.Tcp(proxy.Port);
        using Socket server = origin.Accept();
        client.Send("question"u8);
        client.ShutdownSend();
        byte[] buffer = new byte[100];
        Assert.Equal(8, server.Receive(buffer));
        Assert.Equal(0, server.Receive(buffer));
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        server.Send("answer"u8);
        server.Shutdown(SocketShutdown.Both);
        Assert.Equal(6, client.ReadToEnd().Length);
    }

    [Fact]
    public void What_an_operator_changed_survives_unless_the_file_changes_it()
    {
        using OriginServer origin = OriginServer.Http(_ => "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        using var proxy = new Reloadable(
            """
            frontend web
                mode http
                bind 127.0.0.1:${port}
                default_backend echo
            backend echo
                mode http
                server s 127.0.0.1:${origin}
                server down 127.0.0.1:${origin}
                server light 127.0.0.1:${origin} weight 10
                server heavy 127.0.0.1:${origin} weight 20
            """,
            origin.Port
        );
        proxy.Reload();
        proxy.Ask(
            "set server echo/down state maint; set server echo/s state drain; set weight echo/light 5; set weight echo/heavy 7; set maxconn frontend web 77"
        );
        proxy.Edit("weight 20", "weight 30");
        proxy.Reload();
        Assert.Equal("MAINT", proxy.Stat("echo", "down", "status"));
        Assert.Equal("DRAIN", proxy.Stat("echo", "s", "status"));
        Assert.Equal("5", proxy.Stat("echo", "light", "weight"));
        Assert.Equal("30", proxy.Stat("echo", "heavy", "weight"));
        Assert.Equal("77", proxy.Stat("web", "FRONTEND", "slim"));
        for (int i = 0; i < 20; i++)
        {
            using RawClient client = RawClient.Tcp(proxy.Port);
            Exchange(client);
        }
        Assert.Equal("0", proxy.Stat("echo", "down", "stot"));
        Assert.Equal("0", proxy.Stat("echo", "s", "stot"));
        proxy.Reload();
        Assert.Equal("MAINT", proxy.Stat("echo", "down", "status"));
    }

    [Fact]
    public void A_connection_whose_frontend_is_gone_is_carried_to_its_end()
    {
        using var load = new EchoLoad();
        using var proxy = new Reloadable(Tunnels, load.OriginPort);
        proxy.Reload();
        load.Open(proxy.Port, 5, false, 1000, 2);
        WaitFor(() => load.OriginConnections == 5 && load.Bytes > 10_000);
        proxy.Edit("frontend tcp", "frontend renamed");
        int old = proxy.Reload();
        Thread.Sleep(800);
        Assert.True(Reloadable.IsAlive(old));
        load.Stop();
        Assert.Equal("", load.FirstError);
        Reloadable.WaitGone(old, Patience.Ms);
    }

    [Fact]
    public void Requests_that_wait_for_a_server_slot_are_all_answered()
    {
        using OriginServer origin = OriginServer.Http(_ =>
        {
            Thread.Sleep(40);
            return "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
        });
        using var proxy = new Reloadable(
            """
            frontend web
                mode http
                bind 127.0.0.1:${port}
                default_backend echo
            backend echo
                mode http
                timeout queue 20s
                server s 127.0.0.1:${origin} maxconn 1
            """,
            origin.Port
        );
        proxy.Reload();
        var failures = new List<string>();
        var clients = new Thread[10];
        for (int i = 0; i < clients.Length; i++)
        {
            (
                clients[i] = new Thread(() =>
                {
                    try
                    {
                        using RawClient socket = RawClient.Tcp(proxy.Port);
                        for (int k = 0; k < 4; k++)
                            Exchange(socket);
                    }
                    catch (Exception e) when (e is SocketException or System.IO.IOException or InvalidOperationException)
                    {
                        lock (failures)
                            failures.Add(e.Message);
                    }
                })
            ).Start();
        }
        for (int i = 0; i < 4; i++)
        {
            Thread.Sleep(150);
            proxy.Reload();
        }
        foreach (Thread client in clients)
            client.Join();
        Assert.Empty(failures);
        WaitFor(() => proxy.Stat("echo", "s", "hrsp_2xx") == "40");
        WaitFor(() => proxy.Stat("echo", "s", "qcur") == "0");
        WaitFor(() => proxy.Stat("echo", "s", "scur") == "0");
    }

    [Fact]
    public void Variables_of_the_process_survive()
    {
        using var proxy = new Reloadable(
            """
            frontend web
                mode http
                bind 127.0.0.1:${port}
                http-request set-var(proc.seen) path if { path /remember }
                http-request return status 200 content-type text/plain lf-string "%[var(proc.seen,nothing)]"
            """
        );
        proxy.Reload();
        Assert.Equal("nothing", Body(proxy.Port, "/"));
        Assert.Equal("/remember", Body(proxy.Port, "/remember"));
        proxy.Reload();
        Assert.Equal("/remember", Body(proxy.Port, "/"));
    }

    [Fact]
    public void Maps_changed_at_run_time_and_rate_limits_survive()
    {
        string file = System.IO.Path.GetTempFileName();
        System.IO.File.WriteAllText(file, "/a one\n/b two\n/c three\n");
        using var proxy = new Reloadable(
            $$"""
            frontend web
                mode http
                bind 127.0.0.1:${port}
                http-request set-map({{file}}) %[path] %[url_param(set)] if { url_param(set) -m found }
                http-request return status 200 content-type text/plain lf-string "%[path,map({{file}},none)]"
            """
        );
        proxy.Reload();
        proxy.Ask($"set map {file} /a changed; del map {file} /b; set rate-limit sessions global 9999");
        Assert.Equal("five", Body(proxy.Port, "/e?set=five"));
        Assert.Equal("tres", Body(proxy.Port, "/c?set=tres"));
        // the file says something new about /c: the file wins there
        System.IO.File.WriteAllText(file, "/a one\n/b two\n/c drei\n/d four\n");
        for (int i = 0; i < 2; i++)
        {
            proxy.Reload();
            Assert.Equal(
                ["changed", "none", "drei", "four", "five"],
                [Body(proxy.Port, "/a"), Body(proxy.Port, "/b"), Body(proxy.Port, "/c"), Body(proxy.Port, "/d"), Body(proxy.Port, "/e")]
            );
            Assert.Equal(9999, proxy.Info("SessRateLimit"));
        }
        System.IO.File.Delete(file);
    }

    [Fact]
    public void Acls_changed_at_run_time_and_dynamic_cookies_survive()
    {
        using OriginServer origin = OriginServer.Http(_ => "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        using var proxy = new Reloadable(
            """
            frontend web
                mode http
                bind 127.0.0.1:${port}
                acl known path /a /b
                use_backend keyed if { path /keyed }
                http-request return status 200 content-type text/plain string known if known
                http-request return status 200 content-type text/plain string short if { path -m len 3 }
                http-request return status 200 content-type text/plain string other unless { path /keyed }
            backend keyed
                mode http
                cookie SRV insert dynamic
                dynamic-cookie-key one
                server s 127.0.0.1:${origin}
            """,
            origin.Port
        );
        string? Cookie()
        {
            using RawClient client = RawClient.Tcp(proxy.Port);
            return client.Get("/keyed")["Set-Cookie"] is { } text && !text.StartsWith("SRV=;", StringComparison.Ordinal) ? text : null;
        }
        proxy.Reload();
        Assert.StartsWith("SRV=", Cookie());
        proxy.Ask(
            "add acl #0 /new; del acl #0 /a; prepare acl #2; add acl @1 #2 4; commit acl @1 #2; disable dynamic-cookie backend keyed"
        );
        // the lines move: what they are, and not where they stand, tells them apart
        proxy.Edit("frontend web", "# a comment\n\nfrontend web");
        for (int i = 0; i < 2; i++)
        {
            proxy.Reload();
            Assert.Null(Cookie());
            Assert.Equal(
                ["known", "other", "known", "short", "other"],
                [
                    Body(proxy.Port, "/new"),
                    Body(proxy.Port, "/a"),
                    Body(proxy.Port, "/b"),
                    Body(proxy.Port, "/123"),
                    Body(proxy.Port, "/12"),
                ]
            );
        }
        // the file says something new about a pattern that was removed: the file wins there
        proxy.Edit("path /a /b", "path /a /a /b");
        proxy.Reload();
        Assert.Equal(["known", "known"], [Body(proxy.Port, "/new"), Body(proxy.Port, "/a")]);
    }

    private static string Body(int port, string path)
    {
        using RawClient client = RawClient.Tcp(port);
        return client.Get(path, "Connection: close\r\n").Body;
    }
}
