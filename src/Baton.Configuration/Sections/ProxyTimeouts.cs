// "timeout X".
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

internal static class ProxyTimeouts
{
    private delegate ref int Field(ref TimeoutsConfig timeouts);

    private static DirectiveKeyword Row(string name, SectionKinds sections, Field field) => new("timeout " + name, sections, c =>
        {
            if (!c.Expect(1, 1, "a time") || !c.Time(0, out int ms))
                return;
            ref int timeout = ref field(ref c.Proxy.Timeouts);
            // COMPAT: what the defaults section says is not said twice
            if (c.IsRepeated(c.Keyword) && c.Parent is { } parent && field(ref parent.Timeouts) != timeout)
                c.Warning($"overwriting '{c.Keyword}' which was already specified", c.Keyword);
            timeout = ms == 0 ? -1 : ms;
        });

    internal static readonly DirectiveKeyword[] Keywords =
    [
        Row("connect", SectionKinds.BackSide, (ref TimeoutsConfig t) => ref t.Connect),
        Row("client", SectionKinds.FrontSide, (ref TimeoutsConfig t) => ref t.Client),
        Row("server", SectionKinds.BackSide, (ref TimeoutsConfig t) => ref t.Server),
        Row("queue", SectionKinds.BackSide, (ref TimeoutsConfig t) => ref t.Queue),
        Row("tunnel", SectionKinds.BackSide, (ref TimeoutsConfig t) => ref t.Tunnel),
        Row("http-request", SectionKinds.Proxies, (ref TimeoutsConfig t) => ref t.HttpRequest),
        Row("http-keep-alive", SectionKinds.Proxies, (ref TimeoutsConfig t) => ref t.HttpKeepAlive),
        Row("client-fin", SectionKinds.FrontSide, (ref TimeoutsConfig t) => ref t.ClientFin),
        Row("server-fin", SectionKinds.BackSide, (ref TimeoutsConfig t) => ref t.ServerFin),
        Row("tarpit", SectionKinds.Proxies, (ref TimeoutsConfig t) => ref t.Tarpit),
        Row("check", SectionKinds.BackSide, (ref TimeoutsConfig t) => ref t.Check),
    ];
}
