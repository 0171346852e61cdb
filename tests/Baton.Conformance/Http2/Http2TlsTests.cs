// HTTP/2 as browsers speak it: over TLS, which both ends agree on by ALPN; and over a reload.
using System;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Security;
using System.Threading.Tasks;
using Baton.Conformance.Harness;
using Baton.Conformance.Reload;
using Xunit;

namespace Baton.Conformance.Http2;

public sealed class Http2TlsTests : Scenario
{
    private HttpClient Client(int port, Version version) =>
        Keep(
            new HttpClient(
                new SocketsHttpHandler
                {
                    SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, _, _, _) => true },
                }
            )
            {
                BaseAddress = new Uri($"https://127.0.0.1:{port}"),
                DefaultRequestVersion = version,
                DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
                Timeout = TimeSpan.FromMilliseconds(Patience.Ms),
            }
        );

    private string Certificate()
    {
        var certificates = Keep(new TestCertificates(Directory));
        return certificates.Make("site.pem", "one.example");
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public async Task Alpn_chooses_the_protocol(Product product)
    {
        OriginServer origin = HttpOrigin(head => $"HTTP/1.1 200 OK\r\nContent-Length: {head.Length}\r\n\r\n{head}");
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1} ssl crt {{Certificate()}} alpn h2,http/1.1
                    http-request set-header x-alpn %[ssl_fc_alpn]
                    http-request set-header x-major %[fc_http_major]
                    default_backend be
                backend be
                    server s 127.0.0.1:{{origin.Port}}
                """
        );
        int port = proxy.Port("p1");
        HttpResponseMessage two = await Client(port, HttpVersion.Version20).GetAsync("/", TestContext.Current.CancellationToken);
        Assert.Equal(HttpVersion.Version20, two.Version);
        string head = await two.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("x-alpn: h2\r\n", head, StringComparison.Ordinal);
        Assert.Contains("x-major: 2\r\n", head, StringComparison.Ordinal);
        HttpResponseMessage one = await Client(port, HttpVersion.Version11).GetAsync("/", TestContext.Current.CancellationToken);
        Assert.Equal(HttpVersion.Version11, one.Version);
        Assert.Contains(
            "x-major: 1\r\n",
            await one.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
    }

    /// <summary>Records, table and windows move together; the client has one connection all the time.</summary>
    [Fact]
    public async Task A_connection_over_TLS_outlives_reloads()
    {
        using OriginServer origin = OriginServer.Http(head => $"HTTP/1.1 200 OK\r\nContent-Length: {head.Length}\r\n\r\n{head}");
        using var proxy = new Reloadable(
            $$"""
            frontend web
                mode http
                bind 127.0.0.1:${port} ssl crt {{Certificate()}} alpn h2
                default_backend be
            backend be
                mode http
                server s 127.0.0.1:${origin}
            """,
            origin.Port
        );
        proxy.Reload();
        HttpClient client = Client(proxy.Port, HttpVersion.Version20);
        for (int i = 0; i < 4; i++)
        {
            string[] heads = await Task.WhenAll(
                Enumerable.Range(0, 5).Select(n => client.GetStringAsync($"/{n}", TestContext.Current.CancellationToken))
            );
            Assert.All(heads, h => Assert.StartsWith("GET /", h, StringComparison.Ordinal));
            int old = proxy.Reload();
            Reloadable.WaitGone(old, Patience.Ms);
        }
        Assert.StartsWith("GET /last ", await client.GetStringAsync("/last", TestContext.Current.CancellationToken));
        // of the client's connection, which was counted once
        Assert.Equal("1", proxy.Stat("web", "FRONTEND", "conn_tot"));
    }
}
