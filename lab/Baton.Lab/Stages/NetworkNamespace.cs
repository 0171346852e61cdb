// A network namespace of the lab's own: whatever rules and disciplines an experiment sets, nobody else sees them, and they go with it.
using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace Baton.Lab.Stages;

internal sealed class NetworkNamespace : IDisposable
{
    private const string Prefix = "baton-lab-";
    private static int _count;
    private bool _gone;

    public string Name { get; }
    public string File => $"/run/netns/{Name}";

    public NetworkNamespace()
    {
        Name = $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref _count)}";
        Shell.Must("ip", "netns", "add", Name);
        try
        {
            Shell.Must(Command("ip", "link", "set", "lo", "up"));
            // room for the load: ports, queues, and connections in TIME_WAIT that are not worth a warning
            foreach (
                string setting in (string[])
                    [
                        "net.core.somaxconn=65535",
                        "net.ipv4.tcp_max_syn_backlog=65535",
                        "net.ipv4.ip_local_port_range=1024 65000",
                        "net.ipv4.tcp_max_tw_buckets=400000",
                    ]
            )
                Set(setting);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>A command line that runs in it.</summary>
    public IEnumerable<string> Command(params IEnumerable<string> words) => ["nsenter", $"--net={File}", "--", .. words];

    /// <summary>A kernel setting of the namespace, as in net.ipv4.tcp_migrate_req=1; false when there is no such setting or it is not to be
    /// changed.</summary>
    public bool Set(string setting)
    {
        int equal = setting.IndexOf('=');
        string path = "/proc/sys/" + setting[..equal].Replace('.', '/');
        // /proc/sys/net is that of the process that reads it
        return Shell.Run(Command("/bin/sh", "-c", $"echo {setting[(equal + 1)..]} > {path}")).Status == 0;
    }

    /// <summary>A listening socket inside, which programs that are started inherit.</summary>
    public Socket Listen(int port)
    {
        Socket? socket = null;
        Exception? why = null;
        // the thread ends in the namespace: it must not be one of the pool
        var thread = new Thread(() =>
        {
            try
            {
                Kernel.EnterNetwork(File);
                socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                socket.Listen(65535);
                Kernel.Inherit((int)socket.Handle);
            }
            catch (Exception e) when (e is Win32Exception)
            {
                why = e;
            }
        });
        thread.Start();
        thread.Join();
        return why is null ? socket! : throw new LabException($"a socket in {Name}: {why.Message}");
    }

    /// <summary>The processes in it.</summary>
    public int[] Processes() =>
        [
            .. Shell
                .Run("ip", "netns", "pids", Name)
                .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => int.TryParse(line, CultureInfo.InvariantCulture, out int pid) ? pid : 0)
                .Where(pid => pid > 0),
        ];

    /// <summary>Ends what still runs in it and removes it.</summary>
    public void Dispose()
    {
        if (_gone)
            return;
        _gone = true;
        // more than once: a process may come back while its successor is on probation
        for (int i = 0; i < 50; i++)
        {
            int[] left = Processes();
            if (left.Length == 0)
                break;
            foreach (int pid in left)
                Kernel.Signal(pid, i < 20 ? Kernel.SIGTERM : Kernel.SIGKILL);
            Thread.Sleep(20);
        }
        Shell.Run("ip", "netns", "del", Name);
    }

    /// <summary>Removes what labs that were killed have left.</summary>
    public static void RemoveStale()
    {
        if (!Directory.Exists("/run/netns"))
            return;
        foreach (string path in Directory.GetFiles("/run/netns", Prefix + "*"))
        {
            string name = Path.GetFileName(path);
            if (Directory.Exists($"/proc/{name.Split('-')[2]}"))
                continue;
            foreach (string pid in Shell.Run("ip", "netns", "pids", name).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                Kernel.Signal(int.Parse(pid, CultureInfo.InvariantCulture), Kernel.SIGKILL);
            Shell.Run("ip", "netns", "del", name);
        }
    }

    /// <summary>Null when namespaces can be made here.</summary>
    public static string? Unavailable()
    {
        if (!OperatingSystem.IsLinux())
            return "network namespaces need Linux";
        foreach (string program in (string[])["ip", "nsenter", "taskset"])
            if (Shell.Find(program) is null)
                return $"{program} is not installed";
        if (!Kernel.IsRoot)
            return "network namespaces need root";
        try
        {
            using var probe = new NetworkNamespace();
            return null;
        }
        catch (LabException e)
        {
            return e.Message;
        }
    }
}
