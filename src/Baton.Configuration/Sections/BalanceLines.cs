// "balance", "hash-type", "hash-balance-factor", "hash-preserve-affinity".
using System;
using System.Globalization;
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

internal static class BalanceLines
{
    private static void Balance(DirectiveContext c)
    {
        string word = c[0],
            argument = "";
        int open = word.IndexOf('(');
        if (open > 0 && word.EndsWith(')'))
        {
            argument = word[(open + 1)..^1];
            word = word[..open];
        }
        BalanceConfig? balance = word switch
        {
            "roundrobin" => new BalanceConfig(),
            "static-rr" => new BalanceConfig { Algorithm = BalanceAlgorithm.StaticRoundRobin },
            "leastconn" => new BalanceConfig { Algorithm = BalanceAlgorithm.LeastConn },
            "first" => new BalanceConfig { Algorithm = BalanceAlgorithm.First },
            "source" => new BalanceConfig { Algorithm = BalanceAlgorithm.Source },
            "random" => Random(c, argument),
            "uri" => Uri(c),
            "url_param" => c.Count > 1 ? Parameter(c) : Missing(c, "url_param"),
            "hdr" => argument.Length > 0 ? Header(c, argument) : Missing(c, "hdr"),
            "rdp-cookie" => Rdp(c, argument),
            "hash" => Hash(c),
            _ => Unknown(c, word),
        };
        if (balance is null)
            return;
        c.Proxy.Balance = balance;
        c.Proxy.HasBalance = true;
    }

    private static BalanceConfig? Missing(DirectiveContext c, string what)
    {
        c.Error($"'balance {what}' requires a parameter name.", what);
        return null;
    }

    /// <summary>url_param NAME [check_post [N]]: how long to wait is no longer said, but may be written.</summary>
    private static BalanceConfig? Parameter(DirectiveContext c)
    {
        bool post = c[2] == "check_post";
        if (c.Count == 2 || post && c.Count <= 4)
            return new BalanceConfig
            {
                Algorithm = BalanceAlgorithm.UrlParam,
                Argument = c[1],
                ChecksPost = post && c[3] is var _,
            };
        string wrong = post ? c[4] : c[2];
        c.Error($"'balance url_param' only accepts 'check_post' (got '{wrong}').", wrong);
        return null;
    }

    private static BalanceConfig? Header(DirectiveContext c, string name)
    {
        if (c[1] is "" or "use_domain_only")
            return new BalanceConfig
            {
                Algorithm = BalanceAlgorithm.Header,
                Argument = name,
                UseDomainOnly = c[1].Length > 0,
            };
        c.Error($"'balance hdr({name})' only accepts 'use_domain_only' (got '{c[1]}').", c[1]);
        return null;
    }

    private static BalanceConfig? Rdp(DirectiveContext c, string name)
    {
        if (c[0].Contains('(') && name.Length == 0)
        {
            c.Error("balance rdp-cookie : missing cookie name.", c[0]);
            return null;
        }
        return new BalanceConfig { Algorithm = BalanceAlgorithm.RdpCookie, Argument = name.Length > 0 ? name : "mstshash" };
    }

    private static BalanceConfig? Unknown(DirectiveContext c, string word)
    {
        c.Error($"'balance' : {KeywordVerdict.Of(KeywordFamily.BalanceAlgorithm, "algorithm", word).Message}", word);
        return null;
    }

    private static BalanceConfig? Hash(DirectiveContext c)
    {
        if (c.Count < 2)
            return Missing(c, "hash");
        if (c.Count > 2)
        {
            c.Error($"'balance hash' takes no other argument (got '{c[2]}').", c[2]);
            return null;
        }
        SampleExpressionConfig? sample = c.Expressions.ParseSample(c.Arguments[1..], c.Position, (SampleNeeds)ushort.MaxValue, out _);
        return sample is null ? null : new BalanceConfig { Algorithm = BalanceAlgorithm.Hash, Hash = sample };
    }

