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
    private const string Usage = "usage: baton reload [-p PIDFILE | -S MASTER-ADDRESS | --socket STATS-SOCKET]\n";
    private const int ReloadTimeoutMs = 90_000;

    public static int Run(string[] args)
    {
        string? pidFile = null, master = null, socket = null;
        for (int i = 0; i < args.Length; i += 2)
        {
            string? value = i + 1 < args.Length ? args[i + 1] : null;
            switch (args[i])
            {
                case "-p" when value is not null: pidFile = value; break;
                case "-S" when value is not null: master = value.Split(',')[0]; break;
                case "--socket" when value is not null: socket = value; break;
                default: StandardStreams.Error(Usage); return 1;
            }
        }
        if ((pidFile is null ? 0 : 1) + (master is null ? 0 : 1) + (socket is null ? 0 : 1) != 1) { StandardStreams.Error(Usage); return 1; }
        if (master is not null) return ReloadMaster(master);
        int pid = pidFile is not null ? ReadPid(pidFile) : ReadNumber(RuntimeClient.Information(socket!, ""), "Pid");
        if (pid <= 0) return Fail(pidFile is not null ? $"{pidFile} names no process" : $"no answer from {socket}");
        RunningProcess? process = RunningProcess.Find(pid);
        if (process is null) return Fail($"there is no process {pid}");
        if (process.Master is { } parent) process = parent;
        if (!process.IsMaster) return ReloadAlone(process, socket);
        return process.Option("-S") is { } cli ? ReloadMaster(cli.Split(',')[0]) : Fail($"the master {process.Pid} has no command line to ask: start it with -S ADDRESS, or send it SIGUSR2");
    }

    private static int ReloadMaster(string address)
    {
        SortedDictionary<string, string> before = RuntimeClient.Proxies(address, "@1 ");
        int old = ReadNumber(RuntimeClient.Information(address, "@1 "), "Pid");
        long start = Stopwatch.GetTimestamp();
        string? answer = RuntimeClient.Ask(address, "reload", ReloadTimeoutMs, out string error);
        double took = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        if (answer is null) return Fail(error);
        int at = answer.IndexOf("--\n", StringComparison.Ordinal);
        string log = at < 0 ? answer : answer[(at + 3)..].TrimEnd('\n');
        if (!answer.StartsWith("Success=1", StringComparison.Ordinal)) return Fail($"the configuration that runs goes on\n{log}");
        Report(took, old, ReadNumber(RuntimeClient.Information(address, "@1 "), "Pid"), log, before, RuntimeClient.Proxies(address, "@1 "));
        return 0;
    }

    /// <summary>Starts the same program with the same arguments, "-x" and "-sf" in addition, and waits until it serves.</summary>
    private static int ReloadAlone(RunningProcess process, string? socket)
    {
        socket ??= StatsSocket(process);
        if (socket is null) return Fail("its configuration has no stats socket on a path with 'expose-fd listeners'; name one with --socket PATH");
        SortedDictionary<string, string> before = RuntimeClient.Proxies(socket, "");
        var arguments = new List<string> { process.Arguments[0], "-x", socket, "-sf", process.Pid.ToString(CultureInfo.InvariantCulture) };
        arguments.AddRange(Lifecycle.MasterStart.WithoutPredecessors(process.Arguments[1..]));
        // in the background, so that its status says whether it serves
        if (!arguments.Contains("-D")) arguments.Insert(1, "-D");
        arguments.Remove("-db");
        if (!Files.Pipe(out int readEnd, out int writeEnd)) return Fail("cannot create a pipe");
        List<string> environment = Processes.Environment();
        environment.Add(Lifecycle.StartSteps.Variable + "=1");
        Files.chdir(process.Directory);
        long start = Stopwatch.GetTimestamp();
        int pid = Processes.Spawn(process.Program, arguments, environment, false, [(writeEnd, 2)]);
        Files.close(writeEnd);
        if (pid < 0) return Fail($"cannot execute {process.Program} ({Errno.Message(-pid)})");
        var said = new StringBuilder();
        byte[] chunk = new byte[4096];
        for (int n; (n = Files.Read(readEnd, chunk)) > 0;) said.Append(Encoding.UTF8.GetString(chunk, 0, n));
        int status = Processes.Wait(pid, block: true, out _);
        double took = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        string log = said.ToString().TrimEnd('\n');
        if (status != 0) return Fail($"the configuration that runs goes on\n{log}");
        int now = process.Pid;
        // the old process may answer on the socket both share until it has noticed
        for (int i = 0; i < 100 && (now == process.Pid || now == 0); i++)
        {
            now = ReadNumber(RuntimeClient.Information(socket, ""), "Pid");
            if (now == process.Pid) Thread.Sleep(10);
        }
        Report(took, process.Pid, now, log, before, RuntimeClient.Proxies(socket, ""));
        return 0;
    }

    private static string? StatsSocket(RunningProcess process)
    {
        CommandLine line = CommandLine.Parse(process.Arguments[1..]);
        Files.chdir(process.Directory);
        // whatever is wrong with the file: the new process will say it better
        Lifecycle.ConfigurationSource.PredefineVariables(line.Files, line.LocalPeer);
        var loader = new ConfigurationLoader(Lifecycle.Expressions.Create);
        loader.Load(line.Files);
        foreach (BindConfig bind in loader.Process.Global.StatsSockets)
            foreach (AddressConfig address in bind.Addresses)
                if (bind.ExposeListeners && address.Kind is AddressKind.Unix or AddressKind.Abstract) return address.Text;
        return null;
    }

    private static void Report(double took, int old, int now, string log, SortedDictionary<string, string> before, SortedDictionary<string, string> after)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Reloaded in {took:0.0} ms: process {now} serves, process {old} {(Directory.Exists($"/proc/{old}") ? "finishes what it has" : "has left")}.\n");
        if (log.Length > 0) text.Append(log).Append('\n');
        int changes = 0;
        foreach ((string name, string value) in after)
        {
            if (!before.TryGetValue(name, out string? was)) { text.Append($"+ {name} {value}".TrimEnd()).Append('\n'); changes++; }
            else if (was != value) { text.Append($"~ {name} {was} -> {value}\n"); changes++; }
        }
        foreach (string name in before.Keys) if (!after.ContainsKey(name)) { text.Append($"- {name}\n"); changes++; }
        if (changes == 0) text.Append("The same proxies and servers as before.\n");
        StandardStreams.Out(text.ToString());
    }

    private static int Fail(string why)
    {
        StandardStreams.Error($"Reload failed: {why}\n");
        return 1;
    }

    private static int ReadPid(string path) => File.Exists(path) && int.TryParse(File.ReadAllText(path).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) ? pid : 0;

    private static int ReadNumber(Dictionary<string, string> table, string name)
        => int.TryParse(table.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : 0;
}
