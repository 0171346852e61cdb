// The clients people have: curl, wrk, h2load in HTTP/1 mode, socat.
using System.Text.RegularExpressions;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Life;

public sealed class ToolTests : Scenario
{
    private ProxyProcess Proxy(Product product, string threads = "1") =>
        Start(
            product,
            $$"""
            global
                nbthread {{threads}}
            defaults
                mode http
                timeout connect 20s
                timeout client 60s
                timeout server 60s
            frontend fe
                bind 127.0.0.1:${p1}
                default_backend be
            backend be
                http-reuse always
                server s 127.0.0.1:${p2}
            frontend origin
                bind 127.0.0.1:${p2}
                http-request return status 200 content-type text/plain string "hello world"
            listen relay
                mode tcp
                bind 127.0.0.1:${p3}
                server s 127.0.0.1:${p2}
            """
        );

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Curl(Product product)
    {
        ProxyProcess proxy = Proxy(product);
        string url = $"http://127.0.0.1:{proxy.Port()}/";
        (int status, string output) = Run("curl", "-sS", "--fail", url, url, "--http1.0", "-d", "a=b");
        Assert.Equal(0, status);
        Assert.Equal("hello worldhello world", output);
        (status, output) = Run("curl", "-sSI", url);
        Assert.StartsWith("HTTP/1.1 200 OK", output, System.StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Wrk_sees_no_error(Product product)
    {
        ProxyProcess proxy = Proxy(product, "2");
        (int status, string output) = Run("wrk", "-t1", "-c40", "-d2s", $"http://127.0.0.1:{proxy.Port()}/");
        Assert.Equal(0, status);
        Assert.DoesNotContain("Socket errors", output, System.StringComparison.Ordinal);
        Assert.DoesNotContain("Non-2xx", output, System.StringComparison.Ordinal);
        Assert.True(int.Parse(Regex.Match(output, @"(\d+) requests in").Groups[1].Value) > 20, output);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Wrk_with_short_connections_sees_no_error(Product product)
    {
        ProxyProcess proxy = Proxy(product);
        (_, string output) = Run("wrk", "-t1", "-c20", "-d1s", "-H", "Connection: close", $"http://127.0.0.1:{proxy.Port()}/");
        Assert.DoesNotContain("connect 1", output, System.StringComparison.Ordinal);
        Assert.DoesNotContain("Non-2xx", output, System.StringComparison.Ordinal);
        Assert.True(int.Parse(Regex.Match(output, @"(\d+) requests in").Groups[1].Value) > 20, output);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void H2load_in_http1_mode(Product product)
    {
        ProxyProcess proxy = Proxy(product);
        (int status, string output) = Run("h2load", "--h1", "-n5000", "-c20", $"http://127.0.0.1:{proxy.Port()}/");
        Assert.Equal(0, status);
        Assert.Contains("5000 succeeded, 0 failed, 0 errored", output, System.StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Socat_through_tcp_mode(Product product)
    {
        ProxyProcess proxy = Proxy(product);
        (int status, string output) = Run(
            "sh",
            "-c",
            $"printf 'GET / HTTP/1.0\\r\\n\\r\\n' | socat -t2 - TCP:127.0.0.1:{proxy.Port("p3")}"
        );
        Assert.Equal(0, status);
        Assert.EndsWith("hello world", output, System.StringComparison.Ordinal);
    }
}
