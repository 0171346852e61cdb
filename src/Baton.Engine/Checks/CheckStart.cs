// Giving each checked server its check, and each check its worker and its first time.
using Baton.Engine.Loop;
using Baton.Engine.Servers;

namespace Baton.Engine.Checks;

public static class CheckStart
{
    /// <summary>Makes the checks the configuration asks for, in turn for each worker. Once, before the workers run.</summary>
    public static void Create(EngineState engine)
    {
        int count = 0;
        foreach (Proxies.BackendState backend in engine.Backends)
        foreach (ServerState server in backend.Servers)
            if (server.Config.Check.On)
                server.Check = new ServerCheck(server, engine.Workers[count++ % engine.WorkerCount], backend.CheckScript);
    }

    /// <summary>Arms those of one worker, on its own thread. COMPAT: spread over their interval in the order of the file.</summary>
    internal static void Begin(Worker worker)
    {
        EngineState engine = worker.Engine;
        int count = 0,
            position = 0;
        foreach (Proxies.BackendState backend in engine.Backends)
        foreach (ServerState server in backend.Servers)
            count += server.Check is null ? 0 : 1;
        foreach (Proxies.BackendState backend in engine.Backends)
        foreach (ServerState server in backend.Servers)
        {
            if (server.Check is not { } check)
                continue;
            if (check.Worker == worker)
                check.Begin(CheckSchedule.FirstDelay(check.IntervalMs, position, count, engine.Config.Global.MaxSpreadChecksMs));
            position++;
        }
    }

    /// <summary>A server that came at run time: its check is switched off until "enable health".</summary>
    internal static void Add(ServerState server)
    {
        EngineState engine = server.Backend.Engine;
        if (!server.Config.Check.On)
            return;
        var check = new ServerCheck(server, engine.Workers[server.Id % engine.WorkerCount], server.Backend.CheckScript) { Enabled = false };
        server.Check = check;
        check.Worker.Post(_ => check.Begin(check.IntervalMs));
    }

    internal static void Remove(ServerState server)
    {
        if (server.Check is { } check)
            check.Worker.Post(_ => check.End());
    }
}
