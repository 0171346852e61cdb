// What is tracked, where, and what it counts: the same on haproxy.
using System;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.StickTables;

public sealed class TrackingTests : TableScenario
{
    private const string Store =
        "store conn_cnt,conn_cur,conn_rate(1h),sess_cnt,sess_rate(1h),http_req_cnt,http_req_rate(1h),http_err_cnt,http_err_rate(1h),http_fail_cnt";

    private ProxyProcess StartCounting(Product product) =>
        Start(
            product,
            Global
                + HttpDefaults
                + $$"""
                backend connections
                    stick-table type ip size 10 expire 1h {{Store}}
                backend sessions
                    stick-table type ip size 10 expire 1h {{Store}}
                backend contents
                    stick-table type ip size 10 expire 1h {{Store}}
                backend paths
                    stick-table type string len 8 size 10 expire 1h {{Store}}
                frontend fe
                    bind 127.0.0.1:${p1}
                    tcp-request connection track-sc0 src table connections
                    tcp-request session track-sc1 src table sessions
                    tcp-request inspect-delay 1s
                    tcp-request content track-sc2 src table contents
                    http-request deny if { path /deny }
                    http-request auth if { path /auth }
                    http-request return status 404 if { path /own }
                    default_backend be
                frontend second
                    bind 127.0.0.1:${p3}
                    http-request track-sc0 path table paths
                    default_backend be
                frontend third
                    bind 127.0.0.1:${p4}
                    http-request set-var(txn.p) path
                    default_backend late
                backend be
                    # a counter of the connection is left alone
                    http-request track-sc0 path table paths
                    server s 127.0.0.1:${p2}
                backend late
                    http-response track-sc0 var(txn.p) table paths
                    server s 127.0.0.1:${p2}
                listen origin
                    bind 127.0.0.1:${p2}
                    http-request return status 404 if { path_end 404 }
                    http-request return status 500 if { path_end 500 }
                    http-request return status 501 if { path_end 501 }
                    http-request return status 200
                """
        );

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Each_event_is_counted_where_it_is_tracked(Product product)
    {
        ProxyProcess proxy = StartCounting(product);
        using (RawClient client = RawClient.Tcp(proxy.Port()))
        {
            foreach (string path in new[] { "/404", "/500", "/501", "/deny", "/auth", "/own", "/ok" })
                client.Get(path);
            Assert.Equal(
                "127.0.0.1 use=1 conn_cnt=1 conn_rate(3600000)=1 conn_cur=1 sess_cnt=1 sess_rate(3600000)=1 http_req_cnt=7 http_req_rate(3600000)=7 http_err_cnt=3 http_err_rate(3600000)=3 http_fail_cnt=1",
                Table("connections")
            );
        }
        using (RawClient client = RawClient.Tcp(proxy.Port()))
            Assert.Equal(400, client.Ask("bla\r\n\r\n").Status);
        const string both =
            "127.0.0.1 use=0 conn_cnt=2 conn_rate(3600000)=2 conn_cur=0 sess_cnt=2 sess_rate(3600000)=2 http_req_cnt=8 http_req_rate(3600000)=8 http_err_cnt=4 http_err_rate(3600000)=4 http_fail_cnt=1";
        Eventually(() => Table("connections") == both, Table("connections"));
        Eventually(() => Table("sessions") == both, Table("sessions"));
        Assert.Equal(
            "127.0.0.1 use=0 conn_cnt=7 conn_rate(3600000)=7 conn_cur=0 sess_cnt=0 sess_rate(3600000)=0 http_req_cnt=7 http_req_rate(3600000)=7 http_err_cnt=3 http_err_rate(3600000)=3 http_fail_cnt=1",
            Table("contents")
        );
        Assert.Equal("", Table("paths"));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Requests_and_their_answers_are_counted_by_whatever_tracks_them(Product product)
    {
        ProxyProcess proxy = StartCounting(product);
        using (RawClient client = RawClient.Tcp(proxy.Port("p3")))
            foreach (string path in new[] { "/long-path-500", "/long-path-500", "/x404" })
                client.Get(path);
        using (RawClient client = RawClient.Tcp(proxy.Port("p4")))
            foreach (string path in new[] { "/r404", "/r500", "/r501" })
                client.Get(path);
        string expected = string.Join(
            '\n',
            Entry("/long-pa", 2, 0, 2),
            Entry("/r404", 1, 1, 0),
            Entry("/r500", 1, 0, 1),
            Entry("/r501", 1, 0, 0),
            Entry("/x404", 1, 1, 0)
        );
        Eventually(() => Table("paths") == expected, Table("paths"));

        static string Entry(string key, int requests, int errors, int failures) =>
            $"{key} use=0 conn_cnt={requests} conn_rate(3600000)={requests} conn_cur=0 sess_cnt=0 sess_rate(3600000)=0 http_req_cnt={requests} http_req_rate(3600000)={requests} http_err_cnt={errors} http_err_rate(3600000)={errors} http_fail_cnt={failures}";
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Actions_and_fetches_see_what_is_tracked(Product product)
    {
        RawClient client = Connect(
            Start(
                product,
                Global
                    + HttpDefaults
                    + """
                    backend old
                        stick-table type ip size 10 expire 1h store gpc0,gpc0_rate(1h),gpc1,gpt0,http_req_cnt,bytes_in_cnt
                    backend new
                        stick-table type ip size 10 expire 1h store gpc(3),gpc_rate(3,1h),gpt(2)
                    backend none
                        stick-table type ip size 10 expire 1h store conn_cnt
                    backend text
                        stick-table type string size 10 expire 1h store gpc0
                    frontend fe
                        bind 127.0.0.1:${p1}
                        stick-table type ip size 10 store gpc0
                        http-request track-sc0 src table old if { hdr(x-track) -m found }
                        http-request track-sc1 src table new if { hdr(x-track) -m found }
                        http-request track-sc2 hdr(x-none) table text
                        http-request sc-inc-gpc0(0) if { path /inc }
                        http-request sc-inc-gpc1(0) if { path /inc }
                        http-request sc-inc-gpc0(1) if { path /inc }
                        http-request sc-inc-gpc(2,1) if { path /inc }
                        http-request sc-inc-gpc(1,0) if { path /inc }
                        http-request sc-inc-gpc(7,1) if { path /inc }
                        http-request sc-set-gpt0(0) int(5),add(2) if { path /inc }
                        http-request sc-set-gpt0(1) 9 if { path /inc }
                        http-request sc-set-gpt(1,1) hdr(x-n) if { path /inc }
                        http-request set-header x "%[sc_get_gpc0(0)]|%[sc0_get_gpc1]|%[sc0_gpc0_rate]|%[sc_get_gpt0(0)]"
                        http-request set-header x "%[req.hdr(x)]|%[sc1_get_gpc0]|%[sc_get_gpc(2,1)]|%[sc_gpc_rate(2,1)]|%[sc_get_gpt0(1)]|%[sc_get_gpt(1,1)]|%[sc_get_gpc(7,1)]"
                        http-request set-header x "%[req.hdr(x)]|%[sc_tracked(0)]|%[sc2_tracked]|%[sc_trackers(0)]|%[sc0_http_req_cnt]|%[sc_http_req_cnt(2)]|%[sc_conn_cnt(0)]"
                        http-request set-header x "%[req.hdr(x)]|%[sc0_get_gpc0(new)]|%[sc0_get_gpc0(none)]|%[sc0_conn_cnt(none)]|%[sc0_get_gpc0(text)]|%[sc_tracked(0,none)]"
                        http-request return status 200 hdr x "%[req.hdr(x)]"
                    """
            )
        );
        string Ask(string path, bool track = true) => client.Get(path, track ? "x-track: 1\r\nx-n: 12\r\n" : "")["x"]!;
        Assert.Equal("||||||||||0|0|||||||||0", Ask("/", track: false));
        Assert.Equal("0|0|0|0|0|0|0|0|0||1|0|1|1|||0|0|0|0|1", Ask("/"));
        Assert.Equal("1|1|1|7|1|1|1|9|12||1|0|1|2|||1|0|0|0|1", Ask("/inc"));
        Assert.Equal("2|2|2|7|2|2|2|9|12||1|0|1|3|||2|0|0|0|1", Ask("/inc"));
        Assert.Equal(
            "127.0.0.1 use=0 gpt0=9 gpt1=12 gpc0=2 gpc1=0 gpc2=2 gpc0_rate(3600000)=2 gpc1_rate(3600000)=0 gpc2_rate(3600000)=2",
            Table("new")
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Tables_are_asked_by_address_and_by_any_key(Product product)
    {
        RawClient client = Connect(
            Start(
                product,
                Global
                    + HttpDefaults
                    + """
                    backend t
                        stick-table type ip size 10 expire 1h store gpc0,gpc0_rate(1h),gpt0,conn_cnt,bytes_in_cnt,server_id
                    backend u
                        stick-table type string len 5 size 10 expire 1h store gpt0
                    frontend fe
                        bind 127.0.0.1:${p1}
                        stick-table type ip size 7 store gpc0
                        http-request set-var(txn.a) src_inc_gpc0(t) if { path /inc }
                        http-request set-var(txn.a) src_clr_gpc0(t) if { path /clr }
                        http-request set-var(txn.a) src_updt_conn_cnt(t) if { path /updt }
                        http-request set-var(txn.a) src_inc_gpc0 if { path /own }
                        http-request return status 200 hdr x "%[var(txn.a)]|%[src_get_gpc0(t)]|%[src_gpc0_rate(t)]|%[src_get_gpt0(t)]|%[src_conn_cnt(t)]|%[src_kbytes_in(t)]|%[src_get_gpc0]|%[src_http_req_cnt(t)]" hdr y "%[src,table_gpc0(t)]|%[req.hdr(k),table_gpc0(t)]|%[req.hdr(k),in_table(t)]|%[str(abcdefg),table_gpt0(u)]|%[str(abcde),in_table(u)]|%[str(abcd),in_table(u)]|%[src,table_http_req_cnt(t)]|%[req.hdr(k),table_http_req_cnt(t)]|%[src,table_server_id(t)]|%[src,table_kbytes_in(t)]|%[table_cnt(t)]|%[table_avl(t)]"
                    """
            )
        );
        string Ask(string path, string key) => client.Get(path, $"k: {key}\r\n") is var r ? $"{r["x"]} {r["y"]}" : "";
        Assert.Equal("|0|0|0|0|0|0|0 0|0|0|0|0|0|0|0|0|0|0|10", Ask("/", "1.2.3.4"));
        Assert.Equal("1|1|1|0|0|0|0| 1|0|0|0|0|0||0|0|0|1|9", Ask("/inc", "1.2.3.4"));
        this.Ask("set table t key 1.2.3.4 data.gpc0 77 data.bytes_in_cnt 5000");
        this.Ask("set table u key abcde data.gpt0 3");
        Assert.Equal("2|2|2|0|0|0|0| 2|77|1|3|1|0|||0|0|2|8", Ask("/inc", "1.2.3.4"));
        Assert.Equal("2|0|2|0|0|0|0| 0|||3|1|0|||0|0|2|8", Ask("/clr", "no address"));
        Assert.Equal("1|0|2|0|1|0|0| 0|||3|1|0|||0|0|2|8", Ask("/updt", "none"));
        Assert.Equal("1|0|2|0|1|0|1| 0|0|0|3|1|0||0|0|0|2|8", Ask("/own", "9.9.9.9"));
    }

    /// <summary>The one limit for which most people have tables.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_client_that_asks_too_often_is_refused(Product product)
    {
        ProxyProcess proxy = Start(
            product,
            Global
                + HttpDefaults
                + """
                frontend fe
                    bind 127.0.0.1:${p1}
                    stick-table type ip size 1k expire 1h store http_req_rate(1h),conn_cur
                    tcp-request connection track-sc0 src
                    tcp-request connection reject if { sc0_conn_cur gt 2 }
                    http-request deny deny_status 429 if { sc_http_req_rate(0) gt 3 }
                    http-request return status 200
                """
        );
        RawClient client = Connect(proxy);
        Assert.Equal((200, 200, 200, 429), (client.Get().Status, client.Get().Status, client.Get().Status, client.Get().Status));
        using RawClient second = RawClient.Tcp(proxy.Port());
        Assert.Equal(429, second.Get().Status);
        using RawClient third = RawClient.Tcp(proxy.Port());
        third.ExpectEnd();
        second.Dispose();
        Eventually(() => Value("fe", "127.0.0.1", "conn_cur") == "1", Table("fe"));
    }

    /// <summary>A rate that was set stays for its period and fades in the next one.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Rates_fade_as_they_do_there(Product product)
    {
        Start(
            product,
            Global
                + HttpDefaults
                + """
                frontend fe
                    bind 127.0.0.1:${p1}
                    stick-table type ip size 1k expire 1h store http_req_rate(2s),gpc0_rate(1h)
                """
        );
        Ask("set table fe key 1.1.1.1 data.http_req_rate 1000 data.gpc0_rate 7");
        Assert.Equal("7", Value("fe", "1.1.1.1", "gpc0_rate(3600000)"));
        Eventually(
            () =>
                int.Parse(Value("fe", "1.1.1.1", "http_req_rate(2000)"), System.Globalization.CultureInfo.InvariantCulture)
                    is > 0
                        and < 1000,
            "it does not fade"
        );
        Eventually(() => Value("fe", "1.1.1.1", "http_req_rate(2000)") == "0", "it does not end");
        Assert.Equal("7", Value("fe", "1.1.1.1", "gpc0_rate(3600000)"));
    }
}
