// global: tune.* settings that change behaviour here. The others are hints of the catalog.
using System;
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

internal static class GlobalTuning
{
    // COMPAT: what is given with "get" can be said once, the others any number of times
    private static DirectiveKeyword Number(
        string name,
        int min,
        int max,
        Action<GlobalConfig, int> set,
        Func<GlobalConfig, int>? get = null
    ) => new(name, SectionKinds.Global, c =>
        {
            if (
                c.Expect(1, 1, "an integer argument")
                && c.Integer(0, min, max, out int v)
                && !c.IsRepeated(get is not null && get(c.Global) != 0)
            )
                set(c.Global, v);
        });

    private static DirectiveKeyword Bytes(string name, Action<GlobalConfig, int> set, Func<GlobalConfig, int>? get = null) =>
        new(name, SectionKinds.Global, c =>
        {
            if (c.Expect(1, 1, "a size") && c.Size(0, out int v) && !c.IsRepeated(get is not null && get(c.Global) != 0))
                set(c.Global, v);
        });

    private static void ShareIdleConnections(DirectiveContext c)
    {
        if (!c.Expect(1, 1, "'on' or 'off'"))
            return;
        if (c[0] is not ("on" or "off"))
            c.Error($"'{c.Keyword}' expects either 'on' or 'off' but got '{c[0]}'.", c[0]);
        else
            c.Global.KeepsIdleApart = c[0] == "off";
    }

    private static void AcceptPayloadWithAnyMethod(DirectiveContext c)
    {
        if (c.Expect(0, 0, "no argument"))
            c.Global.AcceptPayloadWithAnyMethod = true;
    }

    private static void PurgeDefaults(DirectiveContext c)
    {
        if (c.Expect(0, 0, "no argument"))
            c.Global.PurgesDefaults = true;
    }

    private static void HideTunnels(DirectiveContext c)
    {
        if (c.Expect(0, 0, "no argument"))
            c.Global.Http2.HidesTunnels = true;
    }

    internal static readonly DirectiveKeyword[] Keywords =
    [
        new("h2-workaround-bogus-websocket-clients", SectionKinds.Global, HideTunnels),
        new("tune.defaults.purge", SectionKinds.Global, PurgeDefaults),
        new("h1-accept-payload-with-any-method", SectionKinds.Global, AcceptPayloadWithAnyMethod),
        Bytes("tune.bufsize", (g, v) => g.BufferSize = (Math.Max(1024, v) + 15) & ~15),
        Bytes("tune.maxrewrite", (g, v) => g.MaxRewrite = v),
        Number("tune.http.maxhdr", 1, 32767, (g, v) => g.MaxHttpHeaders = v),
        Number("tune.http.logurilen", 1, 16384, (g, v) => g.LoggedUriLength = v + 1),
        Number("tune.http.cookielen", 1, 16384, (g, v) => g.CapturedCookieLength = v),
        new("tune.idle-pool.shared", SectionKinds.Global, ShareIdleConnections),
        Number("tune.h2.max-concurrent-streams", 0, int.MaxValue, (g, v) => g.Http2.MaxConcurrentStreams = v),
        Number("tune.h2.fe.max-concurrent-streams", 0, int.MaxValue, (g, v) => g.Http2.ClientMaxConcurrentStreams = v),
        Number("tune.h2.initial-window-size", 0, int.MaxValue, (g, v) => g.Http2.InitialWindowSize = v),
        Number("tune.h2.fe.initial-window-size", 0, int.MaxValue, (g, v) => g.Http2.ClientInitialWindowSize = v),
        Number("tune.h2.header-table-size", 0, 65535, (g, v) => g.Http2.HeaderTableSize = v),
        Number("tune.h2.fe.glitches-threshold", 0, int.MaxValue, (g, v) => g.Http2.ClientGlitchesThreshold = v),
        Number("tune.h2.be.max-concurrent-streams", 0, int.MaxValue, (g, v) => g.Http2.ServerMaxConcurrentStreams = v),
        Number("tune.h2.be.initial-window-size", 0, int.MaxValue, (g, v) => g.Http2.ServerInitialWindowSize = v),
        Number("tune.h2.be.glitches-threshold", 0, int.MaxValue, (g, v) => g.Http2.ServerGlitchesThreshold = v),
        Number("tune.h2.fe.max-rst-at-once", 0, 65535, (g, v) => g.Http2.ClientResetsAtOnce = v),
        Number("tune.h2.fe.max-total-streams", 0, int.MaxValue, (g, v) => g.Http2.ClientMaxTotalStreams = v),
        Number("tune.stick-counters", 0, 100, (g, v) => g.StickCounters = v),
        Number("tune.maxaccept", -1, int.MaxValue, (g, v) => g.MaxAccept = v < 0 ? int.MaxValue : v, g => g.MaxAccept),
        Number("tune.maxpollevents", 1, 1_000_000, (g, v) => g.MaxPollEvents = v, g => g.MaxPollEvents),
        Bytes("tune.vars.global-max-size", (g, v) => g.VariablesGlobalMax = v),
        Bytes("tune.vars.proc-max-size", (g, v) => g.VariablesProcessMax = v),
        Bytes("tune.vars.sess-max-size", (g, v) => g.VariablesSessionMax = v),
        Bytes("tune.vars.txn-max-size", (g, v) => g.VariablesTransactionMax = v),
        Bytes("tune.vars.reqres-max-size", (g, v) => g.VariablesExchangeMax = v),
        Bytes("tune.vars.check-max-size", (g, v) => g.VariablesCheckMax = v),
        Bytes("tune.pipesize", (g, v) => g.PipeSize = v),
        Bytes("tune.rcvbuf.client", (g, v) => g.RcvBufClient = v, g => g.RcvBufClient),
        Bytes("tune.sndbuf.client", (g, v) => g.SndBufClient = v, g => g.SndBufClient),
        Bytes("tune.rcvbuf.server", (g, v) => g.RcvBufServer = v, g => g.RcvBufServer),
        Bytes("tune.sndbuf.server", (g, v) => g.SndBufServer = v, g => g.SndBufServer),
    ];
}