    private static BalanceConfig? Random(DirectiveContext c, string argument)
    {
        if (argument.Length == 0)
            return new BalanceConfig { Algorithm = BalanceAlgorithm.Random };
        if (int.TryParse(argument, NumberStyles.None, CultureInfo.InvariantCulture, out int draws) && draws > 0)
            return new BalanceConfig { Algorithm = BalanceAlgorithm.Random, Draws = draws };
        c.Error($"'balance random' : draws must be at least 1 (got '{argument}').", argument);
        return null;
    }

    private static BalanceConfig? Uri(DirectiveContext c)
    {
        var b = new BalanceConfig { Algorithm = BalanceAlgorithm.Uri };
        for (int i = 1; i < c.Count; i++)
        {
            if (c[i] == "whole")
                b = b with { UriWhole = true };
            else if (c[i] == "path-only")
                b = b with { UriPathOnly = true };
            else if (c[i] is "len" or "depth" && c.Integer(i + 1, 1, int.MaxValue, out int v))
            {
                b = c[i] == "len" ? b with { UriLength = v } : b with { UriDepth = v };
                i++;
            }
            else
            {
                c.Error($"'balance uri' only accepts parameters 'len', 'depth', 'path-only', and 'whole' (got '{c[i]}').", c[i]);
                return null;
            }
        }
        return b;
    }

    private static void HashType(DirectiveContext c)
    {
        HashMethod? method = c[0] switch
        {
            "map-based" => HashMethod.MapBased,
            "consistent" => HashMethod.Consistent,
            _ => null,
        };
        if (method is null)
        {
            c.Error($"'hash-type' expects 'consistent' or 'map-based'{Spelling.Hint(c[0], "consistent", "map-based")}.", c[0]);
            return;
        }
        HashFunction function = HashFunction.Sdbm;
        // the manual: consistent hashing uses sdbm and avalanche unless a function is named
        bool avalanche = method == HashMethod.Consistent && c.Count == 1;
        for (int i = 1; i < c.Count; i++)
        {
            // the function comes first, and once
            if (c[i] == "avalanche" ? i == 1 : i == 2)
            {
                c.Error(
                    i == 1
                        ? "'hash-type' expects a hash function before 'avalanche'."
                        : $"'hash-type' only knows 'avalanche' behind a hash function (got '{c[i]}').",
                    c[i]
                );
                return;
            }
            if (c[i] == "avalanche")
            {
                avalanche = true;
                continue;
            }
            HashFunction? named = c[i] switch
            {
                "sdbm" => HashFunction.Sdbm,
                "djb2" => HashFunction.Djb2,
                "wt6" => HashFunction.Wt6,
                "crc32" => HashFunction.Crc32,
                "none" => HashFunction.None,
                _ => null,
            };
            if (named is null)
            {
                c.Error(
                    $"unknown hash function or modifier '{c[i]}'{Spelling.Hint(c[i], "sdbm", "djb2", "wt6", "crc32", "none", "avalanche")}.",
                    c[i]
                );
                return;
            }
            function = named.Value;
        }
        c.Proxy.HashType = new HashTypeConfig(method.Value, function, avalanche);
    }

    private static void Factor(DirectiveContext c)
    {
        if (c.Integer(0, 0, int.MaxValue, out int v) && v is 0 or > 100)
            c.Proxy.HashBalanceFactor = v;
        else if (v is > 0 and <= 100)
            c.Error("'hash-balance-factor' must be 0 or greater than 100.", c[0]);
    }

    private static void Affinity(DirectiveContext c)
    {
        HashAffinity? affinity = c[0] switch
        {
            "always" => HashAffinity.Always,
            "maxconn" => HashAffinity.MaxConn,
            "maxqueue" => HashAffinity.MaxQueue,
            _ => null,
        };
        if (affinity is null)
            c.Error("'hash-preserve-affinity' expects 'always', 'maxconn' or 'maxqueue'.", c[0]);
        else
            c.Proxy.HashAffinity = affinity.Value;
    }

    internal static readonly DirectiveKeyword[] Keywords =
    [
        new("balance", SectionKinds.BackSide, Balance),
        new("hash-type", SectionKinds.BackSide, HashType),
        new("hash-preserve-affinity", SectionKinds.BackSide, Affinity),
        new("hash-balance-factor", SectionKinds.BackSide, Factor),
    ];
}
