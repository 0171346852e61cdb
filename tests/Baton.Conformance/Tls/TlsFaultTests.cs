// What fails while OpenSSL calls back (an exception, thrown on purpose in every kind of callback) ends that handshake or that connection:
// it is counted and told with its stack, and the process goes on.
using System;
using System.Globalization;
using System.IO;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Tls;

public sealed class TlsFaultTests : Scenario
{
    private readonly TestCertificates _certificates;
    private readonly X509Certificate2 _shown;

    public TlsFaultTests()
    {
        _certificates = Keep(new TestCertificates(Directory));
        _shown = Keep(_certificates.Issue("client"));
    }

    private static readonly TlsCipherSuite[] s_suites =
    [
        TlsCipherSuite.TLS_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        // its records stay with OpenSSL
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384,
    ];

    [Theory, InlineData(199), InlineData(331)]
    public void A_failing_callback_ends_its_connection_and_nothing_else(int every)
    {
        using var stranger = new TestCertificates(Path.Combine(Directory, "stranger"));
        string certificate = _certificates.Make("s.pem", "s.example"),
            verify = $"ca-file {stranger.AuthorityFile} verify optional crt-ignore-err all ca-ignore-err all";
        ProxyProcess proxy = Start(
            Product.Baton,
            Defaults.Replace("global\n", "global\n    stats socket ${dir}/cli mode 600 level admin\n", StringComparison.Ordinal)
                + $$"""
                frontend outer
                    bind 127.0.0.1:${p1}
                    default_backend be
                backend be
                    http-reuse never
                    server s 127.0.0.1:${p2} ssl verify none alpn http/1.1 sni str(s.example)
                frontend inner
                    bind 127.0.0.1:${p2} ssl crt {{certificate}} alpn http/1.1 {{verify}}
                    http-request return status 200 content-type text/plain string hello
                """,
            new ProxyOptions { Faults = $"handshake={every}" }
        );
        int served = 0,
            ended = 0;
        for (int i = 0; i < 60; i++)
        {
            bool isServed = i % 4 == 3 ? AsksPlainly(proxy) : Asks(proxy, s_suites[i % 3]);
            served += isServed ? 1 : 0;
            ended += isServed ? 0 : 1;
        }
        Assert.False(proxy.HasExited, proxy.ErrorText);
        Assert.True(served > 15, $"{served} were served");
        Assert.True(ended > 0, "none was ended");
        Eventually(() => proxy.ErrorText.Contains("injected at Handshake", StringComparison.Ordinal), "no fault was told");
        Assert.Contains("   at Baton.Engine.Tls.", proxy.ErrorText, StringComparison.Ordinal);
        Assert.True(Sum(proxy, "eint") > 0, "no fault was counted");
        Eventually(() => Sum(proxy, "scur") == 0, "sessions are left that nobody has");
    }

    private bool Asks(ProxyProcess proxy, TlsCipherSuite suite)
    {
        try
        {
            using TlsClient client = TlsClient.Connect(proxy.Port("p2"), "s.example", o =>
            {
                o.CipherSuitesPolicy = new CipherSuitesPolicy([suite]);
                o.ApplicationProtocols = [SslApplicationProtocol.Http11];
                o.LocalCertificateSelectionCallback = (_, _, _, _, _) => _shown;
            });
            return client.Get() == "hello";
        }
        catch (Exception e) when (e is AuthenticationException or IOException or SocketException)
        {
            return false;
        }
    }

    private static bool AsksPlainly(ProxyProcess proxy)
    {
        using RawClient client = RawClient.Tcp(proxy.Port("p1"));
        return client.Get().Status == 200;
    }

    private long Sum(ProxyProcess proxy, string name)
    {
        using RawClient cli = RawClient.Unix(Path.Combine(Directory, "cli"));
        cli.Send("show stat\n");
        string[] lines = cli.ReadTextToEnd().Split('\n');
        int column = Array.IndexOf(lines[0].Split(','), name);
        long sum = 0;
        for (int i = 1; i < lines.Length; i++)
            if (
                lines[i].Split(',') is { Length: > 20 } fields
                && long.TryParse(fields[column], NumberStyles.None, CultureInfo.InvariantCulture, out long n)
            )
                sum += n;
        Assert.False(proxy.HasExited, proxy.ErrorText);
        return sum;
    }
}
