// Where one experiment plays: a namespace, a directory, a program in front and the way to start it. Methods act on it.
using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using Baton.Lab.Runs;

namespace Baton.Lab.Stages;

internal sealed class Stage : IDisposable
{
    public const int Port = 8080,
        OriginPort = 9090;

    private readonly List<Process> _companions = [];

    public Stage(LabOptions options, Target target, LoadKind load)
    {
        (Options, Target, Load) = (options, target, load);
        Network = new NetworkNamespace();
        Directory = System.IO.Directory.CreateTempSubdirectory("baton-lab-").FullName;
    }

    public LabOptions Options { get; }
    public Target Target { get; }
    public LoadKind Load { get; }
    public NetworkNamespace Network { get; }
    public string Directory { get; }

    /// <summary>What a method keeps between its steps.</summary>
    public object? State;

    /// <summary>Lines for the global section, and the address of the bind line: methods set them in Prepare.</summary>
    public string GlobalLines = "",
        Bind = $"127.0.0.1:{Port}";

    public string Socket => Path.Combine(Directory, "s");
    public string MasterSocket => Path.Combine(Directory, "m");
    public string Log => Path.Combine(Directory, "log");
    private string PidFile => Path.Combine(Directory, "pid");
    private string ConfigFile => Path.Combine(Directory, "cfg");

    public string Program(Target target) => target == Target.Baton ? Options.BatonProgram : Options.HaproxyProgram;

    /// <summary>The process that serves now, by its pid file.</summary>
    public int Pid => int.Parse(File.ReadAllText(PidFile).Split('\n')[0], CultureInfo.InvariantCulture);

    /// <summary>A command line in the namespace, on the proxy's core.</summary>
    public IEnumerable<string> OnProxyCore(params IEnumerable<string> words) =>
        Network.Command(["taskset", "-c", Options.ProxyCore.ToString(CultureInfo.InvariantCulture), .. words]);

    public IEnumerable<string> OnLoadCore(params IEnumerable<string> words) =>
        Network.Command(["taskset", "-c", Options.LoadCore.ToString(CultureInfo.InvariantCulture), .. words]);

    /// <summary>Starts a daemon with the stage's configuration; returns when it says that it serves.</summary>
    public void StartDaemon(params IEnumerable<string> more) => StartDaemon(Target, more);

    public void StartDaemon(Target target, params IEnumerable<string> more)
    {
        int status = Shell.RunInto(Log, OnProxyCore([Program(target), "-D", "-f", ConfigFile, "-p", PidFile, .. more]));
        if (status != 0)
            throw new LabException($"{Path.GetFileName(Program(target))} {string.Join(' ', more)}: status {status}: {LogTail()}");
    }

    /// <summary>Starts a master in the foreground, and waits until it serves.</summary>
    public void StartMaster()
    {
        string command = string.Join(' ', OnProxyCore([Program(Target), "-W", "-S", MasterSocket, "-f", ConfigFile, "-p", PidFile]));
        var info = new ProcessStartInfo("/bin/sh");
        foreach (string word in (string[])["-c", $"exec {command} >>{Log} 2>&1 </dev/null"])
            info.ArgumentList.Add(word);
        _companions.Add(Process.Start(info)!);
        WaitServing();
    }

    /// <summary>Writes the configuration, and starts the origin where the load needs one.</summary>
    public void WriteConfiguration()
    {
        string mode = Load == LoadKind.Tunnel ? "tcp" : "http";
        string service = Load is LoadKind.Tunnel or LoadKind.WebSocket
            ? $"    server origin 127.0.0.1:{OriginPort}"
            : "    http-request return status 200 content-type text/plain string hello";
        File.WriteAllText(
            ConfigFile,
            $"""
            global
                nbthread 1
                maxconn 8000
                stats socket {Socket} mode 600 level admin expose-fd listeners
            {GlobalLines}
            defaults
                mode {mode}
                timeout connect 2s
                timeout client 60s
                timeout server 60s
            listen lab
                bind {Bind} backlog 65535
            {service}

            """
        );
        if (Load is not (LoadKind.Tunnel or LoadKind.WebSocket))
            return;
        Process origin = Shell.Start(
            OnLoadCore([
                Options.InjectProgram,
                "serve",
                "--port",
                OriginPort.ToString(CultureInfo.InvariantCulture),
                .. Load == LoadKind.Tunnel ? (string[])["--echo"] : [],
            ])
        );
        _companions.Add(origin);
        origin.StandardOutput.ReadLine();
    }

