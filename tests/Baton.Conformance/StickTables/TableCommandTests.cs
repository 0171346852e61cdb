// show table, set table, clear table: formats, filters, levels and words of the answers, as haproxy 2.6 has them.
using System;
using System.Linq;
using System.Text;
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

    /// <summary>Every form of the three commands, one after the other, and what the table is then.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void All_forms_of_the_commands(Product product)
    {
        StartTables(product);
        var said = new StringBuilder();
        foreach (string command in s_commands)
        {
            string answer = Ask(command);
            string told = answer.Contains("0x", StringComparison.Ordinal)
                ? string.Join(" + ", Lines(answer).Order(StringComparer.Ordinal))
                : answer.Trim();
            said.Append(command).Append(" -> ").Append(told).Append('\n');
        }
        Assert.Equal(Said, said.ToString());
    }

    private static readonly string[] s_commands =
    [
        "set table ips key 1.2.3.4 data.gpc0 5 data.gpt0 1",
        "set table ips key 1.2.3.5 data.gpc0 7 data.bytes_in_cnt 3",
        "set table ips key 1.2.3.6 data.gpc0 9 data.gpc0_rate 4 data.http_req_cnt 1",
        "show table ips data.gpc0 gt 5 data.gpc0 lt 9",
        "show table ips data.gpc0 ge 5 data.gpt0 eq 0 data.bytes_in_cnt le 3 data.gpc0_rate ne 4",
        "show table ips data.gpc0 ge 5 data.gpt0 eq 0 data.bytes_in_cnt le 3 data.gpc0_rate ne 4 data.gpc0 gt 1",
        "show table ips data.gpc0 lt 0",
        "show table ips data.gpc0 gt -1 data.gpt0 gt 0",
        "show table ips data.gpc0 gt 99999999999",
        "show table ips data.gpc0 gt 0 data.gpc0",
        "show table ips data.gpc0 gt 0 data.gpc0 gt",
        "show table ips data.gpc0 gt 0 data.nosuch gt 1",
        "show table ips data. gt 1",
        "show table ips key 1.2.3.4 more",
        "clear table ips data.gpc0 gt 6 data.gpc0_rate eq 4",
        "show table ips",
        "clear table ips data.gpc0 gt",
        "clear table ips data.gpc0 xx 1",
        "clear table ips data.gpc0",
        "clear table ips data.nosuch eq 1",
        "clear table ips data.gpc0 eq 1 data.gpt0 eq 1 data.gpt0 eq 1 data.gpt0 eq 1 data.gpt0 eq 1",
        "clear table ips key",
        "clear table ips key foo",
        "clear table ips key 9.9.9.9",
        "clear table ips key 1.2.3.5",
        "set table ips key 1.2.3.4 foo",
        "set table ips key 1.2.3.4 data.gpc0 -1",
        "set table ips key 1.2.3.4 data.gpc0 99999999999 data.bytes_in_cnt 99999999999",
        "set table ips key 1.2.3.4 data.gpc0 1x",
        "set table ips foo bar",
        "set table ips key",
        "show table ips",
        "clear table ips",
        "show table ips",
        "set table numbers key 010 data.gpc0 1",
        "set table numbers key 4294967295",
        "set table numbers key 4294967296",
        "set table numbers key -1",
        "show table numbers",
        "show table numbers key 10",
        "show table numbers key x",
        "clear table numbers key x",
        "set table texts key abc data.server_id 3 data.http_req_cnt 2",
        "show table texts data.server_id eq 3",
        "show table texts data.server_id ne 3",
        "clear table texts data.server_id eq 3",
        "show table texts",
        "set table sixes key 2001:db8::1 data.gpc0 1",
        "show table sixes key 2001:DB8:0::1",
        "clear table sixes key 2001:db8::1",
        "show table sixes",
        "show table bytes",
        "show table ips foo",
        // haproxy 2.6 empties the table here
        "set table ips",
    ];

    private const string Said = """
        set table ips key 1.2.3.4 data.gpc0 5 data.gpt0 1 -> 
        set table ips key 1.2.3.5 data.gpc0 7 data.bytes_in_cnt 3 -> 
        set table ips key 1.2.3.6 data.gpc0 9 data.gpc0_rate 4 data.http_req_cnt 1 -> 
        show table ips data.gpc0 gt 5 data.gpc0 lt 9 -> 1.2.3.5 use=0 gpt0=0 gpc0=7 gpc0_rate(3600000)=0 http_req_cnt=0 bytes_in_cnt=3
        show table ips data.gpc0 ge 5 data.gpt0 eq 0 data.bytes_in_cnt le 3 data.gpc0_rate ne 4 -> 1.2.3.5 use=0 gpt0=0 gpc0=7 gpc0_rate(3600000)=0 http_req_cnt=0 bytes_in_cnt=3
        show table ips data.gpc0 ge 5 data.gpt0 eq 0 data.bytes_in_cnt le 3 data.gpc0_rate ne 4 data.gpc0 gt 1 -> Detected extra data in filter, 16th word of input, after '4'
        show table ips data.gpc0 lt 0 -> # table: ips, type: ip, size:10, used:3
        show table ips data.gpc0 gt -1 data.gpt0 gt 0 -> 1.2.3.4 use=0 gpt0=1 gpc0=5 gpc0_rate(3600000)=0 http_req_cnt=0 bytes_in_cnt=0
        show table ips data.gpc0 gt 99999999999 -> # table: ips, type: ip, size:10, used:3
        show table ips data.gpc0 gt 0 data.gpc0 -> Filter entry #2: Require and operator among "eq", "ne", "le", "ge", "lt", "gt"
        show table ips data.gpc0 gt 0 data.gpc0 gt -> Filter entry #2: Require a valid integer value to compare against
        show table ips data.gpc0 gt 0 data.nosuch gt 1 -> Filter entry #2: Unknown data type
        show table ips data. gt 1 -> Filter entry #1: Unknown data type
        show table ips key 1.2.3.4 more -> 1.2.3.4 use=0 gpt0=1 gpc0=5 gpc0_rate(3600000)=0 http_req_cnt=0 bytes_in_cnt=0
        clear table ips data.gpc0 gt 6 data.gpc0_rate eq 4 -> 
        show table ips -> 1.2.3.4 use=0 gpt0=1 gpc0=5 gpc0_rate(3600000)=0 http_req_cnt=0 bytes_in_cnt=0 + 1.2.3.5 use=0 gpt0=0 gpc0=7 gpc0_rate(3600000)=0 http_req_cnt=0 bytes_in_cnt=3
        clear table ips data.gpc0 gt -> Filter entry #1: Require a valid integer value to compare against
        clear table ips data.gpc0 xx 1 -> Filter entry #1: Require and operator among "eq", "ne", "le", "ge", "lt", "gt"
        clear table ips data.gpc0 -> Filter entry #1: Require and operator among "eq", "ne", "le", "ge", "lt", "gt"
        clear table ips data.nosuch eq 1 -> Filter entry #1: Unknown data type
        clear table ips data.gpc0 eq 1 data.gpt0 eq 1 data.gpt0 eq 1 data.gpt0 eq 1 data.gpt0 eq 1 -> Detected extra data in filter, 16th word of input, after '1'
        clear table ips key -> Key value expected
        clear table ips key foo -> 
        clear table ips key 9.9.9.9 -> 
        clear table ips key 1.2.3.5 -> 
        set table ips key 1.2.3.4 foo -> "data.<type>" followed by a value expected
        set table ips key 1.2.3.4 data.gpc0 -1 -> 
        set table ips key 1.2.3.4 data.gpc0 99999999999 data.bytes_in_cnt 99999999999 -> 
        set table ips key 1.2.3.4 data.gpc0 1x -> Require a valid integer value to store
        set table ips foo bar -> Required arguments: <table> key <key> [data.<store_data_type> <value>]*
        set table ips key -> Key value expected
        show table ips -> 1.2.3.4 use=0 gpt0=1 gpc0=1215752191 gpc0_rate(3600000)=0 http_req_cnt=0 bytes_in_cnt=99999999999
        clear table ips -> 
        show table ips -> # table: ips, type: ip, size:10, used:0
        set table numbers key 010 data.gpc0 1 -> 
        set table numbers key 4294967295 -> 
        set table numbers key 4294967296 -> Invalid key
        set table numbers key -1 -> Invalid key
        show table numbers -> 10 use=0 gpc0=1 + 4294967295 use=0 gpc0=0
        show table numbers key 10 -> 10 use=0 gpc0=1
        show table numbers key x -> Invalid key
        clear table numbers key x -> Invalid key
        set table texts key abc data.server_id 3 data.http_req_cnt 2 -> 
        show table texts data.server_id eq 3 -> abc use=0 server_id=3 http_req_cnt=2 server_key=-
        show table texts data.server_id ne 3 -> # table: texts, type: string, size:102400, used:1
        clear table texts data.server_id eq 3 -> 
        show table texts -> # table: texts, type: string, size:102400, used:0
        set table sixes key 2001:db8::1 data.gpc0 1 -> 
        show table sixes key 2001:DB8:0::1 -> 2001:db8::1 use=0 gpc0=1
        clear table sixes key 2001:db8::1 -> 
        show table sixes -> # table: sixes, type: ipv6, size:100, used:0
        show table bytes -> # table: bytes, type: binary, size:100, used:0
        show table ips foo -> Optional argument only supports "data.<store_data_type>" <operator> <value> and key <key>
        set table ips -> 

        """;

    /// <summary>Newer than haproxy 2.6: the address that an entry is shown with stands for its key.</summary>
    [Fact]
    public void Entries_are_found_by_their_address()
    {
        StartTables(Product.Baton);
        Ask("set table ips key 1.2.3.4 data.gpc0 5");
        Ask("set table ips key 1.2.3.5 data.gpc0 6");
        string address = Ask("show table ips key 1.2.3.5").Split('\n')[1].Split(':')[0];
        Assert.StartsWith("0x", address, StringComparison.Ordinal);
        const string second = "1.2.3.5 use=0 gpt0=0 gpc0=6 gpc0_rate(3600000)=0 http_req_cnt=0 bytes_in_cnt=0";
        Assert.Equal(second, Table("ips", "ptr " + address));
        Assert.Equal("", Ask($"set table ips ptr {address} data.gpc0 8").Trim());
        Assert.Equal("8", Value("ips", "1.2.3.5", "gpc0"));
        Assert.Equal("", Ask($"clear table ips ptr {address}").Trim());
        Assert.StartsWith("1.2.3.4 ", Table("ips"), StringComparison.Ordinal);
        foreach (string command in (string[])["show table ips", "clear table ips", "set table ips"])
        {
            Assert.Equal("No entry can be found matching ptr.", Ask($"{command} ptr {address}").Trim());
            Assert.Equal("No entry can be found matching ptr.", Ask($"{command} ptr xyz").Trim());
            Assert.Equal("Pointer value expected", Ask($"{command} ptr").Trim());
        }
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
