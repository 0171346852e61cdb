// "baton help" for lines that look at traffic: ACLs, rules, captures, logs, monitoring.
using Baton.Configuration.Catalog;

namespace Baton.Control.Reference.Guides;

internal static class TrafficGuides
{
    private static KeywordGuide Row(string name, string example, params (string Word, string Says)[] arguments) =>
        new(KeywordFamily.Directive, name, example, arguments) { Section = SectionKinds.Proxies };

    private static readonly (string, string)[] s_rule =
    [
        ("action", "one of those below"),
        (
            "if condition, unless condition",
            "ACL names and conditions in braces; " + "those next to each other must all hold, 'or' parts alternatives, '!' turns one round"
        ),
    ];

    private static readonly (string, string)[] s_redirect =
    [
        ("code n", "301, 302 (the default), 303, 307 or 308"),
        ("drop-query", "the target gets no query"),
        ("append-slash", "a slash is put behind a path without one"),
        ("set-cookie c, clear-cookie c", "the answer sets or takes away a cookie"),
        ("if condition, unless condition", "when"),
    ];

    internal static readonly KeywordGuide[] Rows =
    [
        Row(
            "acl",
            "acl static path_beg /img/ /css/",
            ("name", "letters, digits, - _ . :; lines of one name are alternatives"),
            ("criterion", "a sample fetch, with converters behind it if need be"),
            ("-i", "upper and lower case are the same"),
            ("-f file", "patterns from a file, one a line"),
            ("-m method", "how to match: str, beg, end, sub, dir, dom, len, reg, bin, ip, int, bool, found"),
            ("-n", "patterns are addresses and not names"),
            ("-M", "the file is a map"),
            ("-u id", "a number for the runtime API"),
            ("operator", "for numbers: eq, ge, gt, le, lt"),
            ("value", "patterns; one of them has to match")
        ),
        Row(
            "filter",
            "filter bwlim-out slow default-limit 1m default-period 1s min-size 2896",
            ("compression, comp-req, comp-res", "where messages are compressed, when there are other filters (compression algo)"),
            ("bwlim-in name, bwlim-out name", "limits what the client sends, what it gets, for each stream that a rule turns it on for"),
            ("default-limit size", "bytes that may pass in a period"),
            ("default-period time", "the period"),
            ("min-size size", "what passes at a time is no less"),
            ("trace", "prints on stderr what passes: name n, quiet, random-forwarding, max-fwd n, hexdump")
        ),
        Row("capture cookie", "capture cookie session len 32", ("name", "what its name begins with"), ("len n", "longest value kept")),
        Row("capture request header", "capture request header Host len 64", ("name", "the field"), ("len n", "longest value kept")),
        Row(
            "capture response header",
            "capture response header Content-Type len 64",
            ("name", "the field"),
            ("len n", "longest value kept")
        ),
        Row(
            "declare capture",
            "declare capture request len 40",
            ("request, response", "which side it belongs to; slots are numbered from 0"),
            ("len n", "longest value kept")
        ),
        Row("error-log-format", "error-log-format \"%ci %[fc_err_str]\""),
        Row("http-after-response", "http-after-response set-header X-Frame-Options DENY", s_rule),
        Row("http-request", "http-request deny if { path_beg /private } !{ src 10.0.0.0/8 }", s_rule),
        Row("http-response", "http-response del-header Server", s_rule),
        Row(
            "log",
            "log global",
            ("global", "the targets of the global section"),
            ("address", "UDP address[:port], path of a UNIX datagram socket, stdout, stderr or fd@N"),
            ("len n", "longest line; the rest is cut"),
            ("format f", "what stands before the text: rfc3164, rfc5424, raw, short, timed, iso, local, priority"),
            ("sample ranges:size", "only these of so many lines: 1-2,5:8"),
            ("facility", "kern to local7"),
            ("max", "no line below this level"),
            ("min", "lines above this level are lowered to it")
        ),
        Row(
            "log-format",
            "log-format \"%ci:%cp %ST %B %{+Q}r\"",
            ("%name", "an alias: 'baton help' lists them as log-format aliases"),
            ("%[expression]", "a sample"),
            ("%{+Q}name", "in quotes; +E escapes, +X is hexadecimal, +M fills empty ones with -")
        ),
        Row("log-format-sd", "log-format-sd '[example@1234 bytes=\"%B\"]'"),
        Row("log-tag", "log-tag edge"),
        Row("monitor fail", "monitor fail if { nbsrv(app) lt 1 }"),
        Row("monitor-uri", "monitor-uri /health"),
        Row("redirect location", "redirect location https://www.example.com/ if { path / }", s_redirect),
        Row("redirect prefix", "redirect prefix https://www.example.com code 301", s_redirect),
        Row("redirect scheme", "redirect scheme https code 301", s_redirect),
        Row("tcp-request connection", "tcp-request connection reject if { src 192.0.2.0/24 }", s_rule),
        Row("tcp-request content", "tcp-request content reject unless { req.len gt 0 }", s_rule),
        Row("tcp-request inspect-delay", "tcp-request inspect-delay 5s"),
        Row("tcp-request session", "tcp-request session set-var(sess.port) dst_port", s_rule),
        Row("tcp-response content", "tcp-response content accept", s_rule),
        Row("tcp-response inspect-delay", "tcp-response inspect-delay 5s"),
        Row("unique-id-format", "unique-id-format \"%{+X}o %ci:%cp_%fi:%fp_%Ts_%rt:%pid\""),
        Row("unique-id-header", "unique-id-header X-Unique-ID"),
        Row(
            "use-server",
            "use-server one if { path_beg /one }",
            ("server", "one of this backend"),
            ("if condition, unless condition", "when")
        ),
        Row(
            "use_backend",
            "use_backend static if { path_beg /img/ }",
            ("backend", "its name, or a format that gives it: %[req.hdr(host),lower]"),
            ("if condition, unless condition", "when; the first that holds decides")
        ),
    ];
}
