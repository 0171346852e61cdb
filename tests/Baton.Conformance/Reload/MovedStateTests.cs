// What belongs to a connection and has to move with it: whom it is for, what rules have set on it, what its log line tells.
using System;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Reload;

public sealed class MovedStateTests
{
    private const string Upgrade = "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";

    /// <summary>Switches protocols, after an early hint, and echoes from there on.</summary>
    private static OriginServer Echo() =>
        new(c =>
        {
            c.ReadHead();
            c.Send(
                "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"
            );
            for (byte[] some; (some = c.ReadSome()).Length > 0; )
                c.Send(some);
        });

    private static void Exchange(RawClient client)
    {
        client.Send("ping");
        Assert.Equal("ping", client.ReadUntil("ping"));
    }

    /// <summary>The server takes the connection for the client that logged in on it, before the reload and after.</summary>
    [Fact]
    public void A_connection_that_knows_its_user_is_not_shared_after_a_reload()
    {
        using var origin = new OriginServer(c =>
        {
            string answer = "HTTP/1.1 401 Who\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n";
            while (c.TryReadHead(out _))
            {
                c.Send(answer);
                answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
            }
        });
        using var proxy = new Reloadable(
            """
            listen l
                mode http
                bind 127.0.0.1:${port}
                http-reuse always
                server s 127.0.0.1:${origin}
            """,
            origin.Port,
            "nbthread 1"
        );
        proxy.Reload();
        using RawClient one = RawClient.Tcp(proxy.Port);
        Assert.Equal(401, one.Get().Status);
        Assert.Equal(200, one.Get().Status);
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        Assert.Equal(200, one.Get().Status);
        using RawClient other = RawClient.Tcp(proxy.Port);
        Assert.Equal(401, other.Get().Status);
        Assert.Equal(2, origin.Connections);
    }

    [Fact]
    public void Time_outs_that_rules_have_set_move_with_the_tunnel()
    {
        using OriginServer origin = Echo();
        using var proxy = new Reloadable(
            """
            listen l
                mode http
                bind 127.0.0.1:${port}
                timeout client 500ms
                timeout server 500ms
                http-request set-timeout tunnel 30s
                server s 127.0.0.1:${origin}
            """,
            origin.Port
        );
        proxy.Reload();
        using RawClient client = RawClient.Tcp(proxy.Port);
        client.Send(Upgrade);
        client.ReadUntil("echo\r\n\r\n");
        Exchange(client);
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        Exchange(client);
        Thread.Sleep(1200);
        Exchange(client);
    }

    [Trait("wire", "raw")]
    [Fact]
    public void A_tunnels_log_line_is_the_same_after_a_reload()
    {
        using OriginServer origin = Echo();
        using var log = new LogCollector();
        using var proxy = new Reloadable(
            $$"""
            listen l
                mode http
                bind 127.0.0.1:${port} accept-proxy
                log 127.0.0.1:{{log.Port}} local0
                unique-id-format id-%[rand(1)]
                log-format "id=%ID authority=%[fc_pp_authority] bytes=%B status=%ST"
                server s 127.0.0.1:${origin}
            """,
            origin.Port
        );
        proxy.Reload();
        string[] lines = new string[2];
        for (int i = 0; i < 2; i++)
        {
            using RawClient client = RawClient.Tcp(proxy.Port);
            // version 2, TCP over IPv4, one field: authority (type 2) "host"
            client.Send("\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x13\x7f\0\0\x01\x7f\0\0\x01\0\x50\0\x51\x02\0\x04host");
            client.Send(Upgrade);
            client.ReadUntil("echo\r\n\r\n");
            Exchange(client);
            if (i > 0)
                Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
            Exchange(client);
            client.ShutdownSend();
            client.ReadToEnd();
            string line;
            do line = log.Next();
            while (!line.Contains("id=", StringComparison.Ordinal));
            lines[i] = line[line.IndexOf("id=", StringComparison.Ordinal)..].TrimEnd();
        }
        Assert.StartsWith("id=id-0 authority=host bytes=", lines[0], StringComparison.Ordinal);
        Assert.Equal(lines[0], lines[1]);
    }

    [Fact]
    public void What_a_TCP_session_has_captured_moves()
    {
        using OriginServer origin = Echo();
        using var log = new LogCollector();
        using var proxy = new Reloadable(
            $$"""
            listen l
                mode tcp
                bind 127.0.0.1:${port}
                log 127.0.0.1:{{log.Port}} local0
                log-format "kept=%hr"
                tcp-request inspect-delay 2s
                tcp-request content capture req.payload(0,3) len 3
                tcp-request content accept if { req.len gt 2 }
                server s 127.0.0.1:${origin}
            """,
            origin.Port
        );
        proxy.Reload();
        using RawClient client = RawClient.Tcp(proxy.Port);
        client.Send(Upgrade);
        client.ReadUntil("echo\r\n\r\n");
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        Exchange(client);
        client.ShutdownSend();
        client.ReadToEnd();
        string line;
        do line = log.Next();
        while (!line.Contains("kept=", StringComparison.Ordinal));
        Assert.EndsWith("kept={GET}", line.TrimEnd(), StringComparison.Ordinal);
    }

    /// <summary>The same bytes in all, but other slots: what lies where a length is expected now is text.</summary>
    [Fact]
    public void What_was_captured_for_other_slots_is_forgotten() =>
        Assert.Equal("kept={|}", KeptAfter("X-A len 10", "X-B len 20", ("X-A len 10", "X-A len 20"), ("X-B len 20", "X-B len 10")));

    [Fact]
    public void Captures_larger_than_a_buffer_move_to_a_process_with_smaller_ones() =>
        Assert.Equal(
            "kept={aaaaaaaaaaaaaaa|bbbbbbbbbbbbbbb}",
            KeptAfter("X-A len 30000", "X-B len 20", ("tune.bufsize 65536", "tune.bufsize 16384"))
        );

    /// <summary>What the log line of a tunnel says of its captures when it ends after a reload with an edited configuration.</summary>
    private static string KeptAfter(string one, string other, params (string From, string To)[] edits)
    {
        using OriginServer origin = Echo();
        using var log = new LogCollector();
        using var proxy = new Reloadable(
            $$"""
            listen l
                mode http
                bind 127.0.0.1:${port}
                log 127.0.0.1:{{log.Port}} local0
                log-format "kept=%hr"
                capture request header {{one}}
                capture request header {{other}}
                server s 127.0.0.1:${origin}
            """,
            origin.Port,
            "tune.bufsize 65536"
        );
        proxy.Reload();
        using RawClient client = RawClient.Tcp(proxy.Port);
        client.Send(Upgrade.Replace("\r\n\r\n", "\r\nX-A: aaaaaaaaaaaaaaa\r\nX-B: bbbbbbbbbbbbbbb\r\n\r\n", StringComparison.Ordinal));
        client.ReadUntil("echo\r\n\r\n");
        foreach ((string from, string to) in edits)
            proxy.Edit(from, to);
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        Exchange(client);
        client.ShutdownSend();
        client.ReadToEnd();
        string line;
        do line = log.Next();
        while (!line.Contains("kept=", StringComparison.Ordinal));
        return line[line.IndexOf("kept=", StringComparison.Ordinal)..].TrimEnd();
    }
}
