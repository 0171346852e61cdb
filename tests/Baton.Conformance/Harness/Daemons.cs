// Starts and reloads processes with -D -p in a directory of their own, and ends whatever is left.
using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;

namespace Baton.Conformance.Harness;

public sealed class Daemons : IDisposable
{
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("baton-daemons-").FullName;
    public string PidFile => Path.Combine(Directory, "pid");
    public string Socket => Path.Combine(Directory, "s");

    /// <summary>The pid in the pid file, 0 when there is none.</summary>
    public int Pid =>
        File.Exists(PidFile) && int.TryParse(File.ReadAllText(PidFile).Trim(), CultureInfo.InvariantCulture, out int pid) ? pid : 0;

    public string Write(string config)
    {
        string path = Path.Combine(Directory, $"{Guid.NewGuid():N}.cfg");
        File.WriteAllText(path, config);
        return path;
    }

    /// <summary>global with the stats socket, defaults with time-outs, and what is given.</summary>
    public string Write(string globals, string rest) =>
        Write(
            $"""
            global
                nbthread 1
                stats socket {Socket} mode 600 level admin expose-fd listeners
                {globals}
            defaults
                mode http
                timeout connect 20s
                timeout client 60s
                timeout server 60s
            {rest}

            """
        );

    /// <summary>Runs "PROGRAM -D -f CONFIG -p PIDFILE ARGUMENTS" and waits for it: its status and what it said.</summary>
    public (int Status, string Error) Start(Product product, string config, params string[] arguments)
    {
        (Process process, string error) = Run(Products.Path(product), ["-D", "-f", config, "-p", PidFile, .. arguments]);
        using (process)
            return (process.ExitCode, error);
    }

    /// <summary>The same beside the one that runs: -sf, and -x when asked for.</summary>
    public (int Status, string Error) Replace(Product product, string config, bool fetch)
    {
        string old = Pid.ToString(CultureInfo.InvariantCulture);
        return fetch ? Start(product, config, "-x", Socket, "-sf", old) : Start(product, config, "-sf", old);
    }

    public static (Process, string) Run(string program, string[] arguments)
    {
        Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process, error);
    }

    public void Dispose()
    {
        Reload.Reloadable.StopAll(Directory);
        System.IO.Directory.Delete(Directory, true);
    }
}
