// The words that open a section (manual of 3.4, chapters 2 to 4, 11 and 12).
namespace Baton.Configuration.Catalog;

internal static class KnownSections
{
    private static KnownKeyword Row(string name, string arguments, SectionKinds sections, KeywordStatus status, string summary) =>
        new(KeywordFamily.Section, name, arguments, sections, status, summary);

    internal static readonly KnownKeyword[] Rows =
    [
        Row("global", "", SectionKinds.Global, KeywordStatus.Refused, "settings of the process"),
        Row(
            "defaults",
            "[name] [from defaults]",
            SectionKinds.Defaults,
            KeywordStatus.Refused,
            "settings that following proxies start from"
        ),
        Row("frontend", "name [from defaults]", SectionKinds.Frontend, KeywordStatus.Refused, "listens and chooses a backend"),
        Row("backend", "name [from defaults]", SectionKinds.Backend, KeywordStatus.Refused, "servers and how they are chosen"),
        Row("listen", "name [from defaults]", SectionKinds.Listen, KeywordStatus.Refused, "frontend and backend in one"),
        Row("peers", "name", SectionKinds.Peers, KeywordStatus.Refused, "processes that share stick tables"),
        Row("resolvers", "name", SectionKinds.Resolvers, KeywordStatus.Refused, "name servers"),
        Row("userlist", "name", SectionKinds.Userlist, KeywordStatus.Refused, "users and groups"),
        Row("mailers", "name", SectionKinds.Mailers, KeywordStatus.Refused, "mail servers for alerts"),
        Row("cache", "name", SectionKinds.Cache, KeywordStatus.Refused, "a cache of small responses"),
        Row("http-errors", "name", SectionKinds.HttpErrors, KeywordStatus.Refused, "a set of error answers"),
        Row("ring", "name", SectionKinds.Ring, KeywordStatus.Refused, "a ring buffer for logs"),
        Row("log-forward", "name", SectionKinds.LogForward, KeywordStatus.Refused, "a log forwarder"),
        Row("log-profile", "name", SectionKinds.LogProfile, KeywordStatus.Refused, "log lines for one log target"),
        Row("fcgi-app", "name", SectionKinds.FcgiApp, KeywordStatus.Refused, "a FastCGI application"),
        Row("crt-store", "[name]", SectionKinds.CrtStore, KeywordStatus.Refused, "certificates and their files"),
        Row("traces", "", SectionKinds.Traces, KeywordStatus.Refused, "debug traces"),
        Row(
            "program",
            "name",
            SectionKinds.Program,
            KeywordStatus.Hint,
            "a program run by the master, which HAProxy 3.3 gave up; it is not started"
        ),
        Row("acme", "name", SectionKinds.Acme, KeywordStatus.Refused, "how certificates are obtained"),
        Row("healthcheck", "name", SectionKinds.HealthCheck, KeywordStatus.Refused, "a check that servers can refer to"),
    ];
}
