// Rules, ACLs and captures of named defaults sections: they are the section's own, whatever the names in the proxies that inherit.
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Rules;

public sealed class DefaultsRuleTests : Scenario
{
    private const string Base = """
        global
            nbthread 1
        defaults base
            mode http
            timeout connect 20s
            timeout client 60s
            timeout server 60s

        """;

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void ACLs_of_one_name_are_two(Product product)
    {
        OriginServer origin = HttpOrigin();
        ProxyProcess proxy = Start(
            product,
            Base
                + $$"""
                defaults front from base
                    acl trusted src 127.0.0.0/8
                    acl bad path /bad
                    http-request deny deny_status 405 if bad
                    http-request set-header x-defaults yes if trusted
                defaults back from base
                    acl adm hdr(x-role) admin
                    http-request set-header x-admin yes if adm
                frontend same from front
                    bind 127.0.0.1:${p1}
                    acl trusted src 192.0.2.0/24
                    acl bad path /worse
                    acl adm hdr(x-role) nobody
                    http-request deny deny_status 403 if { path /admin } !trusted
                    http-request deny deny_status 400 if bad
                    http-request deny deny_status 401 if adm
                    default_backend same
                backend same from back
                    acl adm hdr(x-role) root
                    acl bad path /bad-here
                    http-request deny deny_status 429 if { path /role } !adm
                    http-request deny deny_status 410 if bad
                    server s 127.0.0.1:{{origin.Port}}
                """
        );
        int Status(string path, string headers = "") => Connect(proxy).Get(path, headers).Status;
        Assert.Equal(403, Status("/admin"));
        Assert.Equal(405, Status("/bad"));
        Assert.Equal(400, Status("/worse"));
        Assert.Equal(410, Status("/bad-here"));
        Assert.Equal(401, Status("/role", "X-Role: nobody\r\n"));
        Assert.Equal(429, Status("/role", "X-Role: admin\r\n"));
        Assert.Equal(200, Status("/role", "X-Role: root\r\n"));
        string last = "";
        foreach (string head in origin.Heads)
            last = head;
        Assert.Contains("x-defaults: yes", last);
        Assert.DoesNotContain("x-admin", last);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_connection_rule_goes_by_the_ACL_of_its_section(Product product)
    {
        OriginServer origin = HttpOrigin();
        ProxyProcess proxy = Start(
            product,
            Base
                + $$"""
                defaults tcp from base
                    mode tcp
                    acl ok src 127.0.0.0/8
                    tcp-request connection set-var(sess.a) str(x) if ok
                frontend shut from tcp
                    bind 127.0.0.1:${p1}
                    acl ok src 192.0.2.0/24
                    tcp-request connection reject unless ok
                    default_backend be
                frontend open from tcp
                    bind 127.0.0.1:${p2}
                    acl ok src 192.0.2.0/24
                    # haproxy 2.6 runs connection rules of defaults where there are some in the frontend too
                    tcp-request connection set-var(sess.own) str(x)
                    tcp-request content reject unless { var(sess.a) -m str x }
                    default_backend be
                backend be from base
                    mode tcp
                    server s 127.0.0.1:{{origin.Port}}
                """
        );
        Connect(proxy).ExpectEnd();
        Assert.Equal(200, Connect(proxy, 2).Get().Status);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Each_frontend_that_inherits_a_capture_has_its_slot(Product product)
    {
        using var log = new LogCollector();
        ProxyProcess proxy = Start(
            product,
            Base
                + $$"""
                defaults captures from base
                    log 127.0.0.1:{{log.Port}} local0
                    log-format "%f {%hrl} %[capture.req.hdr(0)] %[capture.req.hdr(1)]"
                    http-request capture req.hdr(host) len 32
                frontend one from captures
                    bind 127.0.0.1:${p1}
                    http-request capture req.hdr(x-own) len 4
                    http-request return status 200
                frontend two from captures
                    bind 127.0.0.1:${p2}
                    capture request header x-other len 3
                    http-request return status 200
                """
        );
        Connect(proxy).Get("/", "X-Own: mine-alone\r\n");
        Assert.EndsWith("one {example.test mine} example.test mine", log.NextTraffic().TrimEnd());
        Connect(proxy, 2).Get("/", "X-Other: other\r\n");
        Assert.EndsWith("two {example.test oth} example.test oth", log.NextTraffic().TrimEnd());
    }
}
