// Where it starts: the command line decides between the companions (check, help, coverage, reload) and the load balancer.
using System;
using System.IO;
using Baton.Commands;
using Baton.Configuration.Conditions;
using Baton.Interop.Linux;

namespace Baton;

internal static class Program
{
    /// <summary>The HAProxy release whose language is spoken; version_* predicates and "show info" compare with it.</summary>
    public const string LanguageVersion = ConditionEvaluator.LanguageVersion;
    public const string Version = "0.1.0";
    public const string ReleaseDate = "2026/11/23";

    private static int Main(string[] args)
    {
        try
        {
            return Start(args);
        }
        catch (Exception e) when (!Lifecycle.Startup.HasStarted)
        {
            // whatever it was that nobody thought of: one line, and not a dump
            Exception cause = e.GetBaseException();
            StandardStreams.Error(
                $"[ALERT]    ({Processes.getpid()}) : [baton.main()] cannot start: {cause.Message.ReplaceLineEndings(" ")} ({cause.GetType().Name})\n"
            );
            return 1;
        }
    }

    private static int Start(string[] args)
    {
        BearOwnName();
        if (args.Length > 0 && !args[0].StartsWith('-'))
            return Companions.Run(args);
        CommandLine line = CommandLine.Parse(args);
        if (line.Error is not null)
            return Refuse(line.Error);
        if (line.ConditionToCheck is { } condition)
            return CheckCondition(condition);
        if (line.ShowVersion || line.ShowBuild)
        {
            StandardStreams.Out(line.ShowBuild ? BuildDescription.Full() : BuildDescription.Version());
            return 0;
        }
        if (line.ShowMemoryHelp)
        {
            StandardStreams.Out(
                "-dM, -dMpoison, -dMintegrity: what goes back to a pool is spoiled and looked at before it is used again; a second holder\n"
                    + "ends the process. Other options change nothing.\n"
            );
            return 0;
        }
        if (line.ShowHelp || args.Length == 0)
            return ShowUsage(line.HelpIsAnswer);
        // a master is there already, and so is what it starts, and a process in the background
        if (
            line.ChangeDirectory is { } directory
            && !Lifecycle.MasterLink.IsSecondStart
            && !Lifecycle.Daemon.IsChild
            && !Lifecycle.HeapSize.IsSecondStart
            && Files.chdir(directory) < 0
        )
        {
            StandardStreams.Error(
                $"[ALERT]    ({Processes.getpid()}) : Could not change to directory {directory} : {Errno.Message(Sockets.Last)}\n"
            );
            return 1;
        }
        if (!HasFile(line))
            return Refuse("no configuration file: name one with -f FILE, or a directory that holds one (*.cfg)");
        // a daemon and a master's workers start anew: they read the same
        string? checkPools = Environment.GetEnvironmentVariable("BATON_CHECK_POOLS");
        if (line.CheckPools || checkPools is { Length: > 0 })
            Core.Pools.PoolChecks.TurnOn(checkPools ?? "");
        Engine.Loop.FaultInjection.Configure(Environment.GetEnvironmentVariable("BATON_INJECT_FAULTS"));
        Engine.Connections.Transports.XorTransport.Configure(Environment.GetEnvironmentVariable("BATON_TEST_TRANSPORT"));
        try
        {
            return new Lifecycle.Startup(line, args).Run();
        }
        catch (OutOfMemoryException)
        {
            StandardStreams.Error(
                $"[ALERT]    ({Processes.getpid()}) : Out of memory: the configuration needs more than the limits of this process leave it.\n"
            );
            // what the lists took outside the heap is still taken: the way out of Main may find no memory either
            Processes._exit(1);
            return 1;
        }
    }

    /// <summary>COMPAT: 0 true, 1 false, 2 unreadable.</summary>
    private static int CheckCondition(string condition)
    {
        bool? value = ConditionEvaluator.EvaluateWritten(condition, out string why);
        if (value is null)
            StandardStreams.Error($"[ALERT]    ({Processes.getpid()}) : config : Failed to evaluate condition: {why}\n");
        return value switch
        {
            true => 0,
            false => 1,
            _ => 2,
        };
    }

    /// <summary>
    /// A process in the background, and a worker, is executed as /proc/self/exe (whatever stands at the program's path by then),
    /// and the kernel would call it "exe": ps, top, pgrep and killall know it by the name it was started by.
    /// </summary>
    private static void BearOwnName()
    {
        const string executed = "exe";
        string name = Path.GetFileName(Environment.GetCommandLineArgs()[0]);
        if (name.Length > 0 && Processes.Name == executed)
            Processes.Name = name;
    }

    /// <summary>COMPAT: the version on stdout, the usage on stderr, status 1. "--help" is the answer that was asked for.</summary>
    private static int ShowUsage(bool isAnswer)
    {
        StandardStreams.Out(BuildDescription.Version());
        if (isAnswer)
        {
            StandardStreams.Out(CommandLine.Usage);
            return 0;
        }
        StandardStreams.Error(CommandLine.Usage);
        return 1;
    }

    private static int Refuse(string why)
    {
        StandardStreams.Error($"[ALERT]    ({Processes.getpid()}) : {why}\n{CommandLine.Usage}");
        return 1;
    }

    private static bool HasFile(CommandLine line)
    {
        foreach (string path in line.Files)
            if (!Directory.Exists(path) || Configuration.ConfigurationLoader.FilesOf(path).Length > 0)
                return true;
        return false;
    }
}
