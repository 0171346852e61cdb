// "dump stats-file": the counters of what has a guid, in the form that "stats-file" reads.
using System.Collections.Generic;
using Baton.Configuration.Model;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;

namespace Baton.Control.Cli;

internal static class StatsFileCommand
{
    private static IEnumerable<Worker> Dump(CliRequest r)
    {
        r.Line(StatsFile.Head(frontends: true));
        foreach (FrontendState f in r.Engine.Frontends)
            if (f.Config.Guid is { } guid)
            {
                r.Line(StatsFile.Line(guid, f.Counters));
                yield return r.Home!;
            }
        r.Line("");
        r.Line(StatsFile.Head(frontends: false));
        foreach (BackendState b in r.Engine.Backends)
        {
            if (b.Config.Guid is { } guid)
                r.Line(StatsFile.Line(guid, b.Counters));
            foreach (ServerState s in b.Servers)
                if (s.Config.Guid is { } own)
                {
                    r.Line(StatsFile.Line(own, s.Counters));
                    yield return r.Home!;
                }
        }
    }

    internal static readonly CliCommand[] Rows =
    [
        new("dump stats-file", "", CliLevel.User, "counters of what has a guid, for the next start", Dump),
    ];
}
