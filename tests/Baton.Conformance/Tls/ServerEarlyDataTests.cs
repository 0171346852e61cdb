// Early data of TLS 1.3 towards servers (server option allow-0rtt, retry-on 0rtt-rejected): what goes early, and what becomes of a refusal.
using System;
using System.IO;
using Baton.Conformance.Harness;
using Baton.Conformance.Reload;
using Xunit;

namespace Baton.Conformance.Tls;

public sealed class ServerEarlyDataTests : Scenario
{
    private readonly TestCertificates _certificates;
    private readonly string _file;

    public ServerEarlyDataTests()
    {
        _certificates = Keep(new TestCertificates(Directory));
        _file = _certificates.Make("a.pem", "a.example");
        File.WriteAllText($"{Directory}/early", "GET /early HTTP/1.1\r\nHost: a\r\n\r\n");
    }

    /// <summary>"[METHOD PATH early? header]": whether it was looked at before the handshake was over, and what was told.</summary>
    private const string Tell = """
        http-request return status 200 content-type a/b lf-string "[%[method] %[path] %[ssl_fc_has_early] %[req.hdr(early-data)]]"
        """;

    /// <summary>A client's side p1 without TLS, p2 with early data, before a server that takes early data.</summary>
    private string Front(int server, string backend, string options = "") =>
        $$"""
            global
                nbthread 1
                stats socket ${dir}/s mode 600 level admin
            defaults
                mode http
                timeout connect 20s
                timeout client 60s
                timeout server 60s
            frontend fe
                bind 127.0.0.1:${p1}
                bind 127.0.0.1:${p2} ssl crt {{_file}} allow-0rtt
                default_backend be
            backend be
                {{backend}}
                server s 127.0.0.1:{{server}} ssl verify none allow-0rtt {{options}}

            """;

    private Reloadable Server(Product product = Product.Baton)
    {
        var server = new Reloadable(
            $"frontend origin\n    mode http\n    bind 127.0.0.1:${{port}} ssl crt {_file} allow-0rtt\n    {Tell}\n"
        );
        Keep(server);
        server.Reload(product);
        return server;
    }

    private string Get(ProxyProcess proxy, string request = "GET /a")
    {
        using RawClient client = RawClient.Tcp(proxy.Port());
        return client.Ask($"{request} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").Body;
    }

    /// <summary>What a client hears that sends one request early, where it has a session, and another one afterwards.</summary>
    private string AskEarly(ProxyProcess proxy, bool resumes) =>
        Run(
            "/bin/sh",
            "-c",
            $"printf 'GET /last HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n' | timeout 60 openssl s_client "
                + $"-connect 127.0.0.1:{proxy.Port("p2")} -tls1_3 -ign_eof "
                + (resumes ? $"-sess_in {Directory}/session -early_data {Directory}/early 2>&1" : $"-sess_out {Directory}/session 2>&1")
        ).Output;

    private string Retries()
    {
        using RawClient cli = RawClient.Unix($"{Directory}/s");
        cli.Send("show stat\n");
        string[] lines = cli.ReadTextToEnd().Split('\n');
        int at = Array.IndexOf(lines[0].TrimStart('#', ' ').Split(','), "wretr");
        return Array.Find(lines, l => l.StartsWith("be,s,", StringComparison.Ordinal))!.Split(',')[at];
    }

    /// <summary>Tickets of a server that answers early come behind its answer: the next connection may have none yet.</summary>
    [Fact]
    public void With_retry_on_safe_requests_go_early()
    {
        Reloadable server = Server();
        ProxyProcess proxy = Start(Product.Baton, Front(server.Port, "retry-on conn-failure 0rtt-rejected"));
        // there is no session yet
        Assert.Equal("[GET /a 0 ]", Get(proxy));
        for (int i = 0; i < 3; i++)
            Eventually(() => Get(proxy) == "[GET /a 1 ]", "nothing goes early");
        Assert.Equal("[POST /a 0 ]", Get(proxy, "POST /a"));
        Assert.Equal("[DELETE /a 0 ]", Get(proxy, "DELETE /a"));
        Eventually(() => Get(proxy, "OPTIONS /a") == "[OPTIONS /a 1 ]", "OPTIONS does not go early");
        Assert.Equal("0", Retries());
    }

