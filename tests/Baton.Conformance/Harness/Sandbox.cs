// A shell script in name spaces of its own: an own loopback device, so that fixed ports are free, an own /tmp and /run, and process
// ids of its own, so that nothing outlives it. For files and lines that are tried exactly as they are written. Needs root.
using System;
using System.Diagnostics;
using System.IO;
using Xunit;

namespace Baton.Conformance.Harness;

public static class Sandbox
{
    /// <summary>The working tree.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Where it is for a script.</summary>
    public const string Tree = "/run/tree";

    /// <summary>Runs the script with "baton" on the path, in an empty directory. Its status, and what it wrote to both streams.</summary>
    public static (int Status, string Output) Run(string script, int timeoutMs = 60_000)
    {
        string prologue = $"""
            set -u
            mount -t tmpfs tmpfs /run
            mkdir {Tree} /run/bin
            mount --bind '{Root}' {Tree}
            cp '{Products.BatonPath}' /run/bin/baton
            mount -t tmpfs tmpfs /tmp
            mkdir /tmp/work
            export PATH=/run/bin:$PATH:/usr/sbin
            ip link set lo up
            cd /tmp/work

            """;
        string[] arguments =
        [
            "--mount",
            "--net",
            "--pid",
            "--fork",
            "--kill-child",
            "--mount-proc",
            "--propagation",
            "private",
            "bash",
            "-c",
            prologue + script,
        ];
        var info = new ProcessStartInfo("unshare", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        using Process process = Process.Start(info)!;
        process.StandardInput.Close();
        System.Threading.Tasks.Task<string> error = process.StandardError.ReadToEndAsync(),
            output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(timeoutMs))
        {
            process.Kill(true);
            Assert.Fail($"the script did not end: {script}");
        }
        return (process.ExitCode, output.Result + error.Result);
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? d = new(AppContext.BaseDirectory); d is not null; d = d.Parent)
            if (File.Exists(Path.Combine(d.FullName, "Baton.slnx")))
                return d.FullName;
        throw new InvalidOperationException("no working tree above the tests");
    }
}
