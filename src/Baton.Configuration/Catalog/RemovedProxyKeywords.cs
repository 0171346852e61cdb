// Lines of proxies that older releases had, each with what HAProxy says to use in its place.
namespace Baton.Configuration.Catalog;

internal static class RemovedProxyKeywords
{
    private static KnownKeyword Row(string name, string arguments, SectionKinds sections, string summary, string advice) =>
        new(KeywordFamily.Directive, name, arguments, sections, KeywordStatus.Obsolete, summary) { Advice = advice };

    internal static readonly KnownKeyword[] Rows =
    [
        Row(
            "appsession",
            "cookie len n timeout t",
            SectionKinds.Backends,
            "keeps a client with its server by an application cookie",
            "removed, use \"stick-table\" and \"stick on\""
        ),
        Row("block", "if/unless condition", SectionKinds.NamedProxies, "denies requests", "removed, use \"http-request deny\""),
        Row("clitimeout", "time", SectionKinds.FrontSide, "client inactivity timeout", "removed, use \"timeout client\""),
        Row("contimeout", "time", SectionKinds.BackSide, "server connect timeout", "removed, use \"timeout connect\""),
        Row("grace", "time", SectionKinds.Proxies, "time before a proxy stops", "removed, use the global \"grace\" or \"hard-stop-after\""),
        Row(
            "monitor-net",
            "source",
            SectionKinds.FrontSide,
            "network of monitoring systems",
            "removed, use \"http-request return status 200 ... if { src ... }\" or \"monitor-uri\""
        ),
        Row("redisp", "", SectionKinds.BackSide, "old spelling of redispatching", "removed, use \"option redispatch\""),
        Row("redispatch", "", SectionKinds.BackSide, "old spelling of redispatching", "removed, use \"option redispatch\""),
        Row(
            "reqadd",
            "header [if/unless condition]",
            SectionKinds.Proxies,
            "adds a request header",
            "removed, use \"http-request add-header\""
        ),
        Row("reqallow", "regex", SectionKinds.Proxies, "allows requests by regex", "removed, use \"http-request allow\""),
        Row("reqdel", "regex", SectionKinds.Proxies, "deletes request headers", "removed, use \"http-request del-header\""),
        Row("reqdeny", "regex", SectionKinds.Proxies, "denies requests by regex", "removed, use \"http-request deny\""),
        Row("reqiallow", "regex", SectionKinds.Proxies, "allows requests by regex, ignoring case", "removed, use \"http-request allow\""),
        Row("reqidel", "regex", SectionKinds.Proxies, "deletes request headers, ignoring case", "removed, use \"http-request del-header\""),
        Row("reqideny", "regex", SectionKinds.Proxies, "denies requests by regex, ignoring case", "removed, use \"http-request deny\""),
        Row("reqipass", "regex", SectionKinds.Proxies, "lets request headers pass, ignoring case", "removed, nothing replaces it"),
        Row(
            "reqirep",
            "regex string",
            SectionKinds.Proxies,
            "rewrites request lines, ignoring case",
            "removed, use \"http-request replace-path\", \"replace-uri\" or \"replace-header\""
        ),
        Row(
            "reqisetbe",
            "regex backend",
            SectionKinds.Proxies,
            "chooses a backend by regex, ignoring case",
            "removed, use \"use_backend\""
        ),
        Row(
            "reqitarpit",
            "regex",
            SectionKinds.Proxies,
            "tarpits requests by regex, ignoring case",
            "removed, use \"http-request tarpit\""
        ),
        Row("reqpass", "regex", SectionKinds.Proxies, "lets request headers pass", "removed, nothing replaces it"),
        Row(
            "reqrep",
            "regex string",
            SectionKinds.Proxies,
            "rewrites request lines",
            "removed, use \"http-request replace-path\", \"replace-uri\" or \"replace-header\""
        ),
        Row("reqsetbe", "regex backend", SectionKinds.Proxies, "chooses a backend by regex", "removed, use \"use_backend\""),
        Row("reqtarpit", "regex", SectionKinds.Proxies, "tarpits requests by regex", "removed, use \"http-request tarpit\""),
        Row(
            "rspadd",
            "header [if/unless condition]",
            SectionKinds.Proxies,
            "adds a response header",
            "removed, use \"http-response add-header\""
        ),
        Row("rspdel", "regex", SectionKinds.Proxies, "deletes response headers", "removed, use \"http-response del-header\""),
        Row("rspdeny", "regex", SectionKinds.Proxies, "denies responses by regex", "removed, use \"http-response deny\""),
        Row(
            "rspidel",
            "regex",
            SectionKinds.Proxies,
            "deletes response headers, ignoring case",
            "removed, use \"http-response del-header\""
        ),
        Row("rspideny", "regex", SectionKinds.Proxies, "denies responses by regex, ignoring case", "removed, use \"http-response deny\""),
        Row(
            "rspirep",
            "regex string",
            SectionKinds.Proxies,
            "rewrites response headers, ignoring case",
            "removed, use \"http-response replace-header\""
        ),
        Row("rsprep", "regex string", SectionKinds.Proxies, "rewrites response headers", "removed, use \"http-response replace-header\""),
        Row("srvtimeout", "time", SectionKinds.BackSide, "server inactivity timeout", "removed, use \"timeout server\""),
    ];
}
