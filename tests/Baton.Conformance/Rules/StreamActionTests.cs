// Actions of newer HAProxy on the stream and its connection to the server: set-bc-mark, set-bc-tos, set-retries, pause, set-timeout;
// fc_saved_syn.
using System.Diagnostics;
using System.Net.Sockets;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Rules;

public sealed class StreamActionTests : Scenario
{
    private const int SocketLevel = 1,
        Mark = 36,
        IpLevel = 0,
        TypeOfService = 1;

    private ProxyProcess Proxy(string frontend, string backend, string global = "") =>
        Start(
            Product.Baton,
            $$"""
            global
                nbthread 1
                {{global}}
            defaults
                mode http
                timeout connect 20s
                timeout client 60s
                timeout server 60s
                http-reuse always
            frontend fe
                bind 127.0.0.1:${p1}
                {{frontend}}
                default_backend be
            backend be
                {{backend}}
            """
        );

    [Fact]
    public void Marks_are_on_the_servers_connection_and_keep_it_apart()
    {
        OriginServer origin = HttpOrigin();
        ProxyProcess proxy = Proxy(
            "http-request set-bc-mark 0x2a if { path /m }\n    http-request set-bc-tos hdr(x-tos) if { path /t }",
            $"server s 127.0.0.1:{origin.Port}"
        );
        RawClient client = Connect(proxy);
        client.Get();
        Assert.Equal((0, 0), Options(proxy, origin));
        // another connection, because the first is not marked; it stays with this client
        client.Get("/m");
        Assert.Equal(2, origin.Connections);
        client.Get("/m");
        Assert.Equal(2, origin.Connections);
        client.Get("/t", "x-tos: 16\r\n");
        Assert.Equal(3, origin.Connections);
        Assert.Contains((0, 16), AllOptions(proxy, origin));
        client.Get();
        Assert.Equal(3, origin.Connections);
    }

    private static (int, int) Options(ProxyProcess proxy, OriginServer origin)
    {
        using Socket socket = BorrowedSocket.ConnectedTo(proxy.Pid, origin.Port);
        return (socket.Option(SocketLevel, Mark), socket.Option(IpLevel, TypeOfService));
    }

    private static System.Collections.Generic.List<(int, int)> AllOptions(ProxyProcess proxy, OriginServer origin)
    {
        var found = new System.Collections.Generic.List<(int, int)>();
        foreach (Socket socket in BorrowedSocket.AllConnectedTo(proxy.Pid, origin.Port))
            using (socket)
                found.Add((socket.Option(SocketLevel, Mark), socket.Option(IpLevel, TypeOfService)));
        return found;
    }

    [Fact]
    public void A_mark_is_set_where_it_may_be()
    {
        OriginServer origin = HttpOrigin();
        ProxyProcess proxy = Proxy(
            "http-request set-bc-mark 0x2a\n    http-request set-fc-mark int(43)",
            $"server s 127.0.0.1:{origin.Port}"
        );
        RawClient client = Connect(proxy);
        client.Get();
        Assert.Equal((0x2a, 0), Options(proxy, origin));
        using Socket near = BorrowedSocket.ConnectedTo(proxy.Pid, client.LocalPort);
        Assert.Equal(43, near.Option(SocketLevel, Mark));
    }

    [Fact]
    public void Retries_of_a_stream_are_its_own()
    {
        using var log = new LogCollector();
        ProxyProcess proxy = Proxy(
            $"log 127.0.0.1:{log.Port} format raw local0\n    log-format %rc\n    http-request set-retries 1 if {{ path /1 }}\n    http-request set-retries hdr(x-n) if {{ path /n }}",
            "timeout connect 50ms\n    server s 127.0.0.1:${d1}"
        );
        foreach ((string target, string retries) in ((string, string)[])[("/1", "1"), ("/n", "2"), ("/", "3")])
        {
            Assert.Equal(503, Connect(proxy).Get(target, "x-n: 2\r\n").Status);
            Assert.Equal(retries, log.Next().TrimEnd());
        }
    }

    [Fact]
    public void A_pause_holds_requests_and_answers()
    {
        OriginServer origin = HttpOrigin();
        ProxyProcess proxy = Proxy(
            "http-request set-var(txn.p) path\n    http-request pause 2000 if { path /q }\n    http-response pause int(500),add(1500) if { var(txn.p) -m str /r }\n    http-response set-header x-after yes",
            $"timeout server 1500ms\n    server s 127.0.0.1:{origin.Port}"
        );
        foreach ((string target, int least) in ((string, int)[])[("/q", 1990), ("/r", 1990), ("/", 0)])
        {
            var clock = Stopwatch.StartNew();
            Response response = Connect(proxy).Get(target);
            Assert.Equal((200, "hello", "yes"), (response.Status, response.Body, response["x-after"]));
            Assert.InRange(clock.ElapsedMilliseconds, least, 40_000);
        }
    }

