// The lines of defaults, frontend, listen and backend (manuals of 2.6 and 3.4, chapters 4.1 and 4.2) but those of health checks
// (CheckKeywords), "option" (OptionKeywords), and what was removed (RemovedProxyKeywords).
namespace Baton.Configuration.Catalog;

internal static class ProxyKeywords
{
    private static KnownKeyword Row(
        string name,
        string arguments,
        SectionKinds sections,
        KeywordStatus status,
        string summary,
        bool negatable = false
    ) => new(KeywordFamily.Directive, name, arguments, sections, status, summary) { Negatable = negatable };

    internal static readonly KnownKeyword[] Rows =
    [
        Row(
            "acl",
            "name criterion [flags] [operator] value...",
            SectionKinds.Proxies,
            KeywordStatus.Refused,
            "defines or extends an access list"
        ),
        Row("backlog", "number", SectionKinds.FrontSide, KeywordStatus.Refused, "length of the system's queue of new connections"),
        Row("balance", "algorithm [arguments]", SectionKinds.BackSide, KeywordStatus.Refused, "how a server is chosen"),
        Row(
            "be-unpublished",
            "",
            SectionKinds.Backends,
            KeywordStatus.Refused,
            "hides a backend from switching rules until it is published"
        ),
        Row("bind", "address[:ports][,...] [options]", SectionKinds.Frontends, KeywordStatus.Refused, "where to listen"),
        Row("bind-process", "processes", SectionKinds.Proxies, KeywordStatus.Hint, "processes that run a proxy; there is one"),
        Row("capture cookie", "name len n", SectionKinds.Frontends, KeywordStatus.Refused, "logs a cookie"),
        Row("capture request header", "name len n", SectionKinds.Frontends, KeywordStatus.Refused, "logs a request header"),
        Row("capture response header", "name len n", SectionKinds.Frontends, KeywordStatus.Refused, "logs a response header"),
        Row(
            "clitcpka-cnt",
            "number",
            SectionKinds.FrontSide,
            KeywordStatus.Refused,
            "keep-alive probes before a client connection counts as lost"
        ),
        Row(
            "clitcpka-idle",
            "time",
            SectionKinds.FrontSide,
            KeywordStatus.Refused,
            "idle time before the first keep-alive probe to a client"
        ),
        Row("clitcpka-intvl", "time", SectionKinds.FrontSide, KeywordStatus.Refused, "time between keep-alive probes to a client"),
        Row("compression algo", "name...", SectionKinds.Proxies, KeywordStatus.Refused, "how responses are compressed"),
        Row("compression algo-req", "name", SectionKinds.Proxies, KeywordStatus.Refused, "how requests are compressed"),
        Row("compression algo-res", "name...", SectionKinds.Proxies, KeywordStatus.Refused, "how responses are compressed"),
        Row("compression direction", "request/response/both", SectionKinds.Proxies, KeywordStatus.Refused, "which way is compressed"),
        Row("compression minsize-req", "size", SectionKinds.Proxies, KeywordStatus.Refused, "smallest request that is compressed"),
        Row("compression minsize-res", "size", SectionKinds.Proxies, KeywordStatus.Refused, "smallest response that is compressed"),
        Row("compression offload", "", SectionKinds.Proxies, KeywordStatus.Refused, "keeps servers from compressing themselves"),
        Row("compression type", "mime...", SectionKinds.Proxies, KeywordStatus.Refused, "which content types are compressed"),
        Row(
            "compression type-req",
            "mime...",
            SectionKinds.Proxies,
            KeywordStatus.Refused,
            "which content types of requests are compressed"
        ),
        Row(
            "compression type-res",
            "mime...",
            SectionKinds.Proxies,
            KeywordStatus.Refused,
            "which content types of responses are compressed"
        ),
        Row(
            "cookie",
            "name [rewrite/insert/prefix] [indirect] [nocache] [postonly] [preserve] [httponly] [secure] [domain d] [maxidle t] [maxlife t] [dynamic] [attr a]",
            SectionKinds.BackSide,
            KeywordStatus.Refused,
            "keeps a client with its server by a cookie"
        ),
        Row("crt", "file", SectionKinds.Frontends, KeywordStatus.Refused, "certificate of a frontend, by its older form"),
        Row(
            "declare capture",
            "request/response len n",
            SectionKinds.Frontends,
            KeywordStatus.Refused,
            "reserves a slot for a captured header"
        ),
        Row("default-server", "options", SectionKinds.BackSide, KeywordStatus.Refused, "options that following server lines start from"),
        Row("default_backend", "name", SectionKinds.FrontSide, KeywordStatus.Refused, "backend taken when no rule chooses one"),
        Row("description", "text", SectionKinds.NamedProxies, KeywordStatus.Refused, "free text about a proxy"),
        Row("disabled", "", SectionKinds.Proxies, KeywordStatus.Refused, "starts a proxy stopped"),
        Row("dispatch", "address:port", SectionKinds.Backends, KeywordStatus.Refused, "sends everything to one address"),
        Row("dynamic-cookie-key", "text", SectionKinds.BackSide, KeywordStatus.Refused, "key from which cookie values of servers derive"),
        Row("enabled", "", SectionKinds.Proxies, KeywordStatus.Refused, "starts a proxy although defaults disabled it"),
        Row("error-log-format", "format", SectionKinds.FrontSide, KeywordStatus.Refused, "log line of failed sessions"),
        Row(
            "errorfile",
            "status file",
            SectionKinds.Proxies | SectionKinds.HttpErrors,
            KeywordStatus.Refused,
            "answers a status from a file"
        ),
        Row(
            "errorfiles",
            "name [status...]",
            SectionKinds.Proxies,
            KeywordStatus.Refused,
            "takes error answers from an http-errors section"
        ),
        Row("errorloc", "status url", SectionKinds.Proxies, KeywordStatus.Refused, "answers a status with a 302 redirect"),
        Row("errorloc302", "status url", SectionKinds.Proxies, KeywordStatus.Refused, "answers a status with a 302 redirect"),
        Row("errorloc303", "status url", SectionKinds.Proxies, KeywordStatus.Refused, "answers a status with a 303 redirect"),
        Row("filter", "name [argument...]", SectionKinds.NamedProxies, KeywordStatus.Refused, "adds a filter to streams"),
        Row(
            "force-be-switch",
            "if/unless condition",
            SectionKinds.Frontends,
            KeywordStatus.Refused,
            "lets rules choose a disabled or unpublished backend"
        ),
        Row(
            "force-persist",
            "if/unless condition",
            SectionKinds.Backends,
            KeywordStatus.Refused,
            "follows persistence to servers that are down"
        ),
        Row("fullconn", "number", SectionKinds.BackSide, KeywordStatus.Refused, "load at which dynamic limits of servers are full"),
        Row("guid", "text", SectionKinds.NamedProxies, KeywordStatus.Hint, "unique name that survives reloads"),
        Row(
            "hash-balance-factor",
            "percent",
            SectionKinds.BackSide,
            KeywordStatus.Refused,
            "how much more than the average a server may get by hashing"
        ),
        Row(
            "hash-preserve-affinity",
            "always/maxconn/maxqueue",
            SectionKinds.BackSide,
            KeywordStatus.Refused,
            "when hashing may move to another server"
        ),
        Row("hash-type", "method [function [modifier]]", SectionKinds.BackSide, KeywordStatus.Refused, "how hashes choose servers"),
        Row(
            "http-after-response",
            "action [if/unless condition]",
            SectionKinds.Proxies,
            KeywordStatus.Refused,
            "rule for every response, generated ones too"
        ),
        Row(
            "http-error",
            "status s [content-type t] [default-errorfiles/errorfile f/errorfiles n/file f/lf-file f/string s/lf-string f] [hdr n f]...",
            SectionKinds.Proxies,
            KeywordStatus.Refused,
            "answer for a status"
        ),
        Row("http-request", "action [if/unless condition]", SectionKinds.Proxies, KeywordStatus.Refused, "rule for requests"),
        Row("http-response", "action [if/unless condition]", SectionKinds.Proxies, KeywordStatus.Refused, "rule for responses of servers"),
        Row(
            "http-reuse",
            "never/safe/aggressive/always",
            SectionKinds.BackSide,
            KeywordStatus.Refused,
            "which requests share server connections"
        ),
        Row("http-send-name-header", "[name]", SectionKinds.BackSide, KeywordStatus.Refused, "header that tells the server its name"),
        Row("id", "number", SectionKinds.NamedProxies, KeywordStatus.Refused, "number of a proxy in the statistics"),
        Row("ignore-persist", "if/unless condition", SectionKinds.Backends, KeywordStatus.Refused, "ignores persistence"),
        Row(
            "load-server-state-from-file",
            "global/local/none",
            SectionKinds.BackSide,
            KeywordStatus.Refused,
            "where the states of servers are read at start"
        ),
        Row(
            "log",
            "global / address [len n] [format f] [sample s] [profile p] facility [max [min]]",
            SectionKinds.Proxies,
            KeywordStatus.Refused,
            "where logs go",
            negatable: true
        ),
        Row("log-format", "format", SectionKinds.FrontSide, KeywordStatus.Refused, "log line"),
        Row("log-format-sd", "format", SectionKinds.FrontSide, KeywordStatus.Refused, "structured data of RFC 5424 log lines"),
        Row("log-steps", "step[,...]", SectionKinds.FrontSide, KeywordStatus.Refused, "at which steps of a stream a line is logged"),
        Row("log-tag", "text", SectionKinds.Proxies, KeywordStatus.Refused, "program name in syslog headers"),
        Row(
            "max-keep-alive-queue",
            "number",
            SectionKinds.BackSide,
            KeywordStatus.Refused,
            "queue length from which keep-alive prefers another server"
        ),
        Row(
            "max-session-srv-conns",
            "number",
            SectionKinds.FrontSide,
            KeywordStatus.Hint,
            "idle server connections that one client connection keeps"
        ),
        Row("maxconn", "number", SectionKinds.FrontSide, KeywordStatus.Refused, "connections taken at once"),
        Row("mode", "tcp/http/log/spop", SectionKinds.Proxies, KeywordStatus.Refused, "protocol of a proxy"),
        Row(
            "monitor fail",
            "if/unless condition",
            SectionKinds.Frontends,
            KeywordStatus.Refused,
            "when the monitor address answers failure"
        ),
        Row("monitor-uri", "uri", SectionKinds.FrontSide, KeywordStatus.Refused, "address that answers health tests"),
        Row("persist rdp-cookie", "[(name)]", SectionKinds.BackSide, KeywordStatus.Refused, "keeps RDP clients with their server"),
        Row(
            "quic-initial",
            "action [if/unless condition]",
            SectionKinds.FrontSide,
            KeywordStatus.Refused,
            "rule for the first packet of QUIC connections"
        ),
        Row("rate-limit sessions", "number", SectionKinds.FrontSide, KeywordStatus.Refused, "new sessions taken each second"),
        Row(
            "redirect location",
            "location [code n] [options] [if/unless condition]",
            SectionKinds.NamedProxies,
            KeywordStatus.Refused,
            "redirects to a fixed place"
        ),
        Row(
            "redirect prefix",
            "prefix [code n] [options] [if/unless condition]",
            SectionKinds.NamedProxies,
            KeywordStatus.Refused,
            "redirects to a prefix and the same path"
        ),
        Row(
            "redirect scheme",
            "scheme [code n] [options] [if/unless condition]",
            SectionKinds.NamedProxies,
            KeywordStatus.Refused,
            "redirects to another scheme"
        ),
        Row("retries", "number", SectionKinds.BackSide, KeywordStatus.Refused, "how often a failed connect is tried again"),
        Row("retry-on", "condition...", SectionKinds.BackSide, KeywordStatus.Refused, "failures after which a request is sent again"),
        Row(
            "server",
            "name address[:port] [options]",
            SectionKinds.Backends | SectionKinds.Peers | SectionKinds.Ring,
            KeywordStatus.Refused,
            "a server"
        ),
        Row("server-state-file-name", "[file]", SectionKinds.BackSide, KeywordStatus.Refused, "state file of a backend"),
        Row(
            "server-template",
            "prefix number fqdn[:port] [options]",
            SectionKinds.Backends,
            KeywordStatus.Refused,
            "several servers from one name"
        ),
        Row(
            "source",
            "address[:port] [usesrc a] [interface i]",
            SectionKinds.BackSide,
            KeywordStatus.Refused,
            "address from which servers are connected"
        ),
        Row(
            "srvtcpka-cnt",
            "number",
            SectionKinds.BackSide,
            KeywordStatus.Refused,
            "keep-alive probes before a server connection counts as lost"
        ),
        Row(
            "srvtcpka-idle",
            "time",
            SectionKinds.BackSide,
            KeywordStatus.Refused,
            "idle time before the first keep-alive probe to a server"
        ),
        Row("srvtcpka-intvl", "time", SectionKinds.BackSide, KeywordStatus.Refused, "time between keep-alive probes to a server"),
        Row(
            "ssl-f-use",
            "[crt file] [options]",
            SectionKinds.Frontends,
            KeywordStatus.Refused,
            "certificate of a frontend with its options"
        ),
        Row(
            "stats admin",
            "if/unless condition",
            SectionKinds.NamedProxies,
            KeywordStatus.Refused,
            "permits changes on the statistics page"
        ),
        Row("stats auth", "user:password", SectionKinds.Proxies, KeywordStatus.Refused, "user of the statistics page"),
        Row("stats enable", "", SectionKinds.Proxies, KeywordStatus.Refused, "turns the statistics page on"),
        Row("stats hide-version", "", SectionKinds.Proxies, KeywordStatus.Refused, "leaves the version out of the statistics page"),
        Row(
            "stats http-request",
            "allow/deny/auth [realm r] [if/unless condition]",
            SectionKinds.NamedProxies,
            KeywordStatus.Refused,
            "who may see the statistics page"
        ),
        Row("stats realm", "text", SectionKinds.Proxies, KeywordStatus.Refused, "realm of the statistics page"),
        Row("stats refresh", "time", SectionKinds.Proxies, KeywordStatus.Refused, "how often the statistics page reloads"),
        Row("stats scope", "proxy/.", SectionKinds.Proxies, KeywordStatus.Refused, "which proxies the statistics page shows"),
        Row("stats show-desc", "[text]", SectionKinds.Proxies, KeywordStatus.Refused, "shows a description on the statistics page"),
        Row("stats show-legends", "", SectionKinds.Proxies, KeywordStatus.Refused, "shows more details on the statistics page"),
        Row("stats show-modules", "", SectionKinds.Proxies, KeywordStatus.Refused, "shows module counters on the statistics page"),
        Row("stats show-node", "[name]", SectionKinds.Proxies, KeywordStatus.Refused, "shows the node's name on the statistics page"),
        Row("stats show-version", "", SectionKinds.Proxies, KeywordStatus.Refused, "shows the version on the statistics page"),
        Row("stats uri", "prefix", SectionKinds.Proxies, KeywordStatus.Refused, "path of the statistics page"),
        Row(
            "stick match",
            "expression [table t] [if/unless condition]",
            SectionKinds.Backends,
            KeywordStatus.Refused,
            "looks for a client's server in a stick table"
        ),
        Row(
            "stick on",
            "expression [table t] [if/unless condition]",
            SectionKinds.Backends,
            KeywordStatus.Refused,
            "keeps a client with its server by a stick table"
        ),
        Row(
            "stick store-request",
            "expression [table t] [if/unless condition]",
            SectionKinds.Backends,
            KeywordStatus.Refused,
            "remembers the server of a request"
        ),
        Row(
            "stick store-response",
            "expression [table t] [if/unless condition]",
            SectionKinds.Backends,
            KeywordStatus.Refused,
            "remembers the server of a response"
        ),
        Row(
            "stick-table",
            "type t size n [expire t] [nopurge] [peers p] [srvkey k] [write-to t] [recv-only] [store data[,...]]",
            SectionKinds.NamedProxies,
            KeywordStatus.Refused,
            "table of counters or servers by key"
        ),
        Row(
            "tcp-request connection",
            "action [if/unless condition]",
            SectionKinds.FrontSide,
            KeywordStatus.Refused,
            "rule for new connections, before anything is received"
        ),
        Row(
            "tcp-request content",
            "action [if/unless condition]",
            SectionKinds.Proxies,
            KeywordStatus.Refused,
            "rule for the first bytes of a stream"
        ),
        Row("tcp-request inspect-delay", "time", SectionKinds.Proxies, KeywordStatus.Refused, "how long request content may be waited for"),
        Row(
            "tcp-request session",
            "action [if/unless condition]",
            SectionKinds.FrontSide,
            KeywordStatus.Refused,
            "rule for sessions, after handshakes"
        ),
        Row(
            "tcp-response content",
            "action [if/unless condition]",
            SectionKinds.BackSide,
            KeywordStatus.Refused,
            "rule for the first bytes of a server's answer"
        ),
        Row(
            "tcp-response inspect-delay",
            "time",
            SectionKinds.BackSide,
            KeywordStatus.Refused,
            "how long response content may be waited for"
        ),
        Row(
            "timeout client",
            "time",
            SectionKinds.FrontSide | SectionKinds.LogForward,
            KeywordStatus.Refused,
            "inactivity time on the client side"
        ),
        Row(
            "timeout client-fin",
            "time",
            SectionKinds.FrontSide,
            KeywordStatus.Refused,
            "inactivity time of half-closed client connections"
        ),
        Row("timeout client-hs", "time", SectionKinds.FrontSide, KeywordStatus.Refused, "time for the handshakes of a client"),
        Row("timeout connect", "time", SectionKinds.BackSide | SectionKinds.Ring, KeywordStatus.Refused, "time to connect to a server"),
        Row("timeout http-keep-alive", "time", SectionKinds.Proxies, KeywordStatus.Refused, "time to wait for the next request"),
        Row("timeout http-request", "time", SectionKinds.Proxies, KeywordStatus.Refused, "time to receive a whole request head"),
        Row("timeout queue", "time", SectionKinds.BackSide, KeywordStatus.Refused, "time to wait for a free server"),
        Row(
            "timeout server",
            "time",
            SectionKinds.BackSide | SectionKinds.Ring,
            KeywordStatus.Refused,
            "inactivity time on the server side"
        ),
        Row(
            "timeout server-fin",
            "time",
            SectionKinds.BackSide,
            KeywordStatus.Refused,
            "inactivity time of half-closed server connections"
        ),
        Row("timeout tarpit", "time", SectionKinds.Proxies, KeywordStatus.Refused, "how long a tarpitted client is held"),
        Row("timeout tunnel", "time", SectionKinds.BackSide, KeywordStatus.Refused, "inactivity time of tunnels, both sides"),
        Row("transparent", "", SectionKinds.BackSide, KeywordStatus.Refused, "connects to the address the client wanted"),
        Row("unique-id-format", "format", SectionKinds.Proxies, KeywordStatus.Refused, "how request identifiers are built"),
        Row("unique-id-header", "name", SectionKinds.FrontSide, KeywordStatus.Refused, "header that carries the request identifier"),
        Row("use-fcgi-app", "name", SectionKinds.Backends, KeywordStatus.Refused, "FastCGI application of a backend"),
        Row("use-server", "server if/unless condition", SectionKinds.Backends, KeywordStatus.Refused, "chooses a server"),
        Row("use_backend", "backend [if/unless condition]", SectionKinds.Frontends, KeywordStatus.Refused, "chooses a backend"),
    ];
}
