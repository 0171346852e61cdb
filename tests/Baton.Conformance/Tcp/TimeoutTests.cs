// Time-outs of a relay, and closes that destroy nothing.
using System;
using System.Diagnostics;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Tcp;

public sealed class TimeoutTests : Scenario
{
    private ProxyProcess Relay(Product product, string server, string frontend = "", string backend = "") =>
        Start(
            product,
            $$"""
            global
                nbthread 1
                stats socket ${dir}/admin.sock level admin
            defaults
                mode tcp
                timeout connect 2s
                timeout client 10s
                timeout server 10s
            frontend fe
                bind 127.0.0.1:${p1}
                {{frontend}}
                default_backend be
            backend be
                {{backend}}
                server {{server}}
            """
        );

    private static OriginServer Silent() => new(c => c.ReadToEnd());

    /// <summary>Milliseconds until the proxy ends the connection.</summary>
    private static long UntilEnd(RawClient client)
    {
        long before = Stopwatch.GetTimestamp();
        client.ReadToEnd();
        return (long)Stopwatch.GetElapsedTime(before).TotalMilliseconds;
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_servers_clock_runs_before_anything_was_said(Product product) =>
        Assert.InRange(UntilEnd(Connect(Relay(product, $"s 127.0.0.1:{Keep(Silent()).Port}", backend: "timeout server 300ms"))), 200, 8000);

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_tunnels_clock_too(Product product) =>
        Assert.InRange(UntilEnd(Connect(Relay(product, $"s 127.0.0.1:{Keep(Silent()).Port}", backend: "timeout tunnel 300ms"))), 200, 8000);

    /// <summary>client-fin is for a client that was told the end, not for one that has said its own and waits for an answer.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_client_that_has_finished_owes_nothing(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            c.ReadToEnd();
            Thread.Sleep(700);
            c.Send("late");
        });
        RawClient client = Connect(Relay(product, $"s 127.0.0.1:{origin.Port}", frontend: "timeout client-fin 200ms"));
        client.Send("x");
        client.ShutdownSend();
        Assert.Equal("late", client.ReadTextToEnd());
    }

    /// <summary>A reset in place of the end of stream would be an IOException here.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Without_a_server_the_connection_is_closed_in_order(Product product)
    {
        RawClient client = Connect(Relay(product, "s 127.0.0.1:${d1}", backend: "retries 0"));
        client.Send("hello");
        Thread.Sleep(20);
        Assert.Equal("", client.ReadTextToEnd());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_time_out_is_an_abort_of_its_side(Product product)
    {
        ProxyProcess proxy = Relay(product, $"s 127.0.0.1:{Keep(Silent()).Port}", backend: "timeout server 200ms");
        UntilEnd(Connect(proxy));
        ProxyProcess other = Relay(product, $"s 127.0.0.1:{Keep(Silent()).Port}", frontend: "timeout client 200ms");
        UntilEnd(Connect(other));
        Assert.Equal("0 1", Aborts());
        return;

        string Aborts()
        {
            RawClient cli = Keep(RawClient.Unix(System.IO.Path.Combine(Directory, "admin.sock")));
            cli.Send("show stat\n");
            string[] lines = cli.ReadTextToEnd().Split('\n');
            string[] names = lines[0][2..].Split(','),
                row = Array.Find(lines, l => l.StartsWith("be,BACKEND,", StringComparison.Ordinal))!.Split(',');
            return $"{row[Array.IndexOf(names, "srv_abrt")]} {row[Array.IndexOf(names, "cli_abrt")]}";
        }
    }
}
