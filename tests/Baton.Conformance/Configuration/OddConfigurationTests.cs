// Small odd configurations under -c: both programs take them or not, and both warn or not. It matters where warnings are fatal (-dW).
using System.IO;
using System.Linq;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Configuration;

public sealed class OddConfigurationTests : Scenario
{
    private const string Times = "    timeout connect 1s\n    timeout client 1s\n    timeout server 1s\n";

    /// <summary>Sections with a place for the line: "!" stands for it.</summary>
    private static string Place(string where) =>
        where switch
        {
            "frontend" => $"defaults\n    mode http\n{Times}frontend f\n    bind 127.0.0.1:1\n    !\nbackend b\n",
            "backend" => $"defaults\n    mode http\n{Times}frontend f\n    bind 127.0.0.1:1\n    default_backend b\nbackend b\n    !\n",
            "listen" => $"defaults\n    mode http\n{Times}listen l\n    bind 127.0.0.1:1\n    !\nbackend b\n",
            "tcp frontend" => $"defaults\n    mode tcp\n{Times}frontend f\n    bind 127.0.0.1:1\n    log 127.0.0.1:514 local0\n    !\n",
            "tcp backend" => $"defaults\n    mode tcp\n{Times}frontend f\n    bind 127.0.0.1:1\n    default_backend b\nbackend b\n    !\n",
            "inherited" =>
                $"defaults\n    mode http\n{Times}    log 127.0.0.1:514 local0\n    !\nfrontend f\n    mode tcp\n    bind 127.0.0.1:1\n",
            "global" => $"global\n    !\ndefaults\n    mode http\n{Times}frontend f\n    bind 127.0.0.1:1\n",
            _ => "!\n",
        };

