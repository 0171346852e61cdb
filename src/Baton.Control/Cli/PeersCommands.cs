// show peers: who shares stick tables with this process, and how far they have come.
using Baton.Configuration.Model;
using Baton.Engine.Peers;

namespace Baton.Control.Cli;

internal static class PeersCommands
{
    /// <summary>show peers [dict|-] [SECTION].</summary>
    private static void Show(CliRequest r)
    {
        bool withWords = r[2] == "dict";
        string name = withWords || r[2] == "-" ? r[3] : r[2];
        string? text = null;
        r.OnEachWorker(
            worker =>
            {
                // all of it belongs to the first
                if (worker.Index == 0)
                    text = PeersReport.Write(r.Engine, name, withWords);
            },
            () =>
            {
                if (text is null)
                    r.Fail("No such peers");
                else
                    r.Answer.Append(text);
            }
        );
    }

    internal static readonly CliCommand[] Rows =
    [
        new("show peers", "[dict|-] [<section>]", CliLevel.User, "those who share stick tables, and how far they have come", Show),
    ];
}
