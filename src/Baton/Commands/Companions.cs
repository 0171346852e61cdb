// The words for people: "baton WORD ...". The daemon's own options all begin with a dash.
namespace Baton.Commands;

internal static class Companions
{
    /// <summary>Runs the companion command named by the first argument; false when there is none of that name.</summary>
    public static bool TryRun(string[] args, out int status)
    {
        int? result = args[0] switch
        {
            "check" => CheckCommand.Run(args[1..]),
            "help" => HelpCommand.Run(args[1..]),
            "reload" => ReloadCommand.Run(args[1..]),
            "coverage" => CoverageCommand.Run(args[1..]),
            "quickstart" => QuickstartCommand.Run(args[1..]),
            _ => null,
        };
        status = result ?? 1;
        return result is not null;
    }
}
