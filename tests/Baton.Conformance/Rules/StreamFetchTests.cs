// Fetches that only a stream with a server has, those of the log, of a PROXY header and of the last rule; and, for words
// younger than HAProxy 2.6, what its later manuals promise.
using System;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Rules;

public sealed class StreamFetchTests : Scenario
{
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Server_side_of_a_response(Product product)
    {
        OriginServer origin = HttpOrigin(_ => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
        RawClient client = Connect(
            Start(
                product,
                Defaults
                    + $$"""
                    frontend fe
                        bind 127.0.0.1:${p1}
                        default_backend be
                        http-response set-header X-Front "%[be_name] %[method] %[fc_http_major]"
                    backend be
                        id 9
                        timeout tunnel 7s
                        server first 127.0.0.1:{{origin.Port}} id 4
                        http-response set-header X-Server "%[srv_id] %[srv_name] %[bc_src] %[bc_dst] %[bc_dst_port] %[bc_http_major] %[bc_err] %[bc_err_str] %[be_id]"
                        http-response set-header X-Body "%[res.body] %[res.body_len] %[res.body_size] %[resp_ver]"
                        http-response set-header X-Time "%[be_server_timeout] %[be_tunnel_timeout] %[cur_server_timeout] %[cur_tunnel_timeout]"
                    """
            )
        );
        string head = client.Get().Head.ToLowerInvariant();
        Assert.Contains($"x-server: 4 first 127.0.0.1 127.0.0.1 {origin.Port} 1 0 success 9\r\n", head);
        Assert.Contains("x-body: hello 5 5 1.1\r\n", head);
        Assert.Contains("x-time: 60000 7000 60000 7000\r\n", head);
        Assert.Contains("x-front: be get 1\r\n", head);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_log_still_knows_the_connection_that_was_given_back(Product product)
    {
        LogCollector log = Keep(new LogCollector());
        OriginServer origin = HttpOrigin();
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    log 127.0.0.1:{{log.Port}} local0
                    log-format "{%[bc_src] %[bc_dst] %[bc_dst_port] %[bc_http_major] %[srv_name] %[be_name] %[last_rule_line] %[status] %[method]}"
                    http-request deny if { path /deny }
                    http-request allow if { path /allow }
                    default_backend be
                backend be
                    server s 127.0.0.1:{{origin.Port}}
                """
        );
        RawClient client = Connect(proxy);
        client.Get("/");
        Assert.EndsWith($"{{127.0.0.1 127.0.0.1 {origin.Port} 1 s be - 200 GET}}\n", log.Next());
        client.Get("/allow");
        Assert.EndsWith($"{{127.0.0.1 127.0.0.1 {origin.Port} 1 s be 13 200 GET}}\n", log.Next());
        client.Get("/deny");
        Assert.EndsWith("{- - - - - fe 12 - GET}\n", log.Next());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Addresses_and_fields_of_a_proxy_header(Product product)
    {
        ProxyProcess proxy = Start(
            product,
            Defaults
                + """
                frontend fe
                    bind 127.0.0.1:${p1} accept-proxy
                    http-request return status 200 content-type text/plain lf-string "%[src] %[src_is_local] %[dst] %[dst_port] %[fc_src] %[fc_src_is_local] %[fc_dst] %[fc_rcvd_proxy] %[fc_pp_authority] %[fc_pp_unique_id]"
                """
        );
        byte[] fields = [0x02, 0, 5, .. "a.net"u8, 0x05, 0, 2, .. "id"u8];
        byte[] header =
        [
            .. "\r\n\r\n\0\r\nQUIT\n"u8,
            0x21,
            0x11,
            0,
            (byte)(12 + fields.Length),
            192,
            0,
            2,
            1,
            192,
            0,
            2,
            2,
            0,
            80,
            1,
            187,
            .. fields,
        ];
        RawClient client = Connect(proxy);
        client.Send(header);
        client.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        Assert.Equal("192.0.2.1 0 192.0.2.2 443 127.0.0.1 1 127.0.0.1 1 a.net id", client.ReadResponse().Body);
    }

    [Fact]
    public void Words_of_later_releases()
    {
        OriginServer origin = HttpOrigin(_ => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        LogCollector log = Keep(new LogCollector());
        ProxyProcess proxy = Start(
            Product.Baton,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    log 127.0.0.1:{{log.Port}} local0
                    log-format "{%[req.timer.idle] %Ti %[req.timer.hdr] %TR %[req.timer.tq] %Tq %[req.timer.queue] %Tw %[bc.timer.connect] %Tc %[res.timer.hdr] %Tr %[res.timer.data] %Td %[txn.timer.total] %Ta %[fc.timer.total] %Tt %[txn.timer.user] %Tu} %[txn.status] %[server_status] %[txn.sess_term_state] %[txn.conn_retries] %[txn.redispatched] %[bc_reused] %[bc_be_queue] %[bc_srv_queue] %[fc_nb_streams] %[accept_date(ms)] %[request_date]"
                    default_backend be
                backend be
                    server s 127.0.0.1:{{origin.Port}}
                    http-response set-status 299
                """
        );
        RawClient client = Connect(proxy);
        client.Get("/");
        client.Get("/");
        string first = log.Next(),
            second = log.Next();
        Assert.Contains("} 299 404 -- 0 0 0 0 0 1 ", first);
        Assert.Contains("} 299 404 -- 0 0 1 0 0 1 ", second);
        foreach (string line in new[] { first, second })
        {
            string[] timers = line[(line.IndexOf('{') + 1)..line.IndexOf('}')].Split(' ');
            for (int i = 0; i < timers.Length; i += 2)
                Assert.Equal(timers[i + 1], timers[i]);
            string[] dates = line[(line.IndexOf('}') + 1)..].TrimEnd().Split(' ')[^2..];
            Assert.InRange(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - long.Parse(dates[0]), 0, 60_000);
            Assert.InRange(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - long.Parse(dates[1]), 0, 60);
        }
    }
}
