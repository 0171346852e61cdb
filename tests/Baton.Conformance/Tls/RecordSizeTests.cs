// How long the records are that clients get (tune.ssl.maxrecord, tune.ssl.hard-maxrecord), as the wire shows it.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Security;
using System.Security.Authentication;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Tls;

public sealed class RecordSizeTests : Scenario
{
    private readonly string _certificate;

    public RecordSizeTests() => _certificate = Keep(new TestCertificates(Directory)).Make("site.pem", "site.example");

    private ProxyProcess Serve(Product product, string global)
    {
        OriginServer origin = HttpOrigin(head =>
        {
            int length = int.Parse(head.AsSpan(5, head.IndexOf(' ', 5) - 5));
            return $"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{new string('x', length)}";
        });
        return Start(
            product,
            Defaults.Replace("global\n", $"global\n{global}", StringComparison.Ordinal)
                + $$"""
                listen fe
                    bind 127.0.0.1:${p1} ssl crt {{_certificate}}
                    server s 127.0.0.1:{{origin.Port}}
                """
        );
    }

    /// <summary>What records have beside the text: content type or nonce, and tag; with CBC padding and a digest.</summary>
    private const int Around = 24,
        AroundCbc = 16 + 48 + 16;

    private static List<int> RecordsOf(ProxyProcess proxy, int body, TlsCipherSuite suite = TlsCipherSuite.TLS_AES_128_GCM_SHA256)
    {
        using var client = new TlsWire(proxy.Port(), o =>
        {
            o.EnabledSslProtocols = suite == TlsCipherSuite.TLS_AES_128_GCM_SHA256 ? SslProtocols.Tls13 : SslProtocols.Tls12;
            o.CipherSuitesPolicy = new CipherSuitesPolicy([suite]);
        });
        client.Records.Clear();
        Assert.Equal(body, client.Get($"/{body}").Length);
        return client.Records;
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Records_are_small_at_the_beginning_and_long_in_the_middle(Product product)
    {
        ProxyProcess proxy = Serve(product, "    tune.ssl.maxrecord 1400\n");
        List<int> few = RecordsOf(proxy, 5000);
        Assert.InRange(few.Max(), 1, 1400 + Around);
        Assert.True(few.Count >= 4);
        List<int> many = RecordsOf(proxy, 3_000_000);
        Assert.InRange(many.Take(4).Max(), 1, 1400 + Around);
        Assert.True(many.Max() > 1400 + Around, "records never grow");
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void No_record_is_longer_than_the_hard_limit(Product product)
    {
        ProxyProcess proxy = Serve(product, "    tune.ssl.hard-maxrecord 1000\n    tune.ssl.maxrecord 2000\n");
        Assert.InRange(RecordsOf(proxy, 400_000).Max(), 1, 1000 + Around);
        Assert.InRange(RecordsOf(proxy, 400_000, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256).Max(), 1, 1000 + Around);
        Assert.InRange(RecordsOf(proxy, 100_000, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384).Max(), 1, 1000 + AroundCbc);
    }

    /// <summary>More records than fit into one burst.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_record_may_be_a_single_byte(Product product)
    {
        List<int> records = RecordsOf(Serve(product, "    tune.ssl.hard-maxrecord 1\n"), 20_000);
        Assert.True(records.Count >= 20_000);
        // tickets
        Assert.InRange(records.Count(r => r > 1 + Around), 0, 2);
    }
}
