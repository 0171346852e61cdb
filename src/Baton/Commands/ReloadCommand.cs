// "baton reload": one command for a master and for a process alone. Waits for the result, says what changed and how long
// it took; when it fails the old configuration goes on and the exit status is 1.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Text;
using System.Threading;
using Baton.Configuration;
using Baton.Configuration.Model;
using Baton.Interop.Linux;

namespace Baton.Commands;

internal static class ReloadCommand
{
    public const string Arguments = "(-p PIDFILE | -S MASTER-ADDRESS | --socket STATS-SOCKET) [--dry-run]";
    public const string Summary =
        "reloads a running process or master, waits for the result, and says what changed;\n"
        + "when the new configuration fails, the reason is on stderr, the status 1, and what runs goes on;\n"
        + "with --dry-run it says what would change and whether the configuration would be accepted, and changes nothing";
    private const int ReloadTimeoutMs = 90_000;

    public static int Run(string[] args)
    {
        string? pidFile = null,
            master = null,
            socket = null;
        bool isDry = Array.IndexOf(args, "--dry-run") >= 0;
        args = Array.FindAll(args, static a => a != "--dry-run");
        for (int i = 0; i < args.Length; i += 2)
        {
            string? value = i + 1 < args.Length ? args[i + 1] : null;
            switch (args[i])
            {
                case "-p" when value is not null:
                    pidFile = value;
                    break;
                case "-S" when value is not null:
                    master = RunningProcess.Address(value, Environment.CurrentDirectory);
                    break;
                case "--socket" when value is not null:
                    socket = RunningProcess.Address(value, Environment.CurrentDirectory);
                    break;
                default:
                    return Companions.Find("reload")!.Refuse(Companions.WrongArgument(args[i], "--socket", "--dry-run"));
            }
        }
        if ((pidFile is null ? 0 : 1) + (master is null ? 0 : 1) + (socket is null ? 0 : 1) != 1)
            return Companions.Find("reload")!.Refuse("which process? Name it in one way.");
        if (master is not null && !isDry)
            return ReloadMaster(master);
        int pid =
            pidFile is not null ? ReadPid(pidFile)
            : master is not null ? ReadNumber(RuntimeClient.Information(master, "@1 "), "Pid")
            : ReadNumber(RuntimeClient.Information(socket!, ""), "Pid");
        if (pid <= 0)
            return Fail(pidFile is not null ? $"{pidFile} names no process" : $"no answer from {master ?? socket}");
        RunningProcess? process = RunningProcess.Find(pid);
        if (process is null)
            return Fail($"there is no process {pid}");
        if (process.Master is { } parent)
            process = parent;
        if (process.Arguments.Length > 1 && process.Arguments[1] == "quickstart")
            return Fail(
                $"process {process.Pid} serves a configuration that is in no file; 'baton quickstart --print' writes it, and the page it serves says how to go on"
            );
        if (isDry)
            return DryRun.Run(process, master ?? socket);
        if (!process.IsMaster)
            return ReloadAlone(process, socket);
        return process.Option("-S") is { } cli
            ? ReloadMaster(RunningProcess.Address(cli, process.Directory))
            : Fail($"the master {process.Pid} has no command line to ask: start it with -S ADDRESS, or send it SIGUSR2");
    }

    private static int ReloadMaster(string address)
    {
        Snapshot before = Snapshot.Take(address, "@1 ");
        int old = ReadNumber(RuntimeClient.Information(address, "@1 "), "Pid");
        long start = Stopwatch.GetTimestamp();
        string? answer = RuntimeClient.Ask(address, "reload", ReloadTimeoutMs, out string error);
        double took = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        if (answer is null)
            return Fail(error);
        int at = answer.IndexOf("--\n", StringComparison.Ordinal);
        string log = at < 0 ? answer : answer[(at + 3)..].TrimEnd('\n');
        if (!answer.StartsWith("Success=1", StringComparison.Ordinal))
            return Fail($"the configuration that runs goes on\n{log}");
        Report(took, old, ReadNumber(RuntimeClient.Information(address, "@1 "), "Pid"), log, before, Snapshot.Take(address, "@1 "));
        return 0;
    }

    /// <summary>What a process serves, asked before and after.</summary>
    private sealed record Snapshot(SortedDictionary<string, string> Proxies, string? Configuration)
    {
        /// <summary>The configuration is null from a program that does not tell it.</summary>
        public static Snapshot Take(string address, string prefix)
        {
            string? text = RuntimeClient.Ask(address, prefix + "show configuration", 5000, out _);
            return new(
                RuntimeClient.Proxies(address, prefix),
                text is null
                || text.StartsWith("Unknown command", StringComparison.Ordinal)
                || text.StartsWith("Permission", StringComparison.Ordinal)
                    ? null
                    : text
            );
        }
    }

