// Peers that speak TLS, and name themselves by a PROXY header, with haproxy on the other side and without: what either knows comes to
// the other.
using System;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Peers;

public sealed class SecurePeersTests : PeersScenario
{
    private readonly int _a = Ports.Free(),
        _b = Ports.Free();
    private readonly TestCertificates _certificates;

    public SecurePeersTests() => _certificates = Keep(new TestCertificates(Directory));

    private static string Section(string name, int port, string other, int otherPort, string bind, string server, string defaults) =>
        $$"""
            global
                nbthread 1
                localpeer {{name}}
                stats socket ${dir}/{{name}}.sock mode 600 level admin expose-fd listeners
            defaults
                mode http
                timeout connect 20s
                timeout client 60s
                timeout server 60s
            peers p
                {{defaults}}
                bind 127.0.0.1:{{port}} {{bind}}
                server {{name}}
                server {{other}} 127.0.0.1:{{otherPort}} {{server}}
            {{Tables}}
            frontend f
                bind 127.0.0.1:${p1}
                http-request return status 200

            """;

    /// <summary>One of haproxy, and one of either program; each has something that the other has not.</summary>
    private void ExpectToHearOfEachOther(Product product, string bind, string server, string defaults)
    {
        Start(Product.Haproxy, Section("a", _a, "b", _b, bind, server, defaults));
        Start(product, Section("b", _b, "a", _a, bind, server, defaults));
        Ask("a", "set table p/numbers key 1 data.gpc0 5");
        Ask("b", "set table p/numbers key 2 data.gpc0 6");
        foreach (string name in (string[])["a", "b"])
            Eventually(
                () =>
                    Entries(name, "numbers") is var s
                    && s.Contains("key=1 gpc0=5 conn_cur=0\n", StringComparison.Ordinal)
                    && s.Contains("key=2 gpc0=6 conn_cur=0\n", StringComparison.Ordinal),
                $"{name} has not heard"
            );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Over_tls(Product product)
    {
        string file = _certificates.Make("peer.pem", "peer.example");
        ExpectToHearOfEachOther(
            product,
            $"ssl crt {file}",
            "",
            $"default-server ssl verify required ca-file {_certificates.AuthorityFile} verifyhost peer.example"
        );
        if (product == Product.Baton)
            Eventually(() => Ask("b", "show peers").Contains("xprt=SSL ", StringComparison.Ordinal), "it is no TLS");
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Over_tls_that_default_bind_says_behind_a_proxy_header(Product product)
    {
        string file = _certificates.Make("peer.pem", "peer.example");
        ExpectToHearOfEachOther(
            product,
            "accept-proxy",
            "send-proxy-v2",
            $"default-bind ssl crt {file}\n    default-server ssl verify none"
        );
    }

    /// <summary>haproxy cannot write such a header where there is no client: the session is made from here.</summary>
    [Fact]
    public void Behind_a_proxy_header_of_version_1() => ExpectToHearOfEachOther(Product.Baton, "accept-proxy", "send-proxy", "");

    [Fact]
    public void A_certificate_that_is_not_believed_makes_no_session()
    {
        string file = _certificates.Make("peer.pem", "peer.example");
        using var strangers = new TestCertificates(System.IO.Path.Combine(Directory, "strangers"));
        string defaults = $"default-server ssl verify required ca-file {strangers.AuthorityFile}";
        Start(Product.Haproxy, Section("a", _a, "b", _b, $"ssl crt {file}", "", defaults));
        Start(Product.Baton, Section("b", _b, "a", _a, $"ssl crt {file}", "", defaults));
        Ask("a", "set table p/numbers key 1 data.gpc0 5");
        Eventually(() => Ask("b", "show peers").Contains(" new_conn=2 ", StringComparison.Ordinal), "it does not try again");
        Assert.Equal("", Entries("b", "numbers"));
        Assert.DoesNotContain("state=EST", Ask("b", "show peers"), StringComparison.Ordinal);
    }
}
