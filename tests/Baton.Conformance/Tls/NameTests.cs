// Names of TLS: the request's Host as the name that a server is asked for by (sni-auto, HAProxy 3), and ACLs of the name that a client
// asked for.
using Baton.Conformance.Cli;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Tls;

public sealed class NameTests : CliScenario
{
    private readonly TestCertificates _certificates;

    public NameTests() => _certificates = Keep(new TestCertificates(Directory));

    [Fact]
    public void A_server_is_asked_for_by_the_requests_host()
    {
        ProxyProcess proxy = Start(
            Product.Baton,
            HttpDefaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    use_backend %[path,field(2,/)]
                backend automatic
                    http-reuse always
                    server s 127.0.0.1:${p2} ssl verify none sni-auto no-renegotiate
                backend not
                    default-server sni-auto
                    server s 127.0.0.1:${p2} ssl verify none no-sni-auto
                backend said
                    server s 127.0.0.1:${p2} ssl verify none sni-auto sni str(said.example)
                frontend told
                    bind 127.0.0.1:${p2} ssl crt {{_certificates.Make("a.pem", "a.example")}}
                    http-request return status 200 content-type text/plain lf-string "%[ssl_fc_sni]."

                """
        );
        string get(string backend, string host)
        {
            using RawClient client = RawClient.Tcp(proxy.Port("p1"));
            client.Send($"GET /{backend} HTTP/1.1\r\nHost: {host}\r\n\r\n");
            return client.ReadResponse().Body;
        }
        Assert.Equal("one.example.", get("automatic", "one.example:8080"));
        Assert.Equal("two.example.", get("automatic", "two.example"));
        Assert.Equal(".", get("not", "one.example"));
        Assert.Equal("said.example.", get("said", "one.example"));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Rules_look_at_the_end_of_the_name_and_by_regex(Product product)
    {
        ProxyProcess proxy = Start(
            product,
            HttpDefaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1} ssl crt {{_certificates.Make("a.pem", "a.example")}}
                    http-request return status 200 content-type text/plain string end if { ssl_fc_sni_end .shop.example }
                    http-request return status 200 content-type text/plain string regex if { ssl_fc_sni_reg ^[a-c]\. }
                    http-request return status 200 content-type text/plain string none

                """
        );
        string get(string name)
        {
            using TlsClient client = TlsClient.Connect(proxy.Port("p1"), name);
            return client.Get();
        }
        Assert.Equal(("end", "regex", "none", "none"), (get("x.shop.example"), get("b.example"), get("x.example"), get("")));
    }
}
