// A proxy under comparison: writes its configuration, starts, reloads, stops. One subclass a configuration language and start.
using System;
using System.Diagnostics;
using System.IO;

namespace Baton.Bench.Contestants;

/// <summary>Started and stopped by the cases. All files live in the run's own directory.</summary>
public abstract class Contestant(string name, string directory)
{
    private Process? _process;

    public string Name { get; } = name;
    public int Port { get; private set; }
    public int Pid => _process?.Id ?? throw new InvalidOperationException($"{Name} is not running");
    protected string Directory { get; } = directory;
    public string ConfigFile => Path.Combine(Directory, $"{Name}.cfg");

    /// <summary>False when it has no means for this (nginx without its stream module).</summary>
    public virtual bool Can(Setup setup) => true;

    public abstract string Version { get; }

    protected abstract string Configuration(Setup setup, int port);

    /// <summary>The command line that serves in the foreground.</summary>
    protected abstract string[] ServeCommand { get; }

    /// <summary>The command line that checks the file, as a shell takes it.</summary>
    public abstract string CheckCommand { get; }

    public void Write(Setup setup)
    {
        if (Port == 0)
            Port = Ports.Free();
        File.WriteAllText(ConfigFile, Configuration(setup, Port));
    }

    /// <summary>Writes the configuration, starts on the proxies' cores, and waits until the port answers.</summary>
    public void Start(Setup setup)
    {
        Write(setup);
        _process = Launch(setup.Workers);
        Ports.WaitFor(Port, () => !_process.HasExited, Name);
    }

    protected Process Launch(int workers) => Commands.Spawn(Cores.Proxy(workers), Path.Combine(Directory, $"{Name}.log"), ServeCommand);

    /// <summary>Sets a reload off with what <see cref="Write"/> wrote; returns at once.</summary>
    public abstract void Reload(int workers);

    /// <summary>The process the next <see cref="Pid"/> means, after a reload by a new process.</summary>
    protected void Succeeded(Process next) => (Previous, _process) = (_process, next);

    /// <summary>The process before the last reload; null when the reload keeps the process.</summary>
    public Process? Previous { get; private set; }

    public void Stop()
    {
        foreach (Process? p in (Process?[])[_process, Previous])
        {
            if (p is null)
                continue;
            Commands.Signal(p.Id, "TERM");
            if (!p.WaitForExit(3000))
            {
                p.Kill(entireProcessTree: true);
                p.WaitForExit();
            }
            p.Dispose();
        }
        _process = Previous = null;
    }
}
