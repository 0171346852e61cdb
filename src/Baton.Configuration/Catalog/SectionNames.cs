// The words that open sections, as members of SectionKinds and back.
using System;
using System.Collections.Generic;

namespace Baton.Configuration.Catalog;

public static class SectionNames
{
    private static readonly (SectionKinds Kind, string Name)[] Names =
    [
        (SectionKinds.Global, "global"),
        (SectionKinds.Defaults, "defaults"),
        (SectionKinds.Frontend, "frontend"),
        (SectionKinds.Listen, "listen"),
        (SectionKinds.Backend, "backend"),
        (SectionKinds.Peers, "peers"),
        (SectionKinds.Resolvers, "resolvers"),
        (SectionKinds.Userlist, "userlist"),
        (SectionKinds.Mailers, "mailers"),
        (SectionKinds.Cache, "cache"),
        (SectionKinds.HttpErrors, "http-errors"),
        (SectionKinds.Ring, "ring"),
        (SectionKinds.LogForward, "log-forward"),
        (SectionKinds.LogProfile, "log-profile"),
        (SectionKinds.FcgiApp, "fcgi-app"),
        (SectionKinds.CrtStore, "crt-store"),
        (SectionKinds.Traces, "traces"),
        (SectionKinds.Program, "program"),
        (SectionKinds.Acme, "acme"),
        (SectionKinds.HealthCheck, "healthcheck"),
    ];

    /// <summary>Every section once, in the manual's order.</summary>
    public static IEnumerable<(SectionKinds Kind, string Name)> All => Names;

    /// <summary>What a line may begin with that opens a section, and other words of its place.</summary>
    public static IEnumerable<string> Openers(params IEnumerable<string> others)
    {
        foreach (string word in others)
            yield return word;
        foreach ((_, string name) in Names)
            yield return name;
    }

    /// <summary>The section that <paramref name="word"/> opens, or None.</summary>
    public static SectionKinds Find(string word)
    {
        foreach ((SectionKinds kind, string name) in Names)
            if (name == word)
                return kind;
        return SectionKinds.None;
    }

    /// <summary>"global, defaults and frontend"; empty for None.</summary>
    public static string Describe(SectionKinds kinds)
    {
        var words = new List<string>();
        foreach ((SectionKinds kind, string name) in Names)
            if ((kinds & kind) != 0)
                words.Add(name);
        if (words.Count < 2)
            return string.Concat(words);
        return string.Join(", ", words.GetRange(0, words.Count - 1)) + " and " + words[^1];
    }
}
