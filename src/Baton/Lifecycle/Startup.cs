// From arguments to a serving process, in the order that makes a failing start harmless: parse and check everything,
// bind what is new, prepare the workers, and only then tell an old process to go.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Baton.Configuration.Model;
using Baton.Control.Cli;
using Baton.Control.Master;
using Baton.Engine;
using Baton.Engine.Build;
using Baton.Engine.Listeners;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;
using Baton.Engine.Streams;
using Baton.Handover.Sessions;
using Baton.Handover.Sockets;
using Baton.Interop.Linux;

namespace Baton.Lifecycle;

internal sealed class Startup(CommandLine line, string[] args)
{
    private readonly string[] _arguments = args;
    private readonly MasterLink? _master = MasterLink.Current;
    private readonly StartSteps _steps = new();

    /// <summary>Called once every socket is bound and the workers are about to run.</summary>
    public Action? Serving { get; init; }

    /// <summary>It came that far.</summary>
    public bool HasServed { get; private set; }

    /// <summary>Traffic is served: from here on a fault of the program is not one of the start.</summary>
    public static bool HasStarted { get; private set; }

    /// <summary>The process's exit status.</summary>
    public int Run()
    {
        if (MasterProcess.IsReexecuted && _master is null)
            return MasterStart.Run(line, _arguments);
        if (line.Check)
            PutOffCollecting();
        ProcessConfig? config;
        string report;
        bool warned;
        try
        {
            MemoryWatch.BeginLoading();
            config = ConfigurationSource.Load(line, out report, out warned);
        }
        catch (OutOfMemoryException)
        {
            HeapSize.Grow();
            throw;
        }
        if (config is not null && !line.Check)
            HeapSize.EndLoading(config);
        bool beMaster = config is not null && _master is null && !line.Check && (line.MasterWorker || config.Global.MasterWorker);
        // a master leaves the warnings to its worker, which reads the same files
        s_quiet = line.Quiet;
        s_introduced = report.Length > 0;
        if (report.Length > 0 && !beMaster)
        {
            // whoever started the process in the background has read it already
            if (Daemon.IsChild && config is not null)
                InformationCommands.StartupLogs += report;
            else
                Say(report);
        }
        if (config is null)
            return 1;
        _steps.Ended("configuration read and checked");
        if (line.DumpConfiguration)
            return 0;
        if (line.KeywordClasses is { } classes)
            StandardStreams.Out(Commands.KeywordDump.Write(classes));
        if (line.Check)
            return Check(config, warned);
        if (!ConfigurationTrial.HasListener(config))
        {
            Alert($"[{Environment.GetCommandLineArgs()[0]}.main()] No enabled listener found (check for 'bind' directives) ! Exiting.");
            return 1;
        }
        bool daemon = IsDaemon(config) && _master is null;
        if (daemon && Daemon.Detach(_arguments, out int status))
            return status;
        if (beMaster)
        {
            // its worker has read the same, and is the one to ask
            InformationCommands.Configuration = default;
            return MasterStart.Run(line, _arguments);
        }
        if (line.MasterSockets.Count > 0 && _master is null)
            Warn("a master CLI socket was defined, but master-worker mode (-W) is not enabled.");
        return Serve(config);
    }

    /// <summary>-c: 0 when it would start, 1 when it is wrong, 2 when there is nothing to listen on.</summary>
    private int Check(ProcessConfig config, bool warned)
    {
        MemoryWatch.BeginLoading();
        EngineBuilder builder = ConfigurationTrial.Build(config, out bool isRight);
        if (!isRight)
            return Refuse(builder);
        Report(builder);
        if (RefusesWarnings(config))
            return 1;
        if (line.DumpObjects)
            StandardStreams.Out(Commands.KeywordDump.LoadedObjects());
        bool serves = ConfigurationTrial.HasListener(config);
        string verdict = serves ? ConfigurationTrial.Valid : ConfigurationTrial.NoListener;
        if (!line.Quiet)
            StandardStreams.Out((warned || _warned ? "Warnings were found.\n" : "") + verdict);
        return serves ? 0 : 2;
    }

    /// <summary>What a check may allocate before the first collection, in bytes.</summary>
    private const long CheckMemory = 64 << 20;

