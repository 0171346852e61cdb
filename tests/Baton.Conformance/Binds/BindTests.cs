// The forms of an address behind bind and server.
using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Binds;

public sealed class BindTests : Scenario
{
    private ProxyProcess Bind(Product product, string bind, ProxyOptions? options = null) =>
        Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    {{bind}}
                    http-request return status 200 content-type text/plain string hello
                """,
            options
        );

    /// <summary>One descriptor for each listening socket, however many threads poll it. COMPAT: so it is in haproxy.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Threads_share_the_descriptors_of_listening_sockets(Product product)
    {
        const int sockets = 200;
        int first = Ports.FreeRange(sockets);
        ProxyProcess proxy = Start(
            product,
            Defaults.Replace("nbthread 1", "nbthread 8", StringComparison.Ordinal)
                + $$"""
                frontend fe
                    bind 127.0.0.1:{{first}}-{{first + sockets - 1}}
                    bind 127.0.0.1:${p1}
                    http-request return status 200 content-type text/plain string hello
                """
        );
        Assert.InRange(proxy.DescriptorCount(), sockets, sockets + 80);
        for (int i = 0; i < sockets; i++)
            Assert.Equal("hello", Keep(RawClient.Tcp(first + i)).Get().Body);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Several_addresses_and_a_range(Product product)
    {
        int first = Ports.FreeRange(3);
        ProxyProcess proxy = Bind(product, $"bind 127.0.0.1:{first}-{first + 2},127.0.0.2:${{p1}}");
        for (int i = 0; i < 3; i++)
        {
            int port = first + i;
            Eventually(() => Ports.Listening().Contains(port), "range");
            Assert.Equal("hello", Keep(RawClient.Tcp(port)).Get().Body);
        }
        Assert.Equal("hello", Keep(RawClient.Tcp(proxy.Port(), "127.0.0.2")).Get().Body);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void All_addresses(Product product)
    {
        ProxyProcess proxy = Bind(product, "bind :${p1}\n    bind *:${p2}\n    bind ipv4@:${p3}");
        for (int i = 1; i <= 3; i++)
            Assert.Equal("hello", Connect(proxy, i).Get().Body);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void IPv6_alone_and_with_IPv4(Product product)
    {
        if (!Socket.OSSupportsIPv6)
            return;
        ProxyProcess proxy = Bind(product, "bind [::1]:${p1}\n    bind :::${p2} v4v6\n    bind [::]:${p3} v6only");
        Assert.Equal("hello", Keep(RawClient.Tcp(proxy.Port("p1"), "::1")).Get().Body);
        Assert.Equal("hello", Keep(RawClient.Tcp(proxy.Port("p2"), "::1")).Get().Body);
        Assert.Equal("hello", Keep(RawClient.Tcp(proxy.Port("p2"))).Get().Body);
        Assert.Equal("hello", Keep(RawClient.Tcp(proxy.Port("p3"), "::1")).Get().Body);
        Assert.Throws<SocketException>(() => RawClient.Tcp(proxy.Port("p3")));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_unix_path_with_its_mode(Product product)
    {
        string path = Path.Combine(Directory, "s.sock");
        Bind(product, "bind unix@${dir}/s.sock mode 640\n    bind ${dir}/t.sock");
        Eventually(() => File.Exists(path) && File.Exists(Path.Combine(Directory, "t.sock")), "the sockets do not appear");
        Assert.Equal("hello", Keep(RawClient.Unix(path)).Get().Body);
        Assert.Equal("hello", Keep(RawClient.Unix(Path.Combine(Directory, "t.sock"))).Get().Body);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(path));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void An_abstract_name_serves_and_is_reached_as_a_server(Product product)
    {
        string name = $"baton-test-{Guid.NewGuid():N}";
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                frontend inner
                    bind abns@{{name}}
                    http-request return status 200 content-type text/plain string inner
                frontend outer
                    bind 127.0.0.1:${p1}
                    default_backend be
                backend be
                    server s abns@{{name}}
                """
        );
        Assert.Equal("inner", Connect(proxy).Get().Body);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_unix_path_has_no_port(Product product)
    {
        Start(
            product,
            Defaults
                + """
                frontend fe
                    bind unix@${dir}/s.sock
                    http-request return status 200 content-type text/plain lf-string "<%[dst_port]%[src_port]>"
                """
        );
        Assert.Equal("<>", Keep(RawClient.Unix(Path.Combine(Directory, "s.sock"))).Get().Body);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Listeners_are_numbered_past_chosen_numbers(Product product)
    {
        ProxyProcess proxy = Start(
            product,
            Defaults
                + """
                frontend fe
                    bind 127.0.0.1:${p1}
                    bind 127.0.0.1:${p2} id 1
                    bind 127.0.0.1:${p3}
                    http-request return status 200 content-type text/plain lf-string %[so_id]
                """
        );
        Assert.Equal("2 1 4", $"{Connect(proxy, 1).Get().Body} {Connect(proxy, 2).Get().Body} {Connect(proxy, 3).Get().Body}");
    }

    private const int Tcp = 6,
        MaximumSegment = 2,
        DeferAccept = 9,
        FastOpen = 23;

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Options_reach_the_listening_socket(Product product)
    {
        ProxyProcess proxy = Bind(product, "bind 127.0.0.1:${p1} mss 1200 defer-accept tfo maxconn 33");
        foreach (Socket socket in BorrowedSocket.ListeningOn(proxy.Pid, proxy.Port()))
        {
            using (socket)
            {
                Assert.Equal(1200, socket.Option(Tcp, MaximumSegment));
                Assert.Equal(1, socket.Option(Tcp, DeferAccept));
                Assert.Equal(33, socket.Option(Tcp, FastOpen));
            }
        }
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_negative_mss_is_no_size_of_the_listener(Product product)
    {
        ProxyProcess proxy = Bind(product, "bind 127.0.0.1:${p1} mss -1200");
        Assert.Equal("hello", Connect(proxy).Get().Body);
        foreach (Socket listener in BorrowedSocket.ListeningOn(proxy.Pid, proxy.Port()))
            using (listener)
                Assert.NotEqual(1200, listener.Option(Tcp, MaximumSegment));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void An_inherited_descriptor(Product product)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(16);
        Bind(product, $"bind fd@{listener.Handle}", new ProxyOptions { Inherit = [(int)listener.Handle] });
        Assert.Equal("hello", Keep(RawClient.Tcp(((IPEndPoint)listener.LocalEndPoint!).Port)).Get().Body);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_server_behind_a_unix_path(Product product)
    {
        string path = Path.Combine(Directory, "origin.sock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(4);
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    default_backend be
                backend be
                    server s unix@{{path}}
                """
        );
        RawClient client = Connect(proxy);
        client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        using Socket accepted = listener.Accept();
        accepted.Send(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nunix"));
        Assert.Equal("unix", client.ReadResponse().Body);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_port_of_the_client_plus_an_offset(Product product)
    {
        OriginServer origin = HttpOrigin("offset");
        int port = Ports.Free();
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:{{port}}
                    default_backend be
                backend be
                    server s 127.0.0.1:{{(origin.Port > port ? "+" : "")}}{{origin.Port - port}}
                """
        );
        Eventually(() => Ports.Listening().Contains(port), "not listening");
        Assert.Equal("offset", Keep(RawClient.Tcp(port)).Get().Body);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_server_source_address_is_used(Product product)
    {
        string peer = "";
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            peer = ((IPEndPoint)c.Socket.RemoteEndPoint!).Address.ToString();
            c.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        });
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    default_backend be
                backend be
                    server s 127.0.0.1:{{origin.Port}} source 127.0.0.9
                """
        );
        Assert.Equal(200, Connect(proxy).Get().Status);
        Assert.Equal("127.0.0.9", peer);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_port_in_use_is_an_error_with_its_address(Product product)
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        int port = Ports.Free();
        other.Bind(new IPEndPoint(IPAddress.Loopback, port));
        other.Listen(1);
        ProxyProcess proxy = Bind(product, $"bind 127.0.0.1:{port}", new ProxyOptions { EndsItself = true, NoWait = true });
        Assert.Equal(1, proxy.WaitForExit());
        Eventually(() => proxy.ErrorText.Contains($"127.0.0.1:{port}", StringComparison.Ordinal), proxy.ErrorText);
        Assert.Contains("frontend fe", proxy.ErrorText, StringComparison.Ordinal);
    }
}
