// "guid" of proxies and servers: a name by which what was counted is found again in another process ("stats-file"), whatever they are
// called.
using System.Collections.Generic;
using Baton.Configuration.Catalog;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Directives;
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

internal static class GuidLines
{
    private const int Longest = 127;

    /// <summary>What is wrong with it, or null.</summary>
    public static string? Fault(string text)
    {
        if (text.Length == 0)
            return "expects a name";
        if (text.Length > Longest)
            return $"has more than {Longest} characters";
        foreach (char c in text)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or ':'))
                return $"character '{c}' is not permitted in '{text}'";
        return null;
    }

    private static void Guid(DirectiveContext c)
    {
        if (!c.Expect(1, 1, "a name"))
            return;
        if (Fault(c[0]) is { } fault)
            c.Error($"'guid' : {fault}.", c[0]);
        else
            c.Proxy.Guid = c[0];
    }

    private static void StatsFile(DirectiveContext c)
    {
        if (c.Expect(1, 1, "a file path"))
            c.Global.StatsFile = c[0];
    }

    /// <summary>No two have one name.</summary>
    public static void Validate(ProcessConfig process, DiagnosticSink sink)
    {
        var used = new Dictionary<string, SourcePosition>();
        void Take(string? guid, SourcePosition at, string who)
        {
            if (guid is not null && !used.TryAdd(guid, at))
                sink.Error(at, $"{who} : guid '{guid}' is already used (declared at {used[guid]}).", guid);
        }
        foreach (ProxyConfig proxy in process.Proxies)
        {
            Take(proxy.Guid, proxy.Position, $"proxy '{proxy.Name}'");
            foreach (ServerConfig server in proxy.Servers)
                Take(server.Guid, server.Position, $"'server {server.Name}'");
        }
    }

    internal static readonly DirectiveKeyword[] Keywords =
    [
        new("guid", SectionKinds.NamedProxies, Guid),
        new("stats-file", SectionKinds.Global, StatsFile),
    ];
}
