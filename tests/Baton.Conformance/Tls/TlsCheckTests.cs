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
