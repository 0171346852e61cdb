// Where it starts: the command line decides between the companions (check, help, coverage, reload) and the load balancer.
using Baton.Interop.Linux;

namespace Baton;

internal static class Program
{
    /// <summary>The HAProxy release whose language is spoken; version_* predicates and "show info" compare with it.</summary>
    public const string LanguageVersion = "3.2.0";
    public const string Version = "0.1.0";
    public const string ReleaseDate = "2026/11/23";

    private static int Main(string[] args)
    {
        if (args.Length > 0 && !args[0].StartsWith('-') && Commands.Companions.TryRun(args, out int status)) return status;
        CommandLine line = CommandLine.Parse(args);
        if (line.Error is not null)
        {
            StandardStreams.Error($"[ALERT]    ({Processes.getpid()}) : {line.Error}\n{CommandLine.Usage}");
            return 1;
        }
        if (line.ConditionToCheck is { } condition)
        {
            // COMPAT: 0 true, 1 false, 2 unreadable
            bool? value = Baton.Configuration.Conditions.ConditionEvaluator.Evaluate(condition, out string why);
            if (value is null) StandardStreams.Error($"[ALERT]    ({Processes.getpid()}) : config : Failed to evaluate condition: {why}\n");
            return value switch { true => 0, false => 1, _ => 2 };
        }
        if (line.ShowHelp || args.Length == 0) { StandardStreams.Out(VersionText() + CommandLine.Usage); return line.ShowHelp ? 0 : 1; }
        if (line.ShowVersion || line.ShowBuild) { StandardStreams.Out(VersionText() + (line.ShowBuild ? BuildText() : "")); return 0; }
        // a master is there already, and so is what it starts
        if (line.ChangeDirectory is { } directory && !Lifecycle.MasterLink.IsSecondStart && Files.chdir(directory) < 0)
        {
            StandardStreams.Error($"[ALERT]    ({Processes.getpid()}) : cannot change to directory '{directory}' : {Errno.Message(Sockets.Last)}.\n");
            return 1;
        }
        return new Lifecycle.Startup(line, args).Run();
    }

    private static string VersionText() => $"Baton version {Version} {ReleaseDate}, speaking the configuration language of HAProxy {LanguageVersion}\n";

    private static string BuildText()
        => "Build options : NativeAOT, .NET " + System.Environment.Version + "\n"
           + "Feature list : +EPOLL +LINUX_SPLICE +LINUX_TPROXY +TFO +NS +THREAD -OPENSSL -LUA -ZLIB\n"
           + "Default settings :\n  bufsize = 16384, maxrewrite = 1024, maxpollevents = 200\n";
}
