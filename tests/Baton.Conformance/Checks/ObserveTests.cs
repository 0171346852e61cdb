// "observe": errors of the traffic count against a server whose checks find nothing.
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Checks;

public sealed class ObserveTests : CheckScenario
{
    private ProxyProcess Serve(Product product, int port, string options) =>
        Start(
            product,
            Config(
                $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    default_backend be
                backend be
                    retries 0
                    server a 127.0.0.1:{{port}} check inter 1h rise 1 fall 3 {{options}}
                """
            )
        );

    [Theory]
    [InlineData(Product.Baton, "mark-down", "DOWN")]
    [InlineData(Product.Haproxy, "mark-down", "DOWN")]
    [InlineData(Product.Baton, "sudden-death", "UP 1/3")]
    [InlineData(Product.Haproxy, "sudden-death", "UP 1/3")]
    [InlineData(Product.Baton, "fail-check", "UP 2/3")]
    [InlineData(Product.Haproxy, "fail-check", "UP 2/3")]
    public void Wrong_answers_in_a_row_count(Product product, string action, string status)
    {
        OriginServer origin = HttpOrigin(head =>
            head.Contains("/bad", System.StringComparison.Ordinal)
                ? "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"
                : "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        );
        ProxyProcess proxy = Serve(product, origin.Port, $"observe layer7 error-limit 3 on-error {action}");
        Await("UP L4OK", "be", "a");
        RawClient client = Connect(proxy);
        foreach (string path in (string[])["/bad", "/bad", "/good", "/bad", "/bad"])
            client.Get(path);
        Assert.Equal("UP L4OK 0", Show("be", "a", "status check_status hanafail"));
        client.Get("/bad");
        Await($"{status} HANA 1", "be", "a", "status check_status hanafail");
        Assert.Contains("Detected 3 consecutive errors, last one was: Wrong http response", Command("show stat"));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Connections_that_fail_count(Product product)
    {
        SwitchedServer a = Switched(on: true);
        ProxyProcess proxy = Serve(product, a.Port, "observe layer4 error-limit 2 on-error mark-down");
        Await("UP L4OK", "be", "a");
        a.Off();
        for (int i = 0; i < 2; i++)
            Assert.Equal(503, Connect(proxy).Get().Status);
        Await("DOWN HANA 1", "be", "a", "status check_status hanafail");
    }
}
