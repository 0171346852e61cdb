// Three processes, the outer two of haproxy: what one knows comes to the other through the one in the middle, which is both programs in
// turn. The outer two do not know each other.
using System;
using System.Text;
using System.Text.RegularExpressions;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Peers;

public sealed class ClusterTests : PeersScenario
{
    private readonly int _a = Ports.Free(),
        _b = Ports.Free(),
        _c = Ports.Free();

    private ProxyProcess Middle(Product product) => Node(product, "b", _b, $"a 127.0.0.1:{_a}", $"c 127.0.0.1:{_c}");

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void What_was_learned_is_taught(Product product)
    {
        Node(Product.Haproxy, "a", _a, $"b 127.0.0.1:{_b}");
        Middle(product);
        Fill("a");
        AwaitCaughtUp("a", "b");
        Node(Product.Haproxy, "c", _c, $"b 127.0.0.1:{_b}");
        AwaitFilled("c");
    }

    /// <summary>COMPAT: with haproxy in the middle too, what came from a peer is not told on by itself.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void What_was_learned_is_not_pushed(Product product)
    {
        Node(Product.Haproxy, "a", _a, $"b 127.0.0.1:{_b}");
        Middle(product);
        Node(Product.Haproxy, "c", _c, $"b 127.0.0.1:{_b}");
        Eventually(
            () => Ask("b", "show peers") is var s && s.Contains("id=a(remote,active)") && s.Contains("id=c(remote,active)"),
            "they do not find each other"
        );
        // what it asked for at its beginning was told before the first heartbeat
        Eventually(() => Regex.IsMatch(Ask("c", "show peers"), "rx_hbt=[1-9]"), "no heartbeat");
        Fill("a");
        AwaitCaughtUp("a", "b");
        Assert.Equal("", Entries("c", "numbers"));
    }

    [Fact]
    public void A_process_that_comes_back_gets_its_entries_from_the_one_in_the_middle()
    {
        ProxyProcess first = Mortal(Product.Haproxy, "a", _a, $"b 127.0.0.1:{_b}");
        Middle(Product.Baton);
        Fill("a");
        AwaitCaughtUp("a", "b");
        first.Signal(15);
        first.WaitForExit();
        Node(Product.Haproxy, "a", _a, $"b 127.0.0.1:{_b}");
        AwaitFilled("a");
    }

    [Fact]
    public void One_that_dies_while_it_is_taught_or_teaches_harms_nobody()
    {
        Node(Product.Haproxy, "a", _a, $"b 127.0.0.1:{_b}");
        Middle(Product.Baton);
        Fill("a");
        AwaitCaughtUp("a", "b");
        // asks for everything, reads a little, and is gone
        RawClient asks = Stranger(_b, "c", "b");
        asks.Send([0, 0]);
        asks.ReadBytes(20);
        asks.Reset();
        // tells of a table and half of an entry, and is gone
        RawClient tells = Stranger(_b, "c", "b");
        byte[] name = Encoding.ASCII.GetBytes("/numbers");
        tells.Send([10, 0x82, (byte)(name.Length + 6), 1, (byte)name.Length, .. name, 2, 4, 4, 0, 10, 0x80, 9, 0, 0, 0, 1, 0]);
        tells.Reset();
        Node(Product.Haproxy, "c", _c, $"b 127.0.0.1:{_b}");
        AwaitFilled("c");
    }
}
