// The list of what is compared. A new case is a new row here.
using System.Collections.Generic;
using Baton.Bench.Contestants;

namespace Baton.Bench.Cases;

public static class AllCases
{
    private const int IdleConnections = 5000,
        Backends = 1000,
        ServersEach = 10,
        Rules = 200;

    public static List<Case> For(int originPort)
    {
        var one = new Setup { OriginPort = originPort };
        Setup two = one with { Workers = 2 },
            many = one with { Backends = Backends, ServersEach = ServersEach };
        return
        [
            new HttpCase("keep-alive", "100 bytes, keep-alive", one),
            new HttpCase("short", "100 bytes, a connection each", one, close: true),
            new HttpCase("body-1k", "1 KB bodies", one, "/1k"),
            new HttpCase("body-64k", "64 KB bodies", one, "/64k", megabytes: 0.065536),
            new HttpCase("body-1m", "1 MB bodies", one, "/1m", connections: 16, megabytes: 1.048576),
            new BulkCase(),
            new HttpCase("workers-2", "keep-alive, 2 workers", two),
            new HttpCase("workers-2-short", "a connection each, 2 workers", two, close: true),
            new HttpCase("rules", "200 regex rules", one with { Rules = Rules }),
            new HttpCase("rules-2", "200 regex rules, 2 workers", two with { Rules = Rules }),
            new IdleCase(one, IdleConnections),
            new HttpCase("backends", "keep-alive, 1,000 backends × 10 servers", many),
            new CheckCase("check", "check, 10 lines", one),
            new CheckCase("check-large", "check, 1,000 × 10 servers", many),
            new ReloadCase("reload", "reload, 10 lines", one),
            new ReloadCase("reload-large", "reload, 1,000 × 10 servers", many),
        ];
    }
}
