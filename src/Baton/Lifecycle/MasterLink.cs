// A worker's link to its master: one descriptor on which it reports its start, and one on which it answers commands. It also
// holds copies of the master's command line (-S PATH). When the master is gone without a word it serves on and hears there
// itself, so that a new master finds it and takes it over; without such a path nobody could, and it ends at once.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using Baton.Configuration.Model;
using Baton.Control.Cli;
using Baton.Control.Master;
using Baton.Engine;
using Baton.Engine.Listeners;
using Baton.Interop.Linux;

namespace Baton.Lifecycle;

internal sealed class MasterLink
{
    private readonly int _report,
        _commands;
    private readonly List<(int Fd, CliLevel Level)> _copies = [];
    private int _isLost;

    private MasterLink(int report, int commands) => (_report, _commands) = (report, commands);

    /// <summary>Null in a process that has no master.</summary>
    public static MasterLink? Current { get; } = Find();

    /// <summary>Started by a master, or as one in another's place: the directory has been changed (-C) already.</summary>
    public static bool IsSecondStart => Current is not null || MasterProcess.IsReexecuted;

    /// <summary>A worker without its descriptors has no way to serve: were it to take itself for a master, it would start a worker, and so
    /// on without end.</summary>
    private static MasterLink? Find()
    {
        string? value = Environment.GetEnvironmentVariable(MasterProcess.WorkerVariable);
        Environment.SetEnvironmentVariable(MasterProcess.WorkerVariable, null);
        if (value is null)
            return null;
        string[] numbers = value.Split(',');
        if (
            numbers.Length == 2
            && int.TryParse(numbers[0], CultureInfo.InvariantCulture, out int report)
            && int.TryParse(numbers[1], CultureInfo.InvariantCulture, out int commands)
            && Files.SetCloseOnExec(report, true)
            && Files.SetCloseOnExec(commands, true)
        )
            return new MasterLink(report, commands).WithCopies();
        StandardStreams.Error(
            $"[ALERT]    ({Processes.getpid()}) : {MasterProcess.WorkerVariable}={value} names no descriptors of a master.\n"
        );
        Environment.Exit(1);
        return null;
    }

    private MasterLink WithCopies()
    {
        string value = Environment.GetEnvironmentVariable(MasterProcess.CopiesVariable) ?? "";
        Environment.SetEnvironmentVariable(MasterProcess.CopiesVariable, null);
        foreach (string copy in value.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = copy.Split(':');
            if (
                parts.Length != 2
                || !int.TryParse(parts[0], CultureInfo.InvariantCulture, out int fd)
                || !Enum.TryParse(parts[1], out CliLevel level)
            )
                continue;
            if (Files.SetCloseOnExec(fd, true))
                _copies.Add((fd, level));
        }
        return this;
    }

    /// <summary>This process is about to execute itself: its link stays open for that, or is its own again when it failed.</summary>
    public void Bequeath(bool inherited)
    {
        Files.SetCloseOnExec(_report, !inherited);
        Files.SetCloseOnExec(_commands, !inherited);
    }

    /// <summary>A message of the start.</summary>
    public void Log(string text) => WorkerReport.SendLog(_report, text);

    /// <summary>The runtime API on the pair: with all rights, the master has asked for those of its client.</summary>
    public void AddListener(EngineState engine, CliServer cli)
    {
        var bind = new BindConfig
        {
            Position = new SourcePosition("master", 0),
            Level = CliLevel.Admin,
            ExposeListeners = true,
        };
        engine.Listeners.Add(
            new ListenerState(engine, bind, null, cli)
            {
                InheritedDescriptor = _commands,
                IsSocketPair = true,
                IsMasterLink = true,
            }
        );
        foreach ((int fd, CliLevel level) in _copies)
        {
            bind = new BindConfig
            {
                Position = new SourcePosition("-S", 0),
                Level = level,
                ExposeListeners = true,
            };
            engine.Listeners.Add(new ListenerState(engine, bind, null, cli) { InheritedDescriptor = fd, IsForOrphan = true });
        }
        engine.MasterLost = () =>
        {
            if (Interlocked.Exchange(ref _isLost, 1) == 0)
                OnMasterLost(engine);
        };
        engine.Handover.Changed += begun =>
        {
            if (!begun && Volatile.Read(ref _isLost) != 0)
                engine.HearForMaster();
        };
    }

    /// <summary>Without a master nobody reloads, watches or stops this process any more. COMPAT: HAProxy's worker ends at once.</summary>
    private void OnMasterLost(EngineState engine)
    {
        // it finishes what it has, or somebody else serves already and hears on the same sockets
        if (engine.Stopping || engine.Handover.IsUnderWay)
            return;
        if (engine.HearForMaster())
            engine.Notices.Warn(
                "The master is gone. This worker serves on, and answers on the master's socket: start the master again with the same -S to take it over."
            );
        else
        {
            engine.Notices.Warn("The master is gone, and has left no socket (-S PATH) through which another one could take over: exiting.");
            engine.StopWorkers();
        }
    }

    /// <summary>Tells the master that this worker serves, from the running loop of the first worker thread: it does then.</summary>
    public void ReportServing(EngineState engine, int handoverFrom, string? pidFile, bool daemon)
    {
        GlobalConfig global = engine.Config.Global;
        var report = new WorkerReport
        {
            Version = InformationCommands.Version,
            PidFile = pidFile,
            HandoverFrom = handoverFrom,
            NoExitOnFailure = global.MasterWorkerNoExitOnFailure,
            MaxReloads = global.MasterWorkerMaxReloads,
        };
        engine
            .Workers[0]
            .Post(_ =>
            {
                if (daemon)
                    Daemon.LeaveTerminal();
                report.SendReady(_report);
                Files.close(_report);
            });
    }
}
