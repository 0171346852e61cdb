// Filters (manual of 3.4, chapter 9) and the services of "use-service".
namespace Baton.Configuration.Catalog;

internal static class KnownFilters
{
    private static KnownKeyword Row(KeywordFamily family, string name, string arguments, SectionKinds sections, string summary) =>
        new(family, name, arguments, sections, KeywordStatus.Refused, summary);

    internal static readonly KnownKeyword[] Rows =
    [
        Row(
            KeywordFamily.Filter,
            "bwlim-in",
            "name default-limit l default-period p / limit l key k [table t] [min-size n]",
            SectionKinds.NamedProxies,
            "limits the bandwidth of uploads"
        ),
        Row(
            KeywordFamily.Filter,
            "bwlim-out",
            "name default-limit l default-period p / limit l key k [table t] [min-size n]",
            SectionKinds.NamedProxies,
            "limits the bandwidth of downloads"
        ),
        Row(KeywordFamily.Filter, "cache", "name", SectionKinds.NamedProxies, "a cache"),
        Row(KeywordFamily.Filter, "comp-req", "", SectionKinds.NamedProxies, "compresses requests"),
        Row(KeywordFamily.Filter, "comp-res", "", SectionKinds.NamedProxies, "compresses responses"),
        Row(KeywordFamily.Filter, "compression", "", SectionKinds.NamedProxies, "compresses messages"),
        Row(KeywordFamily.Filter, "fcgi-app", "name", SectionKinds.NamedProxies, "speaks FastCGI to servers"),
        Row(KeywordFamily.Filter, "opentracing", "[id i] config f", SectionKinds.NamedProxies, "reports to OpenTracing"),
        Row(KeywordFamily.Filter, "spoe", "[engine e] config f", SectionKinds.NamedProxies, "offloads decisions to agents"),
        Row(
            KeywordFamily.Filter,
            "trace",
            "[name n] [quiet] [random-forwarding] [max-fwd n] [hexdump]",
            SectionKinds.NamedProxies,
            "prints what passes, for debugging"
        ),
        Row(KeywordFamily.Service, "prometheus-exporter", "", SectionKinds.Proxies, "metrics for Prometheus"),
    ];
}
