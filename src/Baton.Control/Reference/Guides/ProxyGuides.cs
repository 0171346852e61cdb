// "baton help" for the settings of defaults, frontend, listen and backend.
using Baton.Configuration.Catalog;

namespace Baton.Control.Reference.Guides;

internal static class ProxyGuides
{
    private static KeywordGuide Row(string name, string example, params (string Word, string Says)[] arguments) =>
        new(KeywordFamily.Directive, name, example, arguments) { Section = SectionKinds.Proxies };

    private static readonly (string, string)[] s_time = [("time", "a number with us, ms, s, m, h or d; milliseconds without a unit")];

    internal static readonly KeywordGuide[] Rows =
    [
        Row("backlog", "backlog 4096"),
        Row("balance", "balance leastconn"),
        Row(
            "bind",
            "bind :8080",
            ("address", "IPv4 or IPv6 address, * or nothing for all, a path, abns@NAME, fd@N"),
            ("ports", "one, or a range as in 8000-8010")
        ),
        Row("clitcpka-cnt", "clitcpka-cnt 3"),
        Row("clitcpka-idle", "clitcpka-idle 1m", s_time),
        Row("clitcpka-intvl", "clitcpka-intvl 10s", s_time),
        Row(
            "compression algo",
            "compression algo gzip",
            ("algorithm", "gzip, deflate, raw-deflate, identity; of those a client likes as much the one said last")
        ),
        Row("compression algo-req", "compression algo-req gzip", ("algorithm", "one of those of 'compression algo'")),
        Row("compression algo-res", "compression algo-res gzip", ("algorithm", "as 'compression algo'")),
        Row("compression direction", "compression direction both", ("request, response, both", "which way messages are compressed")),
        Row("compression minsize-req", "compression minsize-req 1k"),
        Row("compression minsize-res", "compression minsize-res 1k"),
        Row("compression offload", "compression offload"),
        Row("compression type", "compression type text/ application/json", ("type", "how the content type begins; all without any")),
        Row("compression type-req", "compression type-req application/json", ("type", "how the content type begins; all without any")),
        Row("compression type-res", "compression type-res text/", ("type", "as 'compression type'")),
        Row(
            "cookie",
            "cookie SRV insert indirect nocache",
            ("name", "the cookie that names the server"),
            ("rewrite", "the server sets the cookie, its value becomes the name of the server"),
            ("insert", "the proxy sets a cookie of its own"),
            ("prefix", "the name goes in front of the value of the application's own cookie"),
            ("indirect", "servers do not see the cookie, clients that have it get no new one"),
            ("nocache", "what sets the cookie is marked as not to be cached"),
            ("postonly", "only answers to POST set it"),
            ("preserve", "a cookie that the server sets itself stays"),
            ("httponly, secure", "attributes of the cookie"),
            ("domain d", "hosts that get it; may be repeated"),
            ("maxidle t, maxlife t", "it is ignored when it was unused, or there, for longer"),
            ("dynamic", "values are made from the servers' addresses and dynamic-cookie-key"),
            ("attr a", "any other attribute")
        ),
        Row("default-server", "default-server maxconn 100 weight 10"),
        Row("default_backend", "default_backend app"),
        Row("description", "description the shop"),
        Row("disabled", "disabled"),
        Row("dispatch", "dispatch 10.0.0.1:80"),
        Row("dynamic-cookie-key", "dynamic-cookie-key correct-horse"),
        Row("enabled", "enabled"),
        Row(
            "errorfile",
            "errorfile 503 /etc/baton/503.http",
            ("status", "200, 400, 401, 403, 404, 405, 407, 408, 410, 413, 425, 429, 500, 501, 502, 503 or 504"),
            ("file", "the whole answer: status line, fields, an empty line, body")
        ),
        Row("errorfiles", "errorfiles shop 503", ("name", "a section http-errors"), ("status", "only these answers of it")),
        Row("errorloc", "errorloc 503 http://www.example.com/sorry"),
        Row("errorloc302", "errorloc302 503 http://www.example.com/sorry"),
        Row("errorloc303", "errorloc303 503 http://www.example.com/sorry"),
        Row("force-persist", "force-persist if { src 10.0.0.0/8 }"),
        Row("fullconn", "fullconn 1000"),
        Row(
            "hash-balance-factor",
            "hash-balance-factor 150",
            ("percent", "no server gets more than this share of the average; 0 is no limit")
        ),
        Row(
            "hash-preserve-affinity",
            "hash-preserve-affinity maxqueue",
            ("always", "a full server's requests wait for it"),
            ("maxconn", "they go to another server when it has maxconn connections"),
            ("maxqueue", "they go on when its queue is full too")
        ),
        Row(
            "hash-type",
            "hash-type consistent wt6 avalanche",
            ("map-based", "few requests move while no server comes or goes; all may when one does"),
            ("consistent", "a server that comes or goes moves only its share"),
            ("sdbm, djb2, wt6, crc32, none", "how the key is hashed"),
            ("avalanche", "the result is stirred once more")
        ),
        Row(
            "http-error",
            "http-error status 503 content-type text/plain string sorry",
            ("status s", "which answer it replaces"),
            ("content-type t", "type of the body"),
            ("errorfile f", "a whole answer from a file"),
            ("file f", "a body from a file"),
            ("string s", "the body itself"),
            ("lf-file f, lf-string f", "a body with formats in it"),
            ("hdr name format", "a field; may be repeated")
        ),
        Row(
            "http-reuse",
            "http-reuse safe",
            ("never", "a server connection belongs to the client that opened it"),
            ("safe", "a client's first request goes on a connection of its own, the next ones share"),
            ("aggressive", "first requests share connections that have been reused before"),
            ("always", "every request takes any idle connection")
        ),
        Row("http-send-name-header", "http-send-name-header X-Server"),
        Row("guid", "guid web-frontend", ("text", "by which \"stats-file\" finds what was counted, whatever the section is called")),
        Row("id", "id 100"),
        Row("ignore-persist", "ignore-persist if { path_end .png .css }"),
        Row(
            "load-server-state-from-file",
            "load-server-state-from-file global",
            ("global", "from the file of the global section"),
            ("local", "from a file of this backend"),
            ("none", "from no file")
        ),
        Row("max-keep-alive-queue", "max-keep-alive-queue 10"),
        Row("maxconn", "maxconn 5000"),
        Row(
            "mode",
            "mode http",
            ("http", "every request is parsed: rules see heads, connections are shared and kept"),
            ("tcp", "bytes pass as they are, whatever they mean"),
            ("log", "syslog messages to log servers; not supported by Baton yet"),
            ("spop", "agents of the stream processing protocol; not supported by Baton yet")
        ),
        Row("option abortonclose", "option abortonclose"),
        Row("option accept-invalid-http-request", "option accept-invalid-http-request"),
        Row("option accept-invalid-http-response", "option accept-invalid-http-response"),
        Row("option accept-unsafe-violations-in-http-request", "option accept-unsafe-violations-in-http-request"),
        Row("option accept-unsafe-violations-in-http-response", "option accept-unsafe-violations-in-http-response"),
        Row("option allbackups", "option allbackups"),
        Row("option checkcache", "option checkcache"),
        Row("option clitcpka", "option clitcpka"),
        Row("option contstats", "option contstats"),
        Row("option dontlog-normal", "option dontlog-normal"),
        Row("option dontlognull", "option dontlognull"),
        Row(
            "option forwarded",
            "option forwarded proto for",
            ("proto", "http or https"),
            ("host, host-expr e", "the Host field, or a sample"),
            ("by, by-expr e, by_port", "the address the client came to"),
            ("for, for-expr e, for_port", "the client's address")
        ),
        Row(
            "option forwardfor",
            "option forwardfor except 127.0.0.0/8",
            ("except network", "clients from there get no field"),
            ("header name", "another field than X-Forwarded-For"),
            ("if-none", "only where there is no such field yet")
        ),
        Row("option h1-case-adjust-bogus-client", "option h1-case-adjust-bogus-client"),
        Row("option h1-case-adjust-bogus-server", "option h1-case-adjust-bogus-server"),
        Row("option http-buffer-request", "option http-buffer-request"),
        Row("option http-drop-request-trailers", "option http-drop-request-trailers"),
        Row("option http-drop-response-trailers", "option http-drop-response-trailers"),
        Row("option http-ignore-probes", "option http-ignore-probes"),
        Row("option http-keep-alive", "option http-keep-alive"),
        Row("option http-pretend-keepalive", "option http-pretend-keepalive"),
        Row(
            "option http-restrict-req-hdr-names",
            "option http-restrict-req-hdr-names reject",
            ("preserve", "such fields pass"),
            ("delete", "they are taken out: right where a server reads _ as -"),
            ("reject", "the request is answered 403")
        ),
        Row("option http-server-close", "option http-server-close"),
        Row("option http-use-proxy-header", "option http-use-proxy-header"),
        Row("option httpclose", "option httpclose"),
        Row("option httplog", "option httplog", ("clf", "the common log format of web servers")),
        Row("option httpslog", "option httpslog"),
        Row("option disable-h2-upgrade", "option disable-h2-upgrade"),
        Row("option idle-close-on-response", "option idle-close-on-response"),
        Row("option independent-streams", "option independent-streams"),
        Row("option log-separate-errors", "option log-separate-errors"),
        Row("option logasap", "option logasap"),
        Row("option nolinger", "option nolinger"),
        Row(
            "option originalto",
            "option originalto except 127.0.0.1",
            ("except network", "destinations there are not told"),
            ("header name", "another field than X-Original-To")
        ),
        Row("option persist", "option persist"),
        Row("option prefer-last-server", "option prefer-last-server"),
        Row("option redispatch", "option redispatch 1", ("interval", "after so many retries; -1 for the last one, 0 for never")),
        Row("option socket-stats", "option socket-stats"),
        Row("option srvtcpka", "option srvtcpka"),
        Row("option tcpka", "option tcpka"),
        Row("option tcplog", "option tcplog", ("clf", "the common log format of web servers")),
        Row("option transparent", "option transparent"),
        Row("persist rdp-cookie", "persist rdp-cookie"),
        Row("rate-limit sessions", "rate-limit sessions 100"),
        Row("retries", "retries 3"),
        Row(
            "retry-on",
            "retry-on conn-failure empty-response 503",
            ("none", "never"),
            ("conn-failure", "the server could not be reached"),
            ("empty-response", "it closed without an answer"),
            ("junk-response", "it answered no HTTP"),
            ("response-timeout", "it did not answer in time"),
            ("0rtt-rejected", "it refused early data"),
            ("all-retryable-errors", "all of these"),
            ("401, 403, 404, 408, 421, 425, 429, 500 to 504", "it answered so")
        ),
        Row(
            "server",
            "server one 10.0.0.1:80 maxconn 100 weight 20",
            ("name", "how logs, statistics and commands call it"),
            ("address", "IPv4 or IPv6 address, a name, or the path of a UNIX socket"),
            ("port", "without it the client's own; +N and -N are relative to that")
        ),
        Row("server-state-file-name", "server-state-file-name app.state"),
        Row(
            "server-template",
            "server-template web 1-3 127.0.0.1:80 weight 5",
            ("prefix", "their names are web1, web2, web3"),
            ("number", "how many, or a range"),
            ("fqdn", "the address or name they have in common")
        ),
        Row(
            "source",
            "source 10.0.0.9",
            ("address", "where connections to servers come from"),
            ("usesrc a", "a foreign address: client, clientip, hdr_ip(NAME), or an address"),
            ("interface i", "the network interface they leave by")
        ),
        Row("srvtcpka-cnt", "srvtcpka-cnt 3"),
        Row("srvtcpka-idle", "srvtcpka-idle 1m", s_time),
        Row("srvtcpka-intvl", "srvtcpka-intvl 10s", s_time),
        Row("stats admin", "stats admin if { src 10.0.0.0/8 }"),
        Row("stats auth", "stats auth ops:secret", ("user:password", "may see the page; repeat it for more users")),
        Row("stats enable", "stats enable"),
        Row("stats hide-version", "stats hide-version"),
        Row(
            "stats http-request",
            "stats http-request deny unless { src 10.0.0.0/8 }",
            ("allow", "the page is shown"),
            ("deny", "answers 403"),
            ("auth", "asks for user and password")
        ),
        Row("stats realm", "stats realm Load\\ balancer"),
        Row("stats refresh", "stats refresh 5s", ("time", "a number with us, ms, s, m, h or d; seconds without a unit")),
        Row("stats scope", "stats scope app", ("name", "a section that is shown, \".\" for the page's own; repeat it for more")),
        Row("stats show-desc", "stats show-desc edge of the north"),
        Row("stats show-legends", "stats show-legends"),
        Row("stats show-modules", "stats show-modules"),
        Row("stats show-node", "stats show-node edge1", ("name", "without it that of the global section, or the machine's")),
        Row("stats show-version", "stats show-version"),
        Row("stats uri", "stats uri /stats", ("prefix", "what targets of requests for the page begin with")),
        Row("timeout check", "timeout check 2s", s_time),
        Row("timeout client", "timeout client 30s", s_time),
        Row("timeout client-fin", "timeout client-fin 10s", s_time),
        Row("timeout connect", "timeout connect 2s", s_time),
        Row("timeout http-keep-alive", "timeout http-keep-alive 10s", s_time),
        Row("timeout http-request", "timeout http-request 10s", s_time),
        Row("timeout queue", "timeout queue 5s", s_time),
        Row("timeout server", "timeout server 30s", s_time),
        Row("timeout server-fin", "timeout server-fin 10s", s_time),
        Row("timeout tarpit", "timeout tarpit 10s", s_time),
        Row("timeout tunnel", "timeout tunnel 1h", s_time),
        Row("transparent", "transparent"),
    ];
}
