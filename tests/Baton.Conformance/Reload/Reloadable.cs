// A daemon that is reloaded again and again: the configuration of a test, a pid file, a stats socket, and Baton in front.
using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Reload;

/// <summary>The text may use ${port}, ${origin} and ${dir}.</summary>
internal sealed class Reloadable : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("baton-reload-").FullName;
    private string _config;
    private int _files;

    public Reloadable(string config, int origin = 0, string global = "")
    {
        Port = FreePort();
        _config =
            $"""
                global
                    stats socket {Socket} mode 600 level admin expose-fd listeners
                    {global}
                defaults
                    timeout connect 20s
                    timeout client 30s
                    timeout server 30s

                """
            + config
                .Replace("${port}", Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
                .Replace("${origin}", origin.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    public int Port { get; }
    public string Socket => Path.Combine(_directory, "s");
    public string PidFile => Path.Combine(_directory, "pid");

    /// <summary>The process that serves now.</summary>
    public int Pid => int.Parse(File.ReadAllText(PidFile), CultureInfo.InvariantCulture);

    /// <summary>Another one serves: the one before, because the last one is gone.</summary>
    public void PidIs(int pid) => File.WriteAllText(PidFile, pid.ToString(CultureInfo.InvariantCulture));

    /// <summary>What the last start has said.</summary>
    public string Errors => File.ReadAllText(Path.Combine(_directory, "errors"));

    public static int FreePort()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        return port;
    }

    public void Edit(string from, string to)
    {
        Assert.Contains(from, _config, StringComparison.Ordinal);
        _config = _config.Replace(from, to, StringComparison.Ordinal);
    }

    /// <summary>Starts it, or the next process that takes over, which may ask the old one through another socket. The pid of the old
    /// process, 0 the first time.</summary>
    public int Reload(Product product = Product.Baton, string? through = null)
    {
        string file = Path.Combine(_directory, $"{++_files}.cfg");
        File.WriteAllText(file, _config + "\n");
        int old = File.Exists(PidFile) ? Pid : 0;
        // to a file: a runtime with a just-in-time compiler keeps copies of its standard streams, so a pipe would never end
        string errors = Path.Combine(_directory, "errors");
        var info = new ProcessStartInfo(
            "/bin/sh",
            ["-c", "exec \"$0\" \"$@\" 2>" + errors, Products.Path(product), "-D", "-f", file, "-p", PidFile]
        );
        if (old > 0)
            foreach (string a in (string[])["-x", through ?? Socket, "-sf", old.ToString(CultureInfo.InvariantCulture)])
                info.ArgumentList.Add(a);
        using Process process = Process.Start(info)!;
        process.WaitForExit();
        string error = File.ReadAllText(errors);
        Assert.True(process.ExitCode == 0, error);
        return old;
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

    /// <summary>How long the process still lived, in ms; fails after the limit.</summary>
    public static long WaitGone(int pid, int limitMs)
    {
        long start = Environment.TickCount64;
        while (IsAlive(pid))
        {
            if (Environment.TickCount64 - start > limitMs)
                Assert.Fail($"the old process {pid} still lives after {limitMs} ms");
            Thread.Sleep(2);
        }
        return Environment.TickCount64 - start;
    }

    /// <summary>One command of the runtime API.</summary>
    public string Ask(string command)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = Patience.Ms };
        socket.Connect(new UnixDomainSocketEndPoint(Socket));
        socket.Send(Encoding.ASCII.GetBytes(command + "\n"));
        var answer = new StringBuilder();
        byte[] buffer = new byte[8192];
        for (int n; (n = socket.Receive(buffer)) > 0; )
            answer.Append(Encoding.UTF8.GetString(buffer, 0, n));
        return answer.ToString();
    }

    /// <summary>A column of "show stat".</summary>
    public string Stat(string proxy, string service, string column)
    {
        string[] lines = Ask("show stat").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        int at = Array.IndexOf(lines[0].TrimStart('#', ' ').Split(','), column);
        foreach (string line in lines)
            if (line.StartsWith($"{proxy},{service},", StringComparison.Ordinal))
                return line.Split(',')[at];
        Assert.Fail($"no {proxy}/{service} in show stat");
        return "";
    }

    public long Info(string name)
    {
        foreach (string line in Ask("show info").Split('\n'))
            if (line.StartsWith(name + ":", StringComparison.Ordinal))
                return long.Parse(line.AsSpan(name.Length + 1).Trim(), CultureInfo.InvariantCulture);
        Assert.Fail($"no {name} in show info");
        return 0;
    }

    [System.Runtime.InteropServices.DllImport("libc")]
    private static extern int kill(int pid, int signal);

    public void Dispose()
    {
        StopAll(_directory);
        Directory.Delete(_directory, true);
    }

    /// <summary>Stops every process whose command line names a directory: an old one may stand by for a moment longer.</summary>
    public static void StopAll(string directory)
    {
        for (int round = 0; round < 500; round++)
        {
            bool any = false;
            foreach (string proc in Directory.GetDirectories("/proc"))
            {
                if (!int.TryParse(Path.GetFileName(proc), out int pid))
                    continue;
                try
                {
                    if (!File.ReadAllText(proc + "/cmdline").Contains(directory, StringComparison.Ordinal) || !IsAlive(pid))
                        continue;
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    continue;
                }
                any = true;
                if (round % 50 == 0)
                    kill(pid, round < 200 ? 15 : 9);
            }
            if (!any)
                break;
            Thread.Sleep(10);
        }
    }
}
