// use_backend and use-server with names made for each request: what becomes of names that are nobody's, and of backends that are
// disabled.
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Rules;

public sealed class SwitchingTests : Scenario
{
    private static string Backend(string name) =>
        $"backend {name}\n    http-request return status 200 content-type text/plain string {name}\n";

    private static string Config(string fallback) =>
        Defaults
        + $$"""
            frontend fe
                bind 127.0.0.1:${p1}
                use_backend %[req.hdr(x-be)] if { path /made }
                use_backend off if { path /off }
                use_backend second if { path_beg / }
                {{fallback}}

            """
        + Backend("first")
        + Backend("second")
        + Backend("usual")
        + Backend("off").Replace("off\n", "off\n    disabled\n", System.StringComparison.Ordinal);

    private string Ask(ProxyProcess proxy, string path, string? name)
    {
        Response response = Connect(proxy).Get(path, name is null ? "" : $"X-Be: {name}\r\n");
        return response.Status == 200 ? response.Body : $"{response.Status}";
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_name_that_is_nobodys_means_the_default_and_no_other_rule(Product product)
    {
        ProxyProcess proxy = Start(product, Config("default_backend usual"));
        Assert.Equal("first", Ask(proxy, "/made", "first"));
        Assert.Equal("second", Ask(proxy, "/other", "first"));
        foreach (string? name in (string?[])["nobody", "", "fe", "FIRST", new string('x', 300), null])
            Assert.Equal($"{name}: usual", $"{name}: {Ask(proxy, "/made", name)}");
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Without_a_default_it_is_503(Product product)
    {
        ProxyProcess proxy = Start(product, Config(""));
        Assert.Equal("503", Ask(proxy, "/made", "nobody"));
        Assert.Equal("second", Ask(proxy, "/other", null));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_disabled_backend_answers_503(Product product)
    {
        ProxyProcess proxy = Start(product, Config("default_backend off"));
        Assert.Equal("503", Ask(proxy, "/off", null));
        Assert.Equal("503", Ask(proxy, "/made", "off"));
        Assert.Equal("503", Ask(proxy, "/made", "nobody"));
        Assert.Equal("second", Ask(proxy, "/other", null));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void In_TCP_too(Product product)
    {
        OriginServer usual = HttpOrigin("usual"),
            second = HttpOrigin("second");
        ProxyProcess proxy = Start(
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
                bind 127.0.0.1:${p1}
                use_backend %[dst_port,map(/dev/null)]
                use_backend second
                default_backend usual
            frontend off
                bind 127.0.0.1:${p2}
                use_backend off if { src 127.0.0.1 }
                default_backend usual
            backend usual
                server s 127.0.0.1:{{usual.Port}}
            backend second
                server s 127.0.0.1:{{second.Port}}
            backend off
                disabled
                server s 127.0.0.1:{{second.Port}}
            """
        );
        Assert.Equal("usual", Connect(proxy).Get().Body);
        Connect(proxy, 2).ExpectEnd();
        Assert.Equal("usual", Connect(proxy).Get().Body);
    }

    /// <summary>HAProxy lets no other rule speak and asks the balancer.</summary>
    [Fact]
    public void A_server_name_that_is_nobodys_leaves_it_to_the_next_rule()
    {
        OriginServer one = HttpOrigin("one"),
            two = HttpOrigin("two");
        ProxyProcess proxy = Start(
            Product.Baton,
            Defaults
                + $$"""
                listen li
                    bind 127.0.0.1:${p1}
                    use-server %[req.hdr(x-be)] if { path /made }
                    use-server b if TRUE
                    server a 127.0.0.1:{{one.Port}}
                    server b 127.0.0.1:{{two.Port}} weight 0
                """
        );
        Assert.Equal("one", Ask(proxy, "/made", "a"));
        Assert.Equal("two", Ask(proxy, "/made", "nobody"));
        Assert.Equal("two", Ask(proxy, "/other", "a"));
    }
}
