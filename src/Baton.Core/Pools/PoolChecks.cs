// Detection of objects and blocks with two holders. Off, it costs a test of a null field; on, what is returned is spoiled, kept
// aside for a while, and looked at before it is used again, so that whoever still holds it is found near the fault.
using System;
using System.IO;

namespace Baton.Core.Pools;

/// <summary>The process's switch (BATON_CHECK_POOLS, -dM). Set once, before the first pool is made.</summary>
public static class PoolChecks
{
    /// <summary>What a spoiled byte is: no text, no length that fits, no address.</summary>
    public const byte Spoiled = 0xDB;

    /// <summary>Objects and blocks that stay aside before one is used again.</summary>
    public const int Quarantine = 64;

    private static string? s_report;
    private static long s_found;

    /// <summary>Whether pools made from here on look for second holders.</summary>
    public static bool On { get; private set; }

    /// <summary>Faults found so far.</summary>
    public static long Found => System.Threading.Volatile.Read(ref s_found);

    /// <param name="reportFile">Where faults are written besides standard error; nowhere when empty.</param>
    public static void TurnOn(string reportFile)
    {
        s_report = reportFile.Length > 0 ? reportFile : null;
        On = true;
    }

    /// <summary>What a pool made now does about a fault; null when pools are not checked.</summary>
    public static Action<string>? Reporter => On ? Report : null;

    /// <summary>A fault in who holds what. Counted always; when pools are checked it is written down and the process ends.</summary>
    public static void Report(string what)
    {
        System.Threading.Interlocked.Increment(ref s_found);
        if (!On)
            return;
        string text = $"pool violation: {what}\n{Environment.StackTrace}\n";
        try
        {
            if (s_report is { } file)
                File.AppendAllText(file, text);
        }
        catch (IOException) { }
        Environment.FailFast(text);
    }
}
