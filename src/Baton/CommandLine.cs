// The command line of HAProxy (management manual, chapter 3), parsed without allocation-happy libraries: it runs at every reload.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Baton;

/// <summary>What the arguments ask for.</summary>
internal sealed class CommandLine
{
    public List<string> Files { get; } = [];
    public bool Check,
        Daemon,
        Foreground,
        Debug,
        Quiet,
        Verbose,
        ShowVersion,
        ShowBuild,
        ShowHelp;

    /// <summary>The help was asked for as of other programs: on standard output, with status 0.</summary>
    public bool HelpIsAnswer;

    /// <summary>A configuration that is no file, and the name that stands for the file in messages; null as a rule.</summary>
    public (string Text, string Name)? BuiltIn { get; set; }
    public bool MasterWorker,
        SystemdNotify,
        DiagMode,
        ZeroWarning,
        NoSplice,
        DumpConfiguration,
        DumpObjects,
        IgnoreUnresolved,
        NoReusePort,
        ShowMemoryHelp;

    /// <summary>-dM: pools are checked.</summary>
    public bool CheckPools;
    public string? PidFile,
        ChangeDirectory,
        ConditionToCheck,
        SocketsFrom,
        LocalPeer;

    /// <summary>Classes of keywords to list (-dK); null for none.</summary>
    public string? KeywordClasses;
    public int MaxConn,
        MaxConnPerProxy,
        MemoryLimitMb;

    /// <summary>Pids to finish (-sf, SIGUSR1) or to terminate (-st, SIGTERM) once everything is ready.</summary>
    public List<int> OldPids { get; } = [];
    public bool TerminateOld;

    /// <summary>Master-worker mode through -S: several addresses.</summary>
    public List<string> MasterSockets { get; } = [];

    /// <summary>The message for a bad argument, or null.</summary>
    public string? Error { get; private set; }

    public static CommandLine Parse(string[] args)
    {
        var line = new CommandLine();
        for (int i = 0; i < args.Length && line.Error is null; i++)
        {
            if (args[i] == "--")
            {
                for (i++; i < args.Length; i++)
                    line.Files.Add(args[i]);
                break;
            }
            i = line.ParseOne(args, i);
        }
        return line;
    }

    /// <summary>What stands alone. The last are pollers, ways to copy and to resolve that are not there to be turned off.</summary>
    private static readonly Dictionary<string, Action<CommandLine>> s_flags = new()
    {
        ["-c"] = static line => line.Check = true,
        ["-v"] = static line => line.ShowVersion = true,
        ["--version"] = static line => line.ShowVersion = true,
        ["-vv"] = static line => line.ShowBuild = true,
        ["-h"] = static line => line.ShowHelp = true,
        ["--help"] = static line => line.ShowHelp = line.HelpIsAnswer = true,
        ["-D"] = static line => line.Daemon = true,
        ["-db"] = static line => line.Foreground = true,
        ["-d"] = static line => line.Debug = true,
        ["-q"] = static line => line.Quiet = true,
        ["-V"] = static line => line.Verbose = true,
        ["-W"] = static line => line.MasterWorker = true,
        ["-Ws"] = static line => line.MasterWorker = line.SystemdNotify = true,
        ["-dD"] = static line => line.DiagMode = true,
        ["-dW"] = static line => line.ZeroWarning = true,
        ["-dS"] = static line => line.NoSplice = true,
        ["-dC"] = static line => line.DumpConfiguration = true,
        ["-dL"] = static line => line.DumpObjects = true,
        ["-dR"] = static line => line.NoReusePort = true,
        ["-dr"] = static line => line.IgnoreUnresolved = true,
        ["-de"] = static _ => { },
        ["-dp"] = static _ => { },
        ["-dG"] = static _ => { },
        ["-dV"] = static _ => { },
        ["-dF"] = static _ => { },
        ["-dZ"] = static _ => { },
        ["-dI"] = static _ => { },
    };

    private static readonly Dictionary<string, Action<CommandLine, string>> s_texts = new()
    {
        ["-f"] = static (line, v) => line.Files.Add(v),
        ["-p"] = static (line, v) => line.PidFile = v,
        ["-C"] = static (line, v) => line.ChangeDirectory = v,
        ["-L"] = static (line, v) => line.LocalPeer = v,
        ["-x"] = static (line, v) => line.SocketsFrom = v,
        ["-S"] = static (line, v) => line.MasterSockets.Add(v),
        ["-cc"] = static (line, v) => line.ConditionToCheck = v,
    };

    private static readonly Dictionary<string, Action<CommandLine, int>> s_numbers = new()
    {
        ["-n"] = static (line, v) => line.MaxConn = v,
        ["-N"] = static (line, v) => line.MaxConnPerProxy = v,
        ["-m"] = static (line, v) => line.MemoryLimitMb = v,
    };

    /// <summary>Reads the option at <paramref name="i"/>; the place of its last word.</summary>
    private int ParseOne(string[] args, int i)
    {
        string arg = args[i];
        if (s_flags.TryGetValue(arg, out Action<CommandLine>? flag))
        {
            flag(this);
            return i;
        }
        if (s_texts.TryGetValue(arg, out Action<CommandLine, string>? text))
            return Value(args, i, text);
        if (s_numbers.TryGetValue(arg, out Action<CommandLine, int>? number))
            return Number(args, i, number);
        if (arg is "-sf" or "-st")
            return Pids(args, i);
        if (arg.StartsWith("-dM", StringComparison.Ordinal))
            MemoryOptions(arg[3..]);
        else if (arg.StartsWith("-dK", StringComparison.Ordinal))
            KeywordClasses = arg[3..];
        else if (arg.StartsWith("-dC", StringComparison.Ordinal))
            Error = "-dC: a dump with a key, which hides names and addresses, is not supported; use -dC alone";
        else if (!arg.StartsWith("-dt", StringComparison.Ordinal))
            Error = arg.StartsWith('-') ? $"unknown option '{arg}'{Hint(arg)}" : $"unexpected argument '{arg}'";
        return i;
    }

