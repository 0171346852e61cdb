// TCP keep-alive: "option tcpka", "clitcpka-*" and "srvtcpka-*"; "option clitcpka" and "srvtcpka" are flags of ProxyOptionLines.
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Model;
using Baton.Configuration.Values;

namespace Baton.Configuration.Sections;

internal static class KeepAliveLines
{
    private delegate ref int Field(ProxyConfig proxy);

    private static DirectiveKeyword Count(string name, SectionKinds sections, Field field) => new(name, sections, c =>
        {
            if (c.Expect(1, 1, "an integer value") && c.Integer(0, 0, int.MaxValue, out int v))
                field(c.Proxy) = v;
        });

    /// <summary>COMPAT: a time below a second is none: the kernel's value stays.</summary>
    private static DirectiveKeyword Seconds(string name, SectionKinds sections, Field field) => new(name, sections, c =>
        {
            if (c.Expect(1, 1, "a time in seconds") && c.Time(0, out int ms, TimeUnit.Second))
                field(c.Proxy) = ms / 1000;
        });

    private static void BothSides(DirectiveContext c)
    {
        if (c.Expect(0, 0, "no argument"))
            c.Proxy.Options |= ProxyOptions.ClientTcpKeepAlive | ProxyOptions.ServerTcpKeepAlive;
    }

    internal static readonly DirectiveKeyword[] Keywords =
    [
        new("option tcpka", SectionKinds.Proxies, BothSides),
        Count("clitcpka-cnt", SectionKinds.FrontSide, p => ref p.ClientKeepAlive.Count),
        Seconds("clitcpka-idle", SectionKinds.FrontSide, p => ref p.ClientKeepAlive.Idle),
        Seconds("clitcpka-intvl", SectionKinds.FrontSide, p => ref p.ClientKeepAlive.Interval),
        Count("srvtcpka-cnt", SectionKinds.BackSide, p => ref p.ServerKeepAlive.Count),
        Seconds("srvtcpka-idle", SectionKinds.BackSide, p => ref p.ServerKeepAlive.Idle),
        Seconds("srvtcpka-intvl", SectionKinds.BackSide, p => ref p.ServerKeepAlive.Interval),
    ];
}
