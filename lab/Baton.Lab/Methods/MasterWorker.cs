// Method 10: a master keeps the sockets and exchanges its worker; "reload" on its command line.
using System;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using Baton.Lab.Runs;
using Baton.Lab.Stages;

namespace Baton.Lab.Methods;

internal sealed class MasterWorker() : ReloadMethod(10, "master-worker", "master-worker reload")
{
    public override bool? Lossless(Target target, LoadKind load) => load == LoadKind.Short ? true : null;

    public override void Start(Stage stage) => stage.StartMaster();

    public override void Reload(Stage stage)
    {
        string? old = Worker(stage);
        string answer = Stage.Ask(stage.MasterSocket, "reload");
        if (answer.StartsWith("Success=0", StringComparison.Ordinal))
            throw new LabException($"reload: {answer.Trim()}");
        // haproxy 2.6 closes the connection at once and says nothing
        Stage.Until(() => Worker(stage) is { } now && now != old, 5000, "there is a new worker");
    }

    private static string? Worker(Stage stage)
    {
        try
        {
            return Stage
                .Ask(stage.MasterSocket, "show proc")
                .Split('\n')
                .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .FirstOrDefault(w => w.Length > 2 && w[1] == "worker")
                ?[0];
        }
        // between two programs nobody listens on the master's socket
        catch (Exception e) when (e is SocketException or IOException)
        {
            return null;
        }
    }
}
