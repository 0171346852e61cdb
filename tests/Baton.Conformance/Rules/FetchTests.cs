// Fetches of requests, proxies, servers and constants: every value was got from HAProxy 2.6.12, which is asked again here.
using System.Collections.Generic;
using System.Text;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Rules;

public sealed class FetchTests : Scenario
{
    private const string Request =
        "POST /a/b%20c/x.html?q=1&name=J%C3%B6rg&e=&q=2 HTTP/1.1\r\nHost: www.Example.com:8080\r\nX-A: one, two ,three\r\nX-A: four\r\n"
        + "X-IP: 10.1.2.3, 192.168.0.7\r\nX-N: 12, 34\r\nCookie: a=1; b=two;a=3\r\nCookie: c=\"quo;ted\"\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
        + "User-Agent: Mozilla/5.0 (X11)\r\nContent-Type: application/x-www-form-urlencoded\r\n";

    private static readonly Dictionary<string, string> Values = new()
    {
        ["method"] = "POST",
        ["path"] = "/a/b%20c/x.html",
        ["pathq"] = "/a/b%20c/x.html?q=1&name=J%C3%B6rg&e=&q=2",
        ["query"] = "q=1&name=J%C3%B6rg&e=&q=2",
        ["url"] = "/a/b%20c/x.html?q=1&name=J%C3%B6rg&e=&q=2",
        ["base"] = "www.Example.com:8080/a/b%20c/x.html",
        ["baseq"] = "www.Example.com:8080/a/b%20c/x.html?q=1&name=J%C3%B6rg&e=&q=2",
        ["base32"] = "1511465275",
        ["url32"] = "3295290810",
        ["url_ip"] = "",
        ["url_port"] = "",
        ["base32+src,hex"] = "5A17213B7F000001",
        ["url_param(name)"] = "J%C3%B6rg",
        ["url_param(q)"] = "1",
        ["url_param(e)"] = "",
        ["url_param(none)"] = "",
        ["urlp(q)"] = "1",
        ["urlp()"] = "1",
        ["urlp"] = "1",
        ["urlp_val(q)"] = "1",
        ["url_param(q,&)"] = "2",
        ["req.hdr(x-a)"] = "four",
        ["req.hdr(x-a,1)"] = "one",
        ["req.hdr(x-a,2)"] = "two",
        ["req.hdr(x-a,4)"] = "four",
        ["req.hdr(x-a,5)"] = "",
        ["req.hdr(x-a,-1)"] = "four",
        ["req.hdr(x-a,-2)"] = "three",
        ["req.hdr(x-a,-9)"] = "",
        ["hdr(x-a)"] = "four",
        ["hdr(X-A,3)"] = "three",
        ["req.fhdr(x-a)"] = "four",
        ["req.fhdr(x-a,1)"] = "one, two ,three",
        ["req.fhdr(x-a,-2)"] = "one, two ,three",
        ["req.fhdr(x-a,3)"] = "",
        ["req.hdr_cnt(x-a)"] = "4",
        ["req.fhdr_cnt(x-a)"] = "2",
        ["hdr_cnt(x-none)"] = "0",
        ["req.hdr_ip(x-ip)"] = "192.168.0.7",
        ["req.hdr_ip(x-ip,1)"] = "10.1.2.3",
        ["hdr_ip(x-ip,-2)"] = "10.1.2.3",
        ["req.hdr_ip(x-a)"] = "",
        ["req.hdr_val(x-n)"] = "34",
        ["req.hdr_val(x-n,1)"] = "12",
        ["hdr_val(x-a)"] = "0",
        ["req.hdr"] = "",
        ["req.fhdr(x-none)"] = "",
        ["req.cook(a)"] = "3",
        ["req.cook(b)"] = "two",
        ["req.cook(c)"] = "\"quo;ted\"",
        ["req.cook"] = "1",
        ["req.cook()"] = "1",
        ["cook(a)"] = "3",
        ["req.cook_cnt(a)"] = "2",
        ["req.cook_cnt"] = "4",
        ["cook_cnt(b)"] = "1",
        ["req.cook_val(a)"] = "3",
        ["cook_val(b)"] = "0",
        ["req.ver"] = "1.1",
        ["req_ver"] = "1.1",
        ["req.body"] = "form=12&z=abc",
        ["req.body_len"] = "13",
        ["req.body_size"] = "13",
        ["req.body_param(form)"] = "12",
        ["req.body_param(z)"] = "abc",
        ["req.body_param(none)"] = "",
        ["req.body_param"] = "12",
        ["http_first_req"] = "1",
        ["date,http_date,length"] = "29",
        ["date_us,bool"] = "1",
        ["thread"] = "0",
        ["nbproc"] = "1",
        ["proc"] = "1",
        ["rand,bool"] = "1",
        ["rand(1)"] = "0",
        ["uuid,length"] = "36",
        ["uuid(4),length"] = "36",
        ["str(abc)"] = "abc",
        ["int(5)"] = "5",
        ["bool(true)"] = "1",
        ["bool(0)"] = "0",
        ["bool(1)"] = "1",
        ["bin(616263)"] = "abc",
        ["ipv4(1.2.3.4)"] = "1.2.3.4",
        ["ipv6(2001:db8::1)"] = "2001:db8::1",
        ["meth(GET)"] = "GET",
        ["be_conn(be)"] = "0",
        ["be_conn_free(be)"] = "-1",
        ["be_sess_rate(be)"] = "0",
        ["fe_name"] = "fe",
        ["fe_conn"] = "1",
        ["fe_conn(fe)"] = "1",
        ["fe_req_rate(fe)"] = "1",
        ["fe_sess_rate(fe)"] = "1",
        ["nbsrv(be)"] = "2",
        ["queue(be)"] = "0",
        ["avg_queue(be)"] = "0",
        ["connslots(be)"] = "-1",
        ["srv_is_up(be/s1)"] = "1",
        ["srv_conn(be/s1)"] = "0",
        ["srv_conn_free(be/s1)"] = "-1",
        ["srv_queue(be/s1)"] = "0",
        ["srv_weight(be/s1)"] = "5",
        ["srv_iweight(be/s1)"] = "5",
        ["srv_uweight(be/s1)"] = "5",
        ["srv_sess_rate(be/s1)"] = "0",
        ["so_id"] = "1",
        ["so_name"] = "so1",
        ["src"] = "127.0.0.1",
        ["dst"] = "127.0.0.1",
        ["dst_port,bool"] = "1",
        ["src_port,bool"] = "1",
        ["stopping"] = "0",
        ["src_is_local"] = "1",
        ["dst_is_local"] = "1",
        ["fc_src"] = "127.0.0.1",
        ["fc_src_port,bool"] = "1",
        ["fc_dst"] = "127.0.0.1",
        ["fc_dst_port,bool"] = "1",
        ["fc_src_is_local"] = "1",
        ["fc_dst_is_local"] = "1",
        ["fc_err"] = "0",
        ["fc_err_str"] = "Success",
        ["fc_http_major"] = "1",
        ["fc_rtt(us),bool"] = "1",
        ["fc_rtt"] = "0",
        ["fc_rttvar(ms)"] = "0",
        ["fc_unacked"] = "0",
        ["fc_sacked"] = "0",
        ["fc_retrans"] = "0",
        ["fc_fackets"] = "0",
        ["fc_lost"] = "0",
        // the kernel remembers it for each destination, so the number is the machine's
        ["fc_reordering,bool"] = "1",
        ["fc_pp_authority"] = "",
        ["fc_pp_unique_id"] = "",
        ["fe_client_timeout"] = "60000",
        ["fe_defbe"] = "be",
        ["internal.strm.is_htx"] = "1",
        ["last_rule_file"] = "",
        ["always_true"] = "1",
        ["req.hdr(host),field(1,:)"] = "www.Example.com",
        ["req.hdr(host),lower,word(2,.)"] = "example",
        ["req.hdr(date)"] = "06 Nov 1994 08:49:37 GMT",
        ["req.hdr(date,1)"] = "Sun",
        ["req.hdr(user-agent)"] = "Mozilla/5.0 (X11)",
        ["bool(true),iif(yes,no)"] = "yes",
        ["bool(false),iif(yes,no)"] = "no",
        ["ipv4(10.1.2.3),ipmask(24)"] = "10.1.2.0",
        ["ipv4(10.1.2.3),ipmask(255.255.0.0)"] = "10.1.0.0",
        ["ipv6(2001:db8:1:2::5),ipmask(24,32)"] = "2001:db8::",
        ["ipv6(2001:db8:1:2::5),ipmask(24)"] = "",
        ["bin(0102030405060708),be2dec(-,2)"] = "258-772-1286-1800",
        ["bin(0102030405060708),be2dec(-,3)"] = "66051-263430-1800",
        ["bin(0102030405060708),be2dec(-,3,1)"] = "66051-263430",
        ["bin(0102030405060708),be2hex(-,2)"] = "0102-0304-0506-0708",
        ["bin(0102030405060708),be2hex(-,3,1)"] = "010203-040506",
        ["bin(0102030405060708),be2hex"] = "0102030405060708",
        ["bin(01ab),base64"] = "Aas=",
        ["bin(01ab),length"] = "2",
        ["bool(1),add(2)"] = "3",
        ["bool(true)"] = "1",
        ["bool(true),lower"] = "1",
        ["ipv4(1.2.3.4),add(0)"] = "16909060",
    };

