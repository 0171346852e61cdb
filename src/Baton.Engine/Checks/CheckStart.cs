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
        {
            if (server.Config.Check.On)
                server.Check = HealthCheckOf(server, engine.Workers[count++ % engine.WorkerCount]);
            if (server.Config.Agent.On)
                server.Agent = new AgentCheck(server, engine.Workers[count++ % engine.WorkerCount]);
        }
    }

    /// <summary>Arms those of one worker, on its own thread. COMPAT: spread over their interval in the order of the file.</summary>
    internal static void Begin(Worker worker)
    {
        EngineState engine = worker.Engine;
        int count = 0,
            position = 0;
        foreach (Proxies.BackendState backend in engine.Backends)
        foreach (ServerState server in backend.Servers)
            count += (server.Check is null ? 0 : 1) + (server.Agent is null ? 0 : 1);
        foreach (Proxies.BackendState backend in engine.Backends)
        foreach (ServerState server in backend.Servers)
        {
            BeginOne(server.Check);
            BeginOne(server.Agent);
        }

        void BeginOne(ServerCheck? check)
        {
            if (check is null)
                return;
            if (check.Worker == worker)
                check.Begin(CheckSchedule.FirstDelay(check.IntervalMs, position, count, engine.Config.Global.MaxSpreadChecksMs));
            position++;
        }
    }

    /// <summary>A server that came at run time: its checks are switched off until "enable health" and "enable agent".</summary>
    internal static void Add(ServerState server)
    {
        EngineState engine = server.Backend.Engine;
        Worker worker = engine.Workers[server.Id % engine.WorkerCount];
        if (server.Config.Check.On)
            Add(server.Check = HealthCheckOf(server, worker));
        if (server.Config.Agent.On)
            Add(server.Agent = new AgentCheck(server, worker));
    }

    private static ServerCheck HealthCheckOf(ServerState server, Worker worker) =>
        server.HealthCheck.Kind == Configuration.Model.CheckKind.External
            ? new ExternalCheck(server, worker)
            : new ServerCheck(
                server,
                worker,
                server.Config.Check.Own is { } own ? server.Backend.Engine.CheckScripts[own] : server.Backend.CheckScript
            );

    /// <summary>The process ends: so does what its checks have begun.</summary>
    internal static void Leave(EngineState engine)
    {
        foreach (Proxies.BackendState backend in engine.Backends)
        foreach (ServerState server in backend.Servers)
            server.Check?.Leave();
    }

    private static void Add(ServerCheck check)
    {
        check.Enabled = false;
        check.Worker.Post(_ => check.Begin(check.IntervalMs));
    }

    internal static void Remove(ServerState server)
    {
        server.Check?.Worker.Post(_ => server.Check.End());
        server.Agent?.Worker.Post(_ => server.Agent.End());
    }
}