    /// <summary>Where, the line, the exit status, and "w" when there is a warning.</summary>
    private static readonly (string Where, string Line, int Status, string Warned)[] s_lines =
    [
        ("tcp frontend", "option httplog", 0, "w"),
        ("tcp frontend", "option httplog clf", 0, "w"),
        ("tcp frontend", "option tcplog", 0, ""),
        ("inherited", "option httplog", 0, "w"),
        ("inherited", "option tcplog", 0, ""),
        ("backend", "option httplog", 0, "w"),
        ("backend", "option tcplog", 0, "w"),
        ("tcp backend", "option tcplog", 0, "w"),
        ("frontend", "option httplog", 0, "w"),
        ("frontend", "log-format %ci", 0, "w"),
        ("frontend", "log-format-sd %ci", 0, "w"),
        ("frontend", "log global\n    option httplog", 0, "w"),
        ("frontend", "log 127.0.0.1 local0\n    option httplog", 0, ""),
        ("tcp frontend", "log-format %HM", 1, ""),
        ("tcp frontend", "log-format %Tr", 1, ""),
        ("tcp frontend", "log-format %Tt%ts%ST", 0, ""),
        ("inherited", "log-format %r", 1, ""),
        ("tcp frontend", "option forwardfor", 0, "w"),
        ("tcp backend", "option forwardfor", 0, "w"),
        ("tcp backend", "option originalto", 0, "w"),
        ("frontend", "option forwardfor", 0, ""),
        ("inherited", "option forwardfor", 0, "w"),
        ("tcp frontend", "option http-buffer-request", 0, "w"),
        ("tcp backend", "option http-buffer-request", 0, "w"),
        ("tcp frontend", "option http-ignore-probes", 0, "w"),
        ("tcp frontend", "option http-use-proxy-header", 0, "w"),
        ("tcp frontend", "option idle-close-on-response", 0, "w"),
        ("tcp frontend", "option accept-invalid-http-request", 0, "w"),
        ("tcp backend", "option accept-invalid-http-response", 0, "w"),
        ("tcp backend", "option http-pretend-keepalive", 0, "w"),
        ("tcp backend", "option checkcache", 0, "w"),
        ("tcp backend", "option prefer-last-server", 0, "w"),
        ("tcp backend", "option httpclose", 0, ""),
        ("tcp frontend", "option dontlognull", 0, ""),
        ("tcp backend", "cookie S insert", 0, "w"),
        ("tcp backend", "server s 127.0.0.1:1 cookie x", 0, "w"),
        ("tcp backend", "server s 127.0.0.1:1 redir http://x", 1, ""),
        ("tcp backend", "balance uri", 0, "w"),
        ("tcp backend", "balance hdr(x)", 0, "w"),
        ("tcp backend", "balance url_param a", 0, "w"),
        ("tcp backend", "balance source", 0, ""),
        ("tcp backend", "balance rdp-cookie", 0, ""),
        ("tcp frontend", "monitor-uri /x", 0, "w"),
        ("tcp frontend", "capture cookie a len 3", 0, "w"),
        ("tcp frontend", "capture request header a len 3", 0, ""),
        ("tcp frontend", "http-request deny", 0, "w"),
        ("tcp backend", "http-request deny", 0, "w"),
        ("tcp frontend", "http-response deny", 0, "w"),
        ("tcp backend", "http-after-response set-header a b", 0, "w"),
        ("tcp frontend", "redirect prefix /", 0, "w"),
        ("frontend", "http-request deny if { req.len gt 0 }", 0, "w"),
        ("frontend", "http-request deny if { req.payload(0,1) -m found }", 0, "w"),
        ("frontend", "http-request deny if REQ_CONTENT", 0, "w"),
        ("frontend", "tcp-request content accept if { req.len gt 0 }", 0, "w"),
        ("frontend", "use_backend b if { req.len gt 0 }", 0, "w"),
        ("backend", "http-response set-header a b if { res.len gt 0 }", 0, "w"),
        ("frontend", "http-request deny if HTTP", 0, ""),
        ("frontend", "http-request deny if WAIT_END", 0, ""),
        ("frontend", "redirect prefix / if { req.len gt 0 }", 0, ""),
        ("frontend", "acl x req.len gt 0", 0, ""),
        ("tcp frontend", "tcp-request content accept if { req.len gt 0 }", 0, ""),
        ("backend", "server s no-such.invalid:80 init-addr last,libc,none", 0, "w"),
        ("backend", "server s no-such.invalid:80 init-addr none", 0, ""),
        ("backend", "server s no-such.invalid:80", 1, ""),
        ("backend", "server s no-such.invalid:80 init-addr last", 1, ""),
        ("backend", "server s no-such.invalid:80 init-addr libc,127.0.0.1", 0, "w"),
        ("backend", "load-server-state-from-file global\n    server s 127.0.0.1:1", 0, "w"),
        ("global", "server-state-file /no/such/file", 0, "w"),
        ("global", "server-state-file /dev/null", 0, "w"),
        ("listen", "default_backend b\n    server s 127.0.0.1:1", 0, "w"),
        ("listen", "default_backend nobody", 1, ""),
        ("listen", "use_backend nobody if TRUE", 1, ""),
        ("frontend", "bind 127.0.0.1:2 process 1", 0, "w"),
        ("global", "description", 1, ""),
        ("frontend", "description", 1, ""),
        ("frontend", "retry-on all-retryable-errors", 1, ""),
        ("backend", "declare capture request len 3", 1, ""),
        ("frontend", "dispatch 127.0.0.1:1", 0, "w"),
        ("backend", "maxconn", 1, "w"),
        ("backend", "maxconn 3", 0, "w"),
        ("backend", "bind 127.0.0.1:0", 1, "w"),
        ("backend", "bind 127.0.0.1:2 nosuch", 1, "w"),
        ("backend", "timeout client 1x", 1, "x"),
        ("backend", "use_backend", 1, "w"),
        ("frontend", "cookie", 1, "w"),
        ("frontend", "balance nosuch", 1, "w"),
        ("frontend", "balance source", 0, "w"),
        ("frontend", "timeout server 1s", 0, "w"),
        ("frontend", "option tcp-smart-accept", 0, ""),
        ("backend", "option splice-auto", 0, ""),
        ("global", "spread-checks 3", 0, ""),
        ("global", "noepoll", 0, ""),
        ("global", "busy-polling", 0, ""),
        ("", "listen l\n    server s 127.0.0.1:1\n    timeout client 1s\n    timeout connect 1s\n    timeout server 1s", 2, "w"),
        ("", "frontend f\n    mode http\n    bind 127.0.0.1:1\n    timeout client 1s", 0, ""),
        ("", "frontend f\n    mode http\n    bind 127.0.0.1:1", 0, "w"),
        ("", "backend b", 2, ""),
        ("", "frontend f\n    bind 127.0.0.1:1\n    timeout client 1s\n    disabled", 2, ""),
        ("backend", "http-response set-header x %[hdr(x),lower]", 0, ""),
        ("backend", "http-response set-header x %[req.hdr(x)]", 1, ""),
        ("backend", "http-response deny if { hdr(x) y }", 0, "w"),
        ("backend", "http-response deny if HTTP", 0, ""),
        ("frontend", "acl a hdr(x),set-var(txn.a) x", 1, ""),
        ("frontend", "acl a hdr(x),set-var(txn.a) -m str x", 0, ""),
        ("frontend", "acl a meth(GET) GET", 1, ""),
        ("frontend", "acl a method GET", 0, ""),
        ("frontend", "acl a method,add(1) 1", 1, ""),
        ("frontend", "acl a method,lower get", 0, ""),
        ("frontend", "acl a method -m int 1", 1, ""),
        ("frontend", "acl a bin(41) -m ip 1.2.3.4", 1, ""),
        ("frontend", "acl a ipv6(::1) -m bool", 1, ""),
        ("frontend", "acl a always_true -m ip 1.2.3.4", 1, ""),
        ("frontend", "acl a always_true -m str 1", 0, ""),
        ("frontend", "acl a dst_port 1.2", 1, ""),
        ("frontend", "acl a dst_port :", 1, ""),
        ("frontend", "acl a dst_port 5-3", 1, ""),
        ("frontend", "acl a dst_port 3-5 gt 7-", 0, ""),
        ("frontend", "acl a hdr(x,-11) 5", 1, ""),
        ("frontend", "acl a hdr_sub(x,-10) 5", 0, ""),
        ("frontend", "http-request set-tos 0x10", 0, ""),
        ("frontend", "acl a rand(0) -m found", 0, ""),
        ("tcp frontend", "log-format a%", 1, ""),
        ("frontend", "http-request set-header a %[src]%", 1, ""),
        ("frontend", "http-request set-var-fmt(txn.a) %[req.len]", 0, ""),
        ("frontend", "unique-id-format %[req.len]", 0, "w"),
        ("frontend", "error-log-format %[method]", 0, ""),
        ("tcp frontend", "log-format %TR", 1, ""),
        ("tcp frontend", "unique-id-format %HM", 1, ""),
        ("tcp frontend", "use_backend %HM", 1, ""),
        ("tcp frontend", "tcp-request content set-var-fmt(txn.a) %HM", 1, ""),
        ("tcp frontend", "tcp-request content set-var-fmt(txn.a) %[path]", 0, "w"),
        ("tcp frontend", "tcp-request content set-var-fmt(txn.a) %[src]", 0, ""),
        ("tcp frontend", "bind 127.0.0.1:2 proto h1", 1, ""),
        ("tcp backend", "server s 127.0.0.1:80 proto h1", 1, ""),
        ("backend", "server s 127.0.0.1:80 proto h1", 0, ""),
        ("frontend", "tcp-request content capture req.len len 3", 0, "w"),
        ("frontend", "tcp-request content capture src len 3", 0, ""),
        ("frontend", "tcp-request inspect-delay 1s\n    tcp-request content capture hdr(x) len 3", 0, ""),
        ("frontend", "timeout client 3s\n    timeout client 4s", 0, "w"),
        ("frontend", "timeout client 1s\n    timeout client 4s", 0, ""),
        ("frontend", "rate-limit sessions 5\n    rate-limit sessions 6", 0, "w"),
        ("backend", "tcp-response inspect-delay 3s\n    tcp-response inspect-delay 4s", 0, "w"),
        ("frontend", "http-request silent-drop\n    http-request deny", 0, ""),
        ("frontend", "http-request allow\n    http-request deny", 0, "w"),
        ("frontend", "default-server weight 3", 1, ""),
        ("frontend", "hash-balance-factor 150", 0, ""),
        ("frontend", "persist rdp-cookie", 0, ""),
        ("backend", "unique-id-header X", 0, ""),
        ("backend", "balance hdr(x) y", 1, ""),
        ("backend", "balance url_param a check_post", 0, ""),
        ("backend", "balance url_param a check_post 64", 0, ""),
        ("backend", "balance url_param a x", 1, ""),
        ("backend", "balance hash path x", 1, ""),
        ("backend", "hash-type consistent sdbm djb2", 1, ""),
        ("backend", "hash-type consistent avalanche", 1, ""),
        ("backend", "hash-type map-based wt6 avalanche", 0, ""),
        ("backend", "server s 127.0.0.1:80 tfo", 0, "w"),
        ("backend", "retry-on all-retryable-errors\n    server s 127.0.0.1:80 tfo", 0, ""),
        ("backend", "load-server-state-from-file local", 0, ""),
        ("backend", "load-server-state-from-file local\n    server s 127.0.0.1:80", 0, "w"),
        ("", "userlist u\n    group a;b", 1, ""),
        ("", "\"backend\" b", 2, ""),
    ];

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Are_taken_and_warned_of_alike(Product product)
    {
        foreach ((string where, string line, int status, string warned) in s_lines)
        {
            (int actual, string output) = Check(product, Place(where).Replace("!", line));
            string warnings =
                warned == "x" ? "x"
                : output.Contains("[WARNING]") ? "w"
                : "";
            Assert.True(
                $"{status} {warned}" == $"{actual} {warnings}",
                $"{where}: {line}: expected {status} {warned}, got {actual} {warnings}\n{output}"
            );
        }
    }

