// The arguments of "baton top".
using System;
using System.Globalization;
using Baton.Control.Top;

namespace Baton.Commands.Top;

internal sealed class TopOptions
{
    public const string Arguments =
        "[ADDRESS | -S MASTER | -p PIDFILE] [--process N] [--view NAME] [--sort COLUMN] [--reverse] [--filter TEXT] [--interval SECONDS]"
        + " [--once]";
    private static readonly string[] s_known = ["--process", "--view", "--sort", "--reverse", "--filter", "--interval", "--once"];

    /// <summary>Where it is asked: a stats socket, or a master's command line.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Which process of a master, as "@1" or "@!123".</summary>
    public string Process { get; private set; } = "@1";
    public string? SortColumn { get; private set; }
    public bool IsReversed { get; private set; }
    public bool IsOnce { get; private set; }
    public TopView View { get; } = new();

    /// <summary>Null, and what is wrong.</summary>
    public static TopOptions? Parse(string[] args, out string why)
    {
        var options = new TopOptions();
        why = "";
        for (int i = 0; i < args.Length; i++)
        {
            if (args[i] is "--once")
                options.IsOnce = true;
            else if (args[i] is "--reverse")
                options.IsReversed = true;
            else if (!args[i].StartsWith('-') && options.Address.Length == 0)
                options.Address = RunningProcess.Address(args[i], Environment.CurrentDirectory);
            else if (i + 1 >= args.Length || !options.Take(args[i], args[i + 1], ref why))
            {
                if (why.Length == 0)
                    why = Companions.WrongArgument(args[i], s_known);
                return null;
            }
            else
                i++;
        }
        if (options.Address.Length > 0)
            return options;
        why = "whom to look at? Name a stats socket (a path, or host:port), a master with -S, or a pid file with -p.";
        return null;
    }

    private bool Take(string option, string value, ref string why)
    {
        switch (option)
        {
            case "-S" or "--socket":
                Address = RunningProcess.Address(value, Environment.CurrentDirectory);
                return true;
            case "-p":
                Address = RunningProcess.ApiOf(value, out why) ?? "";
                return Address.Length > 0;
            case "--process":
                Process = value.StartsWith('@') ? value : "@" + value;
                return true;
            case "--view":
                if (View.Choose(value))
                    return true;
                why = $"'--view' takes one of {string.Join(", ", TopTables.Names)}, got '{value}'.";
                return false;
            case "--sort":
                SortColumn = value;
                return true;
            case "--filter":
                View.Filter = value;
                return true;
            case "--interval":
                if (
                    double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double s)
                    && s is >= 0.1 and <= 3600
                )
                {
                    View.IntervalMs = (int)(s * 1000);
                    return true;
                }
                why = $"'--interval' takes seconds from 0.1 to 3600, got '{value}'.";
                return false;
            default:
                return false;
        }
    }
}
