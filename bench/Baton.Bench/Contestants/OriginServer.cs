// The web server behind every proxy: nginx with one worker on the load's cores, serving files of the sizes the cases ask for.
using System;
using System.Diagnostics;
using System.IO;

namespace Baton.Bench.Contestants;

public sealed class OriginServer : IDisposable
{
    private readonly Process _process;

    public int Port { get; } = Ports.Free();

    public OriginServer(string directory)
    {
        string files = Path.Combine(directory, "www"),
            config = Path.Combine(directory, "origin.cfg");
        Directory.CreateDirectory(files);
        foreach ((string name, int size) in ((string, int)[])[("1k", 1024), ("64k", 65536), ("1m", 1 << 20)])
            File.WriteAllText(Path.Combine(files, name), new string('x', size));
        // a worker of an unprivileged user has to reach the files
        Commands.Shell($"chmod -R a+rX {directory}");
        File.WriteAllText(config, Nginx.Origin(directory, files, Port));
        _process = Commands.Spawn(Cores.Load(1), Path.Combine(directory, "origin.log"), "nginx", "-c", config);
        Ports.WaitFor(Port, () => !_process.HasExited, "the origin");
    }

    public void Dispose()
    {
        Commands.Signal(_process.Id, "TERM");
        if (!_process.WaitForExit(3000))
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}
