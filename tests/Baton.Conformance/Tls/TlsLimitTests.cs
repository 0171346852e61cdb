// maxsslconn, maxsslrate and tune.ssl.keyupdate-rate-limit.
using System;
using System.Linq;
using System.Threading.Tasks;
using Baton.Conformance.Cli;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Tls;

public sealed class TlsLimitTests : CliScenario
{
    private readonly TestCertificates _certificates;

    public TlsLimitTests() => _certificates = Keep(new TestCertificates(Directory));

    private ProxyProcess Serve(Product product, string global) =>
        Start(
            product,
            Global.Replace("global\n", $"global\n    {global}\n", StringComparison.Ordinal)
                + HttpDefaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1} ssl crt {{_certificates.Make("a.pem", "a.example")}}
                    http-request return status 200 content-type text/plain string hello

                """
        );

    private string Info(string name) =>
        Ask("show info").Split('\n').First(l => l.StartsWith(name + ": ", StringComparison.Ordinal))[(name.Length + 2)..];

    /// <summary>With haproxy 2.6 they wait too, and for longer than the one before is there.</summary>
    [Fact]
    public async Task More_connections_than_maxsslconn_wait()
    {
        ProxyProcess proxy = Serve(Product.Baton, "maxsslconn 1");
        string get()
        {
            using TlsClient client = TlsClient.Connect(proxy.Port());
            return client.Get();
        }
        Task<string> second;
        using (TlsClient first = TlsClient.Connect(proxy.Port()))
        {
            Assert.Equal("hello", first.Get());
            Assert.Equal(["1", "1"], [Info("MaxSslConns"), Info("CurrSslConns")]);
            second = Task.Run(get, TestContext.Current.CancellationToken);
            await Task.Delay(300, TestContext.Current.CancellationToken);
            Assert.False(second.IsCompleted);
            Assert.Equal("hello", first.Get());
        }
        Assert.Equal("hello", await second);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Faster_than_maxsslrate_nobody_is_accepted(Product product)
    {
        ProxyProcess proxy = Serve(product, "maxsslrate 2");
        Assert.Equal("2", Info("SslRateLimit"));
        long begun = Environment.TickCount64;
        for (int i = 0; i < 7; i++)
        {
            using TlsClient client = TlsClient.Connect(proxy.Port());
            Assert.Equal("hello", client.Get());
        }
        Assert.InRange(Environment.TickCount64 - begun, 1500, Patience.Ms);
    }

    /// <summary>Newer than the haproxy here. A change waits for the one before: of fifty, three are in one second.</summary>
    [Fact]
    public void Who_changes_keys_too_often_is_disconnected()
    {
        ProxyProcess proxy = Serve(Product.Baton, "tune.ssl.keyupdate-rate-limit 2");
        using var client = new OpenSslClient(proxy.Port());
        Assert.ThrowsAny<Exception>(() =>
        {
            for (int i = 0; i < 50; i++)
                client.Type("K");
        });
    }
}
