// The lines of the smaller sections: resolvers, peers, userlist, mailers, cache, ring, log-forward, log-profile, fcgi-app,
// crt-store, traces, program, acme, healthcheck (manual of 3.4, chapters 5.3.2, 6.2, 8.3.5, 10.1, 11.2 and 12).
namespace Baton.Configuration.Catalog;

internal static class SectionKeywords
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
        Row("accepted_payload_size", "bytes", SectionKinds.Resolvers, KeywordStatus.Refused, "largest answer accepted from name servers"),
        Row("hold", "status time", SectionKinds.Resolvers, KeywordStatus.Refused, "how long an answer of this kind stays valid"),
        Row("nameserver", "name address[:port]", SectionKinds.Resolvers, KeywordStatus.Refused, "a name server"),
        Row("parse-resolv-conf", "", SectionKinds.Resolvers, KeywordStatus.Refused, "takes the name servers of the system"),
        Row("resolve_retries", "number", SectionKinds.Resolvers, KeywordStatus.Refused, "how often a query is sent before giving up"),
        Row("timeout resolve", "time", SectionKinds.Resolvers, KeywordStatus.Refused, "time between two resolutions when nothing holds"),
        Row("timeout retry", "time", SectionKinds.Resolvers, KeywordStatus.Refused, "time between two queries when no answer came"),
        Row("bind", "address[:port] [options]", SectionKinds.Peers | SectionKinds.LogForward, KeywordStatus.Refused, "where to listen"),
        Row("default-bind", "options", SectionKinds.Peers, KeywordStatus.Refused, "options of the bind line of the section"),
        Row("default-server", "options", SectionKinds.Peers, KeywordStatus.Refused, "options that following server lines start from"),
        Row("disabled", "", SectionKinds.Peers, KeywordStatus.Refused, "disables the section"),
        Row("enabled", "", SectionKinds.Peers, KeywordStatus.Refused, "enables the section"),
        Row(
            "log",
            "address [len n] [format f] [sample s] facility [max [min]]",
            SectionKinds.Peers | SectionKinds.LogForward,
            KeywordStatus.Refused,
            "where logs of the section go"
        ),
        Row("peer", "name address:port [options]", SectionKinds.Peers, KeywordStatus.Refused, "a peer"),
        Row("shards", "number", SectionKinds.Peers, KeywordStatus.Refused, "number of parts over which keys are spread"),
        Row(
            "table",
            "name type t size n [expire t] [write-to t] [nopurge] [store data[,...]]",
            SectionKinds.Peers,
            KeywordStatus.Refused,
            "a stick table shared by the section"
        ),
        Row("group", "name [users user[,...]]", SectionKinds.Userlist, KeywordStatus.Refused, "a group of users"),
        Row("user", "name [password/insecure-password p] [groups group[,...]]", SectionKinds.Userlist, KeywordStatus.Refused, "a user"),
        Row("mailer", "name address:port", SectionKinds.Mailers, KeywordStatus.Refused, "a mail server"),
        Row("timeout mail", "time", SectionKinds.Mailers, KeywordStatus.Refused, "time to hand a mail over"),
        Row("total-max-size", "megabytes", SectionKinds.Cache, KeywordStatus.Refused, "memory of the cache"),
        Row("max-object-size", "bytes", SectionKinds.Cache, KeywordStatus.Refused, "largest response that is stored"),
        Row("max-age", "seconds", SectionKinds.Cache, KeywordStatus.Refused, "longest time a response is served from the cache"),
        Row("process-vary", "on/off", SectionKinds.Cache, KeywordStatus.Refused, "whether responses that vary are stored"),
        Row("max-secondary-entries", "number", SectionKinds.Cache, KeywordStatus.Refused, "variants stored of one resource"),
        Row("backing-file", "file", SectionKinds.Ring, KeywordStatus.Refused, "file that keeps the ring"),
        Row("description", "text", SectionKinds.Ring, KeywordStatus.Refused, "free text about the ring"),
        Row("format", "format", SectionKinds.Ring, KeywordStatus.Refused, "form of the messages in the ring"),
        Row("maxlen", "bytes", SectionKinds.Ring, KeywordStatus.Refused, "longest message in the ring"),
        Row("size", "bytes", SectionKinds.Ring, KeywordStatus.Refused, "size of the ring"),
        Row("backlog", "number", SectionKinds.LogForward, KeywordStatus.Refused, "length of the system's queue of new connections"),
        Row("dgram-bind", "address:port [options]", SectionKinds.LogForward, KeywordStatus.Refused, "where to receive datagrams"),
        Row("maxconn", "number", SectionKinds.LogForward, KeywordStatus.Refused, "connections taken at once"),
        Row("log-tag", "text", SectionKinds.LogProfile, KeywordStatus.Refused, "program name in syslog headers"),
        Row("on", "step [drop] [format f] [sd f]", SectionKinds.LogProfile, KeywordStatus.Refused, "log line at one step of a stream"),
        Row(
            "acl",
            "name criterion [flags] [operator] value...",
            SectionKinds.FcgiApp,
            KeywordStatus.Refused,
            "defines or extends an access list"
        ),
        Row("docroot", "path", SectionKinds.FcgiApp, KeywordStatus.Refused, "document root of the application"),
        Row("index", "name", SectionKinds.FcgiApp, KeywordStatus.Refused, "script added to paths that end with a slash"),
        Row(
            "log-stderr",
            "global / address [len n] [format f] [sample s] facility [max [min]]",
            SectionKinds.FcgiApp,
            KeywordStatus.Refused,
            "where the application's error output goes"
        ),
        Row(
            "pass-header",
            "name [if/unless condition]",
            SectionKinds.FcgiApp,
            KeywordStatus.Refused,
            "passes a header that is usually left out"
        ),
        Row("path-info", "regex", SectionKinds.FcgiApp, KeywordStatus.Refused, "splits the path into script and path info"),
        Row(
            "set-param",
            "name format [if/unless condition]",
            SectionKinds.FcgiApp,
            KeywordStatus.Refused,
            "sets a parameter of the application"
        ),
        Row("crt-base", "directory", SectionKinds.CrtStore, KeywordStatus.Refused, "where relative names of certificates start"),
        Row("key-base", "directory", SectionKinds.CrtStore, KeywordStatus.Refused, "where relative names of private keys start"),
        Row("load", "crt file [options]", SectionKinds.CrtStore, KeywordStatus.Refused, "loads a certificate with its files"),
        Row("trace", "source argument...", SectionKinds.Traces, KeywordStatus.Refused, "configures a trace source"),
        Row("command", "program [argument...]", SectionKinds.Program, KeywordStatus.Hint, "program to run"),
        Row("user", "name", SectionKinds.Program, KeywordStatus.Hint, "user to run as"),
        Row("group", "name", SectionKinds.Program, KeywordStatus.Hint, "group to run as"),
        Row("account-key", "file", SectionKinds.Acme, KeywordStatus.Refused, "key of the account"),
        Row("acme-vars", "text", SectionKinds.Acme, KeywordStatus.Refused, "values handed to the DNS provisioning tool"),
        Row("bits", "number", SectionKinds.Acme, KeywordStatus.Refused, "size of generated RSA keys"),
        Row("challenge", "http-01/dns-01/dns-persist-01", SectionKinds.Acme, KeywordStatus.Refused, "how the authority tests a domain"),
        Row(
            "challenge-ready",
            "cli/dns/delay/none[,...]",
            SectionKinds.Acme,
            KeywordStatus.Refused,
            "what must hold before the authority is told to test"
        ),
        Row("contact", "address", SectionKinds.Acme, KeywordStatus.Refused, "mail address of the account"),
        Row("curves", "name", SectionKinds.Acme, KeywordStatus.Refused, "curve of generated ECDSA keys"),
        Row("directory", "url", SectionKinds.Acme, KeywordStatus.Refused, "directory of the authority"),
        Row("dns-delay", "time", SectionKinds.Acme, KeywordStatus.Refused, "wait before or between DNS tests"),
        Row("dns-timeout", "time", SectionKinds.Acme, KeywordStatus.Refused, "longest time for DNS tests"),
        Row("eab-key-id", "file", SectionKinds.Acme, KeywordStatus.Refused, "key id of an external account binding"),
        Row("eab-mac-alg", "HS256/HS384/HS512", SectionKinds.Acme, KeywordStatus.Refused, "algorithm of an external account binding"),
        Row("eab-mac-key", "file", SectionKinds.Acme, KeywordStatus.Refused, "key of an external account binding"),
        Row("keytype", "RSA/ECDSA", SectionKinds.Acme, KeywordStatus.Refused, "kind of generated keys"),
        Row("map", "map", SectionKinds.Acme, KeywordStatus.Refused, "map that holds challenge tokens"),
        Row("profile", "text", SectionKinds.Acme, KeywordStatus.Refused, "certificate profile asked of the authority"),
        Row("provider-name", "text", SectionKinds.Acme, KeywordStatus.Refused, "DNS provider handed to the provisioning tool"),
        Row("reuse-key", "on/off", SectionKinds.Acme, KeywordStatus.Refused, "keeps the private key at renewal"),
        Row("type", "kind [argument...]", SectionKinds.HealthCheck, KeywordStatus.Refused, "which kind of check the section describes"),
    ];
}
