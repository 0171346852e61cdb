// Every way a reload can fail, under load, by -x and by a master: no client notices, the reason is told, and the process
// that served goes on. (Kills and hangs at every step: ChaosTests, FrameBoundaryTests, TransferFailureTests.)
using System;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Reload;

public sealed class FailedReloadTests
{
    /// <summary>What stands behind the frontend in the new file (${taken}: a port somebody else listens on), and what is said about
    /// it.</summary>
    public static TheoryData<string, string> Failures =>
        new()
        {
            { "    bogus line", "unknown keyword 'bogus'" },
            { "backend b\n    server s no-such-host.invalid:80", "no-such-host.invalid" },
            { "    bind 127.0.0.1:${taken}", "ddress already in use" },
            { "    bind unix@/proc/1/baton.sock", "/proc/1/baton.sock" },
            { "    bind 192.0.2.1:8080", "cannot bind" },
            { "    http-request deny if { src -f /nonexistent/list }", "/nonexistent/list" },
            { "    errorfile 503 /nonexistent/503.http", "/nonexistent/503.http" },
            { "    default_backend nowhere", "nowhere" },
        };

    [Theory]
    [MemberData(nameof(Failures))]
    public void By_the_socket_of_the_old_process(string extra, string reason)
    {
        using Socket taken = Taken(ref extra);
        using var daemons = new Daemons();
        int port = Ports.Free();
        string Config(string more) =>
            daemons.Write(
                "",
                $"frontend fe\n    bind 127.0.0.1:{port}\n    http-request return status 200 content-type text/plain string hello\n{more}"
            );
        Assert.Equal(0, daemons.Start(Product.Baton, Config("")).Status);
        int serving = daemons.Pid;
        var load = new RequestLoad(port);
        for (int i = 0; i < 3; i++)
        {
            (int status, string error) = daemons.Replace(Product.Baton, Config(extra), fetch: true);
            Assert.Equal(1, status);
            Assert.Contains(reason, error);
            Thread.Sleep(30);
        }
        Assert.Equal(serving, daemons.Pid);
        NothingFailed(load);
        // and a good one still works
        (int good, string said) = daemons.Replace(Product.Baton, Config(""), fetch: true);
        Assert.True(good == 0, said);
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public void By_a_master(string extra, string reason)
    {
        using Socket taken = Taken(ref extra);
        using var master = new MasterUnderTest(Product.Baton);
        int worker = master.Workers()[0];
        var load = new RequestLoad(master.Port);
        master.WriteConfig(extra: extra);
        string answer = master.Ask("reload");
        Assert.StartsWith("Success=0\n--\n", answer);
        Assert.Contains(reason, answer);
        Assert.Equal([worker], master.Workers());
        NothingFailed(load);
        master.WriteConfig();
        Assert.StartsWith("Success=1", master.Ask("reload"));
    }

    /// <summary>An old worker whose connections cannot move lives through as many reloads as mworker-max-reloads says, and not one
    /// more.</summary>
    [Fact]
    public void An_old_worker_ends_after_mworker_max_reloads()
    {
        using OriginServer origin = new(c =>
        {
            c.TryReadHead(out _);
            Thread.Sleep(60_000);
        });
        using var master = new MasterUnderTest(Product.Baton, "    mworker-max-reloads 2");
        master.WriteConfig(
            extra: $"frontend slow\n    bind unix@{master.Directory}/slow\n    default_backend slow\nbackend slow\n    timeout server 60s\n    server s 127.0.0.1:{origin.Port}"
        );
        Assert.StartsWith("Success=1", master.Ask("reload"));
        int worker = master.Workers()[0];
        using var held = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        held.Connect(new UnixDomainSocketEndPoint(Path.Combine(master.Directory, "slow")));
        held.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8);
        master.WaitFor(() => origin.Connections == 1, "the request at the origin");
        for (int i = 0; i < 2; i++)
        {
            Assert.StartsWith("Success=1", master.Ask("reload"));
            master.WaitFor(
                () =>
                    Array.Exists(master.Ask("show proc").Split('\n'), l =>
                        l.StartsWith($"{worker} ", StringComparison.Ordinal) && l.EndsWith(" 1 in a request", StringComparison.Ordinal)
                    ),
                "the reason in show proc"
            );
            Assert.True(Reloadable.IsAlive(worker), $"ended after {i + 1} reloads");
        }
        Assert.StartsWith("Success=1", master.Ask("reload"));
        Reloadable.WaitGone(worker, Patience.Ms);
    }

    private static void NothingFailed(RequestLoad load)
    {
        (int served, int failed, string? why) = load.Stop();
        Assert.True(failed == 0, $"{failed} of {served} failed: {why}");
        Assert.True(served > 10, $"only {served} requests");
    }

    /// <summary>A port on which somebody else listens, put in the place of ${taken}.</summary>
    private static Socket Taken(ref string text)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, Ports.Free()));
        socket.Listen(1);
        text = text.Replace(
            "${taken}",
            ((IPEndPoint)socket.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture),
            StringComparison.Ordinal
        );
        return socket;
    }
}
