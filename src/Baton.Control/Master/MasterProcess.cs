// The master: a small process that keeps its pid, starts workers, watches over them, and forwards signals. One thread, one
// poll loop. A reload starts a worker beside the running one; the running one is told to go only when the new one serves.
//
//   USR2, HUP, "reload" -> start worker -> it reports that it serves -> copies of its sockets -> USR1 to the old workers
//                                       '-> it dies or hangs: a failed reload, the old worker goes on
//
// Its parts: .Reload (when a worker is started and what comes of it), .Children (deaths and the end). A start is a WorkerStart, another
// program in the master's place a ProgramReplacement, the worker of a dead master an OrphanedWorker; SocketKeeper, MasterCli and
// ProcessTable are what they are called.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Baton.Interop.Linux;

namespace Baton.Control.Master;

/// <summary>OWNER: the thread that calls <see cref="Run"/>.</summary>
public sealed partial class MasterProcess
{
    /// <summary>Environment through which HAProxy (2.6 to 3.x) and Baton hand a running master to the program that replaces it.</summary>
    public const string ReexecVariable = "HAPROXY_MWORKER_REEXEC",
        WaitVariable = "HAPROXY_MWORKER_WAIT_ONLY",
        ProcessesVariable = "HAPROXY_PROCESSES";

    /// <summary>"REPORT,COMMANDS": the two descriptors of a worker that belongs to a master.</summary>
    public const string WorkerVariable = "BATON_WORKER";

    /// <summary>"FD:LEVEL,…": a worker's copies of the master's command line, for the case that the master dies.</summary>
    public const string CopiesVariable = "BATON_MASTER_COPIES";

    /// <summary>Seconds a starting worker may take; 60 unless set.</summary>
    private const string StartTimeoutVariable = "BATON_START_TIMEOUT";

    private readonly MasterOptions _options;
    private readonly ProcessTable _table;
    private readonly SocketKeeper _keeper = new();
    private readonly MasterCli _cli;
    private readonly ProgramReplacement _replacement;

    /// <summary>The worker that is taken over by our first one, if there is one.</summary>
    private OrphanedWorker? _orphan;
    private readonly bool _reexecuted,
        _waitOnly;
    private readonly long _startTimeoutMs;
    private readonly List<PollDescriptor> _poll = [];
    private int _signals,
        _keeperFd = -1,
        _keeperPeer = -1;
    private WorkerProcess? _current,
        _starting;
    private bool _reloadWanted,
        _stopping,
        _ended;
    private int _status;

    public MasterProcess(MasterOptions options)
    {
        _options = options;
        long now = WallClock;
        _reexecuted = Environment.GetEnvironmentVariable(ReexecVariable) is not null;
        _waitOnly = Environment.GetEnvironmentVariable(WaitVariable) is not null;
        _table = ProcessTable.Parse(Environment.GetEnvironmentVariable(ProcessesVariable) ?? "", Processes.getpid(), options.Version, now);
        _startTimeoutMs =
            int.TryParse(Environment.GetEnvironmentVariable(StartTimeoutVariable), CultureInfo.InvariantCulture, out int seconds)
            && seconds > 0
                ? seconds * 1000L
                : 60_000;
        foreach (string name in (string[])[ReexecVariable, WaitVariable, ProcessesVariable])
            Environment.SetEnvironmentVariable(name, null);
        _cli = new MasterCli(this);
        _replacement = new ProgramReplacement(this, _cli);
    }

    /// <summary>True when this process was executed by a master in its place.</summary>
    public static bool IsReexecuted => Environment.GetEnvironmentVariable(ReexecVariable) is not null;

    internal MasterOptions Options => _options;
    internal ProcessTable Table => _table;
    internal WorkerProcess? Current => _current;
    internal WorkerProcess? Starting => _starting;
    internal SocketKeeper Keeper => _keeper;
    internal static long WallClock => DateTimeOffset.UtcNow.ToUnixTimeSeconds();
    internal static long NowMs => Environment.TickCount64;

    /// <summary>Runs until the last worker has gone. The exit status: 0 when it was asked to stop, else the crashed worker's.</summary>
    public int Run()
    {
        ReadOnlySpan<int> handled =
        [
            Signals.SIGUSR1,
            Signals.SIGUSR2,
            Signals.SIGHUP,
            Signals.SIGTERM,
            Signals.SIGINT,
            Signals.SIGCHLD,
            Signals.SIGTTOU,
            Signals.SIGTTIN,
            Signals.SIGQUIT,
        ];
        Signals.BlockEverywhere(handled);
        Signals.Ignore(Signals.SIGPIPE);
        // whoever started it may have its own children ignored: their deaths would not be told
        Signals.Default(Signals.SIGCHLD);
        _signals = Signals.OpenDescriptor();
        if (_signals < 0 || !SocketNames.Pair(out _keeperFd, out _keeperPeer))
        {
            Alert($"Cannot start the master: {Errno.Message(Sockets.Last)}.");
            return 1;
        }
        Adopt();
        // what the user has named as the predecessor comes first
        if (!_reexecuted && _options.SocketsFrom is null && _options.OldPids.Count == 0)
            _orphan = OrphanedWorker.Find(_options);
        if (_orphan is not null)
            Notice($"Worker ({_orphan.Pid}) of a master that is gone answers at {_orphan.Socket}: taking it over");
        // where a worker of a dead master answers it does so until it has been taken over
        bool open = _cli.Open(_options.Sockets) && (_orphan is not null || _cli.Publish());
        if (!open && !_reexecuted)
        {
            _cli.Close();
            return 1;
        }
        if (!_waitOnly || _current is null)
            StartWorker(hard: false);
        while (!_ended)
            Turn();
        _cli.Close();
        return _status;
    }

