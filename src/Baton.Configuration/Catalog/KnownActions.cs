// The actions of rules and the rule sets they may stand in (manual of 3.4, chapters 4.3 and 4.4, with those only 2.6 has).
using Baton.Configuration.Expressions;

namespace Baton.Configuration.Catalog;

internal static class KnownActions
{
    private static KnownKeyword Row(string name, string arguments, RuleSets ruleSets, KeywordStatus status, string summary)
    {
        SectionKinds sections = SectionKinds.Proxies;
        if ((ruleSets & ~(RuleSets.QuicInitial | RuleSets.TcpRequestConnection | RuleSets.TcpRequestSession)) == 0)
            sections = SectionKinds.FrontSide;
        return new(KeywordFamily.Action, name, arguments, sections, status, summary) { RuleSets = ruleSets };
    }

    internal static readonly KnownKeyword[] Rows =
    [
        Row(
            "accept",
            "",
            RuleSets.QuicInitial | RuleSets.AnyTcp,
            KeywordStatus.Refused,
            "lets the connection or stream pass this rule set"
        ),
        Row(
            "add-acl",
            "(file) key",
            RuleSets.HttpRequest | RuleSets.HttpResponse,
            KeywordStatus.Refused,
            "adds an entry to an ACL file in memory"
        ),
        Row("add-header", "name format", RuleSets.AnyHttp, KeywordStatus.Refused, "adds a header"),
        Row("add-headers-bin", "expression [prefix p]", RuleSets.AnyHttp, KeywordStatus.Refused, "adds headers from their binary form"),
        Row("allow", "", RuleSets.AnyHttp, KeywordStatus.Refused, "ends this rule set and goes on"),
        Row(
            "attach-srv",
            "server [name expression]",
            RuleSets.TcpRequestSession,
            KeywordStatus.Refused,
            "hands the connection to a server as reverse HTTP"
        ),
        Row("auth", "[realm r]", RuleSets.HttpRequest, KeywordStatus.Refused, "asks for a user name and password unless allowed"),
        Row("cache-store", "name", RuleSets.HttpResponse, KeywordStatus.Refused, "stores the response in a cache"),
        Row("cache-use", "name", RuleSets.HttpRequest, KeywordStatus.Refused, "answers from a cache"),
        Row(
            "capture",
            "expression [len n/id n]",
            RuleSets.TcpRequestContent | RuleSets.AnyHttp,
            KeywordStatus.Refused,
            "stores a sample in a capture slot"
        ),
        Row("close", "", RuleSets.TcpResponseContent, KeywordStatus.Refused, "closes the server connection"),
        Row(
            "del-acl",
            "(file) key",
            RuleSets.HttpRequest | RuleSets.HttpResponse,
            KeywordStatus.Refused,
            "removes an entry from an ACL file in memory"
        ),
        Row("del-header", "name [-m method]", RuleSets.AnyHttp, KeywordStatus.Refused, "removes headers"),
        Row("del-headers-bin", "expression [prefix p]", RuleSets.AnyHttp, KeywordStatus.Refused, "removes headers listed in binary form"),
        Row("del-map", "(file) key", RuleSets.AnyHttp, KeywordStatus.Refused, "removes an entry from a map in memory"),
        Row(
            "deny",
            "[status n] [content-type t] [body options] [hdr n f]...",
            RuleSets.HttpRequest | RuleSets.HttpResponse,
            KeywordStatus.Refused,
            "refuses with an error answer"
        ),
        Row("dgram-drop", "", RuleSets.QuicInitial, KeywordStatus.Refused, "drops the datagram"),
        Row("disable-l7-retry", "", RuleSets.HttpRequest, KeywordStatus.Refused, "never sends this request twice"),
        Row(
            "do-log",
            "[profile p]",
            RuleSets.QuicInitial | RuleSets.AnyTcp | RuleSets.AnyHttp,
            KeywordStatus.Refused,
            "writes a log line now"
        ),
        Row(
            "do-resolve",
            "(variable,resolvers[,family]) expression",
            RuleSets.TcpRequestContent | RuleSets.HttpRequest,
            KeywordStatus.Refused,
            "resolves a name into a variable"
        ),
        Row("early-hint", "name format", RuleSets.HttpRequest, KeywordStatus.Refused, "sends a 103 answer with a header"),
        Row(
            "expect-netscaler-cip",
            "layer4",
            RuleSets.TcpRequestConnection,
            KeywordStatus.Refused,
            "expects the NetScaler client address protocol"
        ),
        Row("expect-proxy", "layer4", RuleSets.TcpRequestConnection, KeywordStatus.Refused, "expects a PROXY protocol header"),
        Row("normalize-uri", "normalizer [options]", RuleSets.HttpRequest, KeywordStatus.Refused, "brings the URI into a normal form"),
        Row(
            "ot-group",
            "filter group",
            RuleSets.TcpRequestContent | RuleSets.TcpResponseContent | RuleSets.AnyHttp,
            KeywordStatus.Refused,
            "runs an OpenTracing group"
        ),
        Row("pause", "time/expression", RuleSets.HttpRequest | RuleSets.HttpResponse, KeywordStatus.Refused, "waits before going on"),
        Row(
            "redirect",
            "location/prefix/scheme target [code n] [options]",
            RuleSets.HttpRequest | RuleSets.HttpResponse,
            KeywordStatus.Refused,
            "answers with a redirect"
        ),
        Row(
            "reject",
            "",
            RuleSets.QuicInitial | RuleSets.AnyTcp | RuleSets.HttpRequest,
            KeywordStatus.Refused,
            "closes the connection without an answer"
        ),
        Row("replace-header", "name regex format", RuleSets.AnyHttp, KeywordStatus.Refused, "rewrites whole header values by regex"),
        Row("replace-path", "regex format", RuleSets.HttpRequest, KeywordStatus.Refused, "rewrites the path by regex"),
        Row("replace-pathq", "regex format", RuleSets.HttpRequest, KeywordStatus.Refused, "rewrites path and query by regex"),
        Row("replace-uri", "regex format", RuleSets.HttpRequest, KeywordStatus.Refused, "rewrites the URI by regex"),
        Row("replace-value", "name regex format", RuleSets.AnyHttp, KeywordStatus.Refused, "rewrites each element of a header by regex"),
        Row(
            "return",
            "[status n] [content-type t] [body options] [hdr n f]...",
            RuleSets.HttpRequest | RuleSets.HttpResponse,
            KeywordStatus.Refused,
            "answers by itself"
        ),
        Row(
            "sc-add-gpc",
            "(index,counter) n/expression",
            RuleSets.AnyTcp | RuleSets.AnyHttp,
            KeywordStatus.Refused,
            "adds to a general counter of the tracked key"
        ),
        Row(
            "sc-inc-gpc",
            "(index,counter)",
            RuleSets.AnyTcp | RuleSets.AnyHttp,
            KeywordStatus.Refused,
            "increments a general counter of the tracked key"
        ),
        Row(
            "sc-inc-gpc0",
            "(counter)",
            RuleSets.AnyTcp | RuleSets.AnyHttp,
            KeywordStatus.Refused,
            "increments the first general counter of the tracked key"
        ),
        Row(
            "sc-inc-gpc1",
            "(counter)",
            RuleSets.AnyTcp | RuleSets.AnyHttp,
            KeywordStatus.Refused,
            "increments the second general counter of the tracked key"
        ),
        Row(
            "sc-set-gpt",
            "(index,counter) n/expression",
            RuleSets.AnyTcp | RuleSets.AnyHttp,
            KeywordStatus.Refused,
            "sets a general tag of the tracked key"
        ),
        Row(
            "sc-set-gpt0",
            "(counter) n/expression",
            RuleSets.AnyTcp | RuleSets.AnyHttp,
            KeywordStatus.Refused,
            "sets the first general tag of the tracked key"
        ),
        Row("send-retry", "", RuleSets.QuicInitial, KeywordStatus.Refused, "makes the client prove its address"),
        Row(
            "send-spoe-group",
            "filter group",
            RuleSets.TcpRequestContent | RuleSets.TcpResponseContent | RuleSets.HttpRequest | RuleSets.HttpResponse,
            KeywordStatus.Refused,
            "sends a group of messages to SPOE agents"
        ),
        Row(
            "set-bandwidth-limit",
            "filter [limit l] [period p]",
            RuleSets.TcpRequestContent | RuleSets.TcpResponseContent | RuleSets.HttpRequest | RuleSets.HttpResponse,
            KeywordStatus.Refused,
            "turns a bandwidth limit on for the stream"
        ),
        Row(
            "set-bc-mark",
            "mark/expression",
            RuleSets.TcpRequestContent | RuleSets.HttpRequest,
            KeywordStatus.Refused,
            "packet mark towards the server"
        ),
        Row(
            "set-bc-tos",
            "tos/expression",
            RuleSets.TcpRequestContent | RuleSets.HttpRequest,
            KeywordStatus.Refused,
            "type-of-service byte towards the server"
        ),
        Row(
            "set-dst",
            "expression",
            RuleSets.TcpRequestConnection | RuleSets.TcpRequestSession | RuleSets.TcpRequestContent | RuleSets.HttpRequest,
            KeywordStatus.Refused,
            "replaces the destination address"
        ),
        Row(
            "set-dst-port",
            "expression",
            RuleSets.TcpRequestConnection | RuleSets.TcpRequestSession | RuleSets.TcpRequestContent | RuleSets.HttpRequest,
            KeywordStatus.Refused,
            "replaces the destination port"
        ),
        Row(
            "set-fc-mark",
            "mark/expression",
            RuleSets.AnyTcp | RuleSets.HttpRequest | RuleSets.HttpResponse,
            KeywordStatus.Refused,
            "packet mark towards the client"
        ),
        Row(
            "set-fc-tos",
            "tos/expression",
            RuleSets.AnyTcp | RuleSets.HttpRequest | RuleSets.HttpResponse,
            KeywordStatus.Refused,
            "type-of-service byte towards the client"
        ),
        Row("set-header", "name format", RuleSets.AnyHttp, KeywordStatus.Refused, "sets a header, replacing any"),
        Row("set-headers-bin", "expression [prefix p]", RuleSets.AnyHttp, KeywordStatus.Refused, "sets headers from their binary form"),
        Row(
            "set-log-level",
            "level/silent",
            RuleSets.TcpRequestContent | RuleSets.TcpResponseContent | RuleSets.AnyHttp,
            KeywordStatus.Refused,
            "level of this stream's log line"
        ),
        Row("set-map", "(file) key value", RuleSets.AnyHttp, KeywordStatus.Refused, "sets an entry of a map in memory"),
        Row(
            "set-mark",
            "mark",
            RuleSets.AnyTcp | RuleSets.HttpRequest | RuleSets.HttpResponse,
            KeywordStatus.Refused,
            "older name of set-fc-mark"
        ),
        Row("set-method", "format", RuleSets.HttpRequest, KeywordStatus.Refused, "replaces the method"),
        Row(
            "set-nice",
            "-1024..1024",
            RuleSets.TcpRequestContent | RuleSets.TcpResponseContent | RuleSets.HttpRequest | RuleSets.HttpResponse,
            KeywordStatus.Hint,
            "scheduling preference of this stream"
        ),
        Row("set-path", "format", RuleSets.HttpRequest, KeywordStatus.Refused, "replaces the path"),
        Row("set-pathq", "format", RuleSets.HttpRequest, KeywordStatus.Refused, "replaces path and query"),
        Row(
            "set-priority-class",
            "expression",
            RuleSets.TcpRequestContent | RuleSets.HttpRequest,
            KeywordStatus.Refused,
            "class in the server queue"
        ),
        Row(
            "set-priority-offset",
            "expression",
            RuleSets.TcpRequestContent | RuleSets.HttpRequest,
            KeywordStatus.Refused,
            "offset in the server queue"
        ),
        Row("set-query", "format", RuleSets.HttpRequest, KeywordStatus.Refused, "replaces the query"),
        Row(
            "set-retries",
            "n/expression",
            RuleSets.TcpRequestContent | RuleSets.HttpRequest,
            KeywordStatus.Refused,
            "number of connect retries of this stream"
        ),
        Row(
            "set-src",
            "expression",
            RuleSets.TcpRequestConnection | RuleSets.TcpRequestSession | RuleSets.TcpRequestContent | RuleSets.HttpRequest,
            KeywordStatus.Refused,
            "replaces the source address"
        ),
        Row(
            "set-src-port",
            "expression",
            RuleSets.TcpRequestConnection | RuleSets.TcpRequestSession | RuleSets.TcpRequestContent | RuleSets.HttpRequest,
            KeywordStatus.Refused,
            "replaces the source port"
        ),
        Row(
            "set-status",
            "status [reason r]",
            RuleSets.HttpResponse | RuleSets.HttpAfterResponse,
            KeywordStatus.Refused,
            "replaces the status"
        ),
        Row(
            "set-timeout",
            "client/connect/queue/server/tarpit/tunnel time/expression",
            RuleSets.HttpRequest | RuleSets.HttpResponse,
            KeywordStatus.Refused,
            "changes a timeout of this stream"
        ),
        Row(
            "set-tos",
            "tos",
            RuleSets.AnyTcp | RuleSets.HttpRequest | RuleSets.HttpResponse,
            KeywordStatus.Refused,
            "older name of set-fc-tos"
        ),
        Row("set-uri", "format", RuleSets.HttpRequest, KeywordStatus.Refused, "replaces the URI"),
        Row(
            "set-var",
            "(variable[,condition...]) expression",
            RuleSets.AnyTcp | RuleSets.AnyHttp,
            KeywordStatus.Refused,
            "sets a variable to a sample"
        ),
        Row(
            "set-var-fmt",
            "(variable[,condition...]) format",
            RuleSets.AnyTcp | RuleSets.AnyHttp,
            KeywordStatus.Refused,
            "sets a variable to a formatted string"
        ),
        Row(
            "silent-drop",
            "[rst-ttl n]",
            RuleSets.AnyTcp | RuleSets.HttpRequest | RuleSets.HttpResponse,
            KeywordStatus.Refused,
            "forgets the connection without telling the client"
        ),
        Row("strict-mode", "on/off", RuleSets.AnyHttp, KeywordStatus.Refused, "whether a rewriting failure is an error"),
        Row("switch-mode", "http [proto p]", RuleSets.TcpRequestContent, KeywordStatus.Refused, "goes on in HTTP mode"),
        Row("tarpit", "[status n] [body options]", RuleSets.HttpRequest, KeywordStatus.Refused, "holds the request, then refuses"),
        Row(
            "track-sc0",
            "key [table t]",
            RuleSets.TcpRequestConnection
                | RuleSets.TcpRequestSession
                | RuleSets.TcpRequestContent
                | RuleSets.HttpRequest
                | RuleSets.HttpResponse,
            KeywordStatus.Refused,
            "tracks a key with the first stick counter"
        ),
        Row(
            "track-sc1",
            "key [table t]",
            RuleSets.TcpRequestConnection
                | RuleSets.TcpRequestSession
                | RuleSets.TcpRequestContent
                | RuleSets.HttpRequest
                | RuleSets.HttpResponse,
            KeywordStatus.Refused,
            "tracks a key with the second stick counter"
        ),
        Row(
            "track-sc2",
            "key [table t]",
            RuleSets.TcpRequestConnection
                | RuleSets.TcpRequestSession
                | RuleSets.TcpRequestContent
                | RuleSets.HttpRequest
                | RuleSets.HttpResponse,
            KeywordStatus.Refused,
            "tracks a key with the third stick counter"
        ),
        Row("unset-var", "(variable)", RuleSets.AnyTcp | RuleSets.AnyHttp, KeywordStatus.Refused, "forgets a variable"),
        Row("use-service", "name", RuleSets.TcpRequestContent | RuleSets.HttpRequest, KeywordStatus.Refused, "answers with a service"),
        Row(
            "wait-for-body",
            "time t [at-least n]",
            RuleSets.HttpRequest | RuleSets.HttpResponse,
            KeywordStatus.Refused,
            "waits for the body"
        ),
        Row("wait-for-handshake", "", RuleSets.HttpRequest, KeywordStatus.Refused, "waits for the TLS handshake before using early data"),
    ];
}
