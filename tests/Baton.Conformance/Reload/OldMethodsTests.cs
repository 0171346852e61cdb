// The methods that need no conversation: SIGTTOU and SIGTTIN (2006), SO_REUSEPORT, and a holder of sockets outside of the
// load balancer (examples/socket-server).
using System;
using System.Diagnostics;
using System.IO;
using System.Net.Sockets;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Reload;

public sealed class OldMethodsTests
{
    private const int SigTtin = 21,
        SigTtou = 22;
    private const string Answer = "    http-request return status 200 content-type text/plain string hello";

    private static string Frontend(int port, string more = "") => $"frontend fe\n    bind 127.0.0.1:{port}\n{more}{Answer}";

    private static void Until(Func<bool> condition, string what)
    {
        long end = Environment.TickCount64 + Patience.Ms;
        while (!condition())
        {
            if (Environment.TickCount64 > end)
                Assert.Fail("waited for " + what);
            Thread.Sleep(5);
        }
    }

    [Theory]
    [InlineData(Product.Baton, Product.Baton)]
    [InlineData(Product.Haproxy, Product.Baton)]
    [InlineData(Product.Baton, Product.Haproxy)]
    public void Without_reuseport_the_old_process_makes_room(Product old, Product next)
    {
        using var daemons = new Daemons();
        int port = Ports.Free();
        // no stats socket: haproxy's unlink of its path has nothing to do with this
        string config = daemons.Write(
            $"global\n    nbthread 1\n    noreuseport\ndefaults\n    mode http\n    timeout connect 20s\n    timeout client 60s\n    timeout server 60s\n{Frontend(port)}\n"
        );
        (int status, string error) = daemons.Start(old, config);
        Assert.True(status == 0, error);
        if (old == Product.Baton)
            Assert.Contains("'noreuseport'", error);
        int first = daemons.Pid;
        (status, error) = daemons.Replace(next, config, fetch: false);
        Assert.True(status == 0, error);
        Until(() => !Directory.Exists($"/proc/{first}"), "the end of the old process");
        Assert.Null(RequestLoad.Request(port));
    }

