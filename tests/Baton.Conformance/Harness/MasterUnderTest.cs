// A master (-W -S) running from a binary of its own, so that a test may put another program in its place.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;
using Xunit;

namespace Baton.Conformance.Harness;

public sealed partial class MasterUnderTest : IDisposable
{
    private readonly StringBuilder _error = new();
    private readonly Process _process;

    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);

    public MasterUnderTest(Product product, string globals = "", string mode = "-W", Dictionary<string, string>? environment = null)
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("baton-master-").FullName;
        Port = Ports.Free();
        Globals = globals;
        WriteConfig();
        Install(product);
        var info = new ProcessStartInfo(Program) { RedirectStandardError = true };
        foreach (string a in (string[])[mode, "-f", ConfigFile, "-S", CliPath, "-p", PidFile])
            info.ArgumentList.Add(a);
        foreach ((string name, string value) in environment ?? [])
            info.Environment[name] = value;
        _process = Process.Start(info)!;
        _process.ErrorDataReceived += (_, e) =>
        {
            if (e.Data is not null)
                lock (_error)
                    _error.Append(e.Data).Append('\n');
        };
        _process.BeginErrorReadLine();
        WaitFor(() => File.Exists(CliPath) && RequestLoad.Request(Port) is null && Answers(), "the first worker");
    }

    public string Directory { get; }
    public int Port { get; }
    public string Globals { get; }
    public string Program => Path.Combine(Directory, "lb");
    public string ConfigFile => Path.Combine(Directory, "cfg");
    public string CliPath => Path.Combine(Directory, "m");
    public string PidFile => Path.Combine(Directory, "pid");
    public int Pid => _process.Id;
    public string ErrorText
    {
        get
        {
            lock (_error)
                return _error.ToString();
        }
    }

    /// <summary>Puts a program where the master was started from, in one step.</summary>
    public void Install(Product product)
    {
        // by another process: a file open for writing here could be inherited by what a parallel test starts, and is "busy" then
        using (Process copy = Process.Start("cp", [Products.Path(product), Program + ".new"]))
            copy.WaitForExit();
        File.SetUnixFileMode(Program + ".new", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.Move(Program + ".new", Program, true);
    }

    /// <summary>A frontend that answers every request with <paramref name="body"/>, and anything else to stand behind it.</summary>
    public void WriteConfig(string body = "hello", string extra = "")
    {
        // in one step: a reload may read it at any moment
        File.WriteAllText(
            ConfigFile + ".new",
            $"""
            global
                nbthread 1
                stats socket {Path.Combine(Directory, "s")} mode 600 level admin expose-fd listeners
            {Globals}
            defaults
                mode http
                timeout connect 20s
                timeout client 60s
                timeout server 60s
            frontend fe
                bind 127.0.0.1:{Port}
                http-request return status 200 content-type text/plain string {body}
            {extra}

            """
        );
        File.Move(ConfigFile + ".new", ConfigFile, true);
    }

    public void Signal(int number) => kill(Pid, number);

    /// <summary>One line to the master's command line, its whole answer.</summary>
    public string Ask(string line, int timeoutMs = Patience.Ms) => AskAt(CliPath, line, timeoutMs);

    public static string AskAt(string path, string line, int timeoutMs = Patience.Ms)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = timeoutMs };
        socket.Connect(new UnixDomainSocketEndPoint(path));
        socket.Send(Encoding.ASCII.GetBytes(line + "\n"));
        // haproxy's master answers and waits for more otherwise
        socket.Shutdown(SocketShutdown.Send);
        var answer = new StringBuilder();
        byte[] buffer = new byte[4096];
        for (int n; (n = socket.Receive(buffer)) > 0; )
            answer.Append(Encoding.ASCII.GetString(buffer, 0, n));
        return answer.ToString();
    }

    /// <summary>Pids in "show proc" of the sections whose title is among the given ones ("# workers").</summary>
    public List<int> Workers(string section = "# workers", int timeoutMs = Patience.Ms)
    {
        var pids = new List<int>();
        string at = "";
        foreach (string line in Ask("show proc", timeoutMs).Split('\n'))
        {
            if (line.StartsWith('#'))
                at = line;
            else if (at == section && line.Length > 0)
                pids.Add(int.Parse(line.AsSpan(0, line.IndexOf(' ')), CultureInfo.InvariantCulture));
        }
        return pids;
    }

    private bool Answers()
    {
        try
        {
            return Ask("show version", 500).Length > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public void WaitFor(Func<bool> condition, string what, int timeoutMs = Patience.Ms)
    {
        long end = Environment.TickCount64 + timeoutMs;
        while (!Holds(condition))
        {
            if (Environment.TickCount64 > end)
                Assert.Fail($"waited {timeoutMs} ms for {what}: {ErrorText}");
            if (_process.HasExited)
                Assert.Fail($"the master ended with {_process.ExitCode} while waiting for {what}: {ErrorText}");
            Thread.Sleep(5);
        }
    }

    /// <summary>haproxy's master executes itself for every reload: whoever is connected then is cut off.</summary>
    private static bool Holds(Func<bool> condition)
    {
        try
        {
            return condition();
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public int WaitForExit(int timeoutMs = Patience.Ms)
    {
        if (!_process.WaitForExit(timeoutMs))
            Assert.Fail($"the master still runs after {timeoutMs} ms: {ErrorText}");
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            kill(Pid, 15);
            if (!_process.WaitForExit(Patience.Ms))
                _process.Kill(true);
        }
        _process.Dispose();
        Reload.Reloadable.StopAll(Directory);
        System.IO.Directory.Delete(Directory, true);
    }
}
