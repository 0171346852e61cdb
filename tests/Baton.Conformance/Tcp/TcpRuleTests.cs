// tcp-request connection, session and content, tcp-response content: their order, what they refuse and how, what the log says.
using System.Text;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Tcp;

public sealed class TcpRuleTests : Scenario
{
    private ProxyProcess Proxy(
        Product product,
        string frontend,
        string backend = "",
        string mode = "tcp",
        string server = "",
        string global = ""
    ) =>
        Start(
            product,
            $$"""
            global
                nbthread 1
                {{global}}
            defaults
                mode {{mode}}
                timeout connect 20s
                timeout client 3s
                timeout server 3s
            frontend fe
                bind 127.0.0.1:${p1}
                {{frontend}}
                default_backend be
            backend be
                {{backend}}
                {{server}}
            """
        );

    private string Echo() => $"server s 127.0.0.1:{Origin(c => { while (c.ReadSome() is { Length: > 0 } data) c.Send(data); }).Port}";

    private static string Read(RawClient client, int count) => Encoding.Latin1.GetString(client.ReadBytes(count));

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_connection_is_refused_with_a_reset(Product product)
    {
        RawClient client = Connect(Proxy(product, "tcp-request connection reject", server: Echo()));
        Assert.Throws<System.Net.Sockets.SocketException>(() => client.ReadBytes(1));
    }

    [Theory]
    [InlineData("connection")]
    [InlineData("session")]
    [InlineData("content")]
    public void Every_set_can_refuse_by_source_and_accept_ends_it(string set)
    {
        foreach (Product product in Products.Both)
        {
            Connect(Proxy(product, $"tcp-request {set} reject if {{ src 127.0.0.1 }}", server: Echo())).ExpectEnd();
            RawClient client = Connect(
                Proxy(
                    product,
                    $"tcp-request {set} reject if {{ src 10.0.0.0/8 }}\n    tcp-request {set} accept if {{ src 127.0.0.0/8 }}\n    tcp-request {set} reject",
                    server: Echo()
                )
            );
            client.Send("hi");
            Assert.Equal("hi", Read(client, 2));
        }
    }

    [Theory]
    [InlineData("tcp", "tcp-request content reject", "", "PR")]
    [InlineData("tcp", "", "tcp-request content reject", "PR")]
    [InlineData("tcp", "", "tcp-response content reject", "PD")]
    [InlineData("http", "tcp-request content reject", "", "PR--")]
    [InlineData("http", "", "tcp-request content reject", "PR--")]
    [InlineData("http", "", "tcp-response content reject", "PD--")]
    public void A_refused_stream_leaves_the_same_log_line(string mode, string frontend, string backend, string state)
    {
        string? expected = null;
        foreach (Product product in Products.Both)
        {
            LogCollector log = Keep(new LogCollector());
            string server = mode == "tcp" ? Echo() : $"server s 127.0.0.1:{HttpOrigin().Port}";
            RawClient client = Connect(
                Proxy(product, $"{frontend}\n    log 127.0.0.1:{log.Port} local0\n    option {mode}log", backend, mode, server)
            );
            client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            client.ExpectEnd();
            string line = log.NextTraffic();
            Assert.Contains($" {state} ", line);
            string rest = line[line.IndexOf("[ACCEPT]", System.StringComparison.Ordinal)..];
            expected ??= rest;
            if (mode == "http")
                Assert.Equal(expected, rest);
        }
    }

