// What a process says to a stranger that speaks the protocol: answers to a hello, acknowledgements, heartbeats, what ends a session.
using System;
using System.Text;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Peers;

public sealed class PeerSessionTests : PeersScenario
{
    private readonly int _port = Ports.Free();

    /// <summary>The stranger has no address: haproxy 2.6 gives a session up when an attempt of its own has failed.</summary>
    private void StartNode(Product product) => Node(product, "b", _port, "c");

    private const byte Definition = 0x82,
        Update = 0x80;

    private static byte[] Message(byte type, params byte[] body) => [10, type, (byte)body.Length, .. body];

    /// <summary>The table "numbers" under the number 1, with gpc0.</summary>
    private static readonly byte[] s_numbers = Message(Definition, [1, 8, .. Encoding.ASCII.GetBytes("/numbers"), 2, 4, 4, 0]);

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Hellos_are_answered(Product product)
    {
        StartNode(product);
        foreach (
            (string hello, string answer) in new[]
            {
                ("HAProxyS 2.1\nb\nc 1 1\n", "200\n"),
                ("HAProxyS 2.0\nb\nc 1 1\n", "200\n"),
                ("HAProxyS 2.1\r\nb\r\nc 1 1\r\n", "200\n"),
                ("HAProxyS 2.2\nb\nc 1 1\n", "502\n"),
                ("HAProxyS 1.0\nb\nc 1 1\n", "502\n"),
                ("GET / HTTP/1.0\r\n\r\n", "501\n"),
                ("HAProxyS 2.1\nb\nc\n", "501\n"),
                ("HAProxyS 2.1\nx\nc 1 1\n", "503\n"),
                ("HAProxyS 2.1\nb\nx 1 1\n", "504\n"),
            }
        )
        {
            using RawClient client = RawClient.Tcp(_port);
            client.Send(hello);
            Assert.Equal($"{hello} -> {answer}", $"{hello} -> {Encoding.ASCII.GetString(client.ReadBytes(answer.Length))}");
            if (answer != "200\n")
                client.ExpectEnd();
        }
    }

    /// <summary>Reads messages until one of that class and type has come; its body.</summary>
    private static byte[] Await(RawClient client, byte kind, byte type)
    {
        while (true)
        {
            byte[] head = client.ReadBytes(2);
            byte[] body = head[1] < 128 ? [] : client.ReadBytes(client.ReadBytes(1)[0]);
            if (head[0] == kind && head[1] == type)
                return body;
        }
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Entries_are_acknowledged_and_taught_again(Product product)
    {
        StartNode(product);
        RawClient client = Stranger(_port, "c", "b");
        client.Send([
            .. s_numbers,
            .. Message(Update, 0, 0, 0, 9, 0, 0, 0, 5, 77),
            .. Message(0x81, 0, 0, 0, 6, 78),
            // with the time that it has left, and behind a table that is named again
            .. Message(0x83, 1),
            .. Message(0x85, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 7, 79),
        ]);
        Assert.Equal([1, 0, 0, 1, 0], Await(client, 10, 0x84));
        client.Send([0, 0]);
        int taught = 0;
        for (byte[] head = client.ReadBytes(2); head[0] != 0 || head[1] is not (1 or 2); head = client.ReadBytes(2))
        {
            byte[] body = head[1] < 128 ? [] : client.ReadBytes(client.ReadBytes(1)[0]);
            if (head[0] == 10 && head[1] is 0x85 or 0x86)
                taught++;
        }
        Assert.Equal(3, taught);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void What_nobody_knows_is_passed_over(Product product)
    {
        StartNode(product);
        RawClient client = Stranger(_port, "c", "b");
        client.Send([
            5,
            0,
            0,
            99,
            .. Message(0x99, 1, 2, 3),
            // entries before any table, and of a table that is not shared
            .. Message(Update, 0, 0, 0, 1, 0, 0, 0, 5, 77),
            .. Message(Definition, [2, 4, .. Encoding.ASCII.GetBytes("nope"), 2, 4, 4, 0]),
            .. Message(Update, 0, 0, 0, 1, 0, 0, 0, 5, 77),
            .. s_numbers,
            .. Message(Update, 0, 0, 0, 2, 0, 0, 0, 5, 77),
        ]);
        Assert.Equal([1, 0, 0, 0, 2], Await(client, 10, 0x84));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void What_is_no_message_ends_the_session(Product product)
    {
        StartNode(product);
        foreach (
            (byte[] sent, byte error) in new (byte[], byte)[]
            {
                // an entry that ends in its key; a body that is longer than any may be
                ([.. s_numbers, .. Message(Update, 0, 0, 0, 1, 0, 0)], 0),
                ([10, Update, 0xFF, 0xFF, 0xFF, 0x0F], 1),
            }
        )
        {
            using RawClient client = Stranger(_port, "c", "b");
            client.Send(sent);
            Await(client, 1, error);
            client.ExpectEnd();
        }
        using RawClient other = Stranger(_port, "c", "b");
        other.Send([.. s_numbers, .. Message(Update, 0, 0, 0, 3, 0, 0, 0, 5, 77)]);
        Assert.Equal([1, 0, 0, 0, 3], Await(other, 10, 0x84));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Who_says_nothing_hears_heartbeats_and_is_given_up(Product product)
    {
        StartNode(product);
        RawClient client = Stranger(_port, "c", "b");
        long began = Environment.TickCount64;
        Await(client, 0, 4);
        Assert.InRange(Environment.TickCount64 - began, 2500, Patience.Ms);
        client.ReadToEnd();
        Assert.InRange(Environment.TickCount64 - began, 4500, Patience.Ms);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_newest_session_with_a_peer_counts(Product product)
    {
        StartNode(product);
        RawClient first = Stranger(_port, "c", "b");
        RawClient second = Stranger(_port, "c", "b");
        first.ReadToEnd();
        second.Send([.. s_numbers, .. Message(Update, 0, 0, 0, 3, 0, 0, 0, 5, 77)]);
        Assert.Equal([1, 0, 0, 0, 3], Await(second, 10, 0x84));
    }

    /// <summary>Nobody listens at its address: there is nobody to teach.</summary>
    [Fact]
    public void A_process_that_nothing_follows_ends_at_once()
    {
        ProxyProcess node = Mortal(Product.Baton, "b", _port, $"c 127.0.0.1:{Ports.Free()}");
        node.Signal(10);
        Assert.Equal(0, node.WaitForExit());
    }

    /// <summary>A number for a word that there is not: haproxy 2.6 ends with a signal then.</summary>
    [Fact]
    public void A_number_for_a_word_out_of_range_ends_the_session()
    {
        Start(
            Product.Baton,
            $$"""
            global
                localpeer b
            defaults
                mode http
                timeout connect 20s
                timeout client 60s
                timeout server 60s
            peers p
                table keys type string len 30 size 10k store server_id,server_key
                peer b 127.0.0.1:{{_port}}
                peer c 127.0.0.1:{{Ports.Free()}}
            frontend f
                bind 127.0.0.1:${p1}
                http-request return status 200
            """
        );
        RawClient client = Stranger(_port, "c", "b");
        byte[] bits = [0xF1, 0xF1, 0xFE, 0x00];
        client.Send([.. Message(Definition, [1, 5, .. Encoding.ASCII.GetBytes("/keys"), 6, 31, .. bits, 0])]);
        client.Send(Message(Update, 0, 0, 0, 1, 3, (byte)'a', (byte)'b', (byte)'c', 2, 5, 0x81, 3, (byte)'s', (byte)'2', (byte)'x'));
        Await(client, 1, 0);
        client.ExpectEnd();
    }
}
