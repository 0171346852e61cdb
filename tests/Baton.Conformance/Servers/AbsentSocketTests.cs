// A server at a UNIX socket that is not there: the kernel says so at once, and nobody waits a second between tries.
using System;
using System.Linq;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Servers;

public sealed class AbsentSocketTests : Scenario
{
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Each_try_follows_at_once(Product product)
    {
        LogCollector log = Keep(new LogCollector());
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                listen l
                    bind 127.0.0.1:${p1}
                    log 127.0.0.1:{{log.Port}} format raw local0
                    log-format "%ST %ts %rc %Ta"
                    retries 9
                    server s unix@/nonexistent/socket
                """
        );
        Assert.Equal(503, Connect(proxy).Get().Status);
        string[] line = log.NextTraffic().Split(' ');
        Assert.Equal(["503", "SC", "9"], line.Take(3));
        // one that waited would have taken nine seconds
        Assert.InRange(int.Parse(line[3]), 0, 8000);
    }
}
