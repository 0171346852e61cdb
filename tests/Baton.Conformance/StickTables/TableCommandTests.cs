// show table, set table, clear table: formats, filters, levels and words of the answers, as haproxy 2.6 has them.
using System;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.StickTables;

public sealed class TableCommandTests : TableScenario
{
    private ProxyProcess StartTables(Product product) =>
        Start(
            product,
            Global
                + HttpDefaults
                + """
                backend ips
                    stick-table type ip size 10 expire 1h store gpc0,gpc0_rate(1h),http_req_cnt,bytes_in_cnt,gpt0
                backend arrays
                    stick-table type ip size 10 expire 1h store gpc(2),gpt(3),gpc_rate(2,1h)
                backend texts
                    stick-table type string len 20 size 100k store server_id,server_key,http_req_cnt
                backend numbers
                    stick-table type integer size 100 store gpc0
                backend bytes
                    stick-table type binary len 6 size 100 store gpc0
                backend sixes
                    stick-table type ipv6 size 100 store gpc0
                frontend fe
                    bind 127.0.0.1:${p1}
                    http-request track-sc0 req.hdr(x) table bytes
                    http-request track-sc1 req.hdr(x) table texts
                    http-request return status 200
                """
        );

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Entries_are_made_shown_and_removed(Product product)
    {
        ProxyProcess proxy = StartTables(product);
        Assert.Equal(
            """
            # table: sixes, type: ipv6, size:100, used:0
            # table: bytes, type: binary, size:100, used:0
            # table: numbers, type: integer, size:100, used:0
            # table: texts, type: string, size:102400, used:0
            # table: arrays, type: ip, size:10, used:0
            # table: ips, type: ip, size:10, used:0
            """,
            Ask("show table").Trim()
        );
        Assert.Equal("", Ask("set table ips key 1.2.3.4 data.gpc0 5 data.gpc0_rate 7 data.bytes_in_cnt 99999999999").Trim());
        Ask("set table ips key 1.2.3.5 data.gpc0 2");
        const string first = "1.2.3.4 use=0 gpt0=0 gpc0=5 gpc0_rate(3600000)=7 http_req_cnt=0 bytes_in_cnt=99999999999",
            second = "1.2.3.5 use=0 gpt0=0 gpc0=2 gpc0_rate(3600000)=0 http_req_cnt=0 bytes_in_cnt=0";
        Assert.StartsWith("# table: ips, type: ip, size:10, used:2\n0x", Ask("show table ips"), StringComparison.Ordinal);
        Assert.Equal($"{first}\n{second}", Table("ips"));
        Assert.Equal(second, Table("ips", "key 1.2.3.5"));
        Assert.Equal(first, Table("ips", "data.gpc0 gt 2"));
        Assert.Equal(second, Table("ips", "data.gpc0 le 5 data.gpc0_rate eq 0"));
        Assert.Equal(second, Table("ips", "data.gpc0 ne 5"));
        Assert.Equal(first, Table("ips", "data.gpc0 ge 5 data.gpc0 lt 6"));
        Ask("clear table ips data.gpc0 lt 3");
        Assert.Equal(first, Table("ips"));
        Ask("clear table ips key 1.2.3.4");
        Assert.Equal("", Table("ips"));

        Ask("set table texts key a\\ b=c\\\\d data.server_id 3");
        Ask("set table texts key 123456789012345678901234567890");
        Assert.Equal(
            "12345678901234567890 use=0 server_id=0 http_req_cnt=0 server_key=-\na\\ b\\=c\\\\d use=0 server_id=3 http_req_cnt=0 server_key=-",
            Table("texts")
        );
        Assert.Contains(" exp=0 ", Ask("show table texts"), StringComparison.Ordinal);
        Ask("clear table texts");
        Assert.Equal("", Table("texts"));
        Ask("set table sixes key ::1 data.gpc0 1");
        Assert.Equal("::1 use=0 gpc0=1", Table("sixes"));
        using RawClient client = RawClient.Tcp(proxy.Port());
        client.Get("/", "x: ab\r\n");
        client.Get("/", "x: abcdefgh\r\n");
        Eventually(() => Table("bytes") == "616200000000 use=0 gpc0=0\n616263646566 use=0 gpc0=0", Table("bytes"));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void What_is_wrong_is_said(Product product)
    {
        StartTables(product);
        foreach (
            (string line, string answer) in new[]
            {
                ("show table nosuch", "No such table"),
                ("show table ips bla", "Optional argument only supports \"data.<store_data_type>\" <operator> <value> and key <key>"),
                ("show table ips key", "Key value expected"),
                ("show table ips key 9.9.9.9", ""),
                ("show table ips key foo", ""),
                (
                    "show table ips data.gpc0 foo 3",
                    "Filter entry #1: Require and operator among \"eq\", \"ne\", \"le\", \"ge\", \"lt\", \"gt\""
                ),
                ("show table ips data.gpc0", "Filter entry #1: Require and operator among \"eq\", \"ne\", \"le\", \"ge\", \"lt\", \"gt\""),
                ("show table ips data.foo gt 3", "Filter entry #1: Unknown data type"),
                ("show table ips data.gpc0 gt 3 data.gpt gt 3", "Filter entry #2: Data type not stored in this table"),
                ("show table ips data.gpc0 gt abc", "Filter entry #1: Require a valid integer value to compare against"),
                ("set table", "Required arguments: <table> key <key> [data.<store_data_type> <value>]*"),
                ("set table nosuch key a", "No such table"),
                ("set table ips key 1.1.1.1 data.foo 3", "Unknown data type"),
                ("set table ips key 1.1.1.1 data.gpt 3", "Data type not stored in this table"),
                ("set table ips key 1.1.1.1 data.gpc0", "Require a valid integer value to store"),
                ("set table ips key 1.1.1.1 data.gpc0 a", "Require a valid integer value to store"),
                ("set table ips data.gpc0 a", "content-based lookup is only supported with the \"show\" and \"clear\" actions"),
                ("set table bytes key aabb", "Inserting keys into tables of type other than ip, ipv6, string and integer is not supported"),
                ("set table numbers key abc", "Invalid key"),
                ("set table sixes key 1.2.3.4", "Invalid key"),
                ("clear table", "Required arguments: <table> \"data.<store_data_type>\" <operator> <value> or <table> key <key>"),
                ("clear table ips bla", "Required arguments: <table> \"data.<store_data_type>\" <operator> <value> or <table> key <key>"),
                ("clear table nosuch", "No such table"),
                ("clear table ips key 9.9.9.9", ""),
            }
        )
            Assert.Equal($"{line} -> {answer}", $"{line} -> {Ask(line).Trim()}");
        Assert.Equal("Permission denied", Ask("set table ips key 1.1.1.1", "user").Trim());
        Assert.Equal("", Ask("set table ips key 1.1.1.1", "operator").Trim());
        Assert.StartsWith("# table: ", Ask("show table ips", "user"), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void What_is_tracked_stays(Product product)
    {
        ProxyProcess proxy = Start(
            product,
            Global
                + HttpDefaults
                + """
                frontend fe
                    bind 127.0.0.1:${p1}
                    stick-table type ip size 10 expire 1h store gpc0,conn_cur
                    tcp-request connection track-sc0 src
                    http-request return status 200
                """
        );
        using (RawClient client = RawClient.Tcp(proxy.Port()))
        {
            client.Get();
            Assert.Equal("Entry currently in use, cannot remove", Ask("clear table fe key 127.0.0.1").Trim());
            Ask("clear table fe");
            Assert.Equal("127.0.0.1 use=1 gpc0=0 conn_cur=1", Table("fe"));
        }
        Eventually(() => Table("fe") == "127.0.0.1 use=0 gpc0=0 conn_cur=0", Table("fe"));
        Ask("clear table fe key 127.0.0.1");
        Assert.Equal("", Table("fe"));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_full_table_forgets_what_was_used_the_longest_time_ago(Product product)
    {
        Start(
            product,
            Global
                + HttpDefaults
                + """
                backend t
                    stick-table type integer size 3 expire 1h store gpc0
                backend n
                    stick-table type integer size 2 expire 1s nopurge store gpc0
                frontend fe
                    bind 127.0.0.1:${p1}
                """
        );
        for (int i = 1; i <= 3; i++)
        {
            Ask($"set table t key {i} data.gpc0 {i}");
            System.Threading.Thread.Sleep(20);
        }
        Ask("set table t key 1 data.gpc0 11");
        System.Threading.Thread.Sleep(20);
        Ask("set table t key 4 data.gpc0 4");
        Assert.Equal("1 use=0 gpc0=11\n3 use=0 gpc0=3\n4 use=0 gpc0=4", Table("t"));
        for (int i = 1; i <= 3; i++)
            Ask($"set table n key {i} data.gpc0 {i}");
        Assert.DoesNotContain("3 use", Table("n"), StringComparison.Ordinal);
        Eventually(
            () => Ask("show table").Contains("table: n, type: integer, size:2, used:0", StringComparison.Ordinal),
            "they do not expire"
        );
    }
}