    /// <summary>The numbers of processes behind -sf and -st.</summary>
    private int Pids(string[] args, int i)
    {
        string option = args[i];
        TerminateOld = option == "-st";
        while (i + 1 < args.Length && int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int pid))
        {
            // kill(2) takes 0 for everything that was started together with this process
            if (pid == 0)
            {
                Error = $"option '{option}' needs numbers of processes, 0 is none";
                return i;
            }
            OldPids.Add(pid);
            i++;
        }
        return i;
    }

    /// <summary>The option that was meant. Nothing for two letters, which are near every option.</summary>
    private static string Hint(string arg) =>
        arg.Length < 3
            ? ""
            : Configuration.Catalog.Spelling.Hint(
                arg.ToLowerInvariant(),
                [.. s_flags.Keys.Concat(s_texts.Keys).Concat(["-sf", "-st"]).Where(static o => o.Length > 2)]
            );

    private static readonly string[] s_memoryOptions =
    [
        "fail",
        "merge",
        "cold-first",
        "hot-first",
        "integrity",
        "global",
        "cache",
        "caller",
        "tag",
        "poison",
        "backup",
        "uaf",
    ];

    /// <summary>
    /// -dM[byte][,option...]: pools are checked, unless only other features are named or these are turned off. The names are those of
    /// HAProxy's pools.
    /// </summary>
    private void MemoryOptions(string text)
    {
        string[] options = text.Split(',', StringSplitOptions.RemoveEmptyEntries);
        CheckPools =
            Array.TrueForAll(options, static o => char.IsAsciiDigit(o[0]))
            || Array.Exists(options, static o => o is "poison" or "integrity");
        foreach (string option in options)
        {
            if (option == "help")
                ShowMemoryHelp = true;
            else if (
                !char.IsAsciiDigit(option[0])
                && Array.IndexOf(s_memoryOptions, option.StartsWith("no-", StringComparison.Ordinal) ? option[3..] : option) < 0
            )
                Error = $"-dM: unknown pool debugging feature <{option}>";
        }
    }

    private int Value(string[] args, int i, Action<CommandLine, string> set)
    {
        if (i + 1 >= args.Length)
        {
            Error = $"option '{args[i]}' needs an argument";
            return i;
        }
        set(this, args[i + 1]);
        return i + 1;
    }

    private int Number(string[] args, int i, Action<CommandLine, int> set)
    {
        if (i + 1 < args.Length && int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int v))
        {
            set(this, v);
            return i + 1;
        }
        Error = $"option '{args[i]}' needs a number";
        return i;
    }

    public const string Usage = """
        Usage : baton [-f <cfgfile|cfgdir>]* [ -vdVD ] [ -n <maxconn> ] [ -N <maxpconn> ]
                      [ -p <pidfile> ] [ -m <max megs> ] [ -C <dir> ] [-- <cfgfile>*]
                -v, --version displays version ; -vv shows known build options. -h, --help displays this.
                -d enters debug mode ; -db only disables background mode.
                -dS disables splice usage.
                -dC prints the configuration as it was read ; -dL the loaded object files.
                -dK<class[,class]*> lists supported keywords (use 'help' for the classes)
                -dr ignores server address resolution failures
                -dR disables SO_REUSEPORT usage
                -dM[<byte>,help,...] looks for objects and buffers with two holders (poison, integrity).
                -de -dp -dG -dV -dF -dZ -dI -dt are accepted and change nothing.
                -dD goes diagnosing ; -dW fails if any warning is emitted.
                -V enters verbose mode (disables quiet mode)
                -D goes daemon ; -C changes to <dir> before loading files.
                -W master-worker mode ; -Ws master-worker mode with systemd notify support.
                -q quiet mode : don't display messages
                -c check mode : only check config files and exit
                -cc check condition : evaluate a condition and exit
                -n sets the maximum total # of connections
                -m limits the usable amount of memory (in MB)
                -N sets the default, per-proxy maximum # of connections
                -L set local peer name (default to hostname)
                -p writes pids of all children to this file
                -sf/-st [pid ]* finishes/terminates old pids.
                -x <unix_socket> get listening sockets from a unix socket
                -S <bind>[,<bind options>...] new master CLI

        For people:
                baton check FILE        shows what is wrong in a configuration, with the line and the word
                baton help [WORD]       explains a keyword: what it does, where it stands, its arguments, an example
                baton explain           says rule by rule where a request would go
                baton test              sends a file of requests through a configuration and compares
                baton diff OLD NEW      says what a reload would change
                baton top ADDRESS       shows live what a process does, Baton or HAProxy
                baton reload            reloads a running process or master, waits, and says what changed
                baton coverage          lists every HAProxy keyword and whether it is supported
                baton quickstart        serves an example configuration on 127.0.0.1:8080
                baton completion SHELL  completes all of this
                baton man [COMMAND]     writes a manual page
                baton version           as -v
                baton COMMAND --help    says more about each

        """;
}
