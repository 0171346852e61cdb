// Answers that did not fit into their datagram, asked for again over TCP: torn, slow, forged, never ending, or truncated once more.
// HAProxy has no such fallback.
using System;
using System.Collections.Generic;
using System.Linq;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Resolvers;

public sealed class TruncatedAnswerTests : ResolverScenario
{
    private const string Listen =
        "listen l\n    bind 127.0.0.1:${p1}\n    server s app.test:80 resolvers names init-addr none resolve-prefer ipv4";

    /// <summary>Where a message behind its length begins, and the octets of its header that matter.</summary>
    private const int Message = 2,
        Flags = Message + 2,
        Question = Message + 13,
        LongestMessage = 65535;

    private long Counter(string name, string server = "one")
    {
        string[] lines = Command("show resolvers names").Split('\n');
        int from = Array.FindIndex(lines, l => l.Trim() == $"nameserver {server}:");
        return long.Parse(lines.Skip(from).First(l => l.Trim().StartsWith(name + ":", StringComparison.Ordinal)).Split(':')[1]);
    }

    private static byte[] Changed(byte[] message, int at, byte mask)
    {
        byte[] changed = (byte[])message.Clone();
        changed[at] ^= mask;
        return changed;
    }

    private static byte[] Lengthened(byte[] message, int to) =>
        [(byte)(to >> 8), (byte)to, .. message[Message..], .. new byte[to - (message.Length - Message)]];

    private static IEnumerable<byte[]> Spoil(string kind, byte[] message) =>
        kind switch
        {
            "slow" => message.Select(static b => (byte[])[b]),
            "empty message before it" =>
            [
                [0, 0],
                message,
            ],
            "forged one before it" => [Changed(message, Message, 0x55), message],
            "longest" => [Lengthened(message, LongestMessage)],
            "wrong id" => [Changed(message, Message, 0x55)],
            "wrong question" => [Changed(message, Question, 1)],
            "truncated again" => [Changed(message, Flags, 2)],
            "empty message" =>
            [
                [0, 0],
            ],
            "longest of nothing" =>
            [
                [0xFF, 0xFF, .. new byte[LongestMessage]],
            ],
            "torn" => [message[..(message.Length / 2)], []],
            _ =>
            [
                [],
            ],
        };

    [Theory, InlineData("slow"), InlineData("empty message before it"), InlineData("forged one before it"), InlineData("longest")]
    public void It_is_believed(string kind)
    {
        Dns.Truncates = true;
        Dns.SpoilStream = message => Spoil(kind, message);
        Dns.Set("app.test", "127.0.0.2");
        StartResolving(Product.Baton, Listen);
        AwaitWhere("s", "127.0.0.2:80");
        Assert.InRange(Counter("truncated"), 1, long.MaxValue);
        Dns.Set("app.test", "127.0.0.3");
        AwaitWhere("s", "127.0.0.3:80");
    }

    [Theory]
    [InlineData("wrong id"), InlineData("wrong question"), InlineData("truncated again"), InlineData("empty message")]
    [InlineData("longest of nothing"), InlineData("torn"), InlineData("closed")]
    public void It_is_not_believed(string kind)
    {
        Dns.Truncates = true;
        Dns.SpoilStream = message => Spoil(kind, message);
        Dns.Set("app.test", "127.0.0.2");
        StartResolving(Product.Baton, Listen);
        int queries = Dns.Queries;
        Eventually(() => Dns.Queries > queries + 8, "it is not asked any more");
        Assert.Equal("-", Where("s"));
        Assert.Equal(0, Counter("valid"));
        // and it goes on
        Dns.SpoilStream = null;
        AwaitWhere("s", "127.0.0.2:80");
    }

    /// <summary>What another name server says counts at once, not when the time for an answer is over.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public void A_connection_that_is_lost_is_an_answer(bool other)
    {
        Dns.Truncates = true;
        Dns.SpoilStream = static _ =>
            [
                [],
            ];
        DnsServer second = Keep(new DnsServer());
        if (other)
            Dns.Set("app.test", "127.0.0.2");
        StartResolving(
            Product.Baton,
            Listen.Replace("init-addr none", "init-addr 127.0.0.9", StringComparison.Ordinal),
            $"timeout retry 1h\n    nameserver two 127.0.0.1:{second.Port}"
        );
        AwaitWhere("s", "-");
        second.Set("app.test", "127.0.0.3");
        AwaitWhere("s", "127.0.0.3:80");
        Assert.InRange(Counter("truncated"), 1, long.MaxValue);
        Assert.Equal(0, Counter("timeout"));
    }
}