    [Theory]
    [InlineData("http-reuse never", "")]
    [InlineData("http-reuse never\n    retry-on conn-failure", "")]
    [InlineData("http-reuse never\n    retry-on 0rtt-rejected", "no-ssl-reuse")]
    [InlineData("http-reuse never\n    retry-on 0rtt-rejected\n    retries 0", "")]
    public void Nothing_goes_early_where_nobody_copes_with_a_refusal(string backend, string options)
    {
        Reloadable server = Server();
        ProxyProcess proxy = Start(Product.Baton, Front(server.Port, backend, options));
        for (int i = 0; i < 3; i++)
            Assert.Equal("[GET /a 0 ]", Get(proxy));
    }

    /// <summary>The records behind the handshake count on rightly, in OpenSSL and when ours have taken over.</summary>
    [Fact]
    public void The_connection_goes_on_afterwards()
    {
        Reloadable server = Server();
        ProxyProcess proxy = Start(Product.Baton, Front(server.Port, "retry-on conn-failure 0rtt-rejected"));
        for (int i = 0; i < 3; i++)
            Eventually(
                () =>
                {
                    using RawClient client = RawClient.Tcp(proxy.Port());
                    string first = client.Get("/first").Body;
                    for (int n = 0; n < 4; n++)
                        Assert.Equal("[GET /next 0 ]", client.Get("/next").Body);
                    return first == "[GET /first 1 ]";
                },
                "nothing goes early"
            );
    }

    /// <summary>The server is told, and could say 425 itself.</summary>
    [Fact]
    public void What_a_client_sends_early_goes_early()
    {
        Reloadable server = Server();
        ProxyProcess proxy = Start(Product.Baton, Front(server.Port, "http-reuse never"));
        Assert.Contains("[GET /last 0 ]", AskEarly(proxy, resumes: false));
        string heard = AskEarly(proxy, resumes: true);
        Assert.Contains("[GET /early 1 1]", heard);
        Assert.Contains("[GET /last 0 ]", heard);
    }

    /// <summary>The process after takes no early data with sessions of the one before: the request goes again, at once.</summary>
    [Fact]
    public void What_is_refused_is_sent_again()
    {
        Reloadable server = Server();
        ProxyProcess proxy = Start(Product.Baton, Front(server.Port, "http-reuse never\n    retry-on conn-failure 0rtt-rejected"));
        Assert.Equal("[GET /a 0 ]", Get(proxy));
        Reloadable.WaitGone(server.Reload(), Patience.Ms);
        Assert.Equal("[GET /a 0 ]", Get(proxy));
        Assert.Equal("1", Retries());
        Eventually(() => Get(proxy) == "[GET /a 1 ]", "nothing goes early any more");
    }

    [Fact]
    public void Without_retry_on_the_client_is_told()
    {
        Reloadable server = Server();
        ProxyProcess proxy = Start(Product.Baton, Front(server.Port, "http-reuse never"));
        AskEarly(proxy, resumes: false);
        Reloadable.WaitGone(server.Reload(), Patience.Ms);
        string heard = AskEarly(proxy, resumes: true);
        Assert.Contains("HTTP/1.1 425 Too Early", heard);
        Assert.DoesNotContain("[GET /early", heard);
        Assert.Contains("[GET /last 0 ]", heard);
        Assert.Equal("0", Retries());
    }

    /// <summary>haproxy 2.6 looks at requests when the handshake is over: they come, whole and once.</summary>
    [Fact]
    public void Haproxy_takes_them()
    {
        Reloadable server = Server(Product.Haproxy);
        ProxyProcess proxy = Start(Product.Baton, Front(server.Port, "http-reuse never\n    retry-on conn-failure 0rtt-rejected"));
        for (int i = 0; i < 5; i++)
            Assert.Equal("[GET /a 0 ]", Get(proxy));
        Assert.Equal("0", Retries());
    }
}