    /// <summary>PERF: a check ends before collecting would pay: 1,000 backends of 10 servers in 47 ms instead of 62. Not where memory is
    /// limited: the runtime wants all of it at once.</summary>
    private static void PutOffCollecting()
    {
        if (MemoryLimits.Available() < 8 * CheckMemory)
            return;
        try
        {
            GC.TryStartNoGCRegion(CheckMemory);
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OutOfMemoryException) { }
    }

    private void Report(EngineBuilder builder)
    {
        foreach (BuildError warning in builder.Warnings)
            Warn(Described(warning));
    }

    private static string Described(BuildError found) =>
        $"config : {(found.Position.Line == 0 ? "" : found.IsOfLine ? $"parsing [{found.Position}] : " : $"[{found.Position}] : ")}{found.Message}";

    /// <summary>Says what keeps the configuration from being built; the exit status.</summary>
    private int Refuse(EngineBuilder builder)
    {
        Report(builder);
        foreach (BuildError error in builder.Errors)
            Alert(Described(error));
        Alert("config : Fatal errors found in configuration.");
        return 1;
    }

    /// <summary>-dW and zero-warning: also what only the building shows is fatal.</summary>
    private bool RefusesWarnings(ProcessConfig config)
    {
        if (!_warned || !line.ZeroWarning && !config.Global.ZeroWarning)
            return false;
        Alert(ConfigurationTrial.WarningsAreFatal);
        return true;
    }

    private bool IsDaemon(ProcessConfig config) => (line.Daemon || config.Global.Daemon) && !line.Foreground && !line.Debug;

