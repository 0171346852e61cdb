// global: stats socket, stats timeout, stats maxconn.
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Model;
using Baton.Configuration.Values;

namespace Baton.Configuration.Sections;

internal static class StatsSocketLine
{
    private static void Socket(DirectiveContext c)
    {
        if (c.Count == 0)
        {
            c.Error("'stats socket' in global section expects an address or a path to a UNIX socket", "stats");
            return;
        }
        var bind = new BindConfig { Position = c.Position };
        foreach (string part in c[0].Split(','))
            if (c.Address(part, AddressUse.Bind) is { } address)
                bind.Addresses.Add(address);
        BindLine.Options(c, bind, 1, cli: true);
        c.Global.StatsSockets.Add(bind);
    }

    private static void Timeout(DirectiveContext c)
    {
        if (c.Time(0, out int ms))
            c.Global.StatsTimeoutMs = ms;
    }

    private static void MaxConn(DirectiveContext c)
    {
        if (c.Integer(0, 1, int.MaxValue, out int v))
            c.Global.StatsMaxConn = v;
    }

    internal static readonly DirectiveKeyword[] Keywords =
    [
        new("stats socket", SectionKinds.Global, Socket),
        new("stats timeout", SectionKinds.Global, Timeout),
        new("stats maxconn", SectionKinds.Global, MaxConn),
    ];
}