    private (int Status, string Output) Check(Product product, string text, params string[] options)
    {
        string file = Path.Combine(Directory, "odd.cfg");
        File.WriteAllText(file, text);
        return Run(Products.Path(product), [.. options, "-c", "-f", file]);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void What_only_the_building_shows_is_fatal_where_warnings_are(Product product)
    {
        string unresolved = Place("backend").Replace("!", "server s no-such.invalid:80 init-addr libc,none");
        Assert.Equal(0, Check(product, unresolved).Status);
        Assert.Equal(1, Check(product, unresolved, "-dW").Status);
        Assert.Equal(0, Check(product, Place("backend").Replace("!", "server s 127.0.0.1:80"), "-dW").Status);
        Assert.Equal(1, Check(product, Place("tcp frontend").Replace("!", "option httplog"), "-dW").Status);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_server_that_does_not_resolve_is_named_with_its_backend(Product product)
    {
        (int status, string output) = Check(product, Place("backend").Replace("!", "server s no-such.invalid:80"));
        Assert.Equal(1, status);
        Assert.Contains("odd.cfg:10] : 'server b/s' : could not resolve address 'no-such.invalid'.", output);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_TCP_frontend_that_inherits_httplog_logs_as_tcplog_does(Product product)
    {
        using var log = new LogCollector();
        OriginServer origin = HttpOrigin();
        ProxyProcess proxy = Start(
            product,
            Defaults.Replace("mode http", $"mode http\n    option httplog\n    log 127.0.0.1:{log.Port} local0")
                + $$"""
                frontend fe
                    mode tcp
                    bind 127.0.0.1:${p1}
                    default_backend be
                backend be
                    mode tcp
                    server s 127.0.0.1:{{origin.Port}}
                """
        );
        RawClient client = Connect(proxy);
        Assert.Equal(200, client.Get().Status);
        client.Dispose();
        // address, date, names, times, bytes, how it ended, two groups of numbers, and no request
        Assert.Matches(@"\] fe be/s \S+ \S+ \S\S \S+ \S+$", log.NextTraffic().TrimEnd());
    }
}
