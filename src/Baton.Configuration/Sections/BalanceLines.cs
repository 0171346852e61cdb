// "balance", "hash-type", "hash-balance-factor", "hash-preserve-affinity".
using System;
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
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
        if (Array.Find(BalanceAlgorithms.Rows, r => r.Algorithm.Name == word) is not { } row)
            c.Error($"'balance' : {KeywordVerdict.Of(KeywordFamily.BalanceAlgorithm, "algorithm", word).Message}", word);
        else if (row.Read(c, argument) is { } balance)
        {
            c.Proxy.Balance = balance with { Algorithm = row.Algorithm };
            c.Proxy.HasBalance = true;
        }
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
