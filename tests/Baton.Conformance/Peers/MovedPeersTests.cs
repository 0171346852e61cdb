// A reload seen from a peer: a session that is made anew, and nothing that is told twice or not at all.
using Baton.Conformance.Harness;
using Baton.Conformance.Reload;
using Xunit;

namespace Baton.Conformance.Peers;

public sealed class MovedPeersTests : PeersScenario
{
    private readonly int _own = Ports.Free(),
        _other = Ports.Free();

    private Reloadable Create() =>
        Keep(
            new Reloadable(
                $$"""
                peers p
                {{Tables}}
                    peer me 127.0.0.1:{{_own}}
                    peer other 127.0.0.1:{{_other}}
                frontend f
                    mode http
                    bind 127.0.0.1:${port}
                    http-request return status 200
                """,
                global: "localpeer me"
            )
        );

    [Fact]
    public void After_a_reload_a_peer_goes_on_to_hear_what_changes()
    {
        Node(Product.Haproxy, "other", _other, $"me 127.0.0.1:{_own}");
        Reloadable proxy = Create();
        proxy.Reload();
        for (int i = 1; i <= 3; i++)
        {
            Assert.Equal("", proxy.Ask($"set table p/numbers key {i} data.gpc0 {i}").Trim());
            string expected = "";
            for (int known = 1; known <= i; known++)
                expected += $"key={known} gpc0={known} conn_cur=0\n";
            AwaitEntries("other", "numbers", expected);
            Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        }
        // and the other way round
        Ask("other", "set table p/paths key /far data.gpc0 9");
        Eventually(() => proxy.Ask("show table p/paths").Contains("gpc0=9"), "nothing comes from the peer");
    }

    /// <summary>The peer sleeps: what changes is neither heard nor acknowledged before the next process serves.</summary>
    [Fact]
    public void What_a_peer_had_not_heard_the_next_process_tells()
    {
        ProxyProcess other = Node(Product.Haproxy, "other", _other, $"me 127.0.0.1:{_own}");
        Reloadable proxy = Create();
        proxy.Reload();
        proxy.Ask("set table p/numbers key 1 data.gpc0 1");
        AwaitEntries("other", "numbers", "key=1 gpc0=1 conn_cur=0\n");
        const int stop = 19,
            go = 18;
        other.Signal(stop);
        proxy.Ask("set table p/numbers key 2 data.gpc0 2");
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        other.Signal(go);
        AwaitEntries("other", "numbers", "key=1 gpc0=1 conn_cur=0\nkey=2 gpc0=2 conn_cur=0\n");
    }
}
