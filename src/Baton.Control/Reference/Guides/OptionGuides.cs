// "baton help" for options of bind and server lines and for the algorithms of balance.
using Baton.Configuration.Catalog;

namespace Baton.Control.Reference.Guides;

internal static class OptionGuides
{
    private static KeywordGuide Bind(string name, string example, params (string Word, string Says)[] arguments) =>
        new(KeywordFamily.BindOption, name, "bind " + example, arguments);

    private static KeywordGuide Server(string name, string example, params (string Word, string Says)[] arguments) =>
        new(KeywordFamily.ServerOption, name, "server one 10.0.0.1:80 " + example, arguments);

    private static KeywordGuide Balance(string name, string example, params (string Word, string Says)[] arguments) =>
        new(KeywordFamily.BalanceAlgorithm, name, "balance " + example, arguments);

    internal static readonly KeywordGuide[] Rows =
    [
        Bind("accept-proxy", ":8080 accept-proxy"),
        Bind("backlog", ":8080 backlog 4096"),
        Bind("defer-accept", ":8080 defer-accept"),
        Bind(
            "expose-fd",
            "/run/web.sock expose-fd listeners",
            ("listeners", "who connects here may ask for all listening sockets: what a reload by -x does")
        ),
        Bind("gid", "/run/web.sock gid 1000"),
        Bind("group", "/run/web.sock group root"),
        Bind("id", ":8080 id 7"),
        Bind("interface", ":8080 interface lo"),
        Bind(
            "level",
            "/run/web.sock level operator",
            ("user", "sees, without what is sensitive"),
            ("operator", "sees all, and changes maps and ACLs"),
            ("admin", "changes everything")
        ),
        Bind("maxconn", ":8080 maxconn 1000"),
        Bind("mode", "/run/web.sock mode 660"),
        Bind("mss", ":8080 mss 1400"),
        Bind("name", ":8080 name public"),
        Bind("namespace", ":8080 namespace blue"),
        Bind("process", ":8080 process 1/1-2"),
        Bind("proto", ":8080 proto h1"),
        Bind(
            "severity-output",
            "/run/web.sock severity-output string",
            ("none", "messages alone"),
            ("number", "the level's number before them"),
            ("string", "its name")
        ),
        Bind(
            "shards",
            ":8080 shards by-thread",
            ("number", "so many sockets"),
            ("by-thread", "one for each thread"),
            ("by-group", "one for each group of threads, of which there is one")
        ),
        Bind("idle-ping", ":8080 proto h2 idle-ping 10s"),
        Bind("tcp-ss", ":8080 tcp-ss 1", ("0", "not kept"), ("1", "the headers of the first packet"), ("2", "its payload too")),
        Bind("tcp-ut", ":8080 tcp-ut 30s"),
        Bind("tfo", ":8080 tfo"),
        Bind("thread", ":8080 thread 1-2"),
        Bind("transparent", ":8080 transparent"),
        Bind("uid", "/run/web.sock uid 0"),
        Bind("user", "/run/web.sock user root"),
        Bind("v4v6", ":::8080 v4v6"),
        Bind("v6only", ":::8080 v6only"),
        Server("backup", "backup"),
        Server("cookie", "cookie one"),
        Server("disabled", "disabled"),
        Server("enabled", "enabled"),
        Server(
            "hash-key",
            "hash-key addr-port",
            ("id, id32", "its number, spread as before 3.0, or better"),
            ("guid", "its guid"),
            ("addr, addr-port", "its address, without or with the port")
        ),
        Server("guid", "guid app-one"),
        Server(
            "pool-conn-name",
            "pool-conn-name req.hdr(x-tenant)",
            ("expression", "requests for which it is the same share idle connections")
        ),
        Server("id", "id 7"),
        Server(
            "init-addr",
            "init-addr libc,none",
            ("last", "as the state file says"),
            ("libc", "as the system resolves the name"),
            ("none", "no address: the server waits in maintenance for one"),
            ("an address", "this one")
        ),
        Server("max-reuse", "max-reuse 1000"),
        Server("maxconn", "maxconn 100"),
        Server("maxqueue", "maxqueue 50"),
        Server("minconn", "minconn 10 maxconn 100"),
        Server("namespace", "namespace blue"),
        Server("idle-ping", "proto h2 idle-ping 10s"),
        Server("strict-maxconn", "maxconn 10 strict-maxconn"),
        Server("no-agent-check", "no-agent-check"),
        Server("no-backup", "no-backup"),
        Server("no-check", "no-check"),
        Server("no-send-proxy", "no-send-proxy"),
        Server("no-send-proxy-v2", "no-send-proxy-v2"),
        Server("no-send-proxy-v2-ssl", "no-send-proxy-v2-ssl"),
        Server("no-send-proxy-v2-ssl-cn", "no-send-proxy-v2-ssl-cn"),
        Server("no-ssl", "no-ssl"),
        Server("no-tfo", "no-tfo"),
        Server("no-verifyhost", "no-verifyhost"),
        Server("pool-low-conn", "pool-low-conn 2"),
        Server("pool-max-conn", "pool-max-conn 100", ("number", "0 keeps none, -1 any number")),
        Server("pool-purge-delay", "pool-purge-delay 5s"),
        Server("proto", "proto h2", ("name", "h1 or h2; without it ALPN decides, or it is h1")),
        Server(
            "proxy-v2-options",
            "send-proxy-v2 proxy-v2-options unique-id,crc32c",
            ("ssl, cert-cn, cert-sig, cert-key, ssl-cipher, authority", "details of TLS"),
            ("crc32c", "a checksum"),
            ("unique-id", "what unique-id-format gives")
        ),
        Server("redir", "redir http://one.example.com"),
        Server("resolvers", "resolvers dns init-addr none", ("name", "a resolvers section")),
        Server("resolve-net", "resolvers dns resolve-net 10.0.0.0/8"),
        Server(
            "resolve-opts",
            "resolvers dns resolve-opts allow-dup-ip",
            ("option", "allow-dup-ip, prevent-dup-ip, ignore-weight (of SRV records)")
        ),
        Server("resolve-prefer", "resolve-prefer ipv4"),
        Server("send-proxy", "send-proxy"),
        Server("send-proxy-v2", "send-proxy-v2"),
        Server("send-proxy-v2-ssl", "send-proxy-v2-ssl"),
        Server("send-proxy-v2-ssl-cn", "send-proxy-v2-ssl-cn"),
        Server("set-proxy-v2-tlv-fmt", "send-proxy-v2 set-proxy-v2-tlv-fmt(0x20) %[fc_pp_unique_id]"),
        Server("socks4", "socks4 10.0.0.9:1080"),
        Server("source", "source 10.0.0.9"),
        Server("tcp-ut", "tcp-ut 30s"),
        Server("tfo", "tfo"),
        Server(
            "usesrc",
            "source 0.0.0.0 usesrc clientip",
            ("client", "the client's address and port"),
            ("clientip", "its address"),
            ("hdr_ip(name)", "the address in a field")
        ),
        Server("weight", "weight 20"),
        Server("ws", "ws h2", ("h1, h2", "what WebSockets are spoken in"), ("auto", "what else is, but h1 where ALPN offers it")),
        Balance("first", "first"),
        Balance("hash", "hash req.hdr(X-User)"),
        Balance("hdr", "hdr(host)", ("use_domain_only", "of a host name only the part before the top-level domain")),
        Balance("leastconn", "leastconn"),
        Balance("random", "random(3)", ("draws", "how many are drawn; the least loaded of them is taken. 2 without")),
        Balance("rdp-cookie", "rdp-cookie(mstshash)"),
        Balance("roundrobin", "roundrobin"),
        Balance("source", "source"),
        Balance("static-rr", "static-rr"),
        Balance(
            "uri",
            "uri depth 3",
            ("len n", "only so many characters"),
            ("depth n", "only so many directories"),
            ("whole", "with the query"),
            ("path-only", "without scheme and host")
        ),
        Balance("url_param", "url_param user"),
    ];
}
