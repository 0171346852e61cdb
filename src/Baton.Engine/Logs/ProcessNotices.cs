// What the process says about its proxies while it runs: on stderr, and where their traffic is logged. COMPAT: the words
// and levels of haproxy 2.6, for what watches the log.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using Baton.Configuration.Model;
using Baton.Engine.Logs.Senders;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;
using Baton.Interop.Linux;

namespace Baton.Engine.Logs;

/// <summary>One a process; any thread.</summary>
public sealed class ProcessNotices(EngineState engine)
{
    /// <summary>The log of the global section; null when there is none.</summary>
    public NoticeLog? Log { get; set; }

    /// <summary>Set by the program: put a warning, or an alert, on stderr.</summary>
    public Action<string>? Warning { get; set; }
    public Action<string>? Alerting { get; set; }

    /// <summary>A warning about the whole process.</summary>
    public void Warn(string text) => Warn(Log, text);

    internal void Warn(NoticeLog? log, string text, int level = NoticeLog.LevelWarning)
    {
        Warning?.Invoke(text);
        log?.Write(level, text);
    }

    internal void Alert(NoticeLog? log, string text, string logged)
    {
        Alerting?.Invoke(text);
        log?.Write(NoticeLog.LevelEmergency, logged);
    }

    private int _deafEars;
    private long _unwatchedToldMs = -UnwatchedEveryMs;

    /// <summary>As often at most it is told that connections end because the kernel does not watch them.</summary>
    private const long UnwatchedEveryMs = 10_000;

    /// <summary>The kernel refuses to poll a listening socket for a worker, or does so now. Any worker. Told when the first one is
    /// refused.</summary>
    internal void NoteEar(bool polled, int errno)
    {
        int deaf = polled ? Interlocked.Decrement(ref _deafEars) : Interlocked.Increment(ref _deafEars);
        if (!polled && deaf == 1)
            Warn($"Cannot poll a listening socket ({Errno.Message(errno)}), trying again every second.");
    }

    /// <summary>The kernel refuses to tell of a connection's events. Any worker.</summary>
    internal void NoteUnwatched(int errno)
    {
        long now = Environment.TickCount64,
            told = Interlocked.Read(ref _unwatchedToldMs);
        if (now - told >= UnwatchedEveryMs && Interlocked.CompareExchange(ref _unwatchedToldMs, now, told) == told)
            Warn($"Cannot poll a connection ({Errno.Message(errno)}), it ends, and so do others.");
    }

    /// <summary>Faults in handlers that are told with their stack; of later ones only every hundredth.</summary>
    private const int FaultsTold = 20;
    private long _faults;

    /// <summary>Handlers that have failed (an error in this program, not in what a peer sent).</summary>
    public long Faults => Volatile.Read(ref _faults);

    /// <summary>A handler of the loop has thrown. Any worker. Throws nothing itself: where there is no memory to tell of it, it is
    /// counted.</summary>
    internal void NoteFault(Exception failure)
    {
        if (Core.Buffers.MemoryBudget.IsLack(failure))
        {
            Core.Buffers.MemoryBudget.CountFailure();
            return;
        }
        long number = Interlocked.Increment(ref _faults);
        try
        {
            if (number <= FaultsTold || number % 100 == 0)
                StandardStreams.Error(
                    $"[ALERT]    ({Processes.getpid()}) : fault {number.ToString(CultureInfo.InvariantCulture)} in a handler, what it was about was ended: {failure}\n"
                );
            if (!Loop.FaultInjection.On)
                Core.Pools.PoolChecks.Report($"a handler failed: {failure}");
        }
        catch (OutOfMemoryException)
        {
            Core.Buffers.MemoryBudget.CountFailure();
        }
    }

    private static string Kind(FrontendState frontend) => frontend.Config.IsBackend ? "proxy" : "frontend";

    internal void Paused(FrontendState frontend) => Warn(frontend.Notices, $"Paused {Kind(frontend)} {frontend.Name}.");