    /// <summary>After another master has executed this program: its workers are ours.</summary>
    private void Adopt()
    {
        foreach (WorkerProcess worker in _table.Workers)
        {
            if (worker.CommandFd >= 0)
                Files.SetCloseOnExec(worker.CommandFd, true);
            worker.Told = worker.Reloads > _table.Workers[^1].Reloads;
        }
        if (_table.Workers.Count == 0)
            return;
        _current = _table.Workers[^1];
        _keeper.Replace(_current);
        _cli.Adopt();
        ReapChildren();
    }

    private void Turn()
    {
        _poll.Clear();
        Watch(_signals);
        Watch(_keeperFd);
        Watch(_starting?.ReportFd ?? -1);
        _cli.Watch(_poll);
        PollDescriptor[] set = _poll.ToArray();
        Files.Poll(set, Timeout());
        if (set[0].Results != 0)
            ReadSignals();
        if (set[1].Results != 0)
            ServeKeptSockets();
        if (set[2].Results != 0 && _starting is not null && _starting.ReportFd == set[2].Fd && _start.ReadReport() is { } report)
            OnServing(_starting, report);
        _cli.OnEvents(set.AsSpan(3));
        OnTime();
    }

    private void Watch(int fd) => _poll.Add(new PollDescriptor { Fd = fd, Events = 1 });

    private void ReadSignals()
    {
        while (!_ended)
        {
            int signal = Signals.Read(_signals, out _);
            switch (signal)
            {
                case 0:
                    return;
                case Signals.SIGUSR2 or Signals.SIGHUP:
                    _reloadWanted = true;
                    break;
                case Signals.SIGCHLD:
                    ReapChildren();
                    break;
                case Signals.SIGTERM:
                    Stop(Signals.SIGTERM);
                    break;
                // COMPAT: a master that is interrupted says so, one that is asked to end was successful
                case Signals.SIGINT:
                    _status = 128 + Signals.SIGINT;
                    Stop(Signals.SIGTERM);
                    break;
                case Signals.SIGUSR1:
                    Stop(Signals.SIGUSR1);
                    break;
            }
        }
    }

    /// <summary>Deadlines, and what waits for its turn: a worker to start again, a reload asked for during another one.</summary>
    private void OnTime()
    {
        long now = NowMs;
        if (!_stopping && _starting is not null && now >= _start.DeadlineMs)
            _start.GiveUp();
        if (_stopping && now >= _stopAgainAtMs)
            TellToStop();
        if (_ended || _stopping || _starting is not null)
            return;
        if (_reloadWanted)
        {
            _reloadWanted = false;
            Reload(hard: false);
        }
        else if (_current is null && now >= _respawnAtMs)
            StartWorker(hard: false);
        if (now < _tidyAtMs || _starting is not null)
            return;
        _tidyAtMs = long.MaxValue;
        Processes.GiveMemoryBack();
    }

    /// <summary>A master does nothing between two reloads: what one of them took is given back once it is quiet again.</summary>
    private const int TidyAfterMs = 1000;

    private long _tidyAtMs = long.MaxValue;

    private int Timeout()
    {
        long at = long.MaxValue;
        if (_stopping)
            at = _stopAgainAtMs;
        else if (_starting is not null)
            at = _start.DeadlineMs;
        else if (_reloadWanted)
            at = 0;
        else if (_current is null)
            at = _respawnAtMs;
        else
            at = _tidyAtMs;
        return at == long.MaxValue ? -1 : (int)Math.Clamp(at - NowMs, 0, 3_600_000);
    }

    /// <summary>A starting worker without a predecessor asks for the copies of the sockets.</summary>
    private void ServeKeptSockets()
    {
        Span<byte> payload = stackalloc byte[2];
        Span<int> fds = stackalloc int[1];
        DescriptorPassing.Receive(_keeperFd, payload, fds, out int count, Sockets.MSG_DONTWAIT);
        if (count == 1)
            _keeper.Serve(fds[0]);
    }

    internal void Notice(string text) => Say("[NOTICE]  ", text);

    private void Warn(string text) => Say("[WARNING] ", text);

    internal void Alert(string text) => Say("[ALERT]   ", text);

    private void Say(string level, string text)
    {
        if (_options.Quiet && level[1] != 'A')
            return;
        StandardStreams.Error($"{level} ({Processes.getpid()}) : {text}\n");
    }
}