    [Trait("wire", "raw")]
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_proxy_header_can_be_asked_of_some(Product product)
    {
        ProxyProcess proxy = Proxy(
            product,
            """
            tcp-request connection expect-proxy layer4 if { src 127.0.0.1 }
                tcp-request session reject if { src 10.1.1.1 }
                tcp-request content reject if { src 10.1.1.2 }
            """,
            server: Echo()
        );
        foreach (string refused in (string[])["10.1.1.1", "10.1.1.2"])
        {
            RawClient client = Connect(proxy);
            client.Send($"PROXY TCP4 {refused} 10.2.2.2 1000 2000\r\nhi");
            client.ExpectEnd();
        }
        RawClient accepted = Connect(proxy);
        accepted.Send("PROXY TCP4 10.1.1.3 10.2.2.2 1000 2000\r\nhi");
        Assert.Equal("hi", Read(accepted, 2));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Addresses_and_ports_are_replaced(Product product)
    {
        ProxyProcess proxy = Start(
            product,
            Defaults
                + """
                frontend fe
                    bind 127.0.0.1:${p1}
                    tcp-request connection set-src str(10.9.9.9)
                    tcp-request session set-src-port int(777)
                    tcp-request content set-dst str(10.9.9.8)
                    http-request set-dst-port int(778)
                    http-request return status 200 content-type text/plain lf-string "%[src]:%[src_port] %[dst]:%[dst_port]"
                """
        );
        Assert.Equal("10.9.9.9:777 10.9.9.8:778", Connect(proxy).Get().Body);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Variables_of_the_session_come_through_from_the_connection(Product product)
    {
        ProxyProcess proxy = Start(
            product,
            Defaults
                + """
                frontend fe
                    bind 127.0.0.1:${p1}
                    tcp-request connection set-var(sess.a) src
                    tcp-request session set-var-fmt(sess.b) "s-%[var(sess.a)]"
                    tcp-request content set-var(txn.c) var(sess.b)
                    http-request return status 200 content-type text/plain lf-string "%[var(sess.a)] %[var(txn.c)]"
                """
        );
        RawClient client = Connect(proxy);
        Assert.Equal("127.0.0.1 s-127.0.0.1", client.Get().Body);
        Assert.Equal("127.0.0.1 s-127.0.0.1", client.Get().Body);
    }

    /// <summary>Baton alone: haproxy 2.6 resets the connection here although its manual promises silence.</summary>
    [Theory]
    [InlineData("connection")]
    [InlineData("content")]
    public void A_silent_drop_is_silent_where_the_kernel_permits_it(string set)
    {
        RawClient client = Connect(Proxy(Product.Baton, $"tcp-request {set} silent-drop", server: Echo()));
        try
        {
            client.ExpectSilence(300);
        }
        catch (System.Net.Sockets.SocketException e) when (e.SocketErrorCode == System.Net.Sockets.SocketError.ConnectionReset)
        {
            Assert.Skip("needs a privilege");
        }
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_server_can_be_closed_by_a_rule(Product product)
    {
        RawClient client = Connect(Proxy(product, "", "tcp-response content close if { src 127.0.0.1 }", server: Echo()));
        client.Send("hi");
        client.ExpectEnd();
    }

    [Theory]
    [InlineData("tcp-request connection set-var(sess.a) req.hdr(x)", "none of which is available here", 1)]
    [InlineData("tcp-request connection reject if { path / }", "will never match in 'tcp-request connection'", 0)]
    [InlineData("tcp-request inspect-delay foo", "expects a positive delay in milliseconds", 1)]
    [InlineData("tcp-request connection set-mark x", "", 1)]
    [InlineData("tcp-request content accept foo", "'foo'", 1)]
    [InlineData("tcp-request connection expect-proxy layer5", "layer4", 1)]
    public void Faults_name_the_line(string rule, string message, int status)
    {
        foreach (Product product in Products.Both)
        {
            string file = System.IO.Path.Combine(Directory, "bad.cfg");
            System.IO.File.WriteAllText(file, Defaults + $"frontend fe\n    bind 127.0.0.1:1\n    {rule}\n");
            (int code, string output) = Run(Products.Path(product), "-c", "-f", file);
            Assert.Equal(status, code);
            Assert.Contains("bad.cfg:10]", output);
            Assert.Contains(message, output);
        }
    }
}
