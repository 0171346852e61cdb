// A process's life: soft stop, hard stop, daemon and pidfile, low limits.
using System;
using System.Collections.Generic;
using System.IO;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Life;

public sealed partial class ProcessTests : Scenario
{
    private const int SIGUSR1 = 10,
        SIGTERM = 15,
        SIGTTOU = 22,
        SIGTTIN = 21,
        SIGINT = 2;

    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);

    private string Config(OriginServer origin, string global = "", string frontend = "") =>
        $$"""
            global
                nbthread 1
                {{global}}
            defaults
                mode http
                timeout connect 20s
                timeout client 60s
                timeout server 60s
            frontend fe
                bind 127.0.0.1:${p1}
                {{frontend}}
                default_backend be
            backend be
                server s 127.0.0.1:{{origin.Port}}
            """;

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Soft_stop_finishes_what_is_under_way(Product product)
    {
        var go = new ManualResetEventSlim();
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            go.Wait();
            c.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone");
        });
        ProxyProcess proxy = Start(product, Config(origin), new ProxyOptions { EndsItself = true });
        RawClient busy = Connect(proxy),
            idle = Connect(proxy);
        busy.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Eventually(() => origin.Heads.Count == 1, "the request does not arrive");
        proxy.Signal(SIGUSR1);
        Eventually(
            () =>
            {
                try
                {
                    using RawClient c = RawClient.Tcp(proxy.Port());
                    return false;
                }
                catch (SocketException)
                {
                    return true;
                }
            },
            "still listening"
        );
        Assert.False(proxy.HasExited);
        go.Set();
        Assert.Equal("done", busy.ReadResponse().Body);
        idle.Dispose();
        busy.Dispose();
        Assert.Equal(0, proxy.WaitForExit());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Grace_announces_the_stop_and_goes_on(Product product)
    {
        ProxyProcess proxy = Start(
            product,
            Config(HttpOrigin(), "grace 3000", "http-request return status 410 if { stopping }"),
            new ProxyOptions { EndsItself = true }
        );
        using (RawClient c = RawClient.Tcp(proxy.Port()))
            Assert.Equal(200, c.Get().Status);
        proxy.Signal(SIGUSR1);
        Eventually(
            () =>
            {
                using RawClient c = RawClient.Tcp(proxy.Port());
                return c.Get().Status == 410;
            },
            "the stop is not announced"
        );
        // told twice it does not wait twice
        proxy.Signal(SIGUSR1);
        Thread.Sleep(200);
        using (RawClient c = RawClient.Tcp(proxy.Port()))
            Assert.Equal(410, c.Get(headers: "Connection: close\r\n").Status);
        Eventually(
            () =>
            {
                try
                {
                    using RawClient c = RawClient.Tcp(proxy.Port());
                    return false;
                }
                catch (SocketException)
                {
                    return true;
                }
            },
            "still listening"
        );
        Assert.Equal(0, proxy.WaitForExit());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Soft_stop_tells_keep_alive_clients_to_leave(Product product)
    {
        var go = new ManualResetEventSlim();
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            go.Wait();
            c.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone");
        });
        ProxyProcess proxy = Start(product, Config(origin), new ProxyOptions { EndsItself = true });
        RawClient client = Connect(proxy);
        client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Eventually(() => origin.Heads.Count == 1, "the request does not arrive");
        proxy.Signal(SIGUSR1);
        Eventually(
            () =>
            {
                try
                {
                    using RawClient c = RawClient.Tcp(proxy.Port());
                    return false;
                }
                catch (SocketException)
                {
                    return true;
                }
            },
            "still listening"
        );
        go.Set();
        Assert.Equal("close", client.ReadResponse()["connection"]);
        client.ExpectEnd();
        Assert.Equal(0, proxy.WaitForExit());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Soft_stop_does_not_wait_for_a_client_that_was_told_to_go(Product product)
    {
        ProxyProcess proxy = Start(
            product,
            Config(HttpOrigin(), frontend: "timeout http-request 500ms"),
            new ProxyOptions { EndsItself = true }
        );
        RawClient silent = Connect(proxy);
        long start = Environment.TickCount64;
        proxy.Signal(SIGUSR1);
        Assert.Equal(408, silent.ReadResponse().Status);
        Assert.Equal(0, proxy.WaitForExit());
        Assert.InRange(Environment.TickCount64 - start, 0, 40_000);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void It_gains_no_privileges_and_may_leave_a_core(Product product)
    {
        ProxyProcess proxy = Start(product, Config(HttpOrigin(), "set-dumpable"));
        Eventually(
            () => File.ReadAllText($"/proc/{proxy.Pid}/status").Contains("NoNewPrivs:\t1", StringComparison.Ordinal),
            "no-new-privileges is not set"
        );
        string core = Array.Find(File.ReadAllLines($"/proc/{proxy.Pid}/limits"), l =>
            l.StartsWith("Max core file size", StringComparison.Ordinal)
        )!;
        string[] fields = core["Max core file size".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(fields[1], fields[0]);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Only_a_daemon_writes_its_pid(Product product)
    {
        Start(product, Config(HttpOrigin(), "pidfile ${dir}/none/pid"));
        ProxyProcess daemon = Start(
            product,
            Config(HttpOrigin(), "pidfile ${dir}/none/pid"),
            new ProxyOptions
            {
                Arguments = ["-D"],
                EndsItself = true,
                NoWait = true,
            }
        );
        Assert.Equal(1, daemon.WaitForExit());
        Eventually(() => daemon.ErrorText.Contains("Cannot create pidfile", StringComparison.Ordinal), "nothing is said");
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void More_connections_than_descriptors_are_refused_at_start(Product product)
    {
        const string asked = "fd-hard-limit 1000\n    maxconn 5000";
        ProxyProcess strict = Start(product, Config(HttpOrigin(), asked), new ProxyOptions { EndsItself = true, NoWait = true });
        Assert.Equal(1, strict.WaitForExit());
        Eventually(() => strict.ErrorText.Contains("Cannot raise FD limit to", StringComparison.Ordinal), "nothing is said");
        ProxyProcess lenient = Start(product, Config(HttpOrigin(), asked + "\n    no strict-limits"));
        Assert.Equal("hello", Connect(lenient).Get().Body);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Hard_stop_after_bounds_the_soft_stop(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            c.ReadToEnd();
        });
        ProxyProcess proxy = Start(product, Config(origin, "hard-stop-after 3s"), new ProxyOptions { EndsItself = true });
        RawClient client = Connect(proxy);
        client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Eventually(() => origin.Heads.Count == 1, "the request does not arrive");
        proxy.Signal(SIGUSR1);
        Thread.Sleep(150);
        Assert.False(proxy.HasExited);
        proxy.WaitForExit(Patience.Ms);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Hard_stop_is_immediate(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            c.ReadToEnd();
        });
        ProxyProcess proxy = Start(product, Config(origin), new ProxyOptions { EndsItself = true });
        RawClient client = Connect(proxy);
        client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Eventually(() => origin.Heads.Count == 1, "the request does not arrive");
        proxy.Signal(SIGTERM);
        Assert.Equal(143, proxy.WaitForExit());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_daemon_is_ready_when_the_parent_returns(Product product)
    {
        OriginServer origin = HttpOrigin();
        ProxyProcess parent = Start(
            product,
            Config(origin),
            new ProxyOptions
            {
                Arguments = ["-D", "-p", Path.Combine(Directory, "pid")],
                EndsItself = true,
                NoWait = true,
            }
        );
        Assert.Equal(0, parent.WaitForExit());
        int pid = int.Parse(File.ReadAllText(Path.Combine(Directory, "pid")).Trim());
        try
        {
            Assert.NotEqual(parent.Pid, pid);
            Assert.Equal("hello", Connect(parent).Get().Body);
        }
        finally
        {
            kill(pid, SIGTERM);
        }
        Eventually(
            () => kill(pid, 0) != 0 || File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal),
            "the daemon does not stop"
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_daemon_that_cannot_start_says_so_in_its_status(Product product)
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        int port = Ports.Free();
        other.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, port));
        other.Listen(1);
        ProxyProcess parent = Start(
            product,
            Defaults + $"frontend fe\n    bind 127.0.0.1:{port}\n",
            new ProxyOptions
            {
                Arguments = ["-D"],
                EndsItself = true,
                NoWait = true,
            }
        );
        Assert.Equal(1, parent.WaitForExit());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Few_descriptors_slow_it_down_and_break_nothing(Product product)
    {
        OriginServer origin = HttpOrigin();
        // 20 clients at a time need about 40 descriptors; the rest waits in the kernel's queue
        ProxyProcess proxy = Start(product, Config(origin, "maxconn 20\n    no strict-limits"), new ProxyOptions { DescriptorLimit = 60 });
        var threads = new List<Thread>();
        int ok = 0;
        for (int t = 0; t < 60; t++)
        {
            var thread = new Thread(() =>
            {
                for (int i = 0; i < 5; i++)
                {
                    using RawClient client = RawClient.Tcp(proxy.Port());
                    if (client.Get("/", "Connection: close\r\n").Status == 200)
                        Interlocked.Increment(ref ok);
                }
            });
            thread.Start();
            threads.Add(thread);
        }
        foreach (Thread thread in threads)
            thread.Join();
        Assert.Equal(300, ok);
        Assert.Equal("hello", Connect(proxy).Get().Body);
    }

    public static TheoryData<Product, string, string> Limits =>
        Products.BothWith(("maxconn 4", ""), ("maxconn 100", "maxconn 2"), ("maxconn 100", "bind"));

    [Theory, MemberData(nameof(Limits))]
    public void No_more_connections_are_taken_than_maxconn(Product product, string global, string proxies)
    {
        string bind = proxies == "bind" ? "maxconn 2" : "";
        ProxyProcess proxy = Start(
            product,
            $$"""
            global
                nbthread 4
                {{global}}
            defaults
                mode http
                backlog 100
                {{(proxies == "bind" ? "" : proxies)}}
                timeout client 20s
                timeout http-keep-alive 20s
            frontend one
                bind 127.0.0.1:${p1} {{bind}}
                http-request return status 200
            frontend two
                bind 127.0.0.1:${p2} {{bind}}
                http-request return status 200
            """
        );
        var clients = new List<RawClient>();
        for (int i = 0; i < 60; i++)
        {
            clients.Add(Connect(proxy, 1 + i % 2));
            clients[i].Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        }
        // the rest waits in the kernel, and each that leaves lets one in
        for (int left = 0; left < 50; left++)
        {
            List<RawClient> served = [];
            Eventually(() => (served = clients.FindAll(static c => c.Socket.Available > 0)).Count >= 4, "nobody is let in");
            if (left % 8 == 0)
                Thread.Sleep(30);
            Assert.Equal(4, clients.FindAll(static c => c.Socket.Available > 0).Count);
            // one of each frontend by turns, where each has a limit of its own
            RawClient leaving = served.Find(c => Of(c, proxy) == 1 + left % 2) ?? served[0];
            leaving.Dispose();
            clients.Remove(leaving);
        }
    }

    private static int Of(RawClient client, ProxyProcess proxy) =>
        ((System.Net.IPEndPoint)client.Socket.RemoteEndPoint!).Port == proxy.Port("p1") ? 1 : 2;

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Descriptors_come_back_after_many_connections(Product product)
    {
        OriginServer origin = HttpOrigin();
        ProxyProcess proxy = Start(product, Config(origin, frontend: "option httpclose"));
        Connect(proxy).Get();
        Thread.Sleep(100);
        int before = proxy.DescriptorCount();
        for (int i = 0; i < 100; i++)
        {
            using RawClient c = RawClient.Tcp(proxy.Port());
            if (i % 3 == 0)
                c.Send("GET / HT");
            else
                c.Get();
            if (i % 2 == 0)
                c.Reset();
        }
        Eventually(() => proxy.DescriptorCount() <= before, $"{proxy.DescriptorCount()} descriptors, {before} before");
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Slow_clients_do_not_hold_up_others(Product product)
    {
        OriginServer origin = HttpOrigin();
        ProxyProcess proxy = Start(product, Config(origin));
        for (int i = 0; i < 200; i++)
            Connect(proxy).Send("GET / HTTP/1.1\r\nX-Slow: ");
        RawClient quick = Connect(proxy);
        long start = Environment.TickCount64;
        for (int i = 0; i < 50; i++)
            Assert.Equal(200, quick.Get().Status);
        Assert.InRange(Environment.TickCount64 - start, 0, 40_000);
    }
}
