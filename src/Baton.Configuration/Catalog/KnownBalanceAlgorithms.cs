// The algorithms of "balance" (manual of 3.4, chapter 4.2): those that are built, by their rows, and those that are not.
using Baton.Configuration.Sections;

namespace Baton.Configuration.Catalog;

internal static class KnownBalanceAlgorithms
{
    private static KnownKeyword Row(string name, string arguments, string summary) =>
        new(KeywordFamily.BalanceAlgorithm, name, arguments, SectionKinds.BackSide, KeywordStatus.Refused, summary);

    internal static readonly KnownKeyword[] Rows =
    [
        .. System.Array.ConvertAll(BalanceAlgorithms.Rows, r => Row(r.Algorithm.Name, r.Arguments, r.Summary)),
        Row("log-hash", "converters", "hash of a log message"),
        Row("log-sticky", "", "same log server as long as it is up"),
        Row("sticky", "", "same log server as long as it is up, by its newer name"),
    ];
}
