// TLS towards servers: the name that is asked for, whom to believe, what we show, sessions that are resumed. The server is another
// frontend of the same process, which tells what it sees.
using System;
using System.Security.Cryptography.X509Certificates;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Tls;

public sealed class ServerTlsTests : Scenario
{
    private readonly TestCertificates _certificates;

    public ServerTlsTests() => _certificates = Keep(new TestCertificates(Directory));

    private const string Seen =
        "%[ssl_fc_sni]|%[ssl_fc_protocol]|%[ssl_fc_cipher]|%[ssl_fc_alpn]|%[ssl_fc_is_resumed]|%[ssl_c_s_dn(CN)]|%[fc_src_port]";

    private ProxyProcess Serve(Product product, string server, string backend = "", string bind = "", string global = "") =>
        Start(
            product,
            Defaults.Replace("global\n", "global\n" + global, StringComparison.Ordinal)
                + $$"""
                frontend outer
                    bind 127.0.0.1:${p1}
                    default_backend be
                backend be
                    {{backend}}
                    server s 127.0.0.1:${p2} ssl {{server}}
                frontend inner
                    bind 127.0.0.1:${p2} ssl crt {{_certificates.Make("s.pem", "s.example")}} alpn http/1.1 {{bind}}
                    http-request return status 200 content-type text/plain lf-string "{{Seen.Replace("fc_src_port", "src_port")}}"
                """
        );

    private static string[] Get(RawClient client, string host) => client.Ask($"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n").Body.Split('|');

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Each_connection_asks_for_the_name_of_its_request(Product product)
    {
        ProxyProcess proxy = Serve(product, "verify none sni req.hdr(host) alpn http/1.1", "http-reuse always");
        RawClient client = Connect(proxy);
        string[] a = Get(client, "a.example"),
            b = Get(client, "b.example"),
            again = Get(client, "a.example");
        Assert.Equal(["a.example", "TLSv1.3", "TLS_AES_256_GCM_SHA384", "http/1.1"], a[..4]);
        Assert.Equal("b.example", b[0]);
        // another connection for another name, the same one for the same
        Assert.NotEqual(a[6], b[6]);
        Assert.Equal(a[6], again[6]);
    }

    /// <summary>Idle connections to where a server was are given up, whatever name they asked for.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void No_connection_outlives_its_servers_address(Product product)
    {
        ProxyProcess proxy = Serve(
            product,
            "verify none sni req.hdr(host) alpn http/1.1",
            "http-reuse always\n    retries 0",
            global: "    stats socket ${dir}/cli level admin\n"
        );
        RawClient client = Connect(proxy);
        Assert.Equal("a.example", Get(client, "a.example")[0]);
        using (RawClient cli = RawClient.Unix(System.IO.Path.Combine(Directory, "cli")))
        {
            // nobody listens there
            cli.Send("set server be/s addr 127.0.0.9\n");
            Assert.Contains("IP changed", cli.ReadTextToEnd(), StringComparison.Ordinal);
        }
        Assert.Equal(503, client.Ask("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n").Status);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_server_has_to_be_who_it_should_be(Product product)
    {
        using var strangers = new TestCertificates(System.IO.Path.Combine(Directory, "strangers"));
        string ca = $"ca-file {_certificates.AuthorityFile}";
        (string Options, int Status)[] cases =
        [
            ($"{ca} sni str(s.example)", 200),
            ($"{ca} verify required", 200),
            ($"{ca} sni str(other.example)", 503),
            ($"{ca} sni str(other.example) verifyhost s.example", 503),
            ($"{ca} verifyhost s.example", 200),
            ($"{ca} verifyhost other.example", 503),
            ($"ca-file {strangers.AuthorityFile}", 503),
            ($"ca-file {strangers.AuthorityFile} verify none", 200),
        ];
        foreach ((string options, int status) in cases)
        {
            ProxyProcess proxy = Serve(product, options, "retries 0");
            Assert.Equal((options, status), (options, Connect(proxy).Get().Status));
        }
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void We_show_a_certificate_and_keep_to_versions_and_ciphers(Product product)
    {
        string ours = _certificates.Make("ours.pem", "ours");
        ProxyProcess proxy = Serve(
            product,
            $"verify none crt {ours} ciphers ECDHE-ECDSA-AES128-GCM-SHA256",
            bind: $"ca-file {_certificates.AuthorityFile} verify required",
            global: "    ssl-default-server-options force-tlsv12\n"
        );
        string[] seen = Get(Connect(proxy), "x");
        Assert.Equal(["", "TLSv1.2", "ECDHE-ECDSA-AES128-GCM-SHA256", "", "0", "ours"], seen[..6]);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Sessions_are_resumed_unless_told_not_to_be(Product product)
    {
        foreach ((string options, string second) in new[] { ("", "1"), ("no-ssl-reuse", "0"), ("force-tlsv12", "1") })
        {
            ProxyProcess proxy = Serve(product, $"verify none sni str(s.example) {options}", "http-reuse never");
            Assert.Equal((options, "0"), (options, Get(Connect(proxy), "x")[4]));
            Assert.Equal((options, second), (options, Get(Connect(proxy), "x")[4]));
        }
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void What_cannot_be_is_said_at_start(Product product)
    {
        var check = new ProxyOptions
        {
            EndsItself = true,
            NoWait = true,
            Arguments = ["-c"],
        };
        foreach (
            (string options, string message) in new[]
            {
                ("ssl", "'server be/s' : verify is enabled by default but no CA file specified."),
                ("ssl verify required ca-file /none", "Couldn't open the ca-file '/none' (No such file or directory)."),
                ("ssl verify none crt /none", "unable to stat SSL certificate from file '/none' : No such file or directory."),
                ("ssl verify none ciphers NOPE", "'server be/s' : unable to set SSL cipher list to 'NOPE'."),
                ("ssl verify none ciphersuites NOPE", "'server be/s' : unable to set TLS 1.3 cipher suites to 'NOPE'."),
                ("ssl verify maybe", "'verify' : unknown verify method 'maybe', only 'none' and 'required' are supported."),
                ("ssl verify none sni", "'sni' : missing sni expression."),
                ("ssl verify none sni foo", "unknown fetch method 'foo'"),
                ("ssl verify none ssl-min-ver TLSv1.3 ssl-max-ver TLSv1.2", "all SSL/TLS versions are disabled for server 's'"),
            }
        )
        {
            ProxyProcess proxy = Start(product, Defaults + $"backend be\n    server s 127.0.0.1:1 {options}\n", check);
            Assert.Equal((options, 1), (options, proxy.WaitForExit()));
            Eventually(() => proxy.ErrorText.Contains(message, StringComparison.Ordinal), $"{options} says: {proxy.ErrorText}");
        }
    }
}
