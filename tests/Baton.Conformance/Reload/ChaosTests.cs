// kill -9 of either process at random moments of a reload, again and again, under load. What a killed process was just
// answering dies with it, one request a client at most; beyond that nothing may fail, and never a connect.
// BATON_CHAOS=N makes N rounds of each instead of a few (tools/chaos).
using System;
using System.Diagnostics;
using System.Globalization;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Reload;

public sealed class ChaosTests
{
    private const int SigKill = 9,
        Clients = 4;
    private const string Answer = "    http-request return status 200 content-type text/plain string hello";

    private static int Rounds(int few) =>
        int.TryParse(Environment.GetEnvironmentVariable("BATON_CHAOS"), CultureInfo.InvariantCulture, out int n) ? n : few;

    private static readonly int s_seed = int.TryParse(
        Environment.GetEnvironmentVariable("BATON_CHAOS_SEED"),
        CultureInfo.InvariantCulture,
        out int n
    )
        ? n
        : Environment.TickCount;

    /// <summary>Busy waiting: a sleep is too coarse for a start that takes ten milliseconds.</summary>
    private static void Wait(Random random, int mostMicroseconds)
    {
        long end = Stopwatch.GetTimestamp() + random.Next(mostMicroseconds) * (Stopwatch.Frequency / 1_000_000);
        while (Stopwatch.GetTimestamp() < end)
            Thread.SpinWait(20);
    }

    /// <summary>
    /// The new process is killed at a random moment from before its first instruction to well after it serves. As long as the
    /// old one is alive (until it has been told and has left), clients notice at most their request in hand.
    /// </summary>
    [Fact]
    public void A_new_process_killed_at_any_moment_harms_nobody()
    {
        var random = new Random(s_seed);
        using var daemons = new Daemons();
        int port = Ports.Free(),
            kills = 0,
            survived = 0;
        string config = daemons.Write("handover-probation 300ms", $"frontend fe\n    bind 127.0.0.1:{port}\n{Answer}");
        Assert.Equal(0, daemons.Start(Product.Baton, config).Status);
        var load = new RequestLoad(port, Clients);
        int rounds = Rounds(25);
        for (int i = 0; i < rounds; i++)
        {
            int old = daemons.Pid;
            var info = new ProcessStartInfo(
                Products.Path(Product.Baton),
                ["-db", "-f", config, "-x", daemons.Socket, "-sf", old.ToString(CultureInfo.InvariantCulture)]
            )
            {
                RedirectStandardError = true,
            };
            using Process next = Process.Start(info)!;
            Wait(random, 40_000);
            Inheritance.Signal(next.Id, SigKill);
            next.WaitForExit();
            kills++;
            // whoever was killed, the old process serves: it was in charge, or it is again
            Thread.Sleep(20);
            Assert.True(System.IO.Directory.Exists($"/proc/{old}"), $"round {i}, seed {s_seed}: the old process has left");
            int before = load.Served;
            for (int wait = 0; wait < 400 && load.Served < before + 5; wait++)
                Thread.Sleep(5);
            Assert.True(load.Served >= before + 5, $"round {i}, seed {s_seed}: nobody serves");
            survived++;
        }
        (int served, int failed, string? why) = load.Stop();
        Assert.True(load.Refused == 0, $"{load.Refused} connects failed, seed {s_seed}");
        Assert.True(failed <= kills * Clients, $"{failed} of {served} failed: {why}, seed {s_seed}");
        Assert.Equal(rounds, survived);
    }

    /// <summary>A master that starts crashed workers again: any worker is killed at any moment, no connect ever fails.</summary>
    [Fact]
    public void Workers_killed_at_any_moment_are_replaced()
    {
        var random = new Random(s_seed + 1);
        using var master = new MasterUnderTest(Product.Baton, "    master-worker no-exit-on-failure\n    handover-probation 200ms");
        var load = new RequestLoad(master.Port, Clients);
        int rounds = Rounds(15),
            kills = 0;
        for (int i = 0; i < rounds; i++)
        {
            int before = master.Workers() is [var w] ? w : 0;
            master.Signal(12);
            Wait(random, 30_000);
            // the children of the master, whatever they are: the one that serves, the one that starts, one that leaves
            string[] children = System
                .IO.File.ReadAllText($"/proc/{master.Pid}/task/{master.Pid}/children")
                .Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (children.Length > 0)
            {
                Inheritance.Signal(int.Parse(children[random.Next(children.Length)], CultureInfo.InvariantCulture), SigKill);
                kills++;
            }
            int served = load.Served;
            master.WaitFor(
                () => load.Served > served + 20 && master.Workers().Count == 1 && master.Workers("# starting workers").Count == 0,
                $"a serving worker, round {i}, seed {s_seed}"
            );
        }
        (int all, int failed, string? why) = load.Stop();
        Assert.True(load.Refused == 0, $"{load.Refused} connects failed, seed {s_seed}");
        Assert.True(failed <= kills * Clients, $"{failed} of {all} failed: {why}, seed {s_seed}");
        Assert.True(kills >= rounds / 2, $"only {kills} kills");
    }

    /// <summary>The old process is killed at any moment: the new one serves as soon as it has the sockets, or says that it could not get
    /// them.</summary>
    [Fact]
    public void An_old_process_killed_at_any_moment_leaves_a_clear_result()
    {
        var random = new Random(s_seed + 2);
        using var daemons = new Daemons();
        int port = Ports.Free();
        string config = daemons.Write("", $"frontend fe\n    bind 127.0.0.1:{port}\n{Answer}");
        int taken = 0,
            failedStarts = 0,
            rounds = Rounds(15);
        for (int i = 0; i < rounds; i++)
        {
            Assert.Equal(0, daemons.Start(Product.Baton, config).Status);
            int old = daemons.Pid;
            using Process next = Process.Start(
                new ProcessStartInfo(
                    Products.Path(Product.Baton),
                    ["-D", "-f", config, "-p", daemons.PidFile, "-x", daemons.Socket, "-sf", old.ToString(CultureInfo.InvariantCulture)]
                )
                {
                    RedirectStandardError = true,
                }
            )!;
            Wait(random, 60_000);
            Inheritance.Signal(old, SigKill);
            string error = next.StandardError.ReadToEnd();
            Assert.True(next.WaitForExit(Patience.Ms), $"hangs, seed {s_seed}");
            if (next.ExitCode == 0)
            {
                Assert.NotEqual(old, daemons.Pid);
                for (int k = 0; k < 5; k++)
                    Assert.Null(RequestLoad.Request(port));
                taken++;
            }
            else
            {
                Assert.Contains("Failed to get the sockets", error);
                failedStarts++;
            }
            Inheritance.Signal(daemons.Pid, SigKill);
            for (int k = 0; k < 500 && RequestLoad.Request(port) != "ConnectionRefused"; k++)
                Thread.Sleep(2);
        }
        Assert.Equal(rounds, taken + failedStarts);
    }
}
