// TLS sessions that clients resume: at the same process, and at the next one after a reload.
using System;
using System.IO;
using Baton.Conformance.Harness;
using Baton.Conformance.Reload;
using Xunit;

namespace Baton.Conformance.Tls;

public sealed class ResumptionTests : Scenario
{
    private readonly TestCertificates _certificates;

    public ResumptionTests() => _certificates = Keep(new TestCertificates(Directory));

    /// <summary>What the server says of a session that was kept in a file, or is kept there now.</summary>
    private string Ask(int port, string version, string mode, string file)
    {
        (_, string output) = Run(
            "/bin/sh",
            "-c",
            $"printf 'GET / HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n' | timeout 20 openssl s_client -connect 127.0.0.1:{port} "
                + $"{version} -servername a.example {mode} {Directory}/{file} -ign_eof -quiet 2>/dev/null"
        );
        return output[(output.LastIndexOf('\n') + 1)..];
    }

    [Theory]
    [InlineData(Product.Baton, "-tls1_3", "")]
    [InlineData(Product.Baton, "-tls1_2", "")]
    [InlineData(Product.Haproxy, "-tls1_3", "")]
    [InlineData(Product.Haproxy, "-tls1_2", "")]
    [InlineData(Product.Baton, "-tls1_2", "tls-ticket-keys")]
    [InlineData(Product.Haproxy, "-tls1_2", "tls-ticket-keys")]
    public void A_ticket_brings_the_session_back(Product product, string version, string keys)
    {
        if (keys.Length > 0)
            keys += " " + _certificates.Write("keys", string.Join('\n', Key(), Key(), Key()) + "\n");
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1} ssl crt {{_certificates.Make("a.pem", "a.example")}} {{keys}}
                    http-request return status 200 content-type text/plain lf-string "%[ssl_fc_is_resumed]%[ssl_fc_sni]"
                """
        );
        Assert.Equal("0a.example", Ask(proxy.Port(), version, "-sess_out", "s"));
        Assert.Equal("1a.example", Ask(proxy.Port(), version, "-sess_in", "s"));
    }

    /// <summary>Clients of TLS 1.3 use a ticket once: each time they get another one.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_resumed_session_gets_a_new_ticket(Product product)
    {
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1} ssl crt {{_certificates.Make("a.pem", "a.example")}}
                    http-request return status 200 content-type text/plain lf-string "%[ssl_fc_is_resumed]"
                """
        );
        Assert.Equal("0", Ask(proxy.Port(), "-tls1_3", "-sess_out", "s0"));
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("1", Ask(proxy.Port(), "-tls1_3", $"-sess_out {Directory}/s{i + 1} -sess_in", $"s{i}"));
            Assert.True(File.Exists($"{Directory}/s{i + 1}"), "no new ticket came");
        }
    }

    private const string Numbered = "no-tls-tickets";

    /// <summary>Without tickets a session has a number, which any worker knows, and after a reload the next process.</summary>
    [Theory]
    [InlineData(Product.Baton, "-tls1_3")]
    [InlineData(Product.Baton, "-tls1_2")]
    [InlineData(Product.Haproxy, "-tls1_3")]
    [InlineData(Product.Haproxy, "-tls1_2")]
    public void Every_worker_knows_every_session(Product product, string version)
    {
        ProxyProcess proxy = Start(
            product,
            Defaults.Replace("global\n", "global\n    nbthread 4\n", StringComparison.Ordinal)
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1} ssl crt {{_certificates.Make("a.pem", "a.example")}} {{Numbered}}
                    http-request return status 200 content-type text/plain lf-string "%[ssl_fc_is_resumed]"
                """
        );
        Assert.Equal("0", Ask(proxy.Port(), version, "-sess_out", "s"));
        for (int i = 0; i < 6; i++)
            Assert.Equal("1", Ask(proxy.Port(), version, "-sess_in", "s"));
    }

    [Theory]
    [InlineData("-tls1_3", "", true)]
    [InlineData("-tls1_2", "", true)]
    [InlineData("-tls1_2", "tune.ssl.force-private-cache", false)]
    [InlineData("-tls1_2", "tune.ssl.cachesize 0", false)]
    public void Numbered_sessions_go_on_with_the_next_process(string version, string global, bool expected)
    {
        string crt = _certificates.Make("a.pem", "a.example");
        using var proxy = new Reloadable(
            $$"""
            global
                {{global}}
            frontend fe
                mode http
                bind 127.0.0.1:${port} ssl crt {{crt}} {{Numbered}}
                http-request return status 200 content-type text/plain lf-string "%[ssl_fc_is_resumed]"
            """
        );
        proxy.Reload();
        Assert.Equal("0", Ask(proxy.Port, version, "-sess_out", "s"));
        for (int i = 0; i < 2; i++)
        {
            int old = proxy.Reload();
            Reloadable.WaitGone(old, Patience.Ms);
            Assert.Equal(expected, Ask(proxy.Port, version, "-sess_in", "s") == "1");
        }
    }

    private static string Key() => Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(80));

    /// <summary>Nobody gets in with a session of a place that asks for less.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_session_is_resumed_only_where_the_same_is_asked(Product product)
    {
        string crt = _certificates.Make("a.pem", "a.example");
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1} ssl crt {{crt}}
                    bind 127.0.0.1:${p2} ssl crt {{crt}} ca-file {{_certificates.AuthorityFile}} verify required
                    http-request return status 200 content-type text/plain lf-string "%[ssl_fc_is_resumed]"
                """
        );
        Assert.Equal("0", Ask(proxy.Port("p1"), "-tls1_2", "-sess_out", "s"));
        Assert.Equal("", Ask(proxy.Port("p2"), "-tls1_2", "-sess_in", "s"));
    }

    [Theory]
    [InlineData("-tls1_3")]
    [InlineData("-tls1_2")]
    public void A_reload_forgets_no_session(string version)
    {
        string crt = _certificates.Make("a.pem", "a.example");
        using var proxy = new Reloadable(
            $$"""
            frontend fe
                mode http
                bind 127.0.0.1:${port} ssl crt {{crt}}
                http-request return status 200 content-type text/plain lf-string "%[ssl_fc_is_resumed]"
            """
        );
        proxy.Reload();
        Assert.Equal("0", Ask(proxy.Port, version, "-sess_out", "s"));
        for (int i = 0; i < 2; i++)
        {
            // another certificate is no reason to shake hands again
            File.Delete(crt);
            _certificates.Make("a.pem", "a.example");
            int old = proxy.Reload();
            Reloadable.WaitGone(old, Patience.Ms);
            Assert.Equal("1", Ask(proxy.Port, version, "-sess_in", "s"));
        }
    }
}
