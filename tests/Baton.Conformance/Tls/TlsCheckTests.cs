// Health checks of servers that are spoken to over TLS: they shake hands, and an HTTP check asks inside.
using System;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Tls;

public sealed class TlsCheckTests : Scenario
{
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_check_shakes_hands_and_asks_inside(Product product)
    {
        using var certificates = new TestCertificates(Directory);
        using var strangers = new TestCertificates(System.IO.Path.Combine(Directory, "strangers"));
        string[] trusts = [$"ca-file {certificates.AuthorityFile}", $"ca-file {strangers.AuthorityFile}"];
        Start(
            product,
            $$"""
            global
                stats socket ${dir}/s level admin
            defaults
                mode http
                timeout connect 20s
                timeout client 60s
                timeout server 60s
            frontend inner
                bind 127.0.0.1:${p1} ssl crt {{certificates.Make("s.pem", "s.example")}}
                bind 127.0.0.1:${p2}
                http-request return status 404 if { path /no }
                http-request return status 200
            backend shake
                server good 127.0.0.1:${p1} ssl {{trusts[0]}} check inter 100ms
                server bad 127.0.0.1:${p1} ssl {{trusts[1]}} check inter 100ms fall 1
                server plain 127.0.0.1:${p2} ssl verify none check inter 100ms fall 1
            backend ask
                option httpchk GET /
                server good 127.0.0.1:${p1} ssl {{trusts[0]}} check inter 100ms
            backend no
                option httpchk GET /no
                server bad 127.0.0.1:${p1} ssl {{trusts[0]}} check inter 100ms fall 1
            """
        );
        string[] wanted = ["shake,good,UP,L6OK", "shake,bad,DOWN,L6RSP", "shake,plain,DOWN,L6RSP", "ask,good,UP,L7OK", "no,bad,DOWN,L7STS"];
        foreach (string line in wanted)
            Eventually(() => States().Contains(line, StringComparison.Ordinal), $"{line}: {States()}");
    }

    /// <summary>The name that a check asks for is the host of its request (HAProxy 3.3), unless another one is said.</summary>
    [Fact]
    public void Checks_ask_for_the_host_of_their_request()
    {
        using var certificates = new TestCertificates(Directory);
        Start(
            Product.Baton,
            $$"""
            global
                stats socket ${dir}/s level admin
            defaults
                mode http
                timeout connect 20s
                timeout client 60s
                timeout server 60s
                default-server inter 200ms rise 1 fall 1
            frontend inner
                bind 127.0.0.1:${p1} ssl crt {{certificates.Make("s.pem", "s.example")}}
                http-request return status 200 if { ssl_fc_sni s.example }
                http-request return status 200 if { path /none } !{ ssl_fc_has_sni }
                http-request return status 500
            backend ask
                option httpchk
                http-check send meth GET uri / ver HTTP/1.1 hdr Host s.example:8443
                default-server ssl verify none check check-sni-auto
                server auto 127.0.0.1:${p1}
                server said 127.0.0.1:${p1} check-sni t.example
                server none 127.0.0.1:${p1} no-check-sni-auto
            backend address
                option httpchk
                http-check send meth GET uri /none ver HTTP/1.1 hdr Host 127.0.0.1
                server none 127.0.0.1:${p1} ssl verify none check check-sni-auto
            """
        );
        string[] wanted = ["ask,auto,UP,L7OK", "ask,said,DOWN,L7STS", "ask,none,DOWN,L7STS", "address,none,UP,L7OK"];
        foreach (string line in wanted)
            Eventually(() => States().Replace("* ", "").Contains(line, StringComparison.Ordinal), $"{line}: {States()}");
    }

    /// <summary>Traffic is plain, or goes somewhere else, and checks are TLS: as the server's line or the line of a step says.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Checks_alone_may_be_tls_and_ask_for_a_name(Product product)
    {
        using var certificates = new TestCertificates(Directory);
        string authority = certificates.AuthorityFile;
        Start(
            product,
            $$"""
            global
                stats socket ${dir}/s level admin
            defaults
                mode http
                timeout connect 20s
                timeout client 60s
                timeout server 60s
                default-server inter 200ms rise 1 fall 1
            frontend inner
                bind 127.0.0.1:${p1} ssl crt {{certificates.Make("s.pem", "s.example")}}
                bind 127.0.0.1:${p2}
                http-request return status 200 if { ssl_fc_sni s.example }
                http-request return status 404 if { ssl_fc }
                http-request return status 500
            backend line
                option httpchk GET /
                server named 127.0.0.1:${p2} check check-ssl verify none port ${p1} check-sni s.example
                server nameless 127.0.0.1:${p2} check check-ssl verify none port ${p1}
                server taken 127.0.0.1:${p2} check check-ssl no-check-ssl port ${p1}
                server plain 127.0.0.1:${p2} check check-ssl no-check-ssl
                server right 127.0.0.1:${p1} ssl check ca-file {{authority}} check-sni s.example
                server wrong 127.0.0.1:${p1} ssl check ca-file {{authority}} check-sni t.example
            backend step
                option httpchk GET /
                http-check connect port ${p1} ssl sni s.example
                server s 127.0.0.1:${p2} check verify none
            backend usual
                option httpchk GET /
                http-check connect default
                server s 127.0.0.1:${p1} ssl verify none check check-sni s.example
            backend shake
                server s 127.0.0.1:${p2} check check-ssl verify none port ${p1}
            """
        );
        string[] wanted =
        [
            "line,named,UP,L7OK",
            "line,nameless,DOWN,L7STS",
            "line,taken,DOWN,L7RSP",
            "line,plain,DOWN,L7STS",
            "line,right,UP,L7OK",
            "line,wrong,DOWN,L6RSP",
            "step,s,UP,L7OK",
            "usual,s,UP,L7OK",
            "shake,s,UP,L6OK",
        ];
        foreach (string line in wanted)
            Eventually(() => States().Replace("* ", "").Contains(line, StringComparison.Ordinal), $"{line}: {States()}");
    }

    private string States()
    {
        using RawClient cli = RawClient.Unix(System.IO.Path.Combine(Directory, "s"));
        cli.Send("show stat\n");
        var text = new System.Text.StringBuilder();
        foreach (string line in cli.ReadTextToEnd().Split('\n'))
        {
            string[] f = line.Split(',');
            if (f.Length > 36)
                text.Append(f[0]).Append(',').Append(f[1]).Append(',').Append(f[17]).Append(',').Append(f[36]).Append('\n');
        }
        return text.ToString();
    }
}
