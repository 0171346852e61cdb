// monitor-uri and monitor fail: what an external check is told; the same on haproxy.
using System;
using System.IO;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Http;

public sealed class MonitorTests : Scenario
{
    private RawClient Client(Product product, string lines) =>
        Connect(
            Start(
                product,
                Defaults
                    + $$"""
                    frontend fe
                        bind 127.0.0.1:${p1}
                        monitor-uri /alive
                        {{lines}}
                        http-request deny
                    """
            )
        );

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Any_condition_that_holds_makes_it_fail(Product product)
    {
        RawClient client = Client(
            product,
            """
            acl down hdr(x-down) yes
                monitor fail if down
                monitor fail unless { src 127.0.0.0/8 }
                monitor fail if { hdr(x-a) 1 } { hdr(x-b) 1 }
            """
        );
        Assert.Equal(200, client.Get("/alive").Status);
        Response failed = client.Get("/alive", "X-Down: yes\r\n");
        Assert.Equal(503, failed.Status);
        Assert.Equal(
            "<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>\n",
            failed.Body
        );
        Assert.Equal(200, client.Get("/alive", "X-A: 1\r\n").Status);
        Assert.Equal(503, client.Get("/alive", "X-A: 1\r\nX-B: 1\r\n").Status);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Only_the_exact_uri_is_watched_in_any_method_and_form(Product product)
    {
        RawClient client = Client(product, "");
        Assert.Equal(403, client.Get("/alive?x").Status);
        Assert.Equal(403, client.Get("/alive/").Status);
        Assert.Equal(200, client.Ask("POST /alive HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").Status);
        Assert.Equal(200, client.Ask("GET http://a/alive HTTP/1.1\r\nHost: a\r\n\r\n").Status);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Both_answers_may_come_from_error_files(Product product)
    {
        File.WriteAllText(Path.Combine(Directory, "200.http"), "HTTP/1.1 200 Fine\r\ncontent-length: 2\r\n\r\nok");
        File.WriteAllText(Path.Combine(Directory, "503.http"), "HTTP/1.1 503 Broken\r\ncontent-length: 3\r\n\r\nbad");
        RawClient client = Client(
            product,
            "errorfile 200 ${dir}/200.http\n    errorfile 503 ${dir}/503.http\n    monitor fail if { hdr(x-down) -m found }"
        );
        Assert.Equal("ok", client.Get("/alive").Body);
        Assert.Equal("bad", client.Get("/alive", "X-Down: 1\r\n").Body);
    }
}