    /// <summary>Waits until somebody listens on the port.</summary>
    public void WaitServing() =>
        Until(
            () =>
                Shell
                    .Run(Network.Command("cat", "/proc/net/tcp"))
                    .Output.Split('\n')
                    .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    .Any(w => w.Length > 9 && w[3] == "0A" && w[1].EndsWith($":{Port:X4}", StringComparison.Ordinal)),
            5000,
            "the proxy listens"
        );

    /// <summary>The descriptor of the process's socket that listens on the port, or -1. Costs nothing with thousands of
    /// connections.</summary>
    public int ListenerDescriptor(int pid)
    {
        foreach (int fd in SocketsOf(pid))
        {
            int copy;
            try
            {
                copy = Kernel.CopyDescriptor(pid, fd);
            }
            catch (Win32Exception)
            {
                continue;
            }
            bool found = Kernel.IsListening(copy, Port);
            Kernel.close(copy);
            if (found)
                return fd;
        }
        return -1;
    }

    /// <summary>What a descriptor of a process is, or null when it is closed.</summary>
    public static string? Descriptor(int pid, int fd)
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/{pid}/fd/{fd}", false)?.Name;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Lowest first: listening sockets are opened before any connection.</summary>
    private static IEnumerable<int> SocketsOf(int pid)
    {
        string[] files;
        try
        {
            files = System.IO.Directory.GetFiles($"/proc/{pid}/fd");
        }
        catch (IOException)
        {
            yield break;
        }
        foreach (int fd in files.Select(f => int.Parse(Path.GetFileName(f), CultureInfo.InvariantCulture)).Order())
            if (Descriptor(pid, fd) is { } name && name.StartsWith("socket:", StringComparison.Ordinal))
                yield return fd;
    }

    public static bool IsAlive(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    public static bool WaitGone(int pid, int limitMs)
    {
        for (long end = Environment.TickCount64 + limitMs; IsAlive(pid); Thread.Sleep(1))
            if (Environment.TickCount64 > end)
                return false;
        return true;
    }

    public static void Until(Func<bool> condition, int limitMs, string what)
    {
        for (long end = Environment.TickCount64 + limitMs; !condition(); Thread.Sleep(2))
            if (Environment.TickCount64 > end)
                throw new LabException($"waited {limitMs} ms in vain until {what}");
    }

    /// <summary>One command on a UNIX socket, and all of the answer.</summary>
    public static string Ask(string path, string command)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 5000 };
        socket.Connect(new UnixDomainSocketEndPoint(path));
        socket.Send(Encoding.ASCII.GetBytes(command + "\n"));
        // haproxy's master keeps the connection until the client has ended its side
        socket.Shutdown(SocketShutdown.Send);
        var answer = new StringBuilder();
        byte[] buffer = new byte[8192];
        for (int n; (n = socket.Receive(buffer)) > 0; )
            answer.Append(Encoding.UTF8.GetString(buffer, 0, n));
        return answer.ToString();
    }

    /// <summary>Processes of the proxy in the namespace, and the sum of their proportional set sizes in bytes.</summary>
    public (int Processes, long Bytes) ProxyProcesses()
    {
        string[] programs = [Options.BatonProgram, Options.HaproxyProgram];
        int count = 0;
        long bytes = 0;
        foreach (int pid in Network.Processes())
        {
            try
            {
                if (File.ResolveLinkTarget($"/proc/{pid}/exe", false) is not { } exe || !programs.Contains(exe.FullName))
                    continue;
                string pss = File.ReadLines($"/proc/{pid}/smaps_rollup").First(l => l.StartsWith("Pss:", StringComparison.Ordinal));
                bytes += 1024 * long.Parse(pss.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
                count++;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException) { }
        }
        return (count, bytes);
    }

    public string LogTail() => File.Exists(Log) ? string.Join(" | ", File.ReadLines(Log).TakeLast(3)) : "";

    public void Dispose()
    {
        Network.Dispose();
        foreach (Process p in _companions)
        {
            if (!p.HasExited)
                p.Kill();
            p.WaitForExit(1000);
            p.Dispose();
        }
        (State as IDisposable)?.Dispose();
        if (!Options.KeepFiles)
            System.IO.Directory.Delete(Directory, recursive: true);
    }
}