    internal void Resumed(FrontendState frontend) => Warn(frontend.Notices, $"Resumed {Kind(frontend)} {frontend.Name}.");

    internal void Stopped(FrontendState frontend) =>
        Stopped(frontend.Notices, frontend.Name, frontend.Counters, frontend.Config.IsBackend ? BackendOf(frontend)?.Counters : null);

    private void Stopped(NoticeLog? log, string name, PerWorker<TrafficCounters>? front, PerWorker<TrafficCounters>? back) =>
        Warn(
            log,
            string.Create(
                CultureInfo.InvariantCulture,
                $"Proxy {name} stopped (cumulated conns: FE: {Sum(front, c => c.Connections)}, BE: {Sum(back, c => c.Sessions)})."
            )
        );

    /// <summary>All proxies but those that had been stopped before. COMPAT: the listening ones first.</summary>
    internal void AllStopped(List<FrontendState> stopped)
    {
        foreach (FrontendState f in stopped)
            if (f.Listeners.Count > 0)
                Stopped(f);
        foreach (FrontendState f in stopped)
            if (f.Listeners.Count == 0)
                Stopped(f);
        if (_haveBackendsStopped)
            return;
        _haveBackendsStopped = true;
        foreach (BackendState b in engine.Backends)
            if (!b.Config.IsFrontend)
                Stopped(b.Notices, b.Name, null, b.Counters);
    }

    /// <summary>They have no socket whose end says when: with the first frontends.</summary>
    private bool _haveBackendsStopped;

    private BackendState? BackendOf(FrontendState frontend) => engine.Backends.Find(b => b.Config == frontend.Config);

    private static long Sum(PerWorker<TrafficCounters>? counters, Func<TrafficCounters, long> value)
    {
        long sum = 0;
        if (counters is null)
            return 0;
        foreach (TrafficCounters c in counters)
            sum += value(c);
        return sum;
    }

    /// <summary>SIGHUP: how the servers stand, for every proxy.</summary>
    public void DumpServerStates()
    {
        Warning?.Invoke("SIGHUP received, dumping servers states.");
        List<ProxyConfig> added = engine.Backends.FindAll(b => b.IsDynamic).ConvertAll(b => b.Config);
        foreach (ProxyConfig proxy in (List<ProxyConfig>)[.. engine.Config.Proxies, .. added])
        {
            FrontendState? front = engine.Frontends.Find(f => f.Config == proxy);
            BackendState? back = engine.Backends.Find(b => b.Config == proxy);
            NoticeLog? log = front?.Notices ?? back?.Notices;
            log?.Write(NoticeLog.LevelNotice, $"SIGHUP received, dumping servers states for proxy {proxy.Name}.");
            foreach (ServerState s in back?.Servers ?? [])
                Warn(
                    log,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"SIGHUP: Server {proxy.Name}/{s.Name} is {(s.IsRunning ? "UP" : "DOWN")}. Conn: {s.CurrentSessions} act, {s.Queue.Count} pend, {Sum(s.Counters, c => c.Sessions)} tot."
                    ),
                    NoticeLog.LevelNotice
                );
            Warn(
                log,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"SIGHUP: Proxy {proxy.Name} {Availability(back)} Conn: act(FE+BE): {front?.CurrentSessions ?? 0}+{back?.CurrentSessions ?? 0}, {back?.TotalQueued ?? 0} pend ({back?.Queue.Count ?? 0} unass), tot(FE+BE): {Sum(front?.Counters, c => c.Connections)}+{Sum(back?.Counters, c => c.Sessions)}."
                ),
                NoticeLog.LevelNotice
            );
        }
    }

    private static string Availability(BackendState? backend)
    {
        if (backend is null || backend.Servers.Count == 0)
            return "has no servers.";
        (int active, int backup) = backend.CountUsable();
        return active + backup == 0
            ? "has no server available !"
            : string.Create(CultureInfo.InvariantCulture, $"has {active} active servers and {backup} backup servers available.");
    }
}
