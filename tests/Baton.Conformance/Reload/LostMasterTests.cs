// kill -9 of a master. Its worker serves on and answers in its place at the master's socket; a master that is started again
// with that socket takes it over, with its connections. Without such a socket the worker ends at once, as haproxy's does.
using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Net.Sockets;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Reload;

public sealed class LostMasterTests : Scenario
{
    private const int SIGKILL = 9,
        SIGTERM = 15,
        SIGUSR2 = 12;

    private readonly int _port = Ports.Free();

    public LostMasterTests() => Keep(new Leftovers(Directory));

    /// <summary>A worker that outlives its master is no child of the test.</summary>
    private sealed class Leftovers(string directory) : IDisposable
    {
        public void Dispose() => Reloadable.StopAll(directory);
    }

    private string CliPath => Path.Combine(Directory, "m");

    private string Config(string extra = "")
    {
        string path = Path.Combine(Directory, "cfg");
        File.WriteAllText(
            path,
            $"""
            global
                nbthread 2
                stats socket {Directory}/s mode 600 level admin expose-fd listeners
            defaults
                mode http
                timeout connect 20s
                timeout client 60s
                timeout server 60s
            frontend fe
                bind 127.0.0.1:{_port}
                http-request return status 200 content-type text/plain string hello
            {extra}

            """
        );
        return path;
    }

    private sealed class Program(Process process) : IDisposable
    {
        public Process Process => process;

        public void Dispose()
        {
            if (!process.HasExited)
            {
                Inheritance.Signal(process.Id, SIGTERM);
                if (!process.WaitForExit(Patience.Ms))
                    process.Kill(true);
            }
            process.Dispose();
        }
    }

    private Process Master(Product product, string config, params string[] more)
    {
        Process process = Process.Start(Products.Path(product), ["-W", "-q", "-f", config, .. more]);
        Keep(new Program(process));
        return process;
    }

    private static int Child(int pid) =>
        int.TryParse(
            File.ReadAllText($"/proc/{pid}/task/{pid}/children").Trim().Split(' ')[^1],
            CultureInfo.InvariantCulture,
            out int child
        )
            ? child
            : 0;

    private bool Serves() => RequestLoad.Request(_port) is null;

    private string Ask(string command)
    {
        try
        {
            return MasterUnderTest.AskAt(CliPath, command, 3000);
        }
        catch (SocketException)
        {
            return "";
        }
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Without_a_socket_the_worker_ends_at_once(Product product)
    {
        Process master = Master(product, Config());
        Eventually(Serves, "nobody serves");
        int worker = Child(master.Id);
        using RawClient kept = RawClient.Tcp(_port);
        Assert.Equal(200, kept.Get().Status);
        Inheritance.Signal(master.Id, SIGKILL);
        Reloadable.WaitGone(worker, Patience.Ms);
        kept.ExpectEnd();
    }

    [Fact]
    public void The_worker_serves_on_and_a_new_master_takes_it_over()
    {
        string config = Config();
        Process master = Master(Product.Baton, config, "-S", CliPath);
        Eventually(() => Serves() && Ask("show version").Length > 0, "nobody serves");
        int worker = Child(master.Id);
        using RawClient kept = RawClient.Tcp(_port);
        Assert.Equal(200, kept.Get().Status);
        for (int round = 0; round < 3; round++)
        {
            var load = new RequestLoad(_port, 2);
            Inheritance.Signal(master.Id, SIGKILL);
            master.WaitForExit();
            Eventually(
                () => Ask("show info").Contains($"Pid: {worker}\n", StringComparison.Ordinal),
                "the worker does not answer for its master"
            );
            Assert.Equal(200, kept.Get().Status);
            if (round == 1)
            {
                // one that cannot start leaves everything as it was
                Process failing = Master(Product.Baton, Config("nonsense"), "-S", CliPath);
                Assert.True(failing.WaitForExit(Patience.Ms));
                Assert.Equal(1, failing.ExitCode);
                Assert.Contains($"Pid: {worker}\n", Ask("show info"));
                Config();
            }
            int before = worker;
            master = Master(Product.Baton, config, "-S", CliPath);
            Eventually(() => Ask("show proc").Contains("# workers", StringComparison.Ordinal), "no new master");
            Reloadable.WaitGone(before, Patience.Ms);
            worker = Child(master.Id);
            Assert.Equal(200, kept.Get().Status);
            (_, int failed, string? why) = load.Stop();
            Assert.True(failed == 0, why);
        }
        // it is a master like any other: a reload, and the end of all
        Assert.StartsWith("Success=1", Ask("reload"));
        Assert.Equal(200, kept.Get().Status);
        Inheritance.Signal(master.Id, SIGTERM);
        Assert.True(master.WaitForExit(Patience.Ms));
        Eventually(() => !Serves(), "somebody still serves");
    }

    [Fact]
    public void A_master_killed_in_the_middle_of_reloads_leaves_one_worker_that_serves()
    {
        string config = Config();
        var random = new Random(Environment.TickCount);
        Process master = Master(Product.Baton, config, "-S", CliPath);
        Eventually(() => Serves() && Ask("show version").Length > 0, "nobody serves");
        var load = new RequestLoad(_port, 2);
        for (int round = 0; round < 8; round++)
        {
            Inheritance.Signal(master.Id, SIGUSR2);
            Thread.Sleep(random.Next(40));
            Inheritance.Signal(master.Id, SIGKILL);
            master.WaitForExit();
            Eventually(
                () => Ask("show info").Contains("Pid: ", StringComparison.Ordinal),
                $"round {round}: nobody answers at the master's socket",
                8000
            );
            int served = load.Served;
            Eventually(() => load.Served > served + 10, $"round {round}: nobody serves");
            master = Master(Product.Baton, config, "-S", CliPath);
            Eventually(() => Ask("show proc").Contains("# workers", StringComparison.Ordinal), $"round {round}: no new master");
        }
        (_, int failed, string? why) = load.Stop();
        Assert.True(failed == 0, why);
    }
}
