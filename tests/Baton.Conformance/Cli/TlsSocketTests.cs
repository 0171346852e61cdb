// The runtime API over TLS ("stats socket ... ssl"): an operator from elsewhere, who shows a certificate.
//
// haproxy 2.6 reads the words on that line, and answers without TLS all the same: there is nothing to compare with.
using System;
using System.IO;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Baton.Conformance.Harness;
using Baton.Conformance.Reload;
using Xunit;

namespace Baton.Conformance.Cli;

public sealed class TlsSocketTests : Scenario
{
    private readonly TestCertificates _certificates;

    public TlsSocketTests() => _certificates = Keep(new TestCertificates(Directory));

    /// <summary>A stats socket p1, and one on a path.</summary>
    private string Config(string options, string global = "") =>
        $$"""
            global
                nbthread 2
                stats socket ${dir}/plain mode 600 level admin
                stats socket ipv4@127.0.0.1:${p1} level admin ssl crt {{_certificates.Make("site.pem", "site.example")}} {{options}}
                {{global}}
            defaults
                mode http
                timeout connect 20s
                timeout client 60s
                timeout server 60s
            frontend fe
                bind 127.0.0.1:${p2}
                http-request return status 200 content-type text/plain string hello

            """;

    private static Action<SslClientAuthenticationOptions> Showing(X509Certificate2 certificate) =>
        o => o.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true);

    private static string Ask(ProxyProcess proxy, string commands, X509Certificate2? shown = null)
    {
        using TlsClient client = TlsClient.Connect(proxy.Port(), "", shown is null ? null : Showing(shown));
        client.Send(commands + "\n");
        return client.ReadToEnd();
    }

    [Fact]
    public void Commands_are_answered_as_on_a_plain_socket()
    {
        ProxyProcess proxy = Start(Product.Baton, Config(""));
        Assert.Equal("admin\n\n", Ask(proxy, "show cli level"));
        Assert.Contains("fe,FRONTEND,", Ask(proxy, "show stat"), StringComparison.Ordinal);
        // several at once
        string both = Ask(proxy, "show cli level; show version");
        Assert.StartsWith("admin\n", both, StringComparison.Ordinal);
        using TlsClient client = TlsClient.Connect(proxy.Port());
        client.Send("prompt\n");
        Assert.EndsWith("\n> ", client.ReadUntil("> "), StringComparison.Ordinal);
        client.Send("show cli ");
        client.Send("level\n");
        Assert.Equal("admin\n\n> ", client.ReadUntil("> "));
        client.Send("quit\n");
        Assert.Equal("", client.ReadToEnd().Trim());
    }

    /// <summary>The whole answer, however slowly it is taken, and the end is said.</summary>
    [Fact]
    public void A_long_answer_is_whole()
    {
        var map = new StringBuilder();
        for (int i = 0; i < 30_000; i++)
            map.Append("key").Append(i).Append(" value").Append(i).Append('\n');
        string file = _certificates.Write("long.map", map.ToString());
        ProxyProcess proxy = Start(Product.Baton, Config("") + $"    http-request set-header x %[path,map({file})]\n");
        string answer = Ask(proxy, $"show map {file}");
        Assert.Equal(30_000, answer.Split("\n", StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.EndsWith("key29999 value29999\n\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void An_operator_has_to_show_a_certificate_of_the_authority()
    {
        using X509Certificate2 known = _certificates.Issue("operator");
        using var strangers = new TestCertificates(Path.Combine(Directory, "strangers"));
        using X509Certificate2 unknown = strangers.Issue("operator");
        ProxyProcess proxy = Start(Product.Baton, Config($"ca-file {_certificates.AuthorityFile} verify required"));
        Assert.StartsWith("admin\n", Ask(proxy, "show cli level", known), StringComparison.Ordinal);
        foreach (X509Certificate2? other in (X509Certificate2?[])[null, unknown])
        {
            string heard = "";
            try
            {
                heard = Ask(proxy, "show cli level", other);
            }
            catch (Exception e) when (e is AuthenticationException or IOException)
            {
                // refused in the handshake, or, as TLS 1.3 does it, when the answer is to come
            }
            Assert.Equal("", heard);
        }
        Assert.StartsWith("admin\n", Ask(proxy, "show cli level", known), StringComparison.Ordinal);
    }

    /// <summary>Whatever comes, the handshake is over within "stats timeout", or the connection is.</summary>
    [Fact]
    public void Who_does_not_shake_hands_is_let_go()
    {
        ProxyProcess proxy = Start(Product.Baton, Config("", "stats timeout 1s"));
        RawClient silent = Connect(proxy),
            half = Connect(proxy),
            other = Connect(proxy);
        // the beginning of a greeting, and what is none
        half.Send([22, 3, 1, 0, 200, 1, 0, 0]);
        other.Send("show info\n");
        silent.ExpectEnd();
        half.ExpectEnd();
        Assert.DoesNotContain("Version", other.ReadTextToEnd(), StringComparison.Ordinal);
        Assert.StartsWith("admin\n", Ask(proxy, "show cli level"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_socket_on_a_path_and_a_header_before_the_greeting()
    {
        string certificate = _certificates.Make("site.pem", "site.example");
        ProxyProcess proxy = Start(
            Product.Baton,
            Config("accept-proxy", $"stats socket ${{dir}}/tls mode 600 level operator ssl crt {certificate}")
        );
        using (RawClient path = RawClient.Unix(Path.Combine(Directory, "tls")))
        using (TlsClient client = TlsClient.Greet(path.Socket))
        {
            client.Send("show cli level\n");
            Assert.StartsWith("operator\n", client.ReadToEnd(), StringComparison.Ordinal);
        }
        RawClient behind = Connect(proxy);
        behind.Send("PROXY TCP4 192.0.2.1 192.0.2.2 1000 2000\r\n");
        using TlsClient operators = TlsClient.Greet(behind.Socket);
        operators.Send("show cli level\n");
        Assert.StartsWith("admin\n", operators.ReadToEnd(), StringComparison.Ordinal);
    }

    /// <summary>Its own certificate too: the next operator is shown the new one.</summary>
    [Fact]
    public void Its_certificate_is_changed_through_it()
    {
        ProxyProcess proxy = Start(Product.Baton, Config(""));
        using X509Certificate2 next = _certificates.Issue("next.example");
        string file = $"{Directory}/site.pem";
        Assert.Contains(
            "Transaction created",
            Ask(proxy, $"set ssl cert {file} <<\n{TestCertificates.Text(next).Trim()}\n"),
            StringComparison.Ordinal
        );
        Assert.Contains("Success!", Ask(proxy, $"commit ssl cert {file}"), StringComparison.Ordinal);
        using TlsClient client = TlsClient.Connect(proxy.Port());
        Assert.Equal("next.example", client.ShownName);
    }

    /// <summary>Descriptors do not pass through TLS: who asks is told, on both ends.</summary>
    [Theory]
    [InlineData("_getsocks")]
    [InlineData("_handover")]
    public void Nothing_is_handed_over_through_it(string command)
    {
        ProxyProcess proxy = Start(Product.Baton, Config("expose-fd listeners"));
        Eventually(
            () => proxy.ErrorText.Contains("'expose-fd listeners' has no effect with 'ssl'", StringComparison.Ordinal),
            "no warning at start"
        );
        Assert.Equal($"'{command}' cannot be had over TLS: it takes a UNIX stats socket without 'ssl'.\n\n", Ask(proxy, command));
        (int status, string _, string errors) = CommandRuns.Run("-f", proxy.ConfigFile, "-x", $"127.0.0.1:{proxy.Port()}");
        Assert.Equal(1, status);
        Assert.Contains("Failed to get the sockets from the old process!", errors, StringComparison.Ordinal);
    }

    /// <summary>A session goes on with the process that it was begun with; the next one, and "baton reload", find the way.</summary>
    [Fact]
    public void A_reload_leaves_an_operator_where_he_is()
    {
        string certificate = _certificates.Make("site.pem", "site.example");
        int port = Ports.Free();
        using var proxy = new Reloadable(
            "frontend fe\n    mode http\n    bind 127.0.0.1:${port}\n    http-request return status 200\n",
            global: $"stats socket ipv4@127.0.0.1:{port} level admin ssl crt {certificate}"
        );
        proxy.Reload();
        string first = proxy.Pid.ToString(System.Globalization.CultureInfo.InvariantCulture);
        using TlsClient client = TlsClient.Connect(port);
        client.Send("prompt\n");
        client.ReadUntil("> ");
        proxy.Reload();
        client.Send("show info\n");
        Assert.Contains($"\nPid: {first}\n", client.ReadUntil("\n> "), StringComparison.Ordinal);
        using TlsClient next = TlsClient.Connect(port);
        next.Send("show info\n");
        Assert.Contains($"\nPid: {proxy.Pid}\n", next.ReadToEnd(), StringComparison.Ordinal);
    }

    /// <summary>Whoever looks for a stats socket to ask by itself passes over those with TLS.</summary>
    [Fact]
    public void A_reload_asks_on_a_plain_one()
    {
        string certificate = _certificates.Make("site.pem", "site.example");
        using var proxy = new Reloadable("frontend fe\n    mode http\n    bind 127.0.0.1:${port}\n    http-request return status 200\n");
        proxy.Edit(
            "    stats socket",
            $"    stats socket {Directory}/tls level admin expose-fd listeners ssl crt {certificate}\n    stats socket"
        );
        proxy.Reload();
        int first = proxy.Pid;
        (int status, string _, string errors) = CommandRuns.Run("reload", "-p", proxy.PidFile);
        Assert.True(status == 0, errors);
        Assert.NotEqual(first, proxy.Pid);
    }
}
