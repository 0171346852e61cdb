// Where a stream goes without a server of the balancer's: "dispatch ADDRESS", "option transparent", "persist rdp-cookie".
using System;
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Model;
using Baton.Configuration.Values;

namespace Baton.Configuration.Sections;

internal static class DispatchLines
{
    private static void Dispatch(DirectiveContext c)
    {
        if (!c.Expect(1, 1, "an address and a port") || c.Address(c[0], AddressUse.Server) is not { } address)
            return;
        if (address.PortKind == PortKind.Offset)
            c.Error($"'dispatch' : port offset not permitted here in '{c[0]}'", c[0]);
        else if (address is { PortKind: PortKind.None, Path: "", FileDescriptor: < 0 })
            c.Error($"'dispatch' : missing port specification in '{c[0]}'", c[0]);
        else
            c.Proxy.Dispatch = address;
    }

    private static void Transparent(DirectiveContext c)
    {
        if (!c.Expect(0, 0, "no argument"))
            return;
        c.Proxy.Options = c.IsNo ? c.Proxy.Options & ~ProxyOptions.Transparent : c.Proxy.Options | ProxyOptions.Transparent;
    }

    /// <summary>persist rdp-cookie[(name)]: the cookie says the server's address, so no table is needed.</summary>
    private static void Persist(DirectiveContext c)
    {
        const string method = "rdp-cookie",
            usual = "msts";
        string word = c[0];
        if (!word.StartsWith(method, StringComparison.Ordinal))
        {
            c.Error($"unknown persist method{Spelling.Hint(word, method)}.", word);
            return;
        }
        if (!c.Expect(1, 1, "a method"))
            return;
        string rest = word[method.Length..];
        if (rest.Length == 0)
            c.Proxy.PersistRdpCookie = usual;
        else if (rest.Length > 2 && rest[0] == '(' && rest[^1] == ')')
            c.Proxy.PersistRdpCookie = rest[1..^1];
        else
            c.Error("'persist rdp-cookie(name)' requires an rdp cookie name.", word);
    }

    internal static readonly DirectiveKeyword[] Keywords =
    [
        new("dispatch", SectionKinds.Backends, Dispatch),
        new("transparent", SectionKinds.BackSide, Transparent, true),
        new("option transparent", SectionKinds.BackSide, Transparent, true),
        new("persist", SectionKinds.BackSide, Persist),
    ];
}
