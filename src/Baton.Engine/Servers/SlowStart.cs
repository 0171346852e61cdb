// "slowstart": a server that has come back takes its share little by little, of the weight and of maxconn. Where it stands follows from
// when it came back alone, so that the next process goes on where this one was.
using System;
using Baton.Core.Timers;
using Baton.Engine.Loop;

namespace Baton.Engine.Servers;

/// <summary>OWNER: one worker, whose timer lets the share grow.</summary>
internal sealed class SlowStart : TimerNode
{
    /// <summary>COMPAT: the weight grows by sixteenths of itself.</summary>
    public const int FullShare = 16;

    /// <summary>COMPAT: twenty steps, but none shorter than a second.</summary>
    private const int Steps = 20,
        LeastStepMs = 1000;

    private readonly ServerState _server;
    private readonly Worker _worker;
    private readonly int _stepMs;

    /// <summary>A step is to come. Under the gate.</summary>
    private bool _waits;

    private SlowStart(ServerState server)
    {
        EngineState engine = server.Backend.Engine;
        _server = server;
        _worker = engine.Workers[server.Id % engine.WorkerCount];
        _stepMs = (int)Math.Max(LeastStepMs, server.Config.Check.SlowStartSeconds * 1000L / Steps);
    }

    /// <summary>After a change, under the state lock and the gate: one that has come back starts, and one that starts goes on.</summary>
    /// <param name="wasRunning">It was, with all its share.</param>
    public static void Begin(ServerState server, bool wasRunning)
    {
        bool starts = server.Operation == ServerOperation.Starting;
        if (server.Config.Check.SlowStartSeconds == 0)
        {
            if (starts)
                server.Operation = ServerOperation.Running;
        }
        else if (starts || server.Operation == ServerOperation.Running && !wasRunning && !server.IsInMaintenance)
            server.Operation = ServerOperation.Starting;
    }

    /// <summary>What its share is now; called when its state or the time of its last change are others. Under the gate.</summary>
    public static void Adjust(ServerState server)
    {
        if (server.Operation != ServerOperation.Starting)
        {
            (server.WeightShare, server.MaxConnPercent) = (FullShare, 100);
            return;
        }
        long whole = Math.Max(1, server.Config.Check.SlowStartSeconds),
            elapsed = Math.Clamp((Environment.TickCount64 - server.LastStateChangeMs) / 1000, 0, whole);
        // COMPAT: an algorithm whose weights are fixed has the whole weight at once
        bool grows = DynamicServers.CanGrow(server.Backend);
        server.WeightShare = grows ? ShareAfter(elapsed, whole) : FullShare;
        server.MaxConnPercent = (int)(100 * elapsed / whole);
        SlowStart timer = server.SlowStart ??= new SlowStart(server);
        if (timer._waits)
            return;
        timer._waits = true;
        timer._worker.Post(timer.Wait);
    }

    /// <summary>COMPAT: so many sixteenths of the weight after so many seconds, never none.</summary>
    public static int ShareAfter(long elapsed, long whole) => (int)Math.Min(FullShare, (FullShare * elapsed + whole) / whole);

    /// <summary>A little longer, so that the second is over.</summary>
    private void Wait(Worker worker) => worker.Timers.Arm(this, worker.NowMs + _stepMs + 5);

    public override void OnTimer(long nowMs)
    {
        Proxies.BackendState backend = _server.Backend;
        lock (backend.StateLock)
        {
            using (backend.Gate.Enter())
            {
                _waits = false;
                long now = Environment.TickCount64;
                // COMPAT: that it has all its share is a change as well
                if (
                    _server.Operation == ServerOperation.Starting
                    && now - _server.LastStateChangeMs >= _server.Config.Check.SlowStartSeconds * 1000L
                )
                    (_server.Operation, _server.LastStateChangeMs) = (ServerOperation.Running, now);
                Adjust(_server);
            }
            backend.Balancer.Change(_server);
        }
        foreach (ServerState s in backend.Servers)
            s.ServeQueue(null);
    }
}
