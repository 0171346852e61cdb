// Master-worker mode: reloads by signal and by the master's command line, failing ones, crashes, and the exchange of the
// program under a running master, Baton and Debian's haproxy on either side; all under load.
using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Reload;

public sealed class MasterWorkerTests
{
    private const int SigKill = 9,
        SigUsr1 = 10,
        SigUsr2 = 12,
        SigTerm = 15,
        SigHup = 1,
        SigStop = 19;

    private static void Kill(int pid) => Process.GetProcessById(pid).Kill();

    [Fact]
    public void Reloads_by_signal_and_by_command_lose_nothing()
    {
        using var master = new MasterUnderTest(Product.Baton);
        var load = new RequestLoad(master.Port);
        int before = master.Workers()[0];
        for (int i = 0; i < 4; i++)
        {
            Assert.StartsWith("Success=1\n--\n", master.Ask("reload"));
            int now = master.Workers()[0];
            Assert.NotEqual(before, now);
            master.Signal(i % 2 == 0 ? SigUsr2 : SigHup);
            master.WaitFor(() => master.Workers() is [var w] && w != now, "the reload by signal");
            before = master.Workers()[0];
        }
        (int served, int failed, string? why) = load.Stop();
        Assert.True(failed == 0, $"{failed} of {served} failed: {why}\n{master.ErrorText}");
        Assert.True(served > 100, $"only {served} requests");
        Assert.Contains($"{master.Pid, -16}master          8 [failed: 0]", master.Ask("show proc"));
        Assert.Equal(master.Pid.ToString(System.Globalization.CultureInfo.InvariantCulture), File.ReadAllText(master.PidFile).Trim());
    }

    [Fact]
    public void A_storm_of_signals_is_coalesced_and_the_last_configuration_wins()
    {
        using var master = new MasterUnderTest(Product.Baton);
        var load = new RequestLoad(master.Port, body: "");
        int most = 0;
        for (int i = 0; i < 200; i++)
        {
            master.WriteConfig($"v{i}");
            master.Signal(SigUsr2);
            if (i % 20 == 0)
                most = Math.Max(most, master.Workers("# starting workers").Count);
            Thread.Sleep(4);
        }
        master.WaitFor(() => RequestLoad.Request(master.Port, "v199") is null, "the last configuration");
        (int served, int failed, string? why) = load.Stop();
        Assert.True(failed == 0, $"{failed} of {served} failed: {why}\n{master.ErrorText}");
        Assert.True(most <= 1, $"{most} workers were starting at a time");
    }

    [Theory]
    [InlineData("    bogus line", "unknown keyword")]
    [InlineData("    default_backend nowhere", "nowhere")]
    [InlineData("    bind 127.0.0.1:1 interface nonexistent0", "cannot bind")]
    public void A_failed_reload_is_reported_and_harmless(string extra, string reason)
    {
        using var master = new MasterUnderTest(Product.Baton);
        var load = new RequestLoad(master.Port);
        int worker = master.Workers()[0];
        master.WriteConfig(extra: extra);
        string answer = master.Ask("reload");
        Assert.StartsWith("Success=0\n--\n", answer);
        Assert.Contains(reason, answer);
        Assert.Contains("[failed: 1]", master.Ask("show proc"));
        Assert.Equal([worker], master.Workers());
        Thread.Sleep(100);
        (int served, int failed, string? why) = load.Stop();
        Assert.True(failed == 0, $"{failed} of {served} failed: {why}");
        master.WriteConfig("again");
        Assert.StartsWith("Success=1", master.Ask("reload"));
        master.WaitFor(() => RequestLoad.Request(master.Port, "again") is null, "the new configuration");
    }

    [Fact]
    public void Commands_reach_master_and_workers()
    {
        using var master = new MasterUnderTest(Product.Baton);
        int worker = master.Workers()[0];
        Assert.Contains($"Pid: {worker}\n", master.Ask("@1 show info"));
        Assert.Contains($"Pid: {worker}\n", master.Ask($"@!{worker} show info"));
        Assert.Equal(master.Ask("show version"), master.Ask("@master show version"));
        Assert.Contains("Can't find the target PID", master.Ask("@!1 show info"));
        Assert.Contains("Permission denied", master.Ask("operator; reload"));
        Assert.Contains("Permission denied", master.Ask("user; @1 disable frontend fe"));
        Assert.StartsWith("Unknown command: 'nonsense'", master.Ask("nonsense"));
        Assert.Contains("hard-reload", master.Ask("help"));
        string dialogue = master.Ask("prompt\nshow version\n@1\nshow version\nquit");
        Assert.StartsWith("master> ", dialogue);
        Assert.EndsWith($"{worker}> ", dialogue);
        Assert.StartsWith("Success=1", master.Ask("hard-reload"));
        master.WaitFor(() => master.Workers("# old workers").Count == 0, "the end of the old worker");
    }

