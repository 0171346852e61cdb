// The algorithms of "balance": each is one row here (manual, "balance"). What a kind of balancer does is a class of the engine
// (BalancerFactory), and how a key is found is a case of its BalanceKey.
using System;
using System.Globalization;
using Baton.Configuration.Directives;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

internal static class BalanceAlgorithms
{
    /// <param name="Algorithm">What it is.</param>
    /// <param name="Arguments">What may stand behind its name, for people.</param>
    /// <param name="Summary">What it does, for people.</param>
    /// <param name="Read">Takes its arguments, and what stands in parentheses; null, and an error is said, when they are wrong.</param>
    internal sealed record Row(
        BalanceAlgorithm Algorithm,
        string Arguments,
        string Summary,
        Func<DirectiveContext, string, BalanceConfig?> Read
    );

    internal static readonly Row[] Rows =
    [
        new(BalanceAlgorithm.RoundRobin, "", "each server in turn by weight", Plain),
        new(new("static-rr", BalancerKind.StaticRoundRobin), "", "each server in turn by weight, weights fixed", Plain),
        new(new("leastconn", BalancerKind.LeastConnections), "", "server with the fewest connections", Plain),
        new(new("first", BalancerKind.FirstAvailable), "", "first server with a free slot", Plain),
        new(new("random", BalancerKind.Random), "[(draws)]", "best of some servers drawn at random", Random),
        new(new("hash", BalancerKind.Hash, BalanceKeySource.Sample), "expression", "hash of a sample", Sample),
        new(new("source", BalancerKind.Hash, BalanceKeySource.SourceAddress), "", "hash of the client's address", Plain),
        new(new("uri", BalancerKind.Hash, BalanceKeySource.Uri), "[len n] [depth n] [whole] [path-only]", "hash of the URI", Uri),
        new(
            new("url_param", BalancerKind.Hash, BalanceKeySource.UrlParameter),
            "name [check_post [n]]",
            "hash of a query parameter",
            Parameter
        ),
        new(new("hdr", BalancerKind.Hash, BalanceKeySource.Header), "(name) [use_domain_only]", "hash of a header", Header),
        new(new("rdp-cookie", BalancerKind.Hash, BalanceKeySource.RdpCookie), "[(name)]", "hash of an RDP cookie", Rdp),
    ];

    private static BalanceConfig Plain(DirectiveContext c, string argument) => new();

    private static BalanceConfig? Missing(DirectiveContext c, string what)
    {
        c.Error($"'balance {what}' requires a parameter name.", what);
        return null;
    }

    /// <summary>url_param NAME [check_post [N]]: how long to wait is no longer said, but may be written.</summary>
    private static BalanceConfig? Parameter(DirectiveContext c, string argument)
    {
        if (c.Count == 1)
            return Missing(c, "url_param");
        bool post = c[2] == "check_post";
        if (c.Count == 2 || post && c.Count <= 4)
            return new BalanceConfig { Argument = c[1], ChecksPost = post && c[3] is var _ };
        string wrong = post ? c[4] : c[2];
        c.Error($"'balance url_param' only accepts 'check_post' (got '{wrong}').", wrong);
        return null;
    }

    private static BalanceConfig? Header(DirectiveContext c, string name)
    {
        if (name.Length == 0)
            return Missing(c, "hdr");
        if (c[1] is "" or "use_domain_only")
            return new BalanceConfig { Argument = name, UseDomainOnly = c[1].Length > 0 };
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
        return new BalanceConfig { Argument = name.Length > 0 ? name : "mstshash" };
    }

    private static BalanceConfig? Sample(DirectiveContext c, string argument)
    {
        if (c.Count < 2)
            return Missing(c, "hash");
        if (c.Count > 2)
        {
            c.Error($"'balance hash' takes no other argument (got '{c[2]}').", c[2]);
            return null;
        }
        SampleExpressionConfig? sample = c.Expressions.ParseSample(c.Arguments[1..], c.Position, (SampleNeeds)ushort.MaxValue, out _);
        return sample is null ? null : new BalanceConfig { Hash = sample };
    }

    private static BalanceConfig? Random(DirectiveContext c, string argument)
    {
        if (argument.Length == 0)
            return new BalanceConfig();
        if (int.TryParse(argument, NumberStyles.None, CultureInfo.InvariantCulture, out int draws) && draws > 0)
            return new BalanceConfig { Draws = draws };
        c.Error($"'balance random' : draws must be at least 1 (got '{argument}').", argument);
        return null;
    }

    private static BalanceConfig? Uri(DirectiveContext c, string argument)
    {
        var b = new BalanceConfig();
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
}