    private static readonly Dictionary<string, string> Blocks = new()
    {
        ["req.hdr_names"] = "host,b,content-length",
        ["req.hdr_names(:)"] = "host:b:content-length",
        ["req.hdr_cnt"] = "4",
        ["req.fhdr_cnt"] = "3",
        ["req.hdrs"] = "host: h%0D%0Ab: 1, 2%0D%0Acontent-length: 0%0D%0A%0D%0A",
        ["req.hdrs_bin,hex"] = "04686F737401680162" + "04312C2032" + "0E636F6E74656E742D6C656E677468" + "0130" + "0000",
    };

    private RawClient Ask(Product product, IEnumerable<string> expressions)
    {
        var format = new StringBuilder();
        foreach (string e in expressions)
            format.Append("%[").Append(e.Replace("\"", "\\\"").Replace(" ", "\\ ")).Append("]\\n");
        return Connect(
            Start(
                product,
                $$"""
                global
                    nbthread 1
                defaults
                    mode http
                    timeout connect 20s
                    timeout client 60s
                    timeout server 60s
                frontend fe
                    bind 127.0.0.1:${p1} name so1
                    option http-buffer-request
                    default_backend be
                    http-request return status 200 content-type text/plain lf-string "{{format}}"
                backend be
                    server s1 127.0.0.1:1 weight 5
                    server s2 127.0.0.1:2
                """
            )
        );
    }