    private int Serve(ProcessConfig config)
    {
        if (line.MemoryLimitMb > 0 && !Processes.LimitMemory((long)line.MemoryLimitMb << 20))
            Warn($"Cannot limit memory to {line.MemoryLimitMb} MB.");
        MemoryWatch.BeginLoading();
        ReadOnlySpan<int> handled =
        [
            Signals.SIGUSR1,
            Signals.SIGTERM,
            Signals.SIGINT,
            Signals.SIGTTOU,
            Signals.SIGTTIN,
            Signals.SIGHUP,
            Signals.SIGQUIT,
            Signals.SIGUSR2,
        ];
        Signals.BlockEverywhere(handled);
        Signals.Ignore(Signals.SIGPIPE);
        int workers = config.Global.NbThread > 0 ? config.Global.NbThread : Processes.Affinity().Length;
        int listeners = CountListeners(config, workers);
        ResourceLimits? limits = ResourceLimits.Apply(config, listeners, workers, Warn, Alert);
        if (limits is null)
            return 1;
        var descriptors = new DescriptorReserve(Math.Min(limits.Descriptors - 1, 2 * limits.MaxConn + 1024));
        var builder = new EngineBuilder(config, limits);
        EngineState? engine = builder.Build();
        if (engine is null)
            return Refuse(builder);
        Report(builder);
        if (RefusesWarnings(config))
            return 1;
        if (!line.Quiet)
            engine.Notices.Alerting = static text => StandardStreams.Error($"[ALERT]    ({Processes.getpid()}) : {text}\n");
        if (!line.Quiet)
            engine.Notices.Warning = static text => StandardStreams.Error($"[WARNING]  ({Processes.getpid()}) : {text}\n");
        if ((line.Debug || line.Verbose) && !line.Quiet)
            DescribeStart(engine);
        WarnOfUnusedActivation(engine);
        InformationCommands.ReleaseDate = Program.ReleaseDate;
        InformationCommands.Version = $"{Program.LanguageVersion}-baton-{Program.Version}";
        engine.Reloads.Describe(InformationCommands.Version, InformationCommands.Configuration);
        var desk = new HandoverDesk(engine);
        var cli = new CliServer(engine, HandoverCommands.Rows(desk));
        int statsId = 1;
        var statsIds = new HashSet<int>();
        foreach (BindConfig socket in config.Global.StatsSockets)
            statsIds.Add(socket.Id);
        foreach (BindConfig socket in config.Global.StatsSockets)
            engine.Listeners.AddRange(builder.ListenersOf(engine, socket, cli, statsIds, ref statsId));
        _master?.AddListener(engine, cli);
        _steps.Ended("engine built");
        ListeningSocketReceiver? received = null;
        if (line.SocketsFrom is { } source)
        {
            // from here on no other process takes over at the same time: what is fetched below is what there is
            if (!BeginTakeover(source, desk))
                return 1;
            received = new ListeningSocketReceiver();
            if (received.Fetch(source, line.OldPids) is { } why)
            {
                Alert($"Failed to get the sockets from the old process! ({why})");
                return 1;
            }
        }
        if (received is not null)
            _steps.Ended($"{received.Remaining} listening sockets received");
        var binder = new ListenerBinder(config.Global, received);
        if (!BindAll(engine, binder))
        {
            binder.Abandon();
            return 1;
        }
        var supervisor = new Supervisor(engine);
        if (!OpenEars(engine, supervisor, binder, IsDaemon(config)))
            return 1;
        received?.CloseUnclaimed();
        _steps.Ended($"{engine.Listeners.Count} listeners ready");
        string? pidFile = line.PidFile ?? config.Global.PidFile;
        // COMPAT: a process in the foreground is known to whoever started it
        if (pidFile is not null && _master is null && IsDaemon(config) && !WritePidFile(pidFile))
            return 1;
        HttpReply.MakeReady();
        // what comes from another process is held within the budget too
        MemoryWatch.Begin(HeapSize.Usable * 3 / 4 - GC.GetTotalMemory(false));
        Engine.Streams.StreamTrace.Begin(engine);
        engine.ConfiguredVariables = Engine.Variables.VariableParticipant.Configured(engine);
        if (desk.Incoming is { } taker && !taker.Prepare(engine))
            desk.Incoming = null;
        engine.AwaitsTeaching = desk.Incoming is null && line.OldPids.Count > 0 && !line.TerminateOld;
        if (desk.Incoming is null)
        {
            engine.LoadServerStates(text => Warn($"config : {text}"));
            Engine.Proxies.StatsFile.Load(engine, text => Warn($"config : {text}"));
        }
        if (desk.Incoming is not null)
            _steps.Ended($"state of process {desk.Incoming.OldPid} received");
        if (!ChangeRoot(config.Global))
            return 1;
        if (_master is null)
            TellOldProcesses(desk.Predecessors);
        if (!DropPrivileges(config.Global))
            return 1;
        // changing the user takes the permission to write a core file away
        if (config.Global.Dumpable)
            Processes.AllowCore();
        // nothing that serves traffic ever needs a program with more rights than its own
        Processes.prctl(Processes.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        ReportSteps();
        HasServed = true;
        Serving?.Invoke();
        Action report = _master is null
            ? Daemon.ReportReady
            : () => _master.ReportServing(engine, desk.Incoming?.OldPid ?? 0, pidFile, IsDaemon(config));
        if (desk.Incoming is null)
            report();
        else
        {
            descriptors.Wait();
            engine.Handover.Retiring = desk.Incoming.Release;
            // whoever waits for this start finds this process, and not the old one, on every socket afterwards
            if (!line.Quiet)
                desk.Incoming.Notice = text => StandardStreams.Error($"[NOTICE]   ({Processes.getpid()}) : {text}\n");
            desk.Incoming.Start(report);
        }
        HasStarted = true;
        engine.StartWorkers();
        engine.RunFirstWorker();
        // whoever waits sees which signal ended it
        if (supervisor.EndedBy > 0 && _master is null)
            Signals.DieOf(supervisor.EndedBy);
        return supervisor.ExitStatus;
    }

    /// <summary>All that still needs descriptors, while a failure harms nobody; then the sockets get their paths.</summary>
    private static bool OpenEars(EngineState engine, Supervisor supervisor, ListenerBinder binder, bool daemon)
    {
        string? failed = null;
        if (daemon && !Daemon.PrepareToLeaveTerminal())
            failed = $"cannot open /dev/null ({Errno.Message(Interop.Linux.Sockets.Last)})";
        if (failed is null && !supervisor.Attach())
            failed = $"cannot receive signals ({Errno.Message(Interop.Linux.Sockets.Last)})";
        foreach (ListenerState listener in engine.Listeners)
            engine.AddAcceptors(listener);
        failed ??= binder.Publish();
        if (failed is null)
            return true;
        binder.Abandon();
        Alert($"[baton.main()] {failed}.");
        return false;
    }

    /// <summary>-d and -V: what the process starts with; -d also shows what passes.</summary>
    private void DescribeStart(EngineState engine)
    {
        if (line.Debug)
            engine.Trace = new Engine.Streams.DebugTrace();
        StandardStreams.Error(
            string.Create(CultureInfo.InvariantCulture, $"Note: setting global.maxconn to {engine.MaxConn}.\n")
                + Commands.BuildDescription.Polling
        );
        StandardStreams.Out("Using epoll() as the polling mechanism.\n");
    }

    /// <summary>Sockets passed by systemd (sd_listen_fds) queue connections whether or not anybody serves them.</summary>
    private void WarnOfUnusedActivation(EngineState engine)
    {
        int Number(string name) =>
            int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : 0;
        const int first = 3;
        int count = Number("LISTEN_FDS"),
            pid = Number("LISTEN_PID");
        if (pid != Processes.getpid() && (_master is null || pid != Processes.getppid()))
            return;
        for (int fd = first; fd < first + count; fd++)
            if (!engine.Listeners.Exists(l => l.InheritedDescriptor == fd))
                Warn($"the socket that systemd passed as descriptor {fd} is used by no line 'bind fd@{fd}'.");
    }

    private void ReportSteps()
    {
        _steps.Ended("ready to accept");
        InformationCommands.BootTimeMs = _steps.TotalMs;
        if (_master is not null)
            _master.Log(_steps.ToString());
        else if (StartSteps.Wanted)
            StandardStreams.Error(_steps.ToString());
    }

    /// <summary>-sf, -st. The one that hands over is told by the handover, and has told those before it; a master tells its workers
    /// itself.</summary>
    private void TellOldProcesses(IReadOnlyList<int> handingOver)
    {
        int signal = line.TerminateOld ? Signals.SIGTERM : Signals.SIGUSR1;
        foreach (int pid in line.OldPids)
            if (!handingOver.Contains(pid))
                Processes.kill(pid, signal);
    }

    /// <summary>When the process behind "-x" is a Baton and is to be replaced ("-sf"), asks it to hand over everything it has. False when
    /// it cannot be now.</summary>
    private bool BeginTakeover(string source, HandoverDesk desk)
    {
        if (line.OldPids.Count == 0 || line.TerminateOld)
            return true;
        desk.Incoming = HandoverTaker.Begin(source, line.OldPids, out string? error);
        if (error is not null)
            Alert($"Failed to take over from the old process! ({error})");
        return error is null;
    }

    /// <summary>chroot, while a failure still harms nobody: the old process has not been told anything.</summary>
    private static bool ChangeRoot(GlobalConfig global)
    {
        if (global.Chroot is not { } root || Files.chroot(root) == 0 && Files.chdir("/") == 0)
            return true;
        Alert($"[baton.main()] Cannot chroot({root}): {Errno.Message(Interop.Linux.Sockets.Last)}.");
        return false;
    }

    /// <summary>User and group, after the old process was told (which may take root) and before the first byte of traffic.</summary>
    private static bool DropPrivileges(GlobalConfig global)
    {
        int error = Processes.DropPrivileges(global.Uid, global.Gid);
        if (error == 0)
            return true;
        Alert($"[baton.main()] Cannot set uid {global.Uid} or gid {global.Gid}: {Errno.Message(error)}.");
        return false;
    }

    /// <summary>Connections that may wait to be accepted where nothing says otherwise.</summary>
    private const int DefaultBacklog = 1024;

    /// <summary>Binds every listener, reporting all that fail.</summary>
    private bool BindAll(EngineState engine, ListenerBinder binder)
    {
        var failed = new List<(ListenerState Listener, string Error)>();
        bool onlyInUse = Bind(engine.Listeners, binder, failed);
        bool pause =
            failed.Count > 0
            && onlyInUse
            && line.OldPids.Count > 0
            && line.SocketsFrom is null
            && (engine.Config.Global.NoReusePort || failed.TrueForAll(static f => AbstractNames.IsOne(f.Listener)));
        if (pause)
            BindBesidePaused(binder, failed);
        foreach ((ListenerState listener, string error) in failed)
        {
            Alert($"Binding {Describe(listener, error)}");
        }
        foreach ((ListenerState listener, string what) in binder.Refused)
            Warn($"Starting {Describe(listener, what)}");
        if (failed.Count > 0)
        {
            Alert("[baton.main()] Some protocols failed to start their listeners! Exiting.");
            return false;
        }
        foreach (ListenerState listener in engine.Listeners)
            binder.AdoptSurplus(listener);
        return true;
    }

    private static string Describe(ListenerState listener, string what)
    {
        string proxy = listener.Target switch
        {
            FrontendState front => $"{(front.Config.IsBackend ? "proxy" : "frontend")} {front.Name}",
            Engine.Peers.PeersState peers => $"peers {peers.Config.Name}",
            _ => "frontend GLOBAL",
        };
        string address = listener.Endpoint?.Text ?? $"fd@{listener.InheritedDescriptor}";
        return $"[{listener.Config.Position}] for {proxy}: {what} {(listener.Endpoint is { Family: Interop.Linux.Sockets.AF_UNIX } ? "" : "for ")}[{address}]";
    }

    /// <summary>Adds what cannot be bound to <paramref name="failed"/>. True when addresses in use are all that is wrong.</summary>
    private static bool Bind(IEnumerable<ListenerState> listeners, ListenerBinder binder, List<(ListenerState, string)> failed)
    {
        bool onlyInUse = true;
        foreach (ListenerState listener in listeners)
        {
            // those above a small maxconn wait in the queue in their order: a SYN that finds no room there comes again after one, three,
            // seven seconds
            int backlog = listener.Target is FrontendState f
                ? (
                    f.Config.Backlog > 0
                        ? f.Config.Backlog
                        : Math.Max(listener.Config.MaxConn > 0 ? listener.Config.MaxConn : f.MaxConn, DefaultBacklog)
                )
                : DefaultBacklog;
            if (binder.Bind(listener, Math.Min(backlog, 65535)) is not { } error)
                continue;
            failed.Add((listener, error));
            onlyInUse &= binder.WasInUse;
        }
        return onlyInUse;
    }

    /// <summary>
    /// The method of 2006 (noreuseport, -sf, no -x), and the only one for abstract names of UNIX sockets: asks the old processes to stop
    /// listening (SIGTTOU), and to go on (SIGTTIN) when that did not help. COMPAT: HAProxy does so for two seconds and whatever the reason;
    /// here only when nothing else is wrong, and shorter, because clients are refused meanwhile.
    /// </summary>
    private void BindBesidePaused(ListenerBinder binder, List<(ListenerState Listener, string Error)> failed)
    {
        const int attempts = 20,
            pauseMs = 10;
        List<ListenerState> bound = failed.ConvertAll(static f => f.Listener);
        foreach (int pid in line.OldPids)
            Processes.kill(pid, Signals.SIGTTOU);
        for (int i = 0; i < attempts && failed.Count > 0; i++)
        {
            if (i > 0)
                System.Threading.Thread.Sleep(pauseMs);
            List<ListenerState> left = failed.ConvertAll(static f => f.Listener);
            failed.Clear();
            if (!Bind(left, binder, failed))
                break;
        }
        if (failed.Count == 0)
            return;
        // what is bound here already would keep them from listening again
        foreach (ListenerState listener in bound)
            listener.CloseSockets();
        foreach (int pid in line.OldPids)
            Processes.kill(pid, Signals.SIGTTIN);
    }

    /// <summary>Descriptors that they take.</summary>
    private static int CountListeners(ProcessConfig config, int workers)
    {
        int n = config.Global.StatsSockets.Count;
        foreach (ProxyConfig p in config.Proxies)
        foreach (BindConfig b in p.Binds)
        foreach (AddressConfig a in b.Addresses)
            n += Math.Max(1, a.PortHigh - a.Port + 1) * ListenerBinder.ShardsOf(b, workers);
        foreach (PeersConfig p in config.Peers)
            n += p.Peers.Count + (p.Bind?.Addresses.Count ?? 0);
        return n;
    }

    private static bool WritePidFile(string path)
    {
        try
        {
            File.WriteAllText(path, Processes.getpid().ToString(CultureInfo.InvariantCulture) + "\n");
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Alert($"[baton.main()] Cannot create pidfile {path}");
            return false;
        }
    }

    private static void Alert(string text) => Say($"[ALERT]    ({Processes.getpid()}) : {text}\n");

    private bool _warned;

    private void Warn(string text)
    {
        _warned = true;
        Say($"[WARNING]  ({Processes.getpid()}) : {text}\n");
    }

    // -q: not even what keeps it from starting; the status tells
    private static bool s_quiet;

    // which program it is stands in front of the first thing it says
    private static bool s_introduced;

    /// <summary>To stderr, to "show startup-logs", and to the start-up log of the master when there is one.</summary>
    private static void Say(string text)
    {
        if (!s_introduced)
            text = ConfigurationSource.Introduction(Processes.getpid()) + text;
        s_introduced = true;
        InformationCommands.StartupLogs += text;
        if (!s_quiet)
            StandardStreams.Error(text);
        MasterLink.Current?.Log(text);
    }
}
