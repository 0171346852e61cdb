// "baton help" for sections, with one that can be copied, and for what stands in the smaller ones.
using Baton.Configuration.Catalog;

namespace Baton.Control.Reference.Guides;

internal static class SectionGuides
{
    private static KeywordGuide Section(string name, string example) => new(KeywordFamily.Section, name, example, []);

    private static KeywordGuide Line(string name, SectionKinds section, string example, params (string Word, string Says)[] arguments) =>
        new(KeywordFamily.Directive, name, example, arguments) { Section = section };

    internal static readonly KeywordGuide[] Rows =
    [
        Section("global", "global\n    maxconn 20000\n    stats socket /run/baton.sock mode 600 level admin expose-fd listeners"),
        Section("defaults", "defaults\n    mode http\n    timeout connect 2s\n    timeout client 30s\n    timeout server 30s"),
        Section("frontend", "frontend web\n    bind :8080\n    use_backend static if { path_beg /img/ }\n    default_backend app"),
        Section("backend", "backend app\n    balance leastconn\n    server one 10.0.0.1:80\n    server two 10.0.0.2:80"),
        Section("listen", "listen web\n    bind :8080\n    server one 10.0.0.1:80"),
        Section("http-errors", "http-errors shop\n    errorfile 503 /etc/baton/503.http"),
        Section("resolvers", "resolvers dns\n    nameserver one 10.0.0.53:53\n    hold nx 10s"),
        Line(
            "nameserver",
            SectionKinds.Resolvers,
            "nameserver one 10.0.0.53:53",
            ("name", "tells it from the others, in the log and in \"show resolvers\""),
            ("address", "an IP address: asked by datagrams, and over TCP for what does not fit; tcp@ or udp@ before it keeps to one")
        ),
        Line("parse-resolv-conf", SectionKinds.Resolvers, "parse-resolv-conf"),
        Line(
            "hold",
            SectionKinds.Resolvers,
            "hold nx 30s",
            ("status", "nx, refused, timeout, other: failures that are overlooked for so long; valid; obsolete")
        ),
        Line("accepted_payload_size", SectionKinds.Resolvers, "accepted_payload_size 4096"),
        Line("resolve_retries", SectionKinds.Resolvers, "resolve_retries 3"),
        Line("timeout resolve", SectionKinds.Resolvers, "timeout resolve 1s"),
        Line("timeout retry", SectionKinds.Resolvers, "timeout retry 1s"),
        Section("crt-store", "crt-store web\n    crt-base /etc/ssl/certs\n    load crt site.crt key site.key alias site"),
        Line("crt-base", SectionKinds.CrtStore, "crt-base /etc/ssl/certs", ("directory", "before the load lines that it is for")),
        Line("key-base", SectionKinds.CrtStore, "key-base /etc/ssl/private", ("directory", "before the load lines that it is for")),
        Line(
            "load",
            SectionKinds.CrtStore,
            "load crt site.crt key site.key alias site",
            ("file", "a certificate, which bind lines name by \"crt @STORE/FILE\" or \"crt @STORE/ALIAS\""),
            ("options", "key, ocsp, issuer, sctl: files of its parts; alias: another name")
        ),
        Section("traces", "traces\n    trace h1 sink buf0 level developer verbosity complete start now"),
        new(
            KeywordFamily.Directive,
            "trace",
            "trace session sink stderr start now",
            [
                ("source", "h1, h2, stream, session, check, handover"),
                (
                    "word value",
                    "pairs, as the command \"trace\" takes them: sink, level, verbosity, event, start, pause, stop, lock, follow"
                ),
            ]
        ),
        Section("peers", "peers cluster\n    bind 10.0.0.1:10000\n    server one\n    server two 10.0.0.2:10000"),
        Line(
            "peer",
            SectionKinds.Peers,
            "peer two 10.0.0.2:10000",
            ("name", "one of them is this process: the machine's name, or what \"localpeer\" or -L says"),
            ("address", "where it listens, which for this process is where to listen")
        ),
        Line("bind", SectionKinds.Peers, "bind 10.0.0.1:10000", ("address", "where to listen for the others")),
        Line("default-bind", SectionKinds.Peers, "default-bind v4v6 accept-proxy"),
        Line("server", SectionKinds.Peers, "server two 10.0.0.2:10000", ("name", "of this process it stands without an address")),
        Line("default-server", SectionKinds.Peers, "default-server source 10.0.0.1"),
        Line("shards", SectionKinds.Peers, "shards 3", ("number", "parts that keys are spread over: each peer hears of its \"shard\"")),
        Line("table", SectionKinds.Peers, "table abuse type ip size 1m expire 10m store http_req_rate(10s)"),
        Line("log", SectionKinds.Peers, "log 127.0.0.1:514 local0", ("address", "hears of sessions that begin and end")),
        Line("disabled", SectionKinds.Peers, "disabled"),
        Line("enabled", SectionKinds.Peers, "enabled"),
        Section("mailers", "mailers alerts\n    timeout mail 20s\n    mailer smtp1 10.0.0.25:25"),
        Line(
            "mailer",
            SectionKinds.Mailers,
            "mailer smtp1 10.0.0.25:25",
            ("name", "what waits for it is found by it after a reload"),
            ("address", "of a mail server that takes mails without TLS and without a login; each gets every mail")
        ),
        Line("timeout mail", SectionKinds.Mailers, "timeout mail 20s"),
        Section("healthcheck", "healthcheck api\n    type httpchk GET /health\n    http-check expect status 200"),
        Line(
            "type",
            SectionKinds.HealthCheck,
            "type httpchk GET /health",
            ("kind", "what follows \"option\" in a backend: httpchk, tcp-check, smtpchk, redis-check, ..."),
            ("argument", "as there")
        ),
        Section("userlist", "userlist staff\n    group admins users ann\n    user ann insecure-password secret"),
        Line("errorfile", SectionKinds.HttpErrors, "errorfile 503 /etc/baton/503.http"),
        Line("group", SectionKinds.Userlist, "group admins users ann,bob", ("users", "who is in it")),
        Line(
            "user",
            SectionKinds.Userlist,
            "user ann insecure-password secret groups admins",
            ("password p", "as crypt(3) has hashed it"),
            ("insecure-password p", "as it is"),
            ("groups g", "which ones")
        ),
    ];
}
