// "baton test -f FILE CASES…": cases of a file, each through "baton explain" in a process of its own, so that no case sees what another one
// left in tables or balancers.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text;
using Baton.Control.Cases;
using Baton.Interop.Linux;

namespace Baton.Commands.Cases;

internal static class TestCommand
{
    public const string Arguments = "-f FILE [--format text|tap|junit|json] CASES...";
    public const string Summary =
        "sends the requests of YAML files through a configuration, as 'baton explain' does, and says which are not as expected;\n"
        + "exit status 0, 1 when one is not, 2 for trouble";

    private const int Failed = 1,
        Trouble = 2;

    public static int Run(string[] args)
    {
        var configuration = new List<string>();
        var files = new List<string>();
        string format = "text";
        for (int i = 0; i < args.Length; i++)
        {
            if (args[i] == "-f" && i + 1 < args.Length)
                configuration.AddRange(["-f", args[++i]]);
            else if (args[i] == "--format" && i + 1 < args.Length && Array.IndexOf(CaseReport.Formats, args[i + 1]) >= 0)
                format = args[++i];
            else if (!args[i].StartsWith('-'))
                files.Add(args[i]);
            else
                return Refuse(Companions.WrongArgument(args[i], "--format"));
        }
        if (configuration.Count == 0 || files.Count == 0)
            return Refuse("'baton test' wants a configuration (-f FILE) and a file of cases.");
        if (Read(files) is not { } cases)
            return Trouble;
        var results = new List<CaseResult>();
        foreach (RequestCase one in cases)
            results.Add(Try(one, configuration));
        StandardStreams.Out(CaseReport.Write(format, results));
        return results.Exists(static r => r.IsTrouble) ? Trouble
            : results.Exists(static r => !r.HasPassed) ? Failed
            : 0;
    }

    private static int Refuse(string why)
    {
        Companions.Find("test")!.Refuse(why);
        return Trouble;
    }

    private static List<RequestCase>? Read(List<string> files)
    {
        var cases = new List<RequestCase>();
        foreach (string file in files)
        {
            try
            {
                cases.AddRange(CaseFile.Parse(file, File.ReadAllText(file)));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                StandardStreams.Error($"baton test: cannot read '{file}'\n");
                return null;
            }
            catch (FormatException e)
            {
                StandardStreams.Error($"baton test: {e.Message}\n");
                return null;
            }
        }
        return cases;
    }

    private static CaseResult Try(RequestCase one, List<string> configuration)
    {
        long start = Stopwatch.GetTimestamp();
        CaseResult Result(string fault, bool trouble) => new(one, fault, trouble, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        List<string> arguments = ["baton", "explain", .. configuration, .. one.Arguments];
        if (!Files.Pipe(out int readEnd, out int writeEnd))
            return Result("cannot create a pipe", true);
        int pid = Processes.Spawn("/proc/self/exe", arguments, Processes.Environment(), false, [(writeEnd, 2)], nullStandardStreams: true);
        Files.close(writeEnd);
        var said = new StringBuilder();
        byte[] chunk = new byte[4096];
        for (int n; pid > 0 && (n = Files.Read(readEnd, chunk)) > 0; )
            said.Append(Encoding.UTF8.GetString(chunk, 0, n));
        Files.close(readEnd);
        int status = pid > 0 ? Processes.Wait(pid, block: true, out _) : Trouble;
        const string prefix = "baton explain: ";
        string fault = said.ToString().Replace(prefix, "", StringComparison.Ordinal);
        return Result(
            status == 0 ? ""
                : fault.Length > 0 ? fault
                : $"it ended with {status}",
            status is not (0 or Failed)
        );
    }
}
