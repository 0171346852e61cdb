// Section words, balance algorithms, filters, services, predefined ACLs, conditional blocks with their predicates, and the data of stick
// tables (manual of 3.4, chapters 2.4, 4.2, 7.4, 9, 11.1 and 12).
using System;

namespace Baton.Configuration.Catalog;

internal static class SmallFamilies
{
    internal static KnownKeyword[] Of(KeywordFamily family) => Array.FindAll(Rows, row => row.Family == family);

    private static KnownKeyword Row(
        KeywordFamily family,
        string name,
        string arguments,
        SectionKinds sections,
        KeywordStatus status,
        string summary,
        string? advice = null
    ) => new(family, name, arguments, sections, status, summary) { Advice = advice };

    internal static readonly KnownKeyword[] Rows =
    [
        Row(KeywordFamily.Section, "global", "", SectionKinds.Global, KeywordStatus.Refused, "settings of the process"),
        Row(
            KeywordFamily.Section,
            "defaults",
            "[name] [from defaults]",
            SectionKinds.Defaults,
            KeywordStatus.Refused,
            "settings that following proxies start from"
        ),
        Row(
            KeywordFamily.Section,
            "frontend",
            "name [from defaults]",
            SectionKinds.Frontend,
            KeywordStatus.Refused,
            "listens and chooses a backend"
        ),
        Row(
            KeywordFamily.Section,
            "backend",
            "name [from defaults]",
            SectionKinds.Backend,
            KeywordStatus.Refused,
            "servers and how they are chosen"
        ),
        Row(
            KeywordFamily.Section,
            "listen",
            "name [from defaults]",
            SectionKinds.Listen,
            KeywordStatus.Refused,
            "frontend and backend in one"
        ),
        Row(KeywordFamily.Section, "peers", "name", SectionKinds.Peers, KeywordStatus.Refused, "processes that share stick tables"),
        Row(KeywordFamily.Section, "resolvers", "name", SectionKinds.Resolvers, KeywordStatus.Refused, "name servers"),
        Row(KeywordFamily.Section, "userlist", "name", SectionKinds.Userlist, KeywordStatus.Refused, "users and groups"),
        Row(KeywordFamily.Section, "mailers", "name", SectionKinds.Mailers, KeywordStatus.Refused, "mail servers for alerts"),
        Row(KeywordFamily.Section, "cache", "name", SectionKinds.Cache, KeywordStatus.Refused, "a cache of small responses"),
        Row(KeywordFamily.Section, "http-errors", "name", SectionKinds.HttpErrors, KeywordStatus.Refused, "a set of error answers"),
        Row(KeywordFamily.Section, "ring", "name", SectionKinds.Ring, KeywordStatus.Refused, "a ring buffer for logs"),
        Row(KeywordFamily.Section, "log-forward", "name", SectionKinds.LogForward, KeywordStatus.Refused, "a log forwarder"),
        Row(KeywordFamily.Section, "log-profile", "name", SectionKinds.LogProfile, KeywordStatus.Refused, "log lines for one log target"),
        Row(KeywordFamily.Section, "fcgi-app", "name", SectionKinds.FcgiApp, KeywordStatus.Refused, "a FastCGI application"),
        Row(KeywordFamily.Section, "crt-store", "[name]", SectionKinds.CrtStore, KeywordStatus.Refused, "certificates and their files"),
        Row(KeywordFamily.Section, "traces", "", SectionKinds.Traces, KeywordStatus.Refused, "debug traces"),
        Row(
            KeywordFamily.Section,
            "program",
            "name",
            SectionKinds.Program,
            KeywordStatus.Hint,
            "a program run by the master, which HAProxy 3.3 gave up; it is not started"
        ),
        Row(KeywordFamily.Section, "acme", "name", SectionKinds.Acme, KeywordStatus.Refused, "how certificates are obtained"),
        Row(
            KeywordFamily.Section,
            "healthcheck",
            "name",
            SectionKinds.HealthCheck,
            KeywordStatus.Refused,
            "a check that servers can refer to"
        ),
        Row(
            KeywordFamily.BalanceAlgorithm,
            "roundrobin",
            "",
            SectionKinds.BackSide,
            KeywordStatus.Refused,
            "each server in turn by weight"
        ),
        Row(
            KeywordFamily.BalanceAlgorithm,
            "static-rr",
            "",
            SectionKinds.BackSide,
            KeywordStatus.Refused,
            "each server in turn by weight, weights fixed"
        ),
        Row(
            KeywordFamily.BalanceAlgorithm,
            "leastconn",
            "",
            SectionKinds.BackSide,
            KeywordStatus.Refused,
            "server with the fewest connections"
        ),
        Row(KeywordFamily.BalanceAlgorithm, "first", "", SectionKinds.BackSide, KeywordStatus.Refused, "first server with a free slot"),
        Row(KeywordFamily.BalanceAlgorithm, "hash", "expression", SectionKinds.BackSide, KeywordStatus.Refused, "hash of a sample"),
        Row(KeywordFamily.BalanceAlgorithm, "source", "", SectionKinds.BackSide, KeywordStatus.Refused, "hash of the client's address"),
        Row(
            KeywordFamily.BalanceAlgorithm,
            "uri",
            "[len n] [depth n] [whole] [path-only]",
            SectionKinds.BackSide,
            KeywordStatus.Refused,
            "hash of the URI"
        ),
        Row(
            KeywordFamily.BalanceAlgorithm,
            "url_param",
            "name [check_post [n]]",
            SectionKinds.BackSide,
            KeywordStatus.Refused,
            "hash of a query parameter"
        ),
        Row(
            KeywordFamily.BalanceAlgorithm,
            "hdr",
            "(name) [use_domain_only]",
            SectionKinds.BackSide,
            KeywordStatus.Refused,
            "hash of a header"
        ),
        Row(
            KeywordFamily.BalanceAlgorithm,
            "random",
            "[(draws)]",
            SectionKinds.BackSide,
            KeywordStatus.Refused,
            "best of some servers drawn at random"
        ),
        Row(
            KeywordFamily.BalanceAlgorithm,
            "rdp-cookie",
            "[(name)]",
            SectionKinds.BackSide,
            KeywordStatus.Refused,
            "hash of an RDP cookie"
        ),
        Row(
            KeywordFamily.BalanceAlgorithm,
            "log-hash",
            "converters",
            SectionKinds.BackSide,
            KeywordStatus.Refused,
            "hash of a log message"
        ),
        Row(
            KeywordFamily.BalanceAlgorithm,
            "log-sticky",
            "",
            SectionKinds.BackSide,
            KeywordStatus.Refused,
            "same log server as long as it is up"
        ),
        Row(
            KeywordFamily.BalanceAlgorithm,
            "sticky",
            "",
            SectionKinds.BackSide,
            KeywordStatus.Refused,
            "same log server as long as it is up, by its newer name"
        ),
        Row(
            KeywordFamily.Filter,
            "bwlim-in",
            "name default-limit l default-period p / limit l key k [table t] [min-size n]",
            SectionKinds.NamedProxies,
            KeywordStatus.Refused,
            "limits the bandwidth of uploads"
        ),
        Row(
            KeywordFamily.Filter,
            "bwlim-out",
            "name default-limit l default-period p / limit l key k [table t] [min-size n]",
            SectionKinds.NamedProxies,
            KeywordStatus.Refused,
            "limits the bandwidth of downloads"
        ),
        Row(KeywordFamily.Filter, "cache", "name", SectionKinds.NamedProxies, KeywordStatus.Refused, "a cache"),
        Row(KeywordFamily.Filter, "comp-req", "", SectionKinds.NamedProxies, KeywordStatus.Refused, "compresses requests"),
        Row(KeywordFamily.Filter, "comp-res", "", SectionKinds.NamedProxies, KeywordStatus.Refused, "compresses responses"),
        Row(KeywordFamily.Filter, "compression", "", SectionKinds.NamedProxies, KeywordStatus.Refused, "compresses messages"),
        Row(KeywordFamily.Filter, "fcgi-app", "name", SectionKinds.NamedProxies, KeywordStatus.Refused, "speaks FastCGI to servers"),
        Row(
            KeywordFamily.Filter,
            "opentracing",
            "[id i] config f",
            SectionKinds.NamedProxies,
            KeywordStatus.Refused,
            "reports to OpenTracing"
        ),
        Row(
            KeywordFamily.Filter,
            "spoe",
            "[engine e] config f",
            SectionKinds.NamedProxies,
            KeywordStatus.Refused,
            "offloads decisions to agents"
        ),
        Row(
            KeywordFamily.Filter,
            "trace",
            "[name n] [quiet] [random-forwarding] [hexdump]",
            SectionKinds.NamedProxies,
            KeywordStatus.Refused,
            "prints what passes, for debugging"
        ),
        Row(KeywordFamily.Service, "prometheus-exporter", "", SectionKinds.Proxies, KeywordStatus.Refused, "metrics for Prometheus"),
        Row(KeywordFamily.PredefinedAcl, "FALSE", "always_false", SectionKinds.Proxies, KeywordStatus.Refused, "never"),
        Row(KeywordFamily.PredefinedAcl, "HTTP", "req.proto_http", SectionKinds.Proxies, KeywordStatus.Refused, "HTTP was recognised"),
        Row(KeywordFamily.PredefinedAcl, "HTTP_1.0", "req.ver 1.0", SectionKinds.Proxies, KeywordStatus.Refused, "HTTP version is 1.0"),
        Row(KeywordFamily.PredefinedAcl, "HTTP_1.1", "req.ver 1.1", SectionKinds.Proxies, KeywordStatus.Refused, "HTTP version is 1.1"),
        Row(KeywordFamily.PredefinedAcl, "HTTP_2.0", "req.ver 2.0", SectionKinds.Proxies, KeywordStatus.Refused, "HTTP version is 2.0"),
        Row(KeywordFamily.PredefinedAcl, "HTTP_3.0", "req.ver 3.0", SectionKinds.Proxies, KeywordStatus.Refused, "HTTP version is 3.0"),
        Row(
            KeywordFamily.PredefinedAcl,
            "HTTP_CONTENT",
            "req.hdr_val(content-length) gt 0",
            SectionKinds.Proxies,
            KeywordStatus.Refused,
            "a body is announced"
        ),
        Row(
            KeywordFamily.PredefinedAcl,
            "HTTP_URL_ABS",
            "url_reg ^[^/:]*://",
            SectionKinds.Proxies,
            KeywordStatus.Refused,
            "URI with scheme"
        ),
        Row(
            KeywordFamily.PredefinedAcl,
            "HTTP_URL_SLASH",
            "url_beg /",
            SectionKinds.Proxies,
            KeywordStatus.Refused,
            "URI starts with a slash"
        ),
        Row(KeywordFamily.PredefinedAcl, "HTTP_URL_STAR", "url *", SectionKinds.Proxies, KeywordStatus.Refused, "URI is a star"),
        Row(
            KeywordFamily.PredefinedAcl,
            "LOCALHOST",
            "src 127.0.0.1/8 ::1",
            SectionKinds.Proxies,
            KeywordStatus.Refused,
            "client is this machine"
        ),
        Row(
            KeywordFamily.PredefinedAcl,
            "METH_CONNECT",
            "method CONNECT",
            SectionKinds.Proxies,
            KeywordStatus.Refused,
            "method is CONNECT"
        ),
        Row(KeywordFamily.PredefinedAcl, "METH_DELETE", "method DELETE", SectionKinds.Proxies, KeywordStatus.Refused, "method is DELETE"),
        Row(
            KeywordFamily.PredefinedAcl,
            "METH_GET",
            "method GET HEAD",
            SectionKinds.Proxies,
            KeywordStatus.Refused,
            "method is GET or HEAD"
        ),
        Row(KeywordFamily.PredefinedAcl, "METH_HEAD", "method HEAD", SectionKinds.Proxies, KeywordStatus.Refused, "method is HEAD"),
        Row(
            KeywordFamily.PredefinedAcl,
            "METH_OPTIONS",
            "method OPTIONS",
            SectionKinds.Proxies,
            KeywordStatus.Refused,
            "method is OPTIONS"
        ),
        Row(KeywordFamily.PredefinedAcl, "METH_POST", "method POST", SectionKinds.Proxies, KeywordStatus.Refused, "method is POST"),
        Row(KeywordFamily.PredefinedAcl, "METH_PUT", "method PUT", SectionKinds.Proxies, KeywordStatus.Refused, "method is PUT"),
        Row(KeywordFamily.PredefinedAcl, "METH_TRACE", "method TRACE", SectionKinds.Proxies, KeywordStatus.Refused, "method is TRACE"),
        Row(
            KeywordFamily.PredefinedAcl,
            "RDP_COOKIE",
            "req.rdp_cookie_cnt gt 0",
            SectionKinds.Proxies,
            KeywordStatus.Refused,
            "an RDP cookie is present"
        ),
        Row(
            KeywordFamily.PredefinedAcl,
            "REQ_CONTENT",
            "req.len gt 0",
            SectionKinds.Proxies,
            KeywordStatus.Refused,
            "request data is present"
        ),
        Row(KeywordFamily.PredefinedAcl, "TRUE", "always_true", SectionKinds.Proxies, KeywordStatus.Refused, "always"),
        Row(KeywordFamily.PredefinedAcl, "WAIT_END", "wait_end", SectionKinds.Proxies, KeywordStatus.Refused, "inspection is over"),
        Row(
            KeywordFamily.Preprocessor,
            ".if",
            "condition",
            SectionKinds.None,
            KeywordStatus.Refused,
            "keeps the following lines when the condition holds"
        ),
        Row(
            KeywordFamily.Preprocessor,
            ".elif",
            "condition",
            SectionKinds.None,
            KeywordStatus.Refused,
            "keeps the following lines when no condition before held and this one does"
        ),
        Row(
            KeywordFamily.Preprocessor,
            ".else",
            "",
            SectionKinds.None,
            KeywordStatus.Refused,
            "keeps the following lines when no condition before held"
        ),
        Row(KeywordFamily.Preprocessor, ".endif", "", SectionKinds.None, KeywordStatus.Refused, "ends a conditional block"),
        Row(KeywordFamily.Preprocessor, ".alert", "text", SectionKinds.None, KeywordStatus.Refused, "stops with an error"),
        Row(
            KeywordFamily.Preprocessor,
            ".diag",
            "text",
            SectionKinds.None,
            KeywordStatus.Refused,
            "prints a diagnostic when diagnostics are on"
        ),
        Row(KeywordFamily.Preprocessor, ".notice", "text", SectionKinds.None, KeywordStatus.Refused, "prints a notice"),
        Row(KeywordFamily.Preprocessor, ".warning", "text", SectionKinds.None, KeywordStatus.Refused, "prints a warning"),
        Row(
            KeywordFamily.Predicate,
            "awslc_api_atleast",
            "(version)",
            SectionKinds.None,
            KeywordStatus.Refused,
            "whether the AWS-LC interface is at least of this version"
        ),
        Row(
            KeywordFamily.Predicate,
            "awslc_api_before",
            "(version)",
            SectionKinds.None,
            KeywordStatus.Refused,
            "whether the AWS-LC interface is older than this version"
        ),
        Row(
            KeywordFamily.Predicate,
            "defined",
            "(name)",
            SectionKinds.None,
            KeywordStatus.Refused,
            "whether an environment variable exists"
        ),
        Row(
            KeywordFamily.Predicate,
            "enabled",
            "(option)",
            SectionKinds.None,
            KeywordStatus.Refused,
            "whether a run-time option such as POLL or SPLICE is on"
        ),
        Row(KeywordFamily.Predicate, "feature", "(name)", SectionKinds.None, KeywordStatus.Refused, "whether a feature was built in"),
        Row(
            KeywordFamily.Predicate,
            "openssl_version_atleast",
            "(version)",
            SectionKinds.None,
            KeywordStatus.Refused,
            "whether OpenSSL is at least of this version"
        ),
        Row(
            KeywordFamily.Predicate,
            "openssl_version_before",
            "(version)",
            SectionKinds.None,
            KeywordStatus.Refused,
            "whether OpenSSL is older than this version"
        ),
        Row(
            KeywordFamily.Predicate,
            "ssllib_name_startswith",
            "(text)",
            SectionKinds.None,
            KeywordStatus.Refused,
            "whether the name of the TLS library starts with a text"
        ),
        Row(KeywordFamily.Predicate, "streq", "(a,b)", SectionKinds.None, KeywordStatus.Refused, "whether two texts are equal"),
        Row(KeywordFamily.Predicate, "strneq", "(a,b)", SectionKinds.None, KeywordStatus.Refused, "whether two texts differ"),
        Row(KeywordFamily.Predicate, "strstr", "(text,part)", SectionKinds.None, KeywordStatus.Refused, "whether a text contains another"),
        Row(
            KeywordFamily.Predicate,
            "version_atleast",
            "(version)",
            SectionKinds.None,
            KeywordStatus.Refused,
            "whether the language is at least that of this release"
        ),
        Row(
            KeywordFamily.Predicate,
            "version_before",
            "(version)",
            SectionKinds.None,
            KeywordStatus.Refused,
            "whether the language is older than that of this release"
        ),
        Row(KeywordFamily.TableData, "bytes_in_cnt", "", SectionKinds.NamedProxies | SectionKinds.Peers, KeywordStatus.Refused, "bytes in"),
        Row(
            KeywordFamily.TableData,
            "bytes_in_rate",
            "(period)",
            SectionKinds.NamedProxies | SectionKinds.Peers,
            KeywordStatus.Refused,
            "bytes in per period"
        ),
        Row(
            KeywordFamily.TableData,
            "bytes_out_cnt",
            "",
            SectionKinds.NamedProxies | SectionKinds.Peers,
            KeywordStatus.Refused,
            "bytes out"
        ),
        Row(
            KeywordFamily.TableData,
            "bytes_out_rate",
            "(period)",
            SectionKinds.NamedProxies | SectionKinds.Peers,
            KeywordStatus.Refused,
            "bytes out per period"
        ),
        Row(
            KeywordFamily.TableData,
            "conn_cnt",
            "",
            SectionKinds.NamedProxies | SectionKinds.Peers,
            KeywordStatus.Refused,
            "connections counted"
        ),
        Row(
            KeywordFamily.TableData,
            "conn_cur",
            "",
            SectionKinds.NamedProxies | SectionKinds.Peers,
            KeywordStatus.Refused,
            "connections open"
        ),
        Row(
            KeywordFamily.TableData,
            "conn_rate",
            "(period)",
            SectionKinds.NamedProxies | SectionKinds.Peers,
            KeywordStatus.Refused,
            "connections per period"
        ),
        Row(
            KeywordFamily.TableData,
            "glitch_cnt",
            "",
            SectionKinds.NamedProxies | SectionKinds.Peers,
            KeywordStatus.Refused,
            "protocol glitches counted"
        ),
        Row(
            KeywordFamily.TableData,
            "glitch_rate",
            "(period)",
            SectionKinds.NamedProxies | SectionKinds.Peers,
            KeywordStatus.Refused,
            "protocol glitches per period"
        ),
        Row(
            KeywordFamily.TableData,
            "gpc",
            "(number)",
            SectionKinds.NamedProxies | SectionKinds.Peers,
            KeywordStatus.Refused,
            "general counters"
        ),
        Row(
            KeywordFamily.TableData,
            "gpc_rate",
            "(number,period)",
            SectionKinds.NamedProxies | SectionKinds.Peers,
            KeywordStatus.Refused,
            "increments of general counters per period"
        ),
        Row(
            KeywordFamily.TableData,
            "gpc0",
            "",
            SectionKinds.NamedProxies | SectionKinds.Peers,
            KeywordStatus.Refused,
            "first general counter"
        ),
        Row(
            KeywordFamily.TableData,
            "gpc0_rate",
            "(period)",
            SectionKinds.NamedProxies | SectionKinds.Peers,
            KeywordStatus.Refused,
            "increments of the first general counter per period"
        ),
        Row(
            KeywordFamily.TableData,
            "gpc1",
            "",
            SectionKinds.NamedProxies | SectionKinds.Peers,
            KeywordStatus.Refused,
            "second general counter"
        ),
        Row(
            KeywordFamily.TableData,
            "gpc1_rate",
            "(period)",
            SectionKinds.NamedProxies | SectionKinds.Peers,
            KeywordStatus.Refused,
            "increments of the second general counter per period"
        ),
        Row(
            KeywordFamily.TableData,
            "gpt",
            "(number)",
            SectionKinds.NamedProxies | SectionKinds.Peers,
            KeywordStatus.Refused,
            "general tags"
        ),
        Row(
            KeywordFamily.TableData,
            "gpt0",
            "",
            SectionKinds.NamedProxies | SectionKinds.Peers,
            KeywordStatus.Refused,
            "first general tag"
        ),
        Row(
            KeywordFamily.TableData,
            "http_err_cnt",
            "",
            SectionKinds.NamedProxies | SectionKinds.Peers,
            KeywordStatus.Refused,
            "client errors counted"
        ),
        Row(
            KeywordFamily.TableData,
            "http_err_rate",
            "(period)",
            SectionKinds.NamedProxies | SectionKinds.Peers,
            KeywordStatus.Refused,
            "client errors per period"
        ),
        Row(
            KeywordFamily.TableData,
            "http_fail_cnt",
            "",
            SectionKinds.NamedProxies | SectionKinds.Peers,
            KeywordStatus.Refused,
            "server failures counted"
        ),
        Row(
            KeywordFamily.TableData,
            "http_fail_rate",
            "(period)",
            SectionKinds.NamedProxies | SectionKinds.Peers,
            KeywordStatus.Refused,
            "server failures per period"
        ),
        Row(
            KeywordFamily.TableData,
            "http_req_cnt",
            "",
            SectionKinds.NamedProxies | SectionKinds.Peers,
            KeywordStatus.Refused,
            "requests counted"
        ),
        Row(
            KeywordFamily.TableData,
            "http_req_rate",
            "(period)",
            SectionKinds.NamedProxies | SectionKinds.Peers,
            KeywordStatus.Refused,
            "requests per period"
        ),
        Row(
            KeywordFamily.TableData,
            "server_id",
            "",
            SectionKinds.NamedProxies | SectionKinds.Peers,
            KeywordStatus.Refused,
            "number of the server"
        ),
        Row(
            KeywordFamily.TableData,
            "server_key",
            "",
            SectionKinds.NamedProxies | SectionKinds.Peers,
            KeywordStatus.Refused,
            "key of the server"
        ),
        Row(
            KeywordFamily.TableData,
            "sess_cnt",
            "",
            SectionKinds.NamedProxies | SectionKinds.Peers,
            KeywordStatus.Refused,
            "sessions counted"
        ),
        Row(
            KeywordFamily.TableData,
            "sess_rate",
            "(period)",
            SectionKinds.NamedProxies | SectionKinds.Peers,
            KeywordStatus.Refused,
            "sessions per period"
        ),
    ];
}
