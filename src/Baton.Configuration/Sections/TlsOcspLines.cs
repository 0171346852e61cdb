// global: how what authorities say of certificates is kept fresh (ocsp-update.*).
using System;
using System.Globalization;
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Model;
using Baton.Configuration.Values;

namespace Baton.Configuration.Sections;

internal static class TlsOcspLines
{
    private static DirectiveKeyword Switch(string name, Action<TlsGlobalConfig, bool> set) => new(name, SectionKinds.Global, c =>
        {
            if (!c.Expect(1, 1, "'on' or 'off' as argument"))
                return;
            if (TlsOptionWords.OnOff(c[0], on => set(c.Global.Tls, on)) is { } wrong)
                c.Error($"'{name}' {wrong}.", c[0]);
        });

    private static DirectiveKeyword Delay(string name, Action<TlsGlobalConfig, int> set) => new(name, SectionKinds.Global, c =>
        {
            if (!c.Expect(1, 1, "a number of seconds"))
                return;
            if (!int.TryParse(c[0], NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) || seconds < 1)
            {
                c.Error($"'{name}' expects a positive number of seconds.", c[0]);
                return;
            }
            set(c.Global.Tls, seconds);
            TlsGlobalConfig tls = c.Global.Tls;
            // the other one may still come
            bool isDefault = tls.OcspLeastDelay == 300 || tls.OcspMostDelay == 3600;
            if (tls.OcspLeastDelay > tls.OcspMostDelay && !isDefault)
                c.Error($"'{name}' : the least delay is more than the most ({tls.OcspLeastDelay}, {tls.OcspMostDelay}).", c[0]);
        });

    private static void Proxy(DirectiveContext c)
    {
        if (c.Expect(1, 1, "an address as argument") && c.Address(c[0], AddressUse.Server) is { } address)
            c.Global.Tls.OcspProxy = address;
    }

    private static void Resolvers(DirectiveContext c)
    {
        if (!c.Expect(1, 1, "the name of a resolvers section"))
            return;
        c.Global.Tls.OcspResolvers = c[0];
        c.Global.Tls.OcspResolversPosition = c.Position;
    }

    private static void Family(DirectiveContext c)
    {
        if (!c.Expect(1, 1, "'ipv4' or 'ipv6' as argument"))
            return;
        if (c[0] is "ipv4" or "ipv6")
            c.Global.Tls.OcspFamily = c[0] == "ipv4" ? AddressKind.IPv4 : AddressKind.IPv6;
        else
            c.Error($"'{c.Keyword}' expects 'ipv4' or 'ipv6', got '{c[0]}'.", c[0]);
    }

    internal static readonly DirectiveKeyword[] Keywords =
    [
        new("httpclient.resolvers.id", SectionKinds.Global, Resolvers),
        new("httpclient.resolvers.prefer", SectionKinds.Global, Family),
        Switch("ocsp-update.disable", (g, on) => g.OcspUpdateIsOff = on),
        new("ocsp-update.httpproxy", SectionKinds.Global, Proxy),
        Delay("ocsp-update.maxdelay", (g, n) => g.OcspMostDelay = n),
        Delay("ocsp-update.mindelay", (g, n) => g.OcspLeastDelay = n),
        Switch("ocsp-update.mode", (g, on) => g.OcspUpdate = on),
        Delay("tune.ssl.ocsp-update.maxdelay", (g, n) => g.OcspMostDelay = n),
        Delay("tune.ssl.ocsp-update.mindelay", (g, n) => g.OcspLeastDelay = n),
    ];
}
