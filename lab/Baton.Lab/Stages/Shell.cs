// Other people's programs: run to the end with what they said, or started and left running.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;

namespace Baton.Lab.Stages;

internal static class Shell
{
    /// <summary>Where ip, nft and tc are, whatever the user's PATH says.</summary>
    private static readonly string[] Directories =
    [
        .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'),
        "/usr/local/sbin",
        "/usr/sbin",
        "/sbin",
        "/usr/bin",
        "/bin",
    ];

    /// <summary>The full path of a program, or null.</summary>
    public static string? Find(string program) =>
        program.Contains('/')
            ? File.Exists(program)
                ? Path.GetFullPath(program)
                : null
            : Directories.Where(d => d.Length > 0).Select(d => Path.Combine(d, program)).FirstOrDefault(File.Exists);

    /// <summary>Runs to the end; what it printed on both.</summary>
    public static (int Status, string Output) Run(params IEnumerable<string> words)
    {
        using Process process = Start(words);
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }

    /// <summary>Runs to the end; throws with its message when it fails.</summary>
    public static string Must(params IEnumerable<string> words)
    {
        string[] all = [.. words];
        (int status, string output) = Run(all);
        return status == 0 ? output : throw new LabException($"{string.Join(' ', all)}: status {status}: {output.Trim()}");
    }

    /// <summary>Starts it with both outputs redirected.</summary>
    public static Process Start(params IEnumerable<string> words)
    {
        string[] all = [.. words];
        var info = new ProcessStartInfo(Find(all[0]) ?? throw new LabException($"{all[0]} is not installed"))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string word in all.Skip(1))
            info.ArgumentList.Add(word);
        return Process.Start(info)!;
    }

    /// <summary>Runs with its output in a file: a daemon keeps its standard error open, so nobody may wait for its end.</summary>
    public static int RunInto(string file, params IEnumerable<string> words)
    {
        string[] quoted = [.. words.Select(w => $"'{w.Replace("'", "'\\''")}'")];
        var info = new ProcessStartInfo("/bin/sh");
        foreach (string word in (string[])["-c", $"exec {string.Join(' ', quoted)} >>'{file}' 2>&1 </dev/null"])
            info.ArgumentList.Add(word);
        using Process process = Process.Start(info)!;
        process.WaitForExit();
        return process.ExitCode;
    }
}

/// <summary>Something the lab cannot go on with; the message is for the user.</summary>
internal sealed class LabException(string message) : Exception(message);
