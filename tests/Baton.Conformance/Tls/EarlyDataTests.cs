// Early data of TLS 1.3 (bind option allow-0rtt): taken once, told of, waited for; refused by who does not want them.
//
// haproxy 2.6 takes them too, but looks at no request before the handshake is over: what differs by that is Baton's alone.
using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Baton.Conformance.Harness;
using Baton.Conformance.Reload;
using Xunit;

namespace Baton.Conformance.Tls;

public sealed class EarlyDataTests : Scenario
{
    private readonly TestCertificates _certificates;

    public EarlyDataTests()
    {
        _certificates = Keep(new TestCertificates(Directory));
        File.WriteAllText($"{Directory}/early", "GET /early HTTP/1.1\r\nHost: a\r\n\r\n");
        File.WriteAllText($"{Directory}/wait", "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
    }

    /// <summary>What a client says and hears that sends one request early, where a file is given, and another one afterwards, the last.
    /// Its session is in "s".</summary>
    private string Ask(int port, string early = "", string session = "s") =>
        Run(
            "/bin/sh",
            "-c",
            $"printf 'GET /last HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n' | timeout 60 openssl s_client "
                + $"-connect 127.0.0.1:{port} -tls1_3 -servername a.example -ign_eof "
                + (
                    early.Length > 0
                        ? $"-sess_in {Directory}/{session} -early_data {Directory}/{early} 2>&1"
                        : $"-sess_out {Directory}/{session} 2>&1"
                )
        ).Output;

    private string Frontend(string options, string rules) =>
        $$"""
            frontend fe
                mode http
                bind 127.0.0.1:${p1} ssl crt {{_certificates.Make("a.pem", "a.example")}} {{options}}
                {{rules}}

            """;

    private const string Tell = """http-request return status 200 content-type text/plain lf-string "[%[path] %[ssl_fc_has_early]]" """;

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Early_data_are_taken_where_that_is_said(Product product)
    {
        ProxyProcess proxy = Start(product, Defaults + Frontend("allow-0rtt", Tell));
        Assert.Contains("[/last 0]", Ask(proxy.Port()));
        string heard = Ask(proxy.Port(), "early");
        Assert.Contains("Early data was accepted", heard);
        Assert.Contains("[/early ", heard);
        Assert.Contains("[/last 0]", heard);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Early_data_are_not_taken_by_default(Product product)
    {
        ProxyProcess proxy = Start(product, Defaults + Frontend("", Tell));
        Assert.Contains("[/last 0]", Ask(proxy.Port()));
        string heard = Ask(proxy.Port(), "early");
        Assert.DoesNotContain("Early data was accepted", heard);
        Assert.Contains("[/last 0]", heard);
    }

    /// <summary>As the manual has it; haproxy 2.6 goes by its bind lines alone.</summary>
    [Fact]
    public void A_line_of_a_list_says_it_too()
    {
        string list = _certificates.Write("list", $"{_certificates.Make("a.pem", "a.example")} [allow-0rtt]\n");
        ProxyProcess proxy = Start(
            Product.Baton,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1} ssl crt-list {{list}}
                    {{Tell}}
                """
        );
        Ask(proxy.Port());
        Assert.Contains("Early data was accepted", Ask(proxy.Port(), "early"));
    }

    /// <summary>The rule waits, whenever the rest of the handshake comes.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public async Task Rules_wait_for_the_handshake(Product product)
    {
        ProxyProcess proxy = Start(
            product,
            Defaults + Frontend("allow-0rtt", "http-request wait-for-handshake if { path /wait }\n    " + Tell)
        );
        Ask(proxy.Port());
        HeldHandshake held = Keep(new HeldHandshake(proxy.Port()));
        Task<string> asking = Task.Run(() => Ask(held.Port, "wait"));
        Eventually(() => held.Holds, "the client did not go on");
        await Task.Delay(200, TestContext.Current.CancellationToken);
        held.LetGo();
        string heard = await asking;
        Assert.Contains("Early data was accepted", heard);
        Assert.Contains("[/wait 0]", heard);
        Assert.Contains("[/last 0]", heard);
    }

    /// <summary>The request is answered before the handshake is over, and the server knows (RFC 8470).</summary>
    [Fact]
    public async Task A_request_goes_on_before_the_handshake_is_over()
    {
        using var answers = new ManualResetEventSlim(true);
        OriginServer origin = HttpOrigin(h =>
        {
            answers.Wait();
            string body = h.Contains("early-data: 1", StringComparison.OrdinalIgnoreCase) ? "[told]" : "[plain]";
            return $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}";
        });
        ProxyProcess proxy = Start(
            Product.Baton,
            Defaults
                + Frontend("allow-0rtt", "default_backend be")
                + $$"""
                backend be
                    http-response set-header x-early %[ssl_fc_has_early]
                    server s 127.0.0.1:{{origin.Port}}
                """
        );
        Assert.Contains("[plain]", Ask(proxy.Port()));
        answers.Reset();
        HeldHandshake held = Keep(new HeldHandshake(proxy.Port()));
        Task<string> asking = Task.Run(() => Ask(held.Port, "early"));
        Eventually(() => held.Holds, "the client did not go on");
        long greeting = held.FromServer;
        answers.Set();
        Eventually(() => held.FromServer > greeting, "no answer before the handshake was over");
        held.LetGo();
        string heard = await asking;
        Assert.Contains("[told]", heard);
        Assert.Contains("x-early: 1", heard);
        Assert.Contains("x-early: 0", heard);
    }

    /// <summary>Who cannot end the handshake gets no answer where a rule waits for that.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public async Task A_handshake_that_fails_lets_no_request_through(Product product)
    {
        ProxyProcess proxy = Start(product, Defaults + Frontend("allow-0rtt", "http-request wait-for-handshake\n    " + Tell));
        Ask(proxy.Port());
        HeldHandshake held = Keep(new HeldHandshake(proxy.Port()) { Spoils = true });
        Task<string> asking = Task.Run(() => Ask(held.Port, "wait"));
        Eventually(() => held.Holds, "the client did not go on");
        held.LetGo();
        Assert.DoesNotContain("[/wait", await asking);
        Assert.Contains("[/last 0]", Ask(proxy.Port()));
    }

    /// <summary>The end of a connection is told as of any other, though its handshake never ends.</summary>
    [Fact]
    public void A_last_answer_is_whole()
    {
        File.WriteAllText($"{Directory}/close", "GET /early HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        ProxyProcess proxy = Start(Product.Baton, Defaults + Frontend("allow-0rtt", Tell));
        Ask(proxy.Port());
        HeldHandshake held = Keep(new HeldHandshake(proxy.Port()));
        string heard = Ask(held.Port, "close");
        Assert.Contains("[/early 1]", heard);
        Assert.DoesNotContain("unexpected eof", heard);
        Assert.Contains("[/last 0]", Ask(proxy.Port()));
    }

    /// <summary>What was recorded is worth nothing: all workers know which sessions have been used.</summary>
    [Fact]
    public void A_session_brings_early_data_once()
    {
        ProxyProcess proxy = Start(
            Product.Baton,
            Defaults.Replace("nbthread 1", "nbthread 4", StringComparison.Ordinal) + Frontend("allow-0rtt", Tell)
        );
        Ask(proxy.Port());
        Assert.Contains("Early data was accepted", Ask(proxy.Port(), "early"));
        for (int i = 0; i < 4; i++)
        {
            string heard = Ask(proxy.Port(), "early");
            Assert.Contains("Early data was rejected", heard);
            Assert.DoesNotContain("[/early", heard);
            Assert.Contains("[/last 0]", heard);
        }
    }

    /// <summary>The process before may have taken them already: the session goes on, its early data do not.</summary>
    [Fact]
    public void A_session_from_before_a_reload_is_resumed_without()
    {
        using var proxy = new Reloadable(Frontend("allow-0rtt", Tell).Replace("${p1}", "${port}", StringComparison.Ordinal));
        proxy.Reload();
        Ask(proxy.Port);
        int old = proxy.Reload();
        Reloadable.WaitGone(old, Patience.Ms);
        string heard = Ask(proxy.Port, "early");
        Assert.Contains("Reused, TLSv1.3", heard);
        Assert.Contains("Early data was rejected", heard);
        Assert.Contains("[/last 0]", heard);
        Ask(proxy.Port);
        Assert.Contains("Early data was accepted", Ask(proxy.Port, "early"));
    }

    /// <summary>A server that wants the handshake to be over first says so (RFC 8470 §5.2); it is the client who asks again.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Too_early_is_passed_on(Product product)
    {
        OriginServer origin = HttpOrigin(h =>
            h.StartsWith("GET /early", StringComparison.Ordinal)
                ? "HTTP/1.1 425 Too Early\r\nContent-Length: 7\r\n\r\n[early]"
                : "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n[later]"
        );
        ProxyProcess proxy = Start(
            product,
            Defaults + Frontend("allow-0rtt", "default_backend be") + $"backend be\n    server s 127.0.0.1:{origin.Port}\n"
        );
        Assert.Contains("[later]", Ask(proxy.Port()));
        string heard = Ask(proxy.Port(), "early");
        Assert.Contains("Early data was accepted", heard);
        Assert.Contains("425 Too Early", heard);
        Assert.Contains("[early]", heard);
        Assert.Contains("[later]", heard);
    }

    /// <summary>The handshake is not over when the next process takes over: the connection stays, its request is answered before or after,
    /// and it goes on once the handshake is over.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reload_in_the_middle_loses_nothing(bool answersBefore)
    {
        using var answers = new ManualResetEventSlim(true);
        OriginServer origin = HttpOrigin(h =>
        {
            answers.Wait();
            string body = h.StartsWith("GET /early", StringComparison.Ordinal) ? "[early]" : "[last]";
            return $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}";
        });
        using var proxy = new Reloadable(
            Frontend("allow-0rtt", "default_backend be").Replace("${p1}", "${port}", StringComparison.Ordinal)
                + "backend be\n    mode http\n    server s 127.0.0.1:${origin}\n",
            origin.Port
        );
        proxy.Reload();
        Assert.Contains("[last]", Ask(proxy.Port));
        if (!answersBefore)
            answers.Reset();
        int seen = origin.Heads.Count;
        HeldHandshake held = Keep(new HeldHandshake(proxy.Port));
        Task<string> asking = Task.Run(() => Ask(held.Port, "early"));
        Eventually(() => held.Holds && origin.Heads.Count > seen, "the request did not come to the server");
        int old = proxy.Reload();
        answers.Set();
        held.LetGo();
        string heard = await asking;
        Assert.Contains("Early data was accepted", heard);
        Assert.Contains("[early]", heard);
        Assert.Contains("[last]", heard);
        Reloadable.WaitGone(old, Patience.Ms);
    }
}
