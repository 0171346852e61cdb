// The lines of proxies about health checks and what is told of them: http-check, tcp-check, external-check, email-alert (manuals of
// 2.6 and 3.4, chapter 4.2).
namespace Baton.Configuration.Catalog;

internal static class CheckKeywords
{
    private static KnownKeyword Row(string name, string arguments, SectionKinds sections, KeywordStatus status, string summary) =>
        new(KeywordFamily.Directive, name, arguments, sections, status, summary);

    internal static readonly KnownKeyword[] Rows =
    [
        Row("email-alert from", "address", SectionKinds.Proxies, KeywordStatus.Refused, "sender of alert mails"),
        Row("email-alert level", "level", SectionKinds.Proxies, KeywordStatus.Refused, "lowest severity that is mailed"),
        Row("email-alert mailers", "name", SectionKinds.Proxies, KeywordStatus.Refused, "mailers section that sends alerts"),
        Row("email-alert myhostname", "name", SectionKinds.Proxies, KeywordStatus.Refused, "host name given to mailers"),
        Row("email-alert to", "address", SectionKinds.Proxies, KeywordStatus.Refused, "receiver of alert mails"),
        Row("external-check command", "program", SectionKinds.BackSide, KeywordStatus.Refused, "program that checks servers"),
        Row("external-check path", "path", SectionKinds.BackSide, KeywordStatus.Refused, "search path of the check program"),
        Row(
            "http-check comment",
            "text",
            SectionKinds.BackSide | SectionKinds.HealthCheck,
            KeywordStatus.Refused,
            "name of the next step of an HTTP check"
        ),
        Row(
            "http-check connect",
            "[default] [port p] [addr a] [send-proxy] [via-socks4] [ssl] [sni s] [alpn a] [linger] [proto p] [comment c]",
            SectionKinds.BackSide | SectionKinds.HealthCheck,
            KeywordStatus.Refused,
            "opens a connection within an HTTP check"
        ),
        Row(
            "http-check disable-on-404",
            "",
            SectionKinds.BackSide | SectionKinds.HealthCheck,
            KeywordStatus.Refused,
            "drains a server whose check answers 404"
        ),
        Row(
            "http-check expect",
            "[options] [!]match pattern",
            SectionKinds.BackSide | SectionKinds.HealthCheck,
            KeywordStatus.Refused,
            "what a checked response must look like"
        ),
        Row(
            "http-check send",
            "[meth m] [uri u/uri-lf f] [ver v] [hdr n f]... [body b/body-lf f] [comment c]",
            SectionKinds.BackSide | SectionKinds.HealthCheck,
            KeywordStatus.Refused,
            "request of an HTTP check"
        ),
        Row(
            "http-check send-state",
            "",
            SectionKinds.BackSide | SectionKinds.HealthCheck,
            KeywordStatus.Refused,
            "tells the server its state in a check header"
        ),
        Row(
            "http-check set-var",
            "(name) expression",
            SectionKinds.BackSide | SectionKinds.HealthCheck,
            KeywordStatus.Refused,
            "sets a variable within an HTTP check"
        ),
        Row(
            "http-check set-var-fmt",
            "(name) format",
            SectionKinds.BackSide | SectionKinds.HealthCheck,
            KeywordStatus.Refused,
            "sets a variable to a formatted string within an HTTP check"
        ),
        Row(
            "http-check unset-var",
            "(name)",
            SectionKinds.BackSide | SectionKinds.HealthCheck,
            KeywordStatus.Refused,
            "forgets a variable within an HTTP check"
        ),
        Row(
            "tcp-check comment",
            "text",
            SectionKinds.BackSide | SectionKinds.HealthCheck,
            KeywordStatus.Refused,
            "name of the next step of a TCP check"
        ),
        Row(
            "tcp-check connect",
            "[default] [port p] [addr a] [send-proxy] [via-socks4] [ssl] [sni s] [alpn a] [linger] [proto p] [comment c]",
            SectionKinds.BackSide | SectionKinds.HealthCheck,
            KeywordStatus.Refused,
            "opens a connection within a TCP check"
        ),
        Row(
            "tcp-check expect",
            "[options] [!]match pattern",
            SectionKinds.BackSide | SectionKinds.HealthCheck,
            KeywordStatus.Refused,
            "what a checked answer must look like"
        ),
        Row(
            "tcp-check send",
            "data [comment c]",
            SectionKinds.BackSide | SectionKinds.HealthCheck,
            KeywordStatus.Refused,
            "text of a TCP check"
        ),
        Row(
            "tcp-check send-binary",
            "hex [comment c]",
            SectionKinds.BackSide | SectionKinds.HealthCheck,
            KeywordStatus.Refused,
            "bytes of a TCP check"
        ),
        Row(
            "tcp-check send-binary-lf",
            "format [comment c]",
            SectionKinds.BackSide | SectionKinds.HealthCheck,
            KeywordStatus.Refused,
            "bytes of a TCP check, from a log format"
        ),
        Row(
            "tcp-check send-lf",
            "format [comment c]",
            SectionKinds.BackSide | SectionKinds.HealthCheck,
            KeywordStatus.Refused,
            "text of a TCP check, from a log format"
        ),
        Row(
            "tcp-check set-var",
            "(name) expression",
            SectionKinds.BackSide | SectionKinds.HealthCheck,
            KeywordStatus.Refused,
            "sets a variable within a TCP check"
        ),
        Row(
            "tcp-check set-var-fmt",
            "(name) format",
            SectionKinds.BackSide | SectionKinds.HealthCheck,
            KeywordStatus.Refused,
            "sets a variable to a formatted string within a TCP check"
        ),
        Row(
            "tcp-check unset-var",
            "(name)",
            SectionKinds.BackSide | SectionKinds.HealthCheck,
            KeywordStatus.Refused,
            "forgets a variable within a TCP check"
        ),
        Row("timeout check", "time", SectionKinds.BackSide, KeywordStatus.Refused, "time for a check after its connection"),
    ];
}
