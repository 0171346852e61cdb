// compression algo|type|offload|direction|minsize-req|...: what a proxy compresses, and how; and what all of them may use for it.
using System;
using System.Collections.Generic;
using System.Text;
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

internal static class CompressionLines
{
    private static readonly string[] s_algorithms = ["identity", "gzip", "deflate", "raw-deflate"];

    private static CompressionConfig Of(DirectiveContext c) => c.Proxy.Compression ?? new CompressionConfig();

    private static CompressionAlgorithm? Algorithm(DirectiveContext c, string word)
    {
        int at = Array.IndexOf(s_algorithms, word);
        if (at >= 0)
            return (CompressionAlgorithm)at;
        _ = c.Arguments;
        c.Error($"'{c.Keyword}' : '{word}' is not a supported algorithm{Spelling.Hint(word, s_algorithms)}", word);
        return null;
    }

    private static bool HasArgument(DirectiveContext c, string what)
    {
        if (c.Count > 0 && c[0].Length > 0)
            return true;
        c.Error($"'{c.Keyword}' expects {what}.", c.Keyword);
        return false;
    }

    private static void Algorithms(DirectiveContext c)
    {
        if (!HasArgument(c, "<algorithm>"))
            return;
        var list = new List<CompressionAlgorithm>(Of(c).Algorithms);
        for (int i = 0; i < c.Count; i++)
        {
            if (Algorithm(c, c[i]) is not { } algorithm)
                return;
            list.Insert(0, algorithm);
        }
        c.Proxy.Compression = Of(c) with { Algorithms = list };
    }

    private static void RequestAlgorithm(DirectiveContext c)
    {
        if (c.Expect(1, 1, "<algorithm>") && Algorithm(c, c[0]) is { } algorithm)
            c.Proxy.Compression = Of(c) with { RequestAlgorithm = algorithm };
    }

    private static IReadOnlyList<byte[]>? Types(DirectiveContext c, IReadOnlyList<byte[]> before)
    {
        if (!HasArgument(c, "<type>"))
            return null;
        var list = new List<byte[]>(before);
        for (int i = 0; i < c.Count; i++)
            list.Add(Encoding.Latin1.GetBytes(c[i]));
        return list;
    }

    private static void ResponseTypes(DirectiveContext c)
    {
        if (Types(c, Of(c).ResponseTypes) is { } types)
            c.Proxy.Compression = Of(c) with { ResponseTypes = types };
    }

    private static void RequestTypes(DirectiveContext c)
    {
        if (Types(c, Of(c).RequestTypes) is { } types)
            c.Proxy.Compression = Of(c) with { RequestTypes = types };
    }

    private static void Offload(DirectiveContext c)
    {
        if (!c.Expect(0, 0, "no argument"))
            return;
        if (c.Section == SectionKinds.Defaults)
            c.Warning("'compression' : 'offload' ignored in 'defaults' section.", c.Keyword);
        else
            c.Proxy.Compression = Of(c) with { Offloads = true };
    }

    private static void Direction(DirectiveContext c)
    {
        if (c.Count == 1 && c[0] is "request" or "response" or "both")
            c.Proxy.Compression = Of(c) with { OfRequests = c[0] != "response", OfResponses = c[0] != "request" };
        else if (c.Expect(1, 1, "'request', 'response' or 'both'"))
            c.Error(
                $"'{c.Keyword}' expects 'request', 'response' or 'both', got '{c[0]}'{Spelling.Hint(c[0], "request", "response", "both")}",
                c[0]
            );
    }

    private static DirectiveParser MinSize(Func<CompressionConfig, int, CompressionConfig> set) =>
        c =>
        {
            if (c.Expect(1, 1, "a size") && c.Size(0, out int bytes))
                c.Proxy.Compression = set(Of(c), bytes);
        };

    private static DirectiveKeyword Number(string name, int min, int max, Action<GlobalConfig, int> set) =>
        new(name, SectionKinds.Global, c =>
        {
            if (c.Expect(1, 1, "an integer argument") && c.Integer(0, min, max, out int value))
                set(c.Global, value);
        });

    internal static readonly DirectiveKeyword[] Keywords =
    [
        new("compression algo", SectionKinds.Proxies, Algorithms),
        new("compression algo-res", SectionKinds.Proxies, Algorithms),
        new("compression algo-req", SectionKinds.Proxies, RequestAlgorithm),
        new("compression type", SectionKinds.Proxies, ResponseTypes),
        new("compression type-res", SectionKinds.Proxies, ResponseTypes),
        new("compression type-req", SectionKinds.Proxies, RequestTypes),
        new("compression offload", SectionKinds.Proxies, Offload),
        new("compression direction", SectionKinds.Proxies, Direction),
        new("compression minsize-res", SectionKinds.Proxies, MinSize(static (of, bytes) => of with { ResponseMinSize = bytes })),
        new("compression minsize-req", SectionKinds.Proxies, MinSize(static (of, bytes) => of with { RequestMinSize = bytes })),
        Number("maxcomprate", 0, int.MaxValue / 1024, static (g, v) => g.MaxCompressionRate = v),
        Number("maxcompcpuusage", 0, 100, static (g, v) => g.MaxCompressionCpuUsage = v),
        Number("maxzlibmem", 0, int.MaxValue, static (g, v) => g.MaxZlibMemory = v),
        Number("tune.comp.maxlevel", 1, 9, static (g, v) => g.MaxCompressionLevel = v),
        Number("tune.zlib.memlevel", 1, 9, static (g, v) => g.ZlibMemoryLevel = v),
        Number("tune.zlib.windowsize", 8, 15, static (g, v) => g.ZlibWindowSize = v),
    ];
}
