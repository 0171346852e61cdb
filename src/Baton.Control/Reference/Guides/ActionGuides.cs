// "baton help" for the actions of rules.
using Baton.Configuration.Catalog;

namespace Baton.Control.Reference.Guides;

internal static class ActionGuides
{
    private static KeywordGuide Row(string name, string example, params (string Word, string Says)[] arguments) =>
        new(KeywordFamily.Action, name, example, arguments);

    private static readonly (string, string)[] s_reply =
    [
        ("status n", "the status"),
        ("content-type t", "type of the body"),
        ("string s, file f", "the body"),
        ("lf-string f, lf-file f", "a body with formats in it"),
        ("errorfile f", "a whole answer from a file"),
        ("errorfiles name", "an answer of a section http-errors"),
        ("default-errorfiles", "the answer of this proxy for the status"),
        ("hdr name format", "a field; may be repeated"),
    ];

    internal static readonly KeywordGuide[] Rows =
    [
        Row("accept", "tcp-request connection accept if { src 10.0.0.0/8 }"),
        Row("add-acl", "http-request add-acl(/etc/baton/blocked.acl) %[src] if { path /trap }"),
        Row("add-header", "http-request add-header X-Port %[dst_port]"),
        Row("allow", "http-request allow if { src 10.0.0.0/8 }"),
        Row("auth", "http-request auth realm Private unless { src 10.0.0.0/8 }", ("realm r", "what the client is told it is asked for")),
        Row(
            "capture",
            "http-request capture req.hdr(User-Agent) len 80",
            ("expression", "what is kept"),
            ("len n", "a slot of its own, so long"),
            ("id n", "a slot of 'declare capture'")
        ),
        Row("close", "tcp-response content close if { res.len gt 100000 }"),
        Row("del-acl", "http-request del-acl(/etc/baton/blocked.acl) %[src] if { path /pardon }"),
        Row("del-header", "http-request del-header X-Debug", ("-m method", "how the name matches: str, beg, end, sub, reg")),
        Row("del-map", "http-request del-map(/etc/baton/hosts.map) %[req.hdr(host)] if { path /forget }"),
        Row("deny", "http-request deny status 429 if { path_beg /api } { fe_sess_rate gt 100 }", s_reply),
        Row("disable-l7-retry", "http-request disable-l7-retry if { method POST }"),
        Row("do-log", "http-request do-log if { path /login }"),
        Row("early-hint", "http-request early-hint Link \"</style.css>; rel=preload; as=style\""),
        Row("expect-proxy", "tcp-request connection expect-proxy layer4 if { src 10.0.0.0/8 }"),
        Row(
            "normalize-uri",
            "http-request normalize-uri path-merge-slashes",
            ("fragment-encode, fragment-strip", "what a # begins is encoded, or cut off"),
            ("path-merge-slashes", "several slashes in a row become one"),
            ("path-strip-dot, path-strip-dotdot", "/./ and /../ are resolved"),
            ("percent-decode-unreserved", "%41 becomes A"),
            ("percent-to-uppercase", "%2f becomes %2F"),
            ("query-sort-by-name", "parameters are sorted"),
            ("strict, full", "how far it goes, where it has a choice")
        ),
        Row(
            "do-resolve",
            "http-request do-resolve(txn.ip,dns,ipv4) hdr(host),host_only",
            ("variable", "gets the address; stays as it was when there is none"),
            ("resolvers", "a resolvers section"),
            ("family", "ipv4 or ipv6: asked for first")
        ),
        Row("pause", "http-request pause 100ms if { path /slow }"),
        Row(
            "redirect",
            "http-request redirect scheme https code 301 unless { dst_port 443 }",
            ("location target", "to this place"),
            ("prefix target", "to the same path behind another prefix"),
            ("scheme target", "to the same place by another scheme"),
            ("code n", "301, 302, 303, 307 or 308"),
            ("drop-query, append-slash, set-cookie c, clear-cookie c", "how the target and the answer look")
        ),
        Row("reject", "tcp-request connection reject if { src 192.0.2.0/24 }"),
        Row("replace-header", "http-request replace-header Cookie foo=([^;]*);(.*) foo=\\1;ip=%bi;\\2"),
        Row("replace-path", "http-request replace-path /old/(.*) /new/\\1"),
        Row("replace-pathq", "http-request replace-pathq /old/(.*) /new/\\1"),
        Row("replace-uri", "http-request replace-uri ^http://(.*) https://\\1"),
        Row("replace-value", "http-request replace-value X-Forwarded-For ^192\\.168\\.(.*)$ 172.16.\\1"),
        Row("return", "http-request return status 200 content-type text/plain string hello if { path /hello }", s_reply),
        Row("use-service", "http-request use-service prometheus-exporter if { path /metrics }"),
        Row(
            "set-bandwidth-limit",
            "filter bwlim-out slow default-limit 1m default-period 1s\n    http-request set-bandwidth-limit slow limit 100k if { path /big }",
            ("name", "a bwlim-in or bwlim-out filter of the same section"),
            ("limit size", "bytes in a period; a size, or a sample that gives one; else the filter's"),
            ("period time", "a time, or a sample that gives it in ms; else the filter's")
        ),
        Row("set-bc-mark", "http-request set-bc-mark 12"),
        Row("set-bc-tos", "http-request set-bc-tos 0x20"),
        Row("set-dst", "tcp-request content set-dst dst"),
        Row("set-dst-port", "tcp-request content set-dst-port int(4000)"),
        Row("set-fc-mark", "http-request set-fc-mark 12"),
        Row("set-fc-tos", "http-request set-fc-tos 0x20"),
        Row("set-header", "http-request set-header X-Forwarded-Proto http"),
        Row(
            "set-log-level",
            "http-request set-log-level silent if { path /health }",
            ("level", "emerg, alert, crit, err, warning, notice, info or debug"),
            ("silent", "no line at all")
        ),
        Row("set-map", "http-request set-map(/etc/baton/hosts.map) %[req.hdr(host)] app if { path /learn }"),
        Row("set-mark", "http-request set-mark 12"),
        Row("set-method", "http-request set-method GET if { method HEAD }"),
        Row("set-path", "http-request set-path /app%[path]"),
        Row("set-pathq", "http-request set-pathq /app%[pathq]"),
        Row("set-priority-class", "http-request set-priority-class int(-1) if { path_beg /checkout }"),
        Row("set-priority-offset", "http-request set-priority-offset int(500)"),
        Row("set-query", "http-request set-query %[query,regsub(debug=1,)]"),
        Row("set-retries", "http-request set-retries 3 if { method GET }"),
        Row("set-src", "http-request set-src req.hdr(X-Real-IP) if { src 10.0.0.0/8 }"),
        Row("set-src-port", "http-request set-src-port int(4000)"),
        Row("set-status", "http-response set-status 503 reason \"Come back later\" if { status 500 }"),
        Row(
            "set-timeout",
            "http-request set-timeout server 5m if { path_beg /reports }",
            ("client, connect, queue, server, tarpit, tunnel", "which one"),
            ("time", "how long, or an expression that gives milliseconds")
        ),
        Row("set-tos", "http-request set-tos 0x20"),
        Row("set-uri", "http-request set-uri /app%[pathq]"),
        Row(
            "set-var",
            "http-request set-var(txn.host) req.hdr(host),lower",
            ("variable", "scope and name: proc, sess, txn, req or res, a dot, the name"),
            ("condition", "ifexists, ifnotexists, ifempty, ifnotempty, ifset, ifnotset, ifgt, iflt"),
            ("expression", "what gives the value")
        ),
        Row("set-var-fmt", "http-request set-var-fmt(txn.from) %[src]:%[src_port]"),
        Row("silent-drop", "http-request silent-drop if { path /trap }"),
        Row("strict-mode", "http-request strict-mode on"),
        Row("tarpit", "http-request tarpit status 403 if { path_beg /wp-login }", s_reply),
        Row("unset-var", "http-request unset-var(txn.host)"),
        Row("wait-for-body", "http-request wait-for-body time 1s at-least 1k"),
        Row("wait-for-handshake", "http-request wait-for-handshake"),
    ];
}
