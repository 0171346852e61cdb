// Answers that are none: torn, forged, about something else, too long, or running round. The address stays what the true ones said.
using System;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Resolvers;

public sealed class HostileAnswerTests : ResolverScenario
{
    private const string Evil = "127.6.6.6";

    /// <summary>The true answer with another address in its last record.</summary>
    private static byte[] Forge(byte[] answer)
    {
        byte[] forged = (byte[])answer.Clone();
        ((byte[])[127, 6, 6, 6]).CopyTo(forged, forged.Length - 4);
        return forged;
    }

    public static TheoryData<string> Kinds => ["torn", "id", "question", "query", "pointer", "owner", "length", "long", "empty"];

    private static byte[] Spoil(string kind, byte[] query, byte[] answer)
    {
        // there is no such record in the other family
        if (answer[7] == 0)
            return answer;
        byte[] forged = Forge(answer);
        switch (kind)
        {
            case "torn":
                return forged[..^3];
            case "id":
                forged[0] ^= 0x55;
                return forged;
            case "question":
                forged[13] ^= 0x20 | 1;
                return forged;
            case "query":
                forged[2] &= 0x7F;
                return forged;
            case "pointer":
                // the record's owner is a pointer to itself
                int owner = query.Length - 11;
                return [.. forged[..owner], 0xC0, (byte)owner, .. forged[(owner + DnsServer.Encode("app.test").Length)..]];
            case "owner":
                forged[query.Length - 11 + 1] ^= 1;
                return forged;
            case "length":
                forged[^5] = 200;
                return forged;
            case "long":
                return [.. forged, .. new byte[3000]];
            default:
                return forged[..5];
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void It_is_not_believed(string kind)
    {
        Dns.Set("app.test", "127.0.0.2");
        StartResolving(
            Product.Baton,
            "listen l\n    bind 127.0.0.1:${p1}\n    server s app.test:80 resolvers names init-addr none resolve-prefer ipv4",
            "hold other 1h\n    hold timeout 1h\n    hold nx 1h"
        );
        AwaitWhere("s", "127.0.0.2:80");
        Dns.Spoil = (query, answer) => Spoil(kind, query, answer);
        int queries = Dns.Queries;
        Eventually(() => Dns.Queries > queries + 6, "");
        Assert.Equal("127.0.0.2:80", Where("s"));
        // and it goes on
        Dns.Spoil = null;
        Dns.Set("app.test", "127.0.0.3");
        AwaitWhere("s", "127.0.0.3:80");
        Assert.NotEqual(Evil, Where("s"));
    }
}
