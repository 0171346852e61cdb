// Every Baton that a test starts checks its pools (BATON_CHECK_POOLS): an object with two holders ends the process, and the fault
// is written to one file for the whole run, so that it is found wherever the process's standard error went.
using System;
using System.IO;
using System.Runtime.CompilerServices;
using System.Threading;
using Xunit;

namespace Baton.Conformance.Harness;

/// <summary>Set up before the first test; a fault fails the test that is running when it is seen, and at the latest the run.</summary>
public sealed class PoolChecking : IDisposable
{
    private static readonly string s_file = Path.Combine(Path.GetTempPath(), $"baton-pools-{Environment.ProcessId}");
    private static long s_seen;

    [ModuleInitializer]
    internal static void TurnOn()
    {
        if (Environment.GetEnvironmentVariable("BATON_CHECK_POOLS") is null)
            Environment.SetEnvironmentVariable("BATON_CHECK_POOLS", s_file);
    }

    /// <summary>What processes have reported since the last call, or null.</summary>
    public static string? NewFaults()
    {
        if (!File.Exists(s_file))
            return null;
        string text = File.ReadAllText(s_file);
        long before = Interlocked.Exchange(ref s_seen, text.Length);
        return text.Length > before ? text[(int)before..] : null;
    }

    public void Dispose()
    {
        string? faults = File.Exists(s_file) ? File.ReadAllText(s_file) : null;
        File.Delete(s_file);
        if (faults is not null)
            throw new InvalidOperationException(faults);
    }
}
