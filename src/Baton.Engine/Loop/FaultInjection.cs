// Makes handlers fail on purpose, to show that a fault in the handling of one connection ends that connection and nothing else.
using System;
using System.Globalization;
using System.Threading;

namespace Baton.Engine.Loop;

/// <summary>
/// BATON_INJECT_FAULTS="receive=50,timer=1": every 50th read and every timer of a connection throws. For tests; without the
/// variable a place costs one test of a field.
/// </summary>
public static class FaultInjection
{
    // PERF: known when compiled, so that the flag needs no static constructor to be asked about
    private const int Places = 10;
    private static readonly int[] s_every = new int[Places],
        s_passed = new int[Places];

    /// <summary>Whether any place fails. Set once at start.</summary>
    public static bool On;

    /// <summary>Reads the variable's text; words that are none are ignored.</summary>
    public static void Configure(string? text)
    {
        foreach (string item in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = item.Split('=');
            if (
                parts.Length == 2
                && Enum.TryParse(parts[0], ignoreCase: true, out FaultPlace place)
                && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int every)
            )
                s_every[(int)place] = every;
        }
        On = Array.Exists(s_every, static n => n > 0);
    }

    /// <summary>Throws when it is the place's turn.</summary>
    public static void Strike(FaultPlace place)
    {
        if (IsTurn(place))
            throw new InvalidOperationException($"injected at {place}");
    }

    /// <summary>The same for a place that fails without an exception.</summary>
    public static bool IsTurn(FaultPlace place)
    {
        int every = s_every[(int)place];
        return every > 0 && Interlocked.Increment(ref s_passed[(int)place]) % every == 0;
    }
}