    public static TheoryData<Product, string, string> Relayed()
    {
        var data = new TheoryData<Product, string, string>();
        foreach (Product product in (Product[])[Product.Baton, Product.Haproxy])
        {
            data.Add(product, "@1 add map MAP <<\nk1 v1\nk2 two words\n\n", "k1=v1 k2=two words");
            data.Add(product, "@1 add map MAP k\\;1 v\\;1\n", "k;1=v;1");
            data.Add(product, "@1 add map MAP k\\\\1 v\\ 1\n", "k\\1=v 1");
            data.Add(product, "@1 add map MAP k v; @1 add map MAP k2 v2\n", "k=v k2=v2");
        }
        // a pattern that ends a payload is a thing of haproxy 3
        data.Add(Product.Baton, "@1 add map MAP <<END\nk1 v1\n\n@1 k2\nEND\n", "k1=v1 @1=k2");
        data.Add(Product.Baton, "@1 add map MAP <<\r\nk1 v1\r\n\r\n", "k1=v1");
        // a line that goes on, a payload that was cut, one for nobody
        data.Add(Product.Baton, "@1 add map MAP k\\\n1 v1\n", "k\n1=v1");
        data.Add(Product.Baton, "@1 add map MAP <<\nk1 v1\n", "");
        data.Add(Product.Baton, "prompt\n@!1 add map MAP <<\n@1\nquit\n", "");
        data.Add(Product.Baton, "prompt\n@1\nadd map MAP <<\nk1 v1\nquit\n\nadd map MAP k2 v2\nquit\n", "k1=v1 k2=v2");
        data.Add(
            Product.Baton,
            "prompt\n@1 add map MAP <<\n"
                + string.Concat(Enumerable.Range(0, 30_000).Select(i => $"key{i} value\n"))
                + "\n@1 del map MAP key1\nquit\n",
            "29999"
        );
        return data;
    }

    [Theory, MemberData(nameof(Relayed))]
    public void What_is_for_a_worker_arrives_as_it_was_said(Product product, string input, string expected)
    {
        using var master = new MasterUnderTest(product);
        string map = Path.Combine(master.Directory, "map");
        File.WriteAllText(map, "");
        master.WriteConfig(extra: $"    http-request set-header x %[path,map({map})]");
        master.Signal(SigUsr2);
        master.WaitFor(() => Asked(master, "@1 show map").Contains(map, StringComparison.Ordinal), "the map");
        MasterUnderTest.AskAt(
            master.CliPath,
            input.Replace("MAP", map, StringComparison.Ordinal).TrimEnd('\n')
                + (input.EndsWith("\n\n", StringComparison.Ordinal) ? "\n" : "")
        );
        string shown = MasterUnderTest.AskAt(Path.Combine(master.Directory, "s"), "show map " + map).TrimEnd('\n');
        string[] entries = shown.Length == 0 ? [] : [.. System.Text.RegularExpressions.Regex.Split(shown, @"(?:^|\n)0x[0-9a-f]+ ").Skip(1)];
        Assert.Equal(
            expected,
            entries.Length > 100
                ? $"{entries.Length}"
                : string.Join(
                    ' ',
                    entries.Select(e =>
                        e.Contains(' ', StringComparison.Ordinal)
                            ? e[..e.IndexOf(' ', StringComparison.Ordinal)] + "=" + e[(e.IndexOf(' ', StringComparison.Ordinal) + 1)..]
                            : e + "="
                    )
                )
        );
    }

    /// <summary>haproxy's master refuses connections while it executes itself again.</summary>
    private static string Asked(MasterUnderTest master, string command)
    {
        try
        {
            return master.Ask(command, 500);
        }
        catch (System.Net.Sockets.SocketException)
        {
            return "";
        }
    }

    [Fact]
    public void A_long_answer_passes_through_the_master_without_staying_there()
    {
        using var master = new MasterUnderTest(Product.Baton);
        string map = Path.Combine(master.Directory, "map");
        File.WriteAllLines(map, Enumerable.Range(0, 400_000).Select(i => $"key{i} value{i}"));
        master.WriteConfig(extra: $"    http-request set-header x %[path,map({map})]");
        Assert.StartsWith("Success=1", master.Ask("reload"), StringComparison.Ordinal);
        long before = Peak(master.Pid);
        string answer = master.Ask($"@1 show map {map}");
        Assert.Equal(400_000, answer.AsSpan().Count("value"));
        Assert.True(Peak(master.Pid) < before + 8_000, $"{Peak(master.Pid)} KB after {before}");
    }