    [Fact]
    public void A_rule_changes_the_time_to_connect_and_to_wait()
    {
        ProxyProcess proxy = Proxy(
            "http-request tarpit if { path /t }",
            "http-request set-timeout queue 100 if { path /q }\n    http-request set-timeout tarpit 100\n    http-request tarpit if { path /bt }\n    timeout queue 60s\n    server s 127.0.0.1:${d1} maxconn 1",
            ""
        );
        var clock = Stopwatch.StartNew();
        Assert.Equal(500, Connect(proxy).Get("/bt").Status);
        Assert.InRange(clock.ElapsedMilliseconds, 90, 40_000);
    }

    [Fact]
    public void The_first_packet_is_kept_where_the_bind_line_says_so()
    {
        ProxyProcess proxy = Start(
            Product.Baton,
            Defaults
                + """
                frontend fe
                    bind 127.0.0.1:${p1} tcp-ss 1
                    bind 127.0.0.1:${p2}
                    http-request return status 200 content-type text/plain lf-string "%[fc_saved_syn,hex] %[fc_saved_syn,hex]"
                """
        );
        RawClient client = Connect(proxy);
        string[] packet = client.Get().Body.Split(' ');
        // IPv4, TCP, from and to 127.0.0.1 and the ports, SYN and nothing else
        Assert.StartsWith("45", packet[0]);
        Assert.Equal($"7F0000017F000001{client.LocalPort:X4}{proxy.Port():X4}", packet[0][24..48]);
        Assert.Equal("02", packet[0][66..68]);
        Assert.Equal(packet[0], packet[1]);
        Assert.Equal(" ", Connect(proxy, 2).Get().Body);
    }

    [Fact]
    public void A_low_port_is_no_client()
    {
        ProxyProcess proxy = Proxy("http-request return status 200", "server s 127.0.0.1:1", "harden.reject-privileged-ports.tcp on");
        Assert.Equal(200, Connect(proxy).Get().Status);
        using var low = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        int port = 1023;
        for (; port > 600; port--)
            try
            {
                low.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, port));
                break;
            }
            catch (SocketException) { }
        low.Connect(System.Net.IPAddress.Loopback, proxy.Port());
        byte[] one = new byte[1];
        try
        {
            Assert.Equal(0, low.Receive(one));
        }
        catch (SocketException e)
        {
            Assert.Equal(SocketError.ConnectionReset, e.SocketErrorCode);
        }
    }

    [Fact]
    public void Fields_of_the_PROXY_header_are_formatted()
    {
        ProxyProcess proxy = Start(
            Product.Baton,
            Defaults
                + """
                frontend outer
                    bind 127.0.0.1:${p1}
                    http-request set-var(txn.v) hdr(x-v)
                    default_backend be
                backend be
                    default-server set-proxy-v2-tlv-fmt(0xEA) "v=%[var(txn.v)]"
                    server s 127.0.0.1:${p2} send-proxy-v2 set-proxy-v2-tlv-fmt(235) %[src] proxy-v2-options crc32c
                frontend inner
                    bind 127.0.0.1:${p2} accept-proxy
                    http-request return status 200 content-type text/plain lf-string "%[fc_pp_tlv(0xEA)] %[fc_pp_tlv(0xEB)] %[src]"
                """
        );
        Assert.Equal("v=one 127.0.0.1 127.0.0.1", Connect(proxy).Get(headers: "x-v: one\r\n").Body);
        Assert.Equal(
            $"v={new string('x', 3000)} 127.0.0.1 127.0.0.1",
            Connect(proxy).Get(headers: $"x-v: {new string('x', 3000)}\r\n").Body
        );
    }

    [Fact]
    public void A_line_is_logged_where_a_rule_says_so()
    {
        using var log = new LogCollector();
        ProxyProcess proxy = Proxy(
            $"log 127.0.0.1:{log.Port} format raw local0\n    log-format \"%[var(txn.at)] %ST %rt=%[txn.id32]\"\n    http-request set-var(txn.at) str(first)\n    http-request do-log if {{ path /a }}\n    http-request set-var(txn.at) str(end)\n    http-response do-log if {{ status 404 }}",
            "http-request return status 200"
        );
        Connect(proxy).Get("/a");
        string[] first = log.Next().TrimEnd().Split(' '),
            end = log.Next().TrimEnd().Split(' ');
        Assert.Equal(("first", "0", "end", "200"), (first[0], first[1], end[0], end[1]));
        Assert.Equal(first[2].Split('=')[0], first[2].Split('=')[1]);
        Connect(proxy).Get("/b");
        Assert.StartsWith("end 200", log.Next());
        log.ExpectNone();
    }

    [Fact]
    public void Named_ACLs_are_a_sample()
    {
        ProxyProcess proxy = Proxy(
            """
            acl short path_len lt 4
                acl is_a path_beg /a
                http-request return status 200 content-type text/plain lf-string "%[acl(short)] %[acl(short,is_a)] %[acl(!short,is_a)] %[acl(METH_GET),not]"
                acl is_a path_beg /b
            """,
            "server s 127.0.0.1:1"
        );
        foreach (
            (string path, string body) in ((string, string)[])
                [("/a", "1 1 0 0"), ("/abcd", "0 0 1 0"), ("/x", "1 0 0 0"), ("/b", "1 1 0 0")]
        )
            Assert.Equal(body, Connect(proxy).Get(path).Body);
    }
}
