// "baton reload --dry-run": what a reload would change, and whether the configuration on disk would be accepted. Nothing is changed: the
// running process tells its configuration, and the program that a reload would start is asked to check its files.
using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Baton.Configuration;
using Baton.Configuration.Model;
using Baton.Interop.Linux;
using Baton.Lifecycle;

namespace Baton.Commands;

internal static class DryRun
{
    /// <param name="process">A process alone, or a master.</param>
    /// <param name="address">Where it was named by, null when that was a pid file.</param>
    /// <returns>0 when it would be accepted, changed or not.</returns>
    public static int Run(RunningProcess process, string? address)
    {
        address ??= process.Option("-S") is { } cli ? RunningProcess.Address(cli, process.Directory) : process.StatsSocket(exposed: false);
        string? running = address is null ? null : Running(address);
        CommandLine line = CommandLine.Parse(process.Arguments[1..]);
        // its files may be relative paths
        if (Files.chdir(process.Directory) < 0)
            return Fail($"cannot change to its directory {process.Directory}");
        bool isAccepted = Check(process, out string said);
        if (!isAccepted)
        {
            StandardStreams.Error(said);
            return Fail("a reload would be refused, and what runs would go on");
        }
        ConfigurationSource.PredefineVariables(line.Files, line.LocalPeer);
        var record = new ConfigurationRecord();
        var loader = new ConfigurationLoader(Expressions.Create) { Echo = record.Add };
        ProcessConfig? next = loader.Load(line.Files);
        if (running is null)
            StandardStreams.Out("The running process does not tell its configuration, so that nothing can be said of changes.\n");
        else if (next is not null)
            StandardStreams.Out(Difference(running, next, Encoding.UTF8.GetString(record.Text.Span)));
        StandardStreams.Out("A reload would be accepted.\n");
        return 0;
    }

    private static string Difference(string running, ProcessConfig next, string after)
    {
        var loader = new ConfigurationLoader(Expressions.Create) { StandardInput = Encoding.UTF8.GetBytes(running) };
        ProcessConfig? old = loader.Load([ConfigurationLoader.StandardInputName]);
        string? text = old is null ? ConfigurationDifference.Describe(running, after) : DiffCommand.Describe(old, running, next, after);
        return text is null or "" ? "The same configuration, line by line.\n" : text;
    }

    /// <summary>Null from a program, or for somebody, to whom it is not told.</summary>
    private static string? Running(string address)
    {
        foreach (string prefix in (string[])["", "@1 "])
            if (
                RuntimeClient.Ask(address, prefix + "show configuration", 5000, out _) is { } text
                && !text.StartsWith("Unknown command", StringComparison.Ordinal)
                && !text.StartsWith("Permission", StringComparison.Ordinal)
            )
                return text;
        return null;
    }

    /// <summary>As the program that stands in its place now would check it, with its own arguments.</summary>
    private static bool Check(RunningProcess process, out string said)
    {
        said = "";
        var arguments = new List<string> { process.Arguments[0], "-c" };
        arguments.AddRange(MasterStart.WithoutPredecessors(process.ArgumentsInPlace[1..]));
        if (!Files.Pipe(out int readEnd, out int writeEnd))
            return false;
        int pid = Processes.Spawn(process.Program, arguments, Processes.Environment(), false, [(writeEnd, 1), (writeEnd, 2)]);
        Files.close(writeEnd);
        var text = new StringBuilder();
        byte[] chunk = new byte[4096];
        for (int n; pid > 0 && (n = Files.Read(readEnd, chunk)) > 0; )
            text.Append(Encoding.UTF8.GetString(chunk, 0, n));
        Files.close(readEnd);
        said = pid > 0 ? text.ToString() : $"cannot execute {process.Program}\n";
        return pid > 0 && Processes.Wait(pid, block: true, out _) == 0;
    }

    private static int Fail(string why)
    {
        StandardStreams.Error($"{why}\n");
        return 1;
    }
}