    private static bool Answers(string abstractName)
    {
        // the whole of sun_path, as both programs bind it
        try
        {
            using RawClient client = RawClient.Unix("\0" + abstractName.PadRight(107, '\0'));
            return client.Get().Status == 200;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Nothing shares an abstract name: the old process lets it go first, and takes it back when the new one fails.</summary>
    [Theory]
    [InlineData(Product.Baton, Product.Baton)]
    [InlineData(Product.Haproxy, Product.Baton)]
    [InlineData(Product.Baton, Product.Haproxy)]
    public void An_abstract_name_goes_from_one_to_the_next(Product old, Product next)
    {
        using var daemons = new Daemons();
        int port = Ports.Free();
        string name = "baton-test-" + Guid.NewGuid().ToString("N"),
            own = $"    bind abns@{name}\n";
        string config = daemons.Write(
            $"global\n    nbthread 1\ndefaults\n    mode http\n    timeout connect 20s\n    timeout client 60s\n    timeout server 60s\n{Frontend(port, own)}\n"
        );
        (int status, string error) = daemons.Start(old, config);
        Assert.True(status == 0, error);
        Assert.True(Answers(name));
        int first = daemons.Pid;
        (status, error) = daemons.Replace(next, config, fetch: false);
        Assert.True(status == 0, error);
        Until(() => !Directory.Exists($"/proc/{first}"), "the end of the old process");
        Assert.True(Answers(name));
        Assert.Null(RequestLoad.Request(port));
    }

    [Fact]
    public void An_abstract_name_comes_back_after_a_pause()
    {
        using var daemons = new Daemons();
        int port = Ports.Free();
        string name = "baton-test-" + Guid.NewGuid().ToString("N");
        Assert.Equal(0, daemons.Start(Product.Baton, daemons.Write("", Frontend(port, $"    bind abns@{name}\n"))).Status);
        Assert.True(Answers(name));
        Inheritance.Signal(daemons.Pid, SigTtou);
        Until(() => !Answers(name), "the pause");
        Inheritance.Signal(daemons.Pid, SigTtin);
        Until(() => Answers(name), "the end of the pause");
    }

    [Fact]
    public void A_start_that_fails_lets_the_old_process_listen_again()
    {
        using var daemons = new Daemons();
        int port = Ports.Free();
        using var foreign = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        foreign.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        foreign.Listen(1);
        int taken = ((System.Net.IPEndPoint)foreign.LocalEndPoint!).Port;
        Assert.Equal(0, daemons.Start(Product.Baton, daemons.Write("noreuseport", Frontend(port))).Status);
        int first = daemons.Pid;
        (int status, string error) = daemons.Replace(
            Product.Baton,
            daemons.Write("noreuseport", Frontend(port, $"    bind 127.0.0.1:{taken}\n")),
            fetch: false
        );
        Assert.Equal(1, status);
        Assert.Contains("Address already in use", error);
        Assert.Equal(first, daemons.Pid);
        Until(() => RequestLoad.Request(port) is null, "the old process");
    }

    [Fact]
    public void SIGTTOU_stops_listening_and_SIGTTIN_resumes()
    {
        using var daemons = new Daemons();
        int port = Ports.Free();
        Assert.Equal(0, daemons.Start(Product.Baton, daemons.Write("", Frontend(port))).Status);
        Inheritance.Signal(daemons.Pid, SigTtou);
        Until(() => RequestLoad.Request(port) == "ConnectionRefused", "the pause");
        Inheritance.Signal(daemons.Pid, SigTtin);
        Until(() => RequestLoad.Request(port) is null, "the end of the pause");
    }

    [Fact]
    public void SIGTTOU_is_nothing_to_sockets_that_were_given_away()
    {
        using var daemons = new Daemons();
        int port = Ports.Free();
        Assert.Equal(0, daemons.Start(Product.Baton, daemons.Write("", Frontend(port))).Status);
        using (var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            client.Connect(new UnixDomainSocketEndPoint(daemons.Socket));
            client.Send("_getsocks\n"u8);
            Assert.Equal(4, client.Receive(new byte[4]));
            Assert.True(client.Receive(new byte[512]) > 0);
        }
        var load = new RequestLoad(port);
        for (int i = 0; i < 20; i++)
        {
            Inheritance.Signal(daemons.Pid, SigTtou);
            Thread.Sleep(10);
        }
        (int served, int failed, string? why) = load.Stop();
        Assert.True(failed == 0 && served > 50, $"{failed} of {served} failed: {why}");
    }

    [Fact]
    public void Reuseport_alone_takes_over()
    {
        using var daemons = new Daemons();
        int port = Ports.Free();
        string config = daemons.Write("", Frontend(port));
        Assert.Equal(0, daemons.Start(Product.Baton, config).Status);
        for (int i = 0; i < 4; i++)
        {
            int old = daemons.Pid;
            Assert.Equal(0, daemons.Replace(i % 2 == 0 ? Product.Haproxy : Product.Baton, config, fetch: false).Status);
            Until(() => !Directory.Exists($"/proc/{old}"), "the end of the old process");
            Assert.Null(RequestLoad.Request(port));
        }
    }

    [Fact]
    public void A_socket_server_outlives_every_process()
    {
        string root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Baton.slnx")))
            root = Path.GetDirectoryName(root)!;
        string script = Path.Combine(root, "examples/socket-server/socket_server.py"),
            config = Path.Combine(root, "examples/socket-server/web.cfg");
        using var daemons = new Daemons();
        string holder = Path.Combine(daemons.Directory, "holder");
        int port = Ports.Free();
        using Process server = Process.Start("python3", [script, "serve", holder]);
        try
        {
            Until(() => File.Exists(holder), "the holder");
            int Run(Product product, params string[] more)
            {
                (Process process, string error) = Daemons.Run(
                    "python3",
                    [
                        script,
                        "run",
                        holder,
                        $"WEB=127.0.0.1:{port}",
                        "--",
                        Products.Path(product),
                        "-D",
                        "-p",
                        daemons.PidFile,
                        "-f",
                        config,
                        .. more,
                    ]
                );
                using (process)
                {
                    Assert.True(process.ExitCode == 0, error);
                    return daemons.Pid;
                }
            }
            int pid = Run(Product.Baton);
            Until(() => RequestLoad.Request(port) is null, "the first process");
            var load = new RequestLoad(port);
            for (int i = 0; i < 8; i++)
                pid = Run(
                    i % 4 == 3 ? Product.Haproxy : Product.Baton,
                    "-sf",
                    pid.ToString(System.Globalization.CultureInfo.InvariantCulture)
                );
            (int served, int failed, string? why) = load.Stop();
            Assert.True(failed == 0 && served > 50, $"{failed} of {served} failed: {why}");
        }
        finally
        {
            server.Kill();
        }
    }
}
