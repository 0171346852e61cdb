// mode tcp: bytes through unchanged, half-close, back-pressure, bulk, and both PROXY protocol directions.
using System;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Tcp;

public sealed class RelayTests : Scenario
{
    private ProxyProcess Relay(Product product, string server, string bind = "", string frontend = "", int port = 0) =>
        Start(
            product,
            $$"""
            global
                nbthread 1
            defaults
                mode tcp
                timeout connect 20s
                timeout client 60s
                timeout server 60s
            frontend fe
                bind 127.0.0.1:${p1} {{bind}}
                {{frontend}}
                default_backend be
            backend be
                {{server}}
            """
        );

    private OriginServer Echo() =>
        Origin(c =>
        {
            while (c.ReadSome() is { Length: > 0 } data)
                c.Send(data);
        });

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Bytes_pass_both_ways(Product product)
    {
        RawClient client = Connect(Relay(product, $"server s 127.0.0.1:{Echo().Port}"));
        client.Send("one");
        Assert.Equal("one", Encoding.ASCII.GetString(client.ReadBytes(3)));
        client.Send("\0\r\n\xff");
        Assert.Equal("\0\r\n\xff", Encoding.Latin1.GetString(client.ReadBytes(4)));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_server_that_speaks_first_is_heard(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            c.Send("220 hello\r\n");
            c.ReadToEnd();
        });
        Assert.Equal("220 hello\r\n", Connect(Relay(product, $"server s 127.0.0.1:{origin.Port}")).ReadUntil("\r\n"));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_client_may_finish_sending_and_still_receive(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            byte[] all = c.ReadToEnd();
            Thread.Sleep(100);
            c.Send($"got {all.Length}");
        });
        RawClient client = Connect(Relay(product, $"server s 127.0.0.1:{origin.Port}"));
        client.Send(new byte[100_000]);
        client.ShutdownSend();
        Assert.Equal("got 100000", client.ReadTextToEnd());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_server_may_finish_sending_and_still_receive(Product product)
    {
        string received = "";
        var done = new ManualResetEventSlim();
        OriginServer origin = Origin(c =>
        {
            c.Send("bye");
            c.ShutdownSend();
            received = Encoding.ASCII.GetString(c.ReadToEnd());
            done.Set();
        });
        RawClient client = Connect(Relay(product, $"server s 127.0.0.1:{origin.Port}"));
        Assert.Equal("bye", client.ReadTextToEnd());
        client.Send("still here");
        client.ShutdownSend();
        Assert.True(done.Wait(Patience.Ms));
        Assert.Equal("still here", received);
    }

    /// <summary>Baton only: on a busy machine haproxy 2.6 loses the end of the download in one run of eight.</summary>
    [Fact]
    public void Bulk_arrives_whole_in_both_directions_at_once()
    {
        byte[] up = new byte[8_000_000],
            down = new byte[8_000_000];
        Random.Shared.NextBytes(up);
        Random.Shared.NextBytes(down);
        byte[] received = [];
        OriginServer origin = Origin(c =>
        {
            var sender = new Thread(() =>
            {
                c.Send(down);
                c.ShutdownSend();
            });
            sender.Start();
            received = c.ReadToEnd();
            sender.Join();
        });
        RawClient client = Connect(Relay(Product.Baton, $"server s 127.0.0.1:{origin.Port}"));
        var send = new Thread(() =>
        {
            client.Send(up);
            client.ShutdownSend();
        });
        send.Start();
        byte[] got = client.ReadToEnd();
        send.Join();
        Assert.Equal(down.Length, got.Length);
        Assert.Equal(Convert.ToHexString(SHA256.HashData(down)), Convert.ToHexString(SHA256.HashData(got)));
        Eventually(() => received.Length == up.Length, "the upload did not arrive whole");
        Assert.Equal(Convert.ToHexString(SHA256.HashData(up)), Convert.ToHexString(SHA256.HashData(received)));
    }

    [Trait("wire", "raw")]
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_slow_receiver_slows_the_sender_instead_of_filling_memory(Product product)
    {
        long sent = 0;
        OriginServer origin = Origin(c =>
        {
            byte[] block = new byte[65536];
            for (int i = 0; i < 3000; i++)
            {
                c.Send(block);
                Interlocked.Add(ref sent, block.Length);
            }
        });
        ProxyProcess proxy = Relay(product, $"server s 127.0.0.1:{origin.Port}");
        RawClient client = Keep(RawClient.Tcp(proxy.Port(), receiveBuffer: 65536));
        long before = -1;
        Eventually(
            () =>
            {
                long last = before;
                before = Interlocked.Read(ref sent);
                Thread.Sleep(300);
                return last == before && before > 0;
            },
            "the sender goes on"
        );
        Assert.InRange(before, 1, 60_000_000);
        Assert.InRange(proxy.ResidentBytes(), 1, 120_000_000);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_reset_of_the_server_reaches_the_client(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            c.ReadSome();
            c.Reset();
        });
        RawClient client = Connect(Relay(product, $"server s 127.0.0.1:{origin.Port}"));
        client.Send("x");
        client.ExpectEnd();
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void No_server_closes_the_connection(Product product)
    {
        RawClient client = Connect(Relay(product, "retries 0\n    server s 127.0.0.1:${d1}"));
        client.ExpectEnd();
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void An_idle_session_is_closed_after_timeout_client(Product product)
    {
        RawClient client = Connect(Relay(product, $"server s 127.0.0.1:{Echo().Port}", frontend: "timeout client 2s"));
        client.ExpectSilence(200);
        client.ExpectEnd();
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Client_fin_bounds_a_half_closed_session(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            c.ReadToEnd();
            Thread.Sleep(8000);
        });
        RawClient client = Connect(
            Relay(product, $"timeout server-fin 300ms\n    server s 127.0.0.1:{origin.Port}", frontend: "timeout client-fin 300ms")
        );
        client.Send("x");
        client.ShutdownSend();
        client.ExpectEnd(7000);
    }

    [Trait("wire", "raw")]
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Send_proxy_version_1(Product product)
    {
        OriginServer origin = Origin(c => c.Send(c.ReadUntil("\r\n")));
        ProxyProcess proxy = Relay(product, $"server s 127.0.0.1:{origin.Port} send-proxy");
        RawClient client = Connect(proxy);
        client.Send("data");
        Assert.Equal($"PROXY TCP4 127.0.0.1 127.0.0.1 {client.LocalPort} {proxy.Port()}\r\n", client.ReadTextToEnd());
    }

    [Trait("wire", "raw")]
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Send_proxy_version_2(Product product)
    {
        OriginServer origin = Origin(c => c.Send(c.ReadBytes(28)));
        ProxyProcess proxy = Relay(product, $"server s 127.0.0.1:{origin.Port} send-proxy-v2");
        RawClient client = Connect(proxy);
        client.Send("data");
        string expected =
            "0D0A0D0A000D0A515549540A" + "2111000C" + "7F0000017F000001" + client.LocalPort.ToString("X4") + proxy.Port().ToString("X4");
        Assert.Equal(expected, Convert.ToHexString(client.ReadBytes(28)));
    }

    [Trait("wire", "raw")]
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Accept_proxy_version_1_and_2_are_passed_on(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            c.Send(c.ReadUntil("\r\n"));
            c.Send(c.ReadBytes(4));
            c.ReadToEnd();
        });
        ProxyProcess proxy = Relay(product, $"server s 127.0.0.1:{origin.Port} send-proxy", "accept-proxy");
        RawClient one = Connect(proxy);
        one.Send("PROXY TCP4 1.2.3.4 5.6.7.8 111 222\r\n");
        Thread.Sleep(20);
        one.Send("data");
        Assert.Equal("PROXY TCP4 1.2.3.4 5.6.7.8 111 222\r\ndata", one.ReadUntil("data"));
        RawClient six = Connect(proxy);
        six.Send("PROXY TCP6 2001:db8::1 2001:db8::2 111 222\r\ndata");
        Assert.Equal("PROXY TCP6 2001:db8::1 2001:db8::2 111 222\r\n", six.ReadUntil("\r\n"));
        RawClient two = Connect(proxy);
        two.Send(Convert.FromHexString("0D0A0D0A000D0A515549540A" + "2111000C" + "0A0000010A000002" + "000A0014"));
        two.Send("data");
        Assert.Equal("PROXY TCP4 10.0.0.1 10.0.0.2 10 20\r\n", two.ReadUntil("\r\n"));
        RawClient local = Connect(proxy);
        local.Send(Convert.FromHexString("0D0A0D0A000D0A515549540A" + "20000000"));
        local.Send("data");
        Assert.Equal($"PROXY TCP4 127.0.0.1 127.0.0.1 {local.LocalPort} {proxy.Port()}\r\n", local.ReadUntil("\r\n"));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Without_a_valid_proxy_header_the_connection_is_closed(Product product)
    {
        OriginServer origin = Echo();
        ProxyProcess proxy = Relay(product, $"server s 127.0.0.1:{origin.Port}", "accept-proxy");
        RawClient client = Connect(proxy);
        client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        client.ExpectEnd();
        RawClient torn = Connect(proxy);
        torn.Send("PROXY TCP4 1.2.3.4");
        torn.ShutdownSend();
        torn.ExpectEnd();
        Assert.Equal(0, origin.Connections);
    }
}
