// A worker's link to its master: one descriptor on which it reports its start, and one on which it answers commands.
using System;
using System.Globalization;
using Baton.Configuration.Model;
using Baton.Control.Cli;
using Baton.Control.Master;
using Baton.Engine;
using Baton.Engine.Listeners;
using Baton.Interop.Linux;

namespace Baton.Lifecycle;

internal sealed class MasterLink
{
    private readonly int _report, _commands;

    private MasterLink(int report, int commands) => (_report, _commands) = (report, commands);

    /// <summary>Null in a process that has no master.</summary>
    public static MasterLink? Current { get; } = Find();

    /// <summary>Started by a master, or as one in another's place: the directory has been changed (-C) already.</summary>
    public static bool IsSecondStart => Current is not null || MasterProcess.IsReexecuted;

    private static MasterLink? Find()
    {
        string[] numbers = (Environment.GetEnvironmentVariable(MasterProcess.WorkerVariable) ?? "").Split(',');
        Environment.SetEnvironmentVariable(MasterProcess.WorkerVariable, null);
        if (numbers.Length != 2 || !int.TryParse(numbers[0], CultureInfo.InvariantCulture, out int report) || !int.TryParse(numbers[1], CultureInfo.InvariantCulture, out int commands)) return null;
        Files.SetCloseOnExec(report, true);
        Files.SetCloseOnExec(commands, true);
        return new MasterLink(report, commands);
    }

    /// <summary>A message of the start.</summary>
    public void Log(string text) => WorkerReport.SendLog(_report, text);

    /// <summary>The runtime API on the pair: with all rights, the master has asked for those of its client.</summary>
    public void AddListener(EngineState engine, CliServer cli)
    {
        var bind = new BindConfig { Position = new SourcePosition("master", 0), Level = CliLevel.Admin, ExposeListeners = true };
        engine.Listeners.Add(new ListenerState(engine, bind, null, cli) { InheritedDescriptor = _commands, IsSocketPair = true, IsMasterLink = true });
    }

    /// <summary>Tells the master that this worker serves, from the running loop of the first worker thread: it does then.</summary>
    public void ReportServing(EngineState engine, int handoverFrom, string? pidFile, bool daemon)
    {
        GlobalConfig global = engine.Config.Global;
        var report = new WorkerReport
        {
            Version = InformationCommands.Version, PidFile = pidFile, HandoverFrom = handoverFrom,
            NoExitOnFailure = global.MasterWorkerNoExitOnFailure, MaxReloads = global.MasterWorkerMaxReloads,
        };
        engine.Workers[0].Post(_ =>
        {
            if (daemon) Daemon.LeaveTerminal();
            report.SendReady(_report);
            Files.close(_report);
        });
    }
}