    private static long Peak(int pid) =>
        long.Parse(
            File.ReadLines($"/proc/{pid}/status")
                .Single(l => l.StartsWith("VmHWM", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            System.Globalization.CultureInfo.InvariantCulture
        );

    [Fact]
    public void The_end_has_the_exit_status_of_haproxy()
    {
        foreach (Product product in (Product[])[Product.Baton, Product.Haproxy])
        {
            foreach (int signal in (int[])[SigTerm, SigUsr1])
            {
                using var master = new MasterUnderTest(product);
                master.Signal(signal);
                Assert.True(master.WaitForExit() == 0, $"{product} {signal}: {master.ErrorText}");
            }
            using var crashing = new MasterUnderTest(product);
            Kill(crashing.Workers()[0]);
            Assert.Equal(128 + SigKill, crashing.WaitForExit());
        }
    }

    [Fact]
    public void What_a_crashed_worker_had_queued_is_served_by_the_next_one()
    {
        using var master = new MasterUnderTest(Product.Baton, "    master-worker no-exit-on-failure");
        int worker = master.Workers()[0];
        // it no longer accepts: what arrives now is queued
        Inheritance.Signal(worker, SigStop);
        string? why = "not asked";
        var client = new Thread(() => why = RequestLoad.Request(master.Port));
        client.Start();
        Thread.Sleep(100);
        Kill(worker);
        client.Join();
        Assert.Null(why);
        Assert.NotEqual(worker, master.Workers()[0]);
    }

    [Fact]
    public void A_worker_that_dies_within_the_probation_gives_way_to_the_one_before()
    {
        using var master = new MasterUnderTest(Product.Baton, "    handover-probation 2s");
        int first = master.Workers()[0];
        Assert.StartsWith("Success=1", master.Ask("reload"));
        var load = new RequestLoad(master.Port, 1);
        Kill(master.Workers()[0]);
        master.WaitFor(() => master.Workers() is [var w] && w == first, "the first worker");
        int served = load.Served;
        master.WaitFor(() => load.Served > served + 20, "requests");
        load.Stop();
        Assert.StartsWith("Success=1", master.Ask("reload"));
    }

    [Fact]
    public void A_worker_that_hangs_at_its_start_is_given_up()
    {
        using var master = new MasterUnderTest(Product.Baton, environment: new() { ["BATON_START_TIMEOUT"] = "1" });
        var load = new RequestLoad(master.Port);
        string fifo = Path.Combine(master.Directory, "fifo");
        using (Process make = Process.Start("mkfifo", fifo))
            make.WaitForExit();
        master.WriteConfig(extra: $"    errorfile 503 {fifo}");
        string answer = master.Ask("reload");
        Assert.StartsWith("Success=0", answer);
        Assert.Contains("did not serve within 1 s", answer);
        int before = load.Served;
        master.WaitFor(() => load.Served > before + 20, "requests");
        (int served, int failed, string? why) = load.Stop();
        Assert.True(failed == 0, $"{failed} of {served} failed: {why}");
    }

    [Fact]
    public void The_program_can_be_exchanged_for_haproxy_and_back_under_load()
    {
        using var master = new MasterUnderTest(Product.Haproxy);
        var load = new RequestLoad(master.Port);
        for (int i = 1; i <= 6; i++)
        {
            Product next = i % 2 == 1 ? Product.Baton : Product.Haproxy;
            int worker = 0;
            // haproxy's master forgets a client of its command line when it executes itself again
            master.WaitFor(() => Serving(master, out worker) is not null, "the worker");
            master.Install(next);
            master.Signal(SigUsr2);
            master.WaitFor(() => Serving(master, out int now) == next && now != worker, $"exchange {i}");
        }
        (int served, int failed, string? why) = load.Stop();
        Assert.True(failed == 0, $"{failed} of {served} failed: {why}\n{master.ErrorText}");
        Assert.True(served > 100, $"only {served} requests");
    }

    [Fact]
    public void The_upgrade_of_the_program_answers_the_reload_command()
    {
        using var master = new MasterUnderTest(Product.Baton);
        int worker = master.Workers()[0];
        master.Install(Product.Baton);
        Assert.StartsWith("Success=1", master.Ask("reload"));
        Assert.NotEqual(worker, master.Workers()[0]);
        // a program that cannot even say its version does not get the master's place
        File.WriteAllText(master.Program + ".new", "#!/bin/sh\nexit 3\n");
        File.SetUnixFileMode(master.Program + ".new", (UnixFileMode)0b111_101_101);
        File.Move(master.Program + ".new", master.Program, true);
        string answer = master.Ask("reload");
        Assert.StartsWith("Success=0", answer);
        Assert.Contains("exited with code 3", answer);
        Assert.Null(RequestLoad.Request(master.Port));
    }

    /// <summary>What the only worker is; null when the master does not answer just now.</summary>
    private static Product? Serving(MasterUnderTest master, out int worker)
    {
        worker = 0;
        try
        {
            if (master.Workers(timeoutMs: 500) is not [int only])
                return null;
            worker = only;
            string info = master.Ask("@1 show info", 500);
            return info.Contains("Name: Baton", StringComparison.Ordinal) ? Product.Baton
                : info.Contains("Name: HAProxy", StringComparison.Ordinal) ? Product.Haproxy
                : null;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return null;
        }
    }
}
