// "check-reuse-pool" and "check-pool-conn-name": a check over HTTP goes through an idle connection of its server and leaves it, or the one
// that it had to make, to those who come next. HAProxy has it from 3.2 on.
using System;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using Baton.Conformance.Harness;
using Baton.Conformance.Reload;
using Xunit;

namespace Baton.Conformance.Checks;

public sealed class CheckPoolTests : CheckScenario
{
    private const string Plain = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private int _checks;

    /// <summary>Of each connection: c for a check on it, r for a request.</summary>
    private readonly ConcurrentDictionary<int, string> _seen = new();
    private int _connections;

    private OriginServer Serve(Func<string, string> answer, bool closes = false) =>
        Keep(
            new OriginServer(c =>
            {
                int number = Interlocked.Increment(ref _connections);
                while (c.TryReadHead(out string head))
                {
                    bool isCheck = head.StartsWith("GET /check", StringComparison.Ordinal);
                    _seen.AddOrUpdate(number, _ => isCheck ? "c" : "r", (_, s) => s + (isCheck ? "c" : "r"));
                    c.Send(answer(head));
                    if (isCheck)
                        Interlocked.Increment(ref _checks);
                    if (closes)
                        break;
                }
            })
        );

    private void AwaitChecks(int more)
    {
        int then = Volatile.Read(ref _checks);
        Eventually(() => Volatile.Read(ref _checks) >= then + more, "no checks come");
    }

    private static string Text(string options) =>
        $$"""
            listen l
                mode http
                bind 127.0.0.1:${port}
                http-reuse always
                timeout check 20s
                option httpchk
                http-check send meth GET uri /check ver HTTP/1.1 hdr Host h
                server s 127.0.0.1:${origin} check inter 100 {{options}}
            """;

    private Reloadable Start(OriginServer origin, string options)
    {
        var proxy = Keep(new Reloadable(Text(options), origin.Port, "nbthread 1"));
        proxy.Reload();
        return proxy;
    }

    /// <summary>A machine that is busy may cost a check, or two.</summary>
    private static void NoFaults(Reloadable proxy) =>
        Assert.InRange(int.Parse(proxy.Stat("l", "s", "chkfail"), CultureInfo.InvariantCulture), 0, 2);

    private static int Ask(Reloadable proxy, string fields = "")
    {
        using RawClient client = RawClient.Tcp(proxy.Port);
        return client.Ask($"GET / HTTP/1.1\r\nHost: h\r\n{fields}\r\n").Status;
    }

    [Theory]
    [InlineData(Plain)]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")]
    public void Checks_and_requests_share_a_connection(string answer)
    {
        OriginServer origin = Serve(_ => answer);
        Reloadable proxy = Start(origin, "check-reuse-pool");
        AwaitChecks(4);
        for (int i = 0; i < 5; i++)
        {
            Assert.InRange(Ask(proxy), 200, 204);
            AwaitChecks(2);
        }
        // a request that comes in the middle of a check makes one of its own
        Assert.InRange(Volatile.Read(ref _connections), 1, 6);
        Assert.Contains(_seen.Values, static s => s.Contains("cc", StringComparison.Ordinal));
        Assert.Contains(_seen.Values, static s => s.Contains('r') && s.Contains('c'));
        Assert.Equal("UP", proxy.Stat("l", "s", "status"));
        NoFaults(proxy);
    }

    [Theory]
    // it is not kept
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", "check-reuse-pool")]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", "check-reuse-pool")]
    // something stands behind it
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokay", "check-reuse-pool")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nTrailer: t\r\n\r\n", "check-reuse-pool")]
    // it is asked for with other words than traffic's
    [InlineData(Plain, "")]
    [InlineData(Plain, "check-reuse-pool no-check-reuse-pool")]
    [InlineData(Plain, "check-reuse-pool addr 127.0.0.1 port ${origin}")]
    public void What_cannot_be_kept_is_closed(string answer, string options)
    {
        OriginServer origin = Serve(_ => answer);
        Reloadable proxy = Start(origin, options);
        AwaitChecks(4);
        Assert.DoesNotContain(_seen.Values, static s => s.Length > 1);
        Assert.Equal("UP", proxy.Stat("l", "s", "status"));
    }

    /// <summary>A server that closes without a word what it has answered once: that is no fault of it.</summary>
    [Fact]
    public void An_idle_connection_that_the_server_has_closed_is_no_failure()
    {
        OriginServer origin = Serve(_ => Plain, closes: true);
        Reloadable proxy = Start(origin, "check-reuse-pool");
        AwaitChecks(8);
        NoFaults(proxy);
        Assert.Equal(200, Ask(proxy));
    }

    [Fact]
    public void A_name_of_its_own_says_which()
    {
        OriginServer origin = Serve(static head => Plain);
        Reloadable proxy = Start(origin, "pool-conn-name req.hdr(x-tenant) check-reuse-pool check-pool-conn-name a");
        AwaitChecks(2);
        for (int i = 0; i < 3; i++)
            Assert.Equal(200, Ask(proxy, "x-tenant: b\r\n"));
        AwaitChecks(3);
        Assert.DoesNotContain(_seen.Values, static s => s.Contains('r') && s.Contains('c'));
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(200, Ask(proxy, "x-tenant: a\r\n"));
            AwaitChecks(2);
        }
        Assert.Contains(_seen.Values, static s => s.Contains('r') && s.Contains('c'));
    }

    /// <summary>Connections of checks that go to the pool are bounded as all others are.</summary>
    [Fact]
    public void It_keeps_to_strict_maxconn()
    {
        OriginServer origin = Serve(_ => Plain);
        Reloadable proxy = Start(origin, "check-reuse-pool maxconn 1 strict-maxconn");
        for (int i = 0; i < 6; i++)
        {
            AwaitChecks(1);
            Assert.Equal(200, Ask(proxy));
        }
        Assert.Equal("UP", proxy.Stat("l", "s", "status"));
        Assert.InRange(int.Parse(proxy.Stat("l", "s", "idle_conn_cur"), CultureInfo.InvariantCulture), 0, 1);
    }

    [Fact]
    public void The_next_process_checks_through_the_same_connection()
    {
        OriginServer origin = Serve(_ => Plain);
        Reloadable proxy = Start(origin, "check-reuse-pool");
        AwaitChecks(4);
        for (int reload = 0; reload < 3; reload++)
        {
            Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
            AwaitChecks(3);
        }
        // one that was in a check's hands while the process was replaced ended with it
        Assert.InRange(Volatile.Read(ref _connections), 1, 4);
        Assert.Contains(_seen.Values, static s => s.Length > 3);
        NoFaults(proxy);
    }

    [Theory, InlineData(SslProtocols.Tls12), InlineData(SslProtocols.Tls13)]
    public void It_goes_over_TLS_as_well(SslProtocols version)
    {
        using X509Certificate2 certificate = X509CertificateLoader.LoadPkcs12(
            new TestCertificates(Directory).Issue("s.example").Export(X509ContentType.Pfx),
            null
        );
        using var origin = new TlsOrigin(certificate, version);
        Reloadable proxy = Keep(
            new Reloadable(Text("inter 500 ssl verify none alpn http/1.1 check-reuse-pool"), origin.Port, "nbthread 1")
        );
        proxy.Reload();
        Eventually(() => origin.Requests >= 4, "no checks come");
        Assert.Equal(200, Ask(proxy));
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        int then = origin.Requests;
        Eventually(() => origin.Requests >= then + 3, "no checks come");
        Assert.InRange(origin.Connections, 1, 4);
        NoFaults(proxy);
    }
}
