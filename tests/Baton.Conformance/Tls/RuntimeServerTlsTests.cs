// TLS towards servers that is switched while the process runs: "set server ssl", "add server … ssl"; "set rate-limit ssl-sessions".
using System;
using System.Linq;
using Baton.Conformance.Cli;
using Baton.Conformance.Harness;
using Baton.Conformance.Reload;
using Xunit;

namespace Baton.Conformance.Tls;

public sealed class RuntimeServerTlsTests : CliScenario
{
    private readonly TestCertificates _certificates;

    public RuntimeServerTlsTests() => _certificates = Keep(new TestCertificates(Directory));

    private ProxyProcess Serve(Product product) =>
        Start(
            product,
            Global
                + HttpDefaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    use_backend %[path,field(2,/)]

                backend be
                    http-reuse always
                    default-server ssl verify none
                    server plain 127.0.0.1:${p2} no-ssl
                backend bare
                    server s 127.0.0.1:${p2}
                backend loaded
                    server s 127.0.0.1:${p3} ssl verify required ca-file {{_certificates.AuthorityFile}} sni str(a.example)
                backend empty
                    balance roundrobin

                frontend told
                    bind 127.0.0.1:${p2}
                    bind 127.0.0.1:${p3} ssl crt {{_certificates.Make("a.pem", "a.example")}}
                    http-request return status 200 content-type text/plain lf-string "%[ssl_fc,iif(tls,plain)]%[ssl_fc_sni]"

                """
        );

    private static string Get(ProxyProcess proxy, string backend)
    {
        using RawClient client = RawClient.Tcp(proxy.Port("p1"));
        Response answer = client.Get("/" + backend);
        return answer.Status == 200 ? answer.Body : answer.Status.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_server_is_spoken_to_as_its_switch_says(Product product)
    {
        ProxyProcess proxy = Serve(product);
        Assert.Equal("plain", Get(proxy, "be"));
        Assert.Contains("server ssl setting updated.", Ask("set server be/plain ssl on"), StringComparison.Ordinal);
        // the port speaks plainly
        Assert.Equal("503", Get(proxy, "be"));
        Ask($"set server be/plain addr 127.0.0.1 port {proxy.Port("p3")}");
        Assert.Equal("tls", Get(proxy, "be"));
        Ask("set server be/plain ssl off");
        Assert.NotEqual("tls", Get(proxy, "be"));
        Ask("set server be/plain ssl on");
        Assert.Equal("tls", Get(proxy, "be"));
        Assert.Contains("expects 'on' or 'off'", Ask("set server be/plain ssl maybe"), StringComparison.Ordinal);
        Assert.Contains("default-server should define ssl settings", Ask("set server bare/s ssl on"), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_server_that_is_added_may_be_TLS(Product product)
    {
        ProxyProcess proxy = Serve(product);
        string at = $"127.0.0.1:{proxy.Port("p3")}";
        Assert.Contains(
            "New server registered",
            Ask($"add server empty/one {at} ssl verify none sni str(one.example)"),
            StringComparison.Ordinal
        );
        Ask("enable server empty/one");
        Assert.Equal("tlsone.example", Get(proxy, "empty"));
        // what is loaded is there, what is not is not read
        string verified = $"add server empty/two {at} ssl verify required ca-file";
        Assert.Contains(
            "New server registered",
            Ask($"{verified} {_certificates.AuthorityFile} sni str(a.example)"),
            StringComparison.Ordinal
        );
        Ask("disable server empty/one");
        Ask("enable server empty/two");
        Assert.Equal("tlsa.example", Get(proxy, "empty"));
        string other = _certificates.Write("other.pem", _certificates.Authority.ExportCertificatePem());
        Assert.Contains("ca-file", Ask($"add server empty/three {at} ssl ca-file {other}"), StringComparison.Ordinal);
        Assert.Contains("verify is enabled by default but no CA file", Ask($"add server empty/four {at} ssl"), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_limit_of_TLS_sessions_is_set(Product product)
    {
        Serve(product);
        Ask("set rate-limit ssl-sessions global 7");
        Assert.Contains("SslRateLimit: 7", Ask("show info"), StringComparison.Ordinal);
        Assert.Contains("'ssl-sessions global'", Ask("set rate-limit x"), StringComparison.Ordinal);
    }

    [Fact]
    public void Switches_and_limits_go_on_with_the_next_process()
    {
        using var proxy = new Reloadable(
            $$"""
            backend be
                default-server ssl verify none
                server one 127.0.0.1:1 no-ssl
                server two 127.0.0.1:1
            frontend fe
                mode http
                bind 127.0.0.1:${port}
                http-request return status 200
            """
        );
        string ssl(string server) =>
            proxy.Ask("show servers state be").Split('\n').Select(l => l.Split(' ')).First(f => f.Length > 20 && f[3] == server)[20];
        proxy.Reload();
        proxy.Ask("set server be/one ssl on; set server be/two ssl off; set rate-limit ssl-sessions global 9");
        for (int i = 0; i < 2; i++)
        {
            int old = proxy.Reload();
            Reloadable.WaitGone(old, Patience.Ms);
            Assert.Equal(("1", "0"), (ssl("one"), ssl("two")));
            Assert.Contains("SslRateLimit: 9", proxy.Ask("show info"), StringComparison.Ordinal);
        }
    }
}