    /// <summary>Starts the same program with the same arguments, "-x" and "-sf" in addition, and waits until it serves.</summary>
    private static int ReloadAlone(RunningProcess process, string? socket)
    {
        socket ??= process.StatsSocket(exposed: true);
        if (socket is null)
            return Fail("its configuration has no stats socket on a path with 'expose-fd listeners'; name one with --socket PATH");
        Snapshot before = Snapshot.Take(socket, "");
        var arguments = new List<string> { process.Arguments[0], "-x", socket, "-sf", process.Pid.ToString(CultureInfo.InvariantCulture) };
        arguments.AddRange(Lifecycle.MasterStart.WithoutPredecessors(process.ArgumentsInPlace[1..]));
        // in the background, so that its status says whether it serves
        if (!arguments.Contains("-D"))
            arguments.Insert(1, "-D");
        arguments.Remove("-db");
        if (!Files.Pipe(out int readEnd, out int writeEnd))
            return Fail("cannot create a pipe");
        List<string> environment = Processes.Environment();
        environment.Add(Lifecycle.StartSteps.Variable + "=1");
        // its arguments may be relative paths
        if (Files.chdir(process.Directory) < 0)
            return Fail($"cannot change to its directory {process.Directory} ({Errno.Message(Interop.Linux.Sockets.Last)})");
        long start = Stopwatch.GetTimestamp();
        int pid = Processes.Spawn(process.Program, arguments, environment, false, [(writeEnd, 2)]);
        Files.close(writeEnd);
        if (pid < 0)
            return Fail($"cannot execute {process.Program} ({Errno.Message(-pid)})");
        var said = new StringBuilder();
        byte[] chunk = new byte[4096];
        for (int n; (n = Files.Read(readEnd, chunk)) > 0; )
            said.Append(Encoding.UTF8.GetString(chunk, 0, n));
        int status = Processes.Wait(pid, block: true, out _);
        double took = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        string log = said.ToString().TrimEnd('\n');
        if (status != 0)
            return Fail($"the configuration that runs goes on\n{log}");
        int now = process.Pid;
        // the old process may answer on the socket both share until it has noticed
        for (int i = 0; i < 100 && (now == process.Pid || now == 0); i++)
        {
            now = ReadNumber(RuntimeClient.Information(socket, ""), "Pid");
            if (now == process.Pid)
                Thread.Sleep(10);
        }
        Report(took, process.Pid, now, log, before, Snapshot.Take(socket, ""));
        return 0;
    }

    private static void Report(double took, int old, int now, string log, Snapshot before, Snapshot after)
    {
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"Reloaded in {took:0.0} ms: process {now} serves, process {old} {(Directory.Exists($"/proc/{old}") ? "finishes what it has" : "has left")}.\n"
        );
        if (log.Length > 0)
            text.Append(log).Append('\n');
        int changes = 0;
        foreach ((string name, string value) in after.Proxies)
        {
            if (!before.Proxies.TryGetValue(name, out string? was))
            {
                text.Append($"+ {name} {value}".TrimEnd()).Append('\n');
                changes++;
            }
            else if (was != value)
            {
                text.Append($"~ {name} {was} -> {value}\n");
                changes++;
            }
        }
        foreach (string name in before.Proxies.Keys)
            if (!after.Proxies.ContainsKey(name))
            {
                text.Append($"- {name}\n");
                changes++;
            }
        string? lines =
            before.Configuration is null || after.Configuration is null
                ? null
                : ConfigurationDifference.Describe(before.Configuration, after.Configuration);
        text.Append(lines);
        if (changes == 0 && lines is null)
            text.Append("The same proxies and servers as before.\n");
        if (changes == 0 && lines is "")
            text.Append("The same configuration as before, line by line.\n");
        StandardStreams.Out(text.ToString());
    }

    private static int Fail(string why)
    {
        StandardStreams.Error($"Reload failed: {why}\n");
        return 1;
    }

    /// <summary>0 when there is none in it.</summary>
    internal static int ReadPid(string path) =>
        File.Exists(path) && int.TryParse(File.ReadAllText(path).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
            ? pid
            : 0;

    private static int ReadNumber(Dictionary<string, string> table, string name) =>
        int.TryParse(table.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : 0;
}
