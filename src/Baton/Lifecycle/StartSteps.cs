// How long each step of the start took: for the start-up log of a master, and for "baton reload".
using System;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Baton.Lifecycle;

internal sealed class StartSteps
{
    /// <summary>Set in the environment by "baton reload": the steps go to stderr.</summary>
    public const string Variable = "BATON_SHOW_STEPS";

    private readonly StringBuilder _text = new();
    private readonly long _first = Stopwatch.GetTimestamp();
    private long _last = Stopwatch.GetTimestamp();

    /// <summary>Milliseconds since the start began.</summary>
    public int TotalMs => (int)Stopwatch.GetElapsedTime(_first).TotalMilliseconds;

    /// <summary>The step that has just ended.</summary>
    public void Ended(string step)
    {
        long now = Stopwatch.GetTimestamp();
        _text.Append(CultureInfo.InvariantCulture, $"  {Stopwatch.GetElapsedTime(_last, now).TotalMilliseconds, 7:0.0} ms  {step}\n");
        _last = now;
    }

    /// <summary>One line a step.</summary>
    public override string ToString() => _text.ToString();

    public static bool Wanted => Environment.GetEnvironmentVariable(Variable) is not null;
}
