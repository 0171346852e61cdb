// The algorithms of "balance" (manual of 3.4, chapter 4.2).
namespace Baton.Configuration.Catalog;

internal static class KnownBalanceAlgorithms
{
    private static KnownKeyword Row(string name, string arguments, string summary) =>
        new(KeywordFamily.BalanceAlgorithm, name, arguments, SectionKinds.BackSide, KeywordStatus.Refused, summary);

    internal static readonly KnownKeyword[] Rows =
    [
        Row("roundrobin", "", "each server in turn by weight"),
        Row("static-rr", "", "each server in turn by weight, weights fixed"),
        Row("leastconn", "", "server with the fewest connections"),
        Row("first", "", "first server with a free slot"),
        Row("hash", "expression", "hash of a sample"),
        Row("source", "", "hash of the client's address"),
        Row("uri", "[len n] [depth n] [whole] [path-only]", "hash of the URI"),
        Row("url_param", "name [check_post [n]]", "hash of a query parameter"),
        Row("hdr", "(name) [use_domain_only]", "hash of a header"),
        Row("random", "[(draws)]", "best of some servers drawn at random"),
        Row("rdp-cookie", "[(name)]", "hash of an RDP cookie"),
        Row("log-hash", "converters", "hash of a log message"),
        Row("log-sticky", "", "same log server as long as it is up"),
        Row("sticky", "", "same log server as long as it is up, by its newer name"),
    ];
}
