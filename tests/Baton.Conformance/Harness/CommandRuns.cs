// Runs "baton WORD ..." to its end.
using System.Diagnostics;

namespace Baton.Conformance.Harness;

public static class CommandRuns
{
    public static (int Status, string Output, string Errors) Run(string command, params string[] arguments) =>
        In("/", [command, .. arguments]);

    /// <summary>The same in a directory.</summary>
    public static (int Status, string Output, string Errors) In(string directory, params string[] arguments)
    {
        var info = new ProcessStartInfo(Products.BatonPath, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory,
        };
        using Process process = Process.Start(info)!;
        System.Threading.Tasks.Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }
}