    private void Check(Product product, Dictionary<string, string> values, string request)
    {
        RawClient client = Ask(product, values.Keys);
        client.Send(request);
        string[] got = client.ReadResponse().Body.Split('\n');
        Assert.Equal(values.Count + 1, got.Length);
        int i = 0;
        foreach ((string expression, string value) in values)
            Assert.Equal($"{expression} = {value}", $"{expression} = {got[i++]}");
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Values_of_a_request(Product product) => Check(product, Values, Request + "Content-Length: 13\r\n\r\nform=12&z=abc");

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void All_headers(Product product) =>
        Check(product, Blocks, "POST / HTTP/1.1\r\nHost: h\r\nB: 1, 2\r\nContent-Length: 0\r\n\r\n");

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_body_in_chunks_is_seen_without_its_framing(Product product) =>
        Check(
            product,
            new()
            {
                ["req.body"] = "a=1&b=2",
                ["req.body_len"] = "7",
                ["req.body_param(b)"] = "2",
            },
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na=1\r\n4\r\n&b=2\r\n0\r\n\r\n"
        );

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void An_acl_tries_every_value(Product product)
    {
        RawClient client = Connect(
            Start(
                product,
                """
                defaults
                    mode http
                    timeout connect 20s
                    timeout client 60s
                    timeout server 60s
                frontend fe
                    bind 127.0.0.1:${p1}
                    http-request return status 201 if { hdr(x-a) two }
                    http-request return status 202 if { hdr(x-a,1) two }
                    http-request return status 203 if { req.fhdr(x-a) -m beg "b," }
                    http-request return status 204 if { hdr_ip(x-a) 10.0.0.0/8 }
                    http-request return status 205 if { cook_end(c) yz }
                    http-request return status 206 if { urlp_beg(q) se }
                    http-request return status 207 if { hdr_val(x-a) gt 41 }
                    http-request return status 299
                """
            )
        );
        Assert.Equal(201, client.Get("/", "X-A: one, two\r\n").Status);
        Assert.Equal(203, client.Get("/", "X-A: a\r\nX-A: b, c\r\n").Status);
        Assert.Equal(204, client.Get("/", "X-A: none, 10.9.8.7\r\n").Status);
        Assert.Equal(205, client.Get("/", "Cookie: a=b; c=xyz\r\n").Status);
        Assert.Equal(206, client.Get("/?q=first&q=second").Status);
        Assert.Equal(207, client.Get("/", "X-A: 1, 42\r\n").Status);
        Assert.Equal(299, client.Get("/", "X-A: three\r\n").Status);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Response_headers_and_cookies(Product product)
    {
        OriginServer origin = HttpOrigin(_ =>
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-A: 1, 2\r\nSet-Cookie: s=v1; Path=/\r\nSet-Cookie: t=v2\r\n\r\n"
        );
        RawClient client = Connect(
            Start(
                product,
                $$"""
                defaults
                    mode http
                    timeout connect 20s
                    timeout client 60s
                    timeout server 60s
                listen l
                    bind 127.0.0.1:${p1}
                    server s 127.0.0.1:{{origin.Port}}
                    http-response set-header X-Seen "%[res.hdr(x-a)] %[res.hdr(x-a,1)] %[res.hdr_cnt(x-a)] %[res.fhdr(x-a)] %[res.cook(t)] %[res.cook(s)] %[scook_cnt(s)] %[shdr_val(x-a)] %[status] %[res.ver]"
                    http-response add-header X-Acl yes if { scook(s) v1 } { shdr(x-a) 1 }
                """
            )
        );
        string head = client.Get().Head.ToLowerInvariant();
        Assert.Contains("x-seen: 2 1 2 1, 2 v2 v1 1 2 200 1.1", head);
        Assert.Contains("x-acl: yes", head);
    }
}
