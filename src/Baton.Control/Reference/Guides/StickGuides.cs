// "baton help" for stick tables: their lines, what tracks in them, what changes what is tracked.
using Baton.Configuration.Catalog;

namespace Baton.Control.Reference.Guides;

internal static class StickGuides
{
    private static KeywordGuide Row(string name, string example, params (string Word, string Says)[] arguments) =>
        new(KeywordFamily.Directive, name, example, arguments);

    private static KeywordGuide Action(string name, string example, params (string Word, string Says)[] arguments) =>
        new(KeywordFamily.Action, name, example, arguments);

    private const string Table = "stick-table type ip size 100k expire 30m store http_req_rate(10s)\n  ";

    private static readonly (string, string)[] s_rule =
    [
        ("expression", "what a client is known by"),
        ("table t", "the section whose table it is; this one without"),
        ("if/unless condition", "only then"),
    ];

    private static readonly (string, string)[] s_track =
    [
        ("key", "whose entry counts"),
        ("table t", "in which table; the section's own without"),
    ];

    private static readonly (string, string) s_counter = ("counter", "the N of the track-scN that tracks"),
        s_index = ("index", "the place in the array, from 0");

    internal static readonly KeywordGuide[] Rows =
    [
        Row(
            "stick-table",
            "stick-table type ip size 100k expire 10m store http_req_rate(10s),conn_cur",
            ("type t", "ip, ipv6, integer, string [len n], binary [len n]"),
            ("size n", "entries at most; the oldest make room"),
            ("expire t", "how long an entry lives that nobody touches"),
            ("nopurge", "a full table takes nothing new"),
            ("srvkey name|addr", "how servers are written down"),
            ("write-to t", "another table: the servers and tags that peers tell of go there too"),
            ("recv-only", "peers are told of nothing that changes here"),
            ("brates-factor n", "bytes that count as one in rates of bytes"),
            ("store data,...", "what is remembered of each key")
        ),
        Row("stick on", Table + "stick on src", s_rule),
        Row("stick match", Table + "stick match req.cook(SESSION),ipmask(32) if { path_beg /app }", s_rule),
        Row("stick store-request", Table + "stick store-request src", s_rule),
        Row("stick store-response", Table + "stick store-response res.hdr(x-client)", s_rule),
        Row("tune.stick-counters", "tune.stick-counters 5", ("number", "track-sc0 to the one before it; 3 without this line")),
        Row("http-err-codes", "http-err-codes 400-499 -404", ("codes", "statuses and ranges; with + or - they change the set")),
        Row("http-fail-codes", "http-fail-codes 500-599 -501,505", ("codes", "statuses and ranges; with + or - they change the set")),
        new(KeywordFamily.ServerOption, "non-stick", "server one 10.0.0.1:80 non-stick", []),
        new(
            KeywordFamily.ServerOption,
            "shard",
            "server two 10.0.0.2:10000 shard 1",
            [("number", "the part of the keys that this peer hears of; 0 for all")]
        ),
        new(KeywordFamily.ServerOption, "stick", "server one 10.0.0.1:80 stick", []),
        Action("track-sc0", Table + "http-request track-sc0 src", s_track),
        Action("track-sc1", Table + "tcp-request connection track-sc1 src", s_track),
        Action("track-sc2", Table + "tcp-request content track-sc2 src if { src 10.0.0.0/8 }", s_track),
        Action("sc-inc-gpc", "http-request sc-inc-gpc(2,0) if { path /login }", s_index, s_counter),
        Action("sc-inc-gpc0", "http-response sc-inc-gpc0(0) if { status 401 }", s_counter),
        Action("sc-inc-gpc1", "http-request sc-inc-gpc1(0) if { path /login }", s_counter),
        Action(
            "sc-add-gpc",
            "http-request sc-add-gpc(2,0) req.hdr(x-cost)",
            s_index,
            s_counter,
            ("number", "how much, or a sample that says it")
        ),
        Action(
            "sc-set-gpt",
            "http-request sc-set-gpt(1,0) 1 if { path /trap }",
            s_index,
            s_counter,
            ("number", "the tag, or a sample that gives it")
        ),
        Action(
            "sc-set-gpt0",
            "http-request sc-set-gpt0(0) 1 if { path /trap }",
            s_counter,
            ("number", "the tag, or a sample that gives it")
        ),
    ];
}
