// The command line of the comparison.
using System;
using System.Collections.Generic;
using System.Globalization;

namespace Baton.Bench;

/// <summary>What to measure and for how long.</summary>
public sealed class Options
{
    public List<string> Only = [];
    public int Rounds = 3;
    public double Seconds = 4;
    public bool Quick,
        Gate,
        List,
        Help;
    public string Binary = "artifacts/bin/baton",
        Results = "bench/results";
    public string? Error;

    /// <summary>Where a quick run leaves its figures: not among those that are kept and compared.</summary>
    public string QuickResults = "artifacts/bench-quick";

    public static Options Parse(string[] args)
    {
        var o = new Options();
        bool rounds = false,
            seconds = false;
        for (int i = 0; i < args.Length; i++)
        {
            string Next()
            {
                if (i + 1 < args.Length)
                    return args[++i];
                o.Error ??= $"'{args[i]}' needs a value";
                return "0";
            }
            switch (args[i])
            {
                case "--only":
                    o.Only.AddRange(Next().Split(','));
                    break;
                case "--rounds":
                    o.Rounds = (int)o.Number(Next());
                    rounds = true;
                    break;
                case "--seconds":
                    o.Seconds = o.Number(Next());
                    seconds = true;
                    break;
                case "--quick":
                    o.Quick = true;
                    break;
                case "--gate":
                    o.Gate = true;
                    break;
                case "--list":
                    o.List = true;
                    break;
                case "--baton":
                    o.Binary = Next();
                    break;
                case "--results":
                    o.Results = Next();
                    break;
                case "-h" or "--help":
                    o.Help = true;
                    break;
                default:
                    o.Error ??= $"unknown option '{args[i]}'";
                    break;
            }
        }
        if (o.Quick && !rounds)
            o.Rounds = 1;
        if (o.Quick && !seconds)
            o.Seconds = 1;
        if (o.Rounds < 1 || o.Seconds <= 0)
            o.Error ??= "at least one round, of more than no time";
        if (o.Quick && o.Gate)
            o.Error ??= "--gate takes figures that can be quoted, and --quick has none";
        return o;
    }

    private double Number(string text)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
            Error ??= $"'{text}' is no number";
        return value;
    }

    public const string Usage = """
        Usage: bench/run.sh [options]        Baton beside Debian's haproxy and nginx

          --only NAME[,NAME]  these cases only (a name, or the start of several)     --list  the names
          --rounds N          interleaved rounds; the median counts (3)
          --seconds S         of load in each (4)
          --quick             one round of one second: whether everything runs, not a figure to quote: they go
                              to artifacts/bench-quick, and are compared with nothing
          --gate              fail (status 3) where the ratio to haproxy is worse by more than 5 % than in the last kept
                              result; keeps nothing itself
          --baton FILE        another binary of Baton (artifacts/bin/baton)
          --results DIR       where the JSON goes, and the last run is looked for (bench/results)

        """;
}
