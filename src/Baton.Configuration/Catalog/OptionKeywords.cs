// "option" lines of every section (manuals of 2.6 and 3.4, chapter 4.2 and the sections of their own).
namespace Baton.Configuration.Catalog;

internal static class OptionKeywords
{
    private static KnownKeyword Row(
        string name,
        string arguments,
        SectionKinds sections,
        KeywordStatus status,
        string summary,
        bool negatable = false,
        string? advice = null
    ) => new(KeywordFamily.Directive, name, arguments, sections, status, summary) { Negatable = negatable, Advice = advice };

    internal static readonly KnownKeyword[] Rows =
    [
        Row(
            "option abortonclose",
            "",
            SectionKinds.Proxies,
            KeywordStatus.Refused,
            "gives up on requests whose client has left the queue",
            negatable: true
        ),
        Row(
            "option accept-invalid-http-request",
            "",
            SectionKinds.FrontSide,
            KeywordStatus.Refused,
            "accepts some malformed requests, by its older name",
            negatable: true
        ),
        Row(
            "option accept-invalid-http-response",
            "",
            SectionKinds.BackSide,
            KeywordStatus.Refused,
            "accepts some malformed responses, by its older name",
            negatable: true
        ),
        Row(
            "option accept-unsafe-violations-in-http-request",
            "",
            SectionKinds.FrontSide,
            KeywordStatus.Refused,
            "accepts some malformed requests",
            negatable: true
        ),
        Row(
            "option accept-unsafe-violations-in-http-response",
            "",
            SectionKinds.BackSide,
            KeywordStatus.Refused,
            "accepts some malformed responses",
            negatable: true
        ),
        Row("option allbackups", "", SectionKinds.BackSide, KeywordStatus.Refused, "uses all backup servers at once", negatable: true),
        Row(
            "option assume-rfc6587-ntf",
            "",
            SectionKinds.LogForward,
            KeywordStatus.Refused,
            "takes incoming TCP logs as lines without lengths",
            negatable: true
        ),
        Row(
            "option checkcache",
            "",
            SectionKinds.BackSide,
            KeywordStatus.Refused,
            "blocks cacheable responses that set cookies",
            negatable: true
        ),
        Row("option clitcpka", "", SectionKinds.FrontSide, KeywordStatus.Refused, "sends keep-alive probes to clients", negatable: true),
        Row(
            "option contstats",
            "",
            SectionKinds.FrontSide,
            KeywordStatus.Hint,
            "updates counters during a transfer, not only at its end",
            negatable: true
        ),
        Row(
            "option disable-h2-upgrade",
            "",
            SectionKinds.FrontSide,
            KeywordStatus.Refused,
            "does not turn an HTTP/1 connection into HTTP/2 by its preface",
            negatable: true
        ),
        Row(
            "option dont-parse-log",
            "",
            SectionKinds.LogForward,
            KeywordStatus.Refused,
            "forwards log messages without understanding them",
            negatable: true
        ),
        Row("option dontlog-normal", "", SectionKinds.FrontSide, KeywordStatus.Refused, "logs only failures", negatable: true),
        Row(
            "option dontlognull",
            "",
            SectionKinds.FrontSide,
            KeywordStatus.Refused,
            "does not log connections without data",
            negatable: true
        ),
        Row("option external-check", "", SectionKinds.BackSide, KeywordStatus.Refused, "checks servers by running a program"),
        Row(
            "option forceclose",
            "",
            SectionKinds.Proxies,
            KeywordStatus.Obsolete,
            "closes connections after the response",
            advice: "removed, use \"option httpclose\""
        ),
        Row(
            "option forwarded",
            "[proto] [host/host-expr e] [by/by-expr e] [by_port/by_port-expr e] [for/for-expr e] [for_port/for_port-expr e]",
            SectionKinds.BackSide,
            KeywordStatus.Refused,
            "adds the Forwarded header of RFC 7239",
            negatable: true
        ),
        Row(
            "option forwardfor",
            "[except n] [header n] [if-none]",
            SectionKinds.Proxies,
            KeywordStatus.Refused,
            "adds the client's address in X-Forwarded-For"
        ),
        Row(
            "option h1-case-adjust-bogus-client",
            "",
            SectionKinds.FrontSide,
            KeywordStatus.Refused,
            "sends adjusted header spellings to clients",
            negatable: true
        ),
        Row(
            "option h1-case-adjust-bogus-server",
            "",
            SectionKinds.BackSide,
            KeywordStatus.Refused,
            "sends adjusted header spellings to servers",
            negatable: true
        ),
        Row(
            "option host",
            "replace/fill/keep/append",
            SectionKinds.LogForward,
            KeywordStatus.Refused,
            "which host name forwarded logs carry"
        ),
        Row(
            "option http-buffer-request",
            "",
            SectionKinds.Proxies,
            KeywordStatus.Refused,
            "waits for the body before a request goes on",
            negatable: true
        ),
        Row(
            "option http-drop-request-trailers",
            "",
            SectionKinds.Defaults | SectionKinds.Backend,
            KeywordStatus.Refused,
            "drops trailers of requests",
            negatable: true
        ),
        Row(
            "option http-drop-response-trailers",
            "",
            SectionKinds.FrontSide,
            KeywordStatus.Refused,
            "drops trailers of responses",
            negatable: true
        ),
        Row(
            "option http-ignore-probes",
            "",
            SectionKinds.FrontSide,
            KeywordStatus.Refused,
            "treats empty connections of browsers as no error",
            negatable: true
        ),
        Row(
            "option http-keep-alive",
            "",
            SectionKinds.Proxies,
            KeywordStatus.Refused,
            "keeps connections open on both sides",
            negatable: true
        ),
        Row("option http-no-delay", "", SectionKinds.Proxies, KeywordStatus.Hint, "sends every piece at once", negatable: true),
        Row(
            "option http-pretend-keepalive",
            "",
            SectionKinds.BackSide,
            KeywordStatus.Refused,
            "does not tell servers that the connection will close",
            negatable: true
        ),
        Row(
            "option http-restrict-req-hdr-names",
            "preserve/delete/reject",
            SectionKinds.Proxies,
            KeywordStatus.Refused,
            "what to do with unusual header names in requests"
        ),
        Row(
            "option http-server-close",
            "",
            SectionKinds.Proxies,
            KeywordStatus.Refused,
            "closes the server side after each response",
            negatable: true
        ),
        Row(
            "option http-tunnel",
            "",
            SectionKinds.Proxies,
            KeywordStatus.Obsolete,
            "treats all after the first response as a tunnel",
            advice: "removed, nothing replaces it"
        ),
        Row(
            "option http-use-htx",
            "",
            SectionKinds.Proxies,
            KeywordStatus.Obsolete,
            "the internal HTTP form of HAProxy 1.9",
            advice: "removed, it is always on"
        ),
        Row(
            "option http-use-proxy-header",
            "",
            SectionKinds.FrontSide,
            KeywordStatus.Refused,
            "asks for credentials as a proxy does where the request is one to a proxy",
            negatable: true
        ),
        Row(
            "option http_proxy",
            "",
            SectionKinds.Proxies,
            KeywordStatus.Obsolete,
            "takes the destination from an absolute URI",
            advice: "removed, use \"http-request set-dst\" or \"do-resolve\""
        ),
        Row("option httpchk", "[method] [uri] [version [host]]", SectionKinds.BackSide, KeywordStatus.Refused, "checks servers with HTTP"),
        Row("option httpclose", "", SectionKinds.Proxies, KeywordStatus.Refused, "closes both sides after each response", negatable: true),
        Row("option httplog", "[clf]", SectionKinds.FrontSide, KeywordStatus.Refused, "logs in the HTTP format"),
        Row("option httpslog", "", SectionKinds.FrontSide, KeywordStatus.Refused, "logs in the HTTPS format"),
        Row(
            "option idle-close-on-response",
            "",
            SectionKinds.FrontSide,
            KeywordStatus.Refused,
            "lets idle clients send one more request when the process stops",
            negatable: true
        ),
        Row(
            "option independent-streams",
            "",
            SectionKinds.Proxies,
            KeywordStatus.Refused,
            "one direction's activity does not refresh the other's timeout",
            negatable: true
        ),
        Row("option ldap-check", "", SectionKinds.BackSide, KeywordStatus.Refused, "checks servers with LDAP"),
        Row(
            "option log-health-checks",
            "",
            SectionKinds.BackSide,
            KeywordStatus.Refused,
            "logs every change of a check's result",
            negatable: true
        ),
        Row(
            "option log-separate-errors",
            "",
            SectionKinds.FrontSide,
            KeywordStatus.Refused,
            "logs failures at a higher level",
            negatable: true
        ),
        Row("option logasap", "", SectionKinds.FrontSide, KeywordStatus.Refused, "logs before the transfer ends", negatable: true),
        Row("option mysql-check", "[user u [post-41/pre-41]]", SectionKinds.BackSide, KeywordStatus.Refused, "checks servers with MySQL"),
        Row("option nolinger", "", SectionKinds.Proxies, KeywordStatus.Refused, "resets connections when closing", negatable: true),
        Row(
            "option originalto",
            "[except n] [header n]",
            SectionKinds.Proxies,
            KeywordStatus.Refused,
            "adds the destination address in X-Original-To"
        ),
        Row(
            "option persist",
            "",
            SectionKinds.BackSide,
            KeywordStatus.Refused,
            "follows persistence to servers that are down",
            negatable: true
        ),
        Row("option pgsql-check", "user u", SectionKinds.BackSide, KeywordStatus.Refused, "checks servers with PostgreSQL"),
        Row(
            "option prefer-last-server",
            "",
            SectionKinds.BackSide,
            KeywordStatus.Refused,
            "sends a connection's next request to the same server",
            negatable: true
        ),
        Row(
            "option redispatch",
            "[interval]",
            SectionKinds.BackSide,
            KeywordStatus.Refused,
            "tries another server when one fails",
            negatable: true
        ),
        Row("option redis-check", "", SectionKinds.BackSide, KeywordStatus.Refused, "checks servers with Redis"),
        Row("option smtpchk", "[hello [domain]]", SectionKinds.BackSide, KeywordStatus.Refused, "checks servers with SMTP"),
        Row(
            "option socket-stats",
            "",
            SectionKinds.FrontSide,
            KeywordStatus.Refused,
            "counts each listening socket by itself",
            negatable: true
        ),
        Row("option splice-auto", "", SectionKinds.Proxies, KeywordStatus.Hint, "lets the kernel move data when it pays", negatable: true),
        Row("option splice-request", "", SectionKinds.Proxies, KeywordStatus.Hint, "lets the kernel move request data", negatable: true),
        Row("option splice-response", "", SectionKinds.Proxies, KeywordStatus.Hint, "lets the kernel move response data", negatable: true),
        Row("option spop-check", "", SectionKinds.BackSide, KeywordStatus.Refused, "checks servers with the SPOE protocol"),
        Row("option srvtcpka", "", SectionKinds.BackSide, KeywordStatus.Refused, "sends keep-alive probes to servers", negatable: true),
        Row("option ssl-hello-chk", "", SectionKinds.BackSide, KeywordStatus.Refused, "checks servers with a TLS greeting"),
        Row("option tcp-check", "", SectionKinds.BackSide, KeywordStatus.Refused, "checks servers with a scripted TCP dialogue"),
        Row(
            "option tcp-smart-accept",
            "",
            SectionKinds.FrontSide,
            KeywordStatus.Hint,
            "delays the acknowledgement of a request",
            negatable: true
        ),
        Row(
            "option tcp-smart-connect",
            "",
            SectionKinds.BackSide,
            KeywordStatus.Hint,
            "delays the acknowledgement of a connect",
            negatable: true
        ),
        Row("option tcpka", "", SectionKinds.Proxies, KeywordStatus.Refused, "sends keep-alive probes on both sides"),
        Row("option tcplog", "[clf]", SectionKinds.Proxies, KeywordStatus.Refused, "logs in the TCP format"),
        Row(
            "option transparent",
            "",
            SectionKinds.BackSide,
            KeywordStatus.Refused,
            "connects to the address the client wanted",
            negatable: true
        ),
        Row(
            "option use-small-buffers",
            "[queue] [l7-retries] [check]",
            SectionKinds.BackSide,
            KeywordStatus.Hint,
            "saves memory with small buffers",
            negatable: true
        ),
        Row("option get-values", "", SectionKinds.FcgiApp, KeywordStatus.Refused, "asks the application for its limits", negatable: true),
        Row(
            "option keep-conn",
            "",
            SectionKinds.FcgiApp,
            KeywordStatus.Refused,
            "keeps connections to the application open",
            negatable: true
        ),
        Row(
            "option max-reqs",
            "number",
            SectionKinds.FcgiApp,
            KeywordStatus.Refused,
            "requests at once on a connection to the application"
        ),
        Row(
            "option mpxs-conns",
            "",
            SectionKinds.FcgiApp,
            KeywordStatus.Refused,
            "lets requests share a connection to the application",
            negatable: true
        ),
        Row(
            "option start-on-reload",
            "",
            SectionKinds.Program,
            KeywordStatus.Hint,
            "starts the program again at a reload",
            negatable: true
        ),
    ];
}
