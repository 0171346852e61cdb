// "baton help" for what has to do with health checks: options of server lines, lines of proxies and of the global section.
using Baton.Configuration.Catalog;

namespace Baton.Control.Reference.Guides;

internal static class CheckGuides
{
    private static KeywordGuide Server(string name, string example, params (string Word, string Says)[] arguments) =>
        new(KeywordFamily.ServerOption, name, "server one 10.0.0.1:80 check " + example, arguments);

    private static KeywordGuide Row(string name, string example, params (string Word, string Says)[] arguments) =>
        new(KeywordFamily.Directive, name, example, arguments);

    internal static readonly KeywordGuide[] Rows =
    [
        Row("max-spread-checks", "max-spread-checks 5s"),
        Row("spread-checks", "spread-checks 5", ("percent", "by so much the time between two checks varies, either way")),
        Row("option log-health-checks", "option log-health-checks"),
        Row(
            "option httpchk",
            "option httpchk GET /health HTTP/1.1",
            ("method", "OPTIONS without"),
            ("uri", "/ without"),
            ("version", "HTTP/1.0 without; HTTP/1.1 wants a host: http-check send hdr host www")
        ),
        Row("option tcp-check", "option tcp-check"),
        Row("option ssl-hello-chk", "option ssl-hello-chk"),
        Row("option redis-check", "option redis-check"),
        Row("option spop-check", "option spop-check"),
        Server("healthcheck", "healthcheck api", ("name", "a healthcheck section, whose check it is instead of its backend's")),
        Row("option ldap-check", "option ldap-check"),
        Row("option smtpchk", "option smtpchk EHLO mail.example.com", ("hello domain", "HELO localhost without")),
        Row("option pgsql-check", "option pgsql-check user haproxy"),
        Row(
            "option mysql-check",
            "option mysql-check user haproxy",
            ("user u", "logs in without a password; without it the greeting is enough"),
            ("pre-41", "as before MySQL 4.1")
        ),
        Row("option external-check", "option external-check"),
        Row("external-check", "external-check", ("preserve-env", "programs have the environment of this process as well")),
        Row("external-check command", "external-check command /usr/local/bin/check-db"),
        Row("email-alert mailers", "email-alert mailers alerts", ("name", "a mailers section")),
        Row("email-alert from", "email-alert from balancer@example.com"),
        Row("email-alert to", "email-alert to operators@example.com"),
        Row("email-alert myhostname", "email-alert myhostname lb1.example.com", ("name", "the machine's name without")),
        Row(
            "email-alert level",
            "email-alert level notice",
            ("alert", "servers that go down"),
            ("notice", "those that come up or drain, too"),
            ("info", "what \"option log-health-checks\" tells, too")
        ),
        Row("external-check path", "external-check path /usr/bin:/bin"),
        Row("insecure-fork-wanted", "insecure-fork-wanted"),
        Row("http-check comment", "http-check comment database"),
        Row(
            "http-check connect",
            "http-check connect port 8081",
            ("port p", "another port"),
            ("addr a", "another address"),
            ("alpn a", "what TLS offers"),
            ("proto p", "what is spoken, h1 or h2"),
            ("send-proxy", "with a PROXY header"),
            ("via-socks4", "through the server's SOCKS4 proxy"),
            ("ssl", "over TLS"),
            ("sni name", "the host name that is asked for in TLS"),
            ("default", "what is not said is as the server's checks have it"),
            ("linger", "closed in an orderly way, not by a reset"),
            ("comment c", "what is said when it fails")
        ),
        Row("http-check disable-on-404", "http-check disable-on-404"),
        Row(
            "http-check expect",
            "http-check expect status 200-299",
            ("status codes", "one of these, and of these ranges"),
            ("rstatus regex", "a status that matches"),
            ("string text", "in the body"),
            ("rstring regex", "matches the body"),
            ("hdr name n value v", "a header field; each -m str, beg, end, sub or reg"),
            ("fhdr name n value v", "the same, of whole fields and not of the parts of a list"),
            ("!", "not so"),
            ("min-recv n", "nothing is said before so many bytes are there"),
            ("string-lf format", "in the body, as the format gives it"),
            ("on-error format", "what is said then"),
            ("on-success format", "what is said of the last one"),
            ("status-code sample", "the code that is told")
        ),
        Row(
            "http-check send",
            "http-check send meth GET uri /health hdr host www",
            ("meth m", "method"),
            ("uri u", "where"),
            ("ver v", "version"),
            ("hdr n v", "a header field; the value is a format"),
            ("body b", "a body"),
            ("uri-lf f, body-lf f", "the same as a format: uri-lf \"/%[var(check.path)]\"")
        ),
        Row("http-check set-var", "http-check set-var(check.token) res.hdr(x-token)", ("name", "of scope check, sess or proc")),
        Row("http-check set-var-fmt", "http-check set-var-fmt(check.who) \"%[be_name]/%[srv_name]\""),
        Row("http-check unset-var", "http-check unset-var(check.token)"),
        Row("http-check send-state", "http-check send-state"),
        Row("tcp-check comment", "tcp-check comment banner"),
        Row("tcp-check connect", "tcp-check connect port 110", ("port p", "another port"), ("linger", "closed in an orderly way")),
        Row(
            "tcp-check expect",
            "tcp-check expect string +PONG",
            ("string text", "is in what came"),
            ("rstring regex", "matches what came"),
            ("binary hex", "these bytes are in what came"),
            ("rbinary regex", "matches what came, in hexadecimal"),
            ("!", "not so")
        ),
        Row("tcp-check send", "tcp-check send PING\\r\\n"),
        Row("tcp-check send-binary", "tcp-check send-binary 50494e470d0a"),
        Row("tcp-check send-lf", "tcp-check send-lf \"HELO %H\\r\\n\""),
        Row("tcp-check send-binary-lf", "tcp-check send-binary-lf \"%[var(check.id),hex]0d0a\""),
        Row("tcp-check set-var", "tcp-check set-var(check.id) res.payload(0,4)", ("name", "of scope check, sess or proc")),
        Row("tcp-check set-var-fmt", "tcp-check set-var-fmt(check.who) \"%[srv_name]\""),
        Row("tcp-check unset-var", "tcp-check unset-var(check.id)"),
        Server("addr", "addr 10.0.1.1"),
        Server("check", "inter 2s rise 2 fall 3"),
        Server("check-send-proxy", "check-send-proxy"),
        Server("check-via-socks4", "check-via-socks4 socks4 10.0.0.9:1080"),
        Server("downinter", "inter 1s downinter 10s"),
        Server("fall", "fall 5"),
        Server("fastinter", "inter 10s fastinter 1s"),
        Server("inter", "inter 5s"),
        Server("no-check-send-proxy", "no-check-send-proxy"),
        Server("on-marked-down", "on-marked-down shutdown-sessions", ("shutdown-sessions", "what it serves is ended when it goes down")),
        Server(
            "on-marked-up",
            "on-marked-up shutdown-backup-sessions",
            ("shutdown-backup-sessions", "what backups serve is ended when it is up again")
        ),
        Server(
            "observe",
            "observe layer7 error-limit 5 on-error mark-down",
            ("none", "nothing, as without"),
            ("layer4", "whether connections come about"),
            ("layer7", "and whether answers are right")
        ),
        Server("error-limit", "observe layer4 error-limit 5"),
        Server(
            "on-error",
            "observe layer7 on-error sudden-death",
            ("fastinter", "the next check comes soon"),
            ("fail-check", "as a bad check; this without"),
            ("sudden-death", "as the last bad check but one"),
            ("mark-down", "the server is down")
        ),
        new(KeywordFamily.ServerOption, "check-ssl", "server one 10.0.0.1:80 check check-ssl port 443 verify none", []),
        new(KeywordFamily.ServerOption, "no-check-ssl", "server one 10.0.0.1:80 check no-check-ssl", []),
        new(KeywordFamily.ServerOption, "check-alpn", "server one 10.0.0.1:443 ssl verify none check check-alpn http/1.1", []),
        new(KeywordFamily.ServerOption, "check-proto", "server one 10.0.0.1:80 check check-proto h2", []),
        new(KeywordFamily.ServerOption, "check-reuse-pool", "server one 10.0.0.1:80 check check-reuse-pool", []),
        new(KeywordFamily.ServerOption, "no-check-reuse-pool", "server one 10.0.0.1:80 check no-check-reuse-pool", []),
        new(
            KeywordFamily.ServerOption,
            "check-pool-conn-name",
            "server one 10.0.0.1:80 pool-conn-name req.hdr(host) check check-reuse-pool check-pool-conn-name app.example",
            []
        ),
        new(KeywordFamily.ServerOption, "check-sni", "server one 10.0.0.1:443 ssl verify none check check-sni app.example", []),
        new(KeywordFamily.ServerOption, "check-sni-auto", "server one 10.0.0.1:443 ssl verify none check check-sni-auto", []),
        new(KeywordFamily.ServerOption, "no-check-sni-auto", "server one 10.0.0.1:443 ssl verify none check no-check-sni-auto", []),
        Server(
            "init-state",
            "init-state down",
            ("fully-up", "with nothing against it"),
            ("up", "down with the first bad check; this without"),
            ("down", "up with the first good check"),
            ("fully-down", "up after all of rise"),
            ("none", "as without")
        ),
        Server("agent-check", "agent-check agent-port 9707"),
        Server("agent-port", "agent-check agent-port 9707"),
        Server("agent-addr", "agent-check agent-port 9707 agent-addr 10.0.1.1", ("address", "an address or a name, without a port")),
        Server(
            "agent-inter",
            "agent-check agent-port 9707 agent-inter 5s",
            ("time", "between two of them, and for one where no time-out says it; 2s without")
        ),
        Server("agent-send", "agent-check agent-port 9707 agent-send \"web\\n\"", ("text", "as it is: the end of a line has to be in it")),
        Server("slowstart", "slowstart 30s", ("time", "until it has its full weight and maxconn, little by little")),
        new(
            KeywordFamily.ServerOption,
            "track",
            "server one 10.0.0.1:80 check\n  server two 10.0.0.1:81 track one",
            [("[backend/]server", "up, down, stopping, in maintenance and draining with that one, which is checked or tracks another")]
        ),
        Server("port", "port 8081"),
        Server("rise", "rise 3"),
    ];
}
