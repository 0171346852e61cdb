// Thousands of values where a rule expects a few: every one of them is seen, and a request costs steps in proportion to its
// length. When each value was looked for from the first one again, one request took 12 seconds of CPU.
using System;
using System.Linq;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Endurance;

public sealed class ManyValuesTests : Scenario
{
    private const int Rules = 10;

    private static string Config(string expression) =>
        Defaults
        + $$"""
            frontend fe
                bind 127.0.0.1:${p1}
                {{string.Join(
                "\n    ",
                Enumerable.Range(0, Rules).Select(i => $"http-request set-header x-seen 1 if {{ {expression} none{i} }}")
            )}}
                http-request return status 200 content-type text/plain string last if { {{expression}} last }
                http-request return status 200 content-type text/plain string none
            """;

    public static TheoryData<Product, string, string> Cases()
    {
        string commas = string.Concat(Enumerable.Repeat("a,", 5000)),
            pairs = string.Concat(Enumerable.Repeat("a=b;", 2500)),
            query = string.Concat(Enumerable.Repeat("a=b&", 2500));
        var data = new TheoryData<Product, string, string>();
        foreach (Product product in Products.Both.Select(row => row.Data))
        {
            data.Add(product, "hdr(x-list) -m str", $"GET / HTTP/1.1\r\nHost: a\r\nX-List: first\r\nx-list: {commas}last\r\n\r\n");
            data.Add(product, "hdr(x-list) -m str", $"GET / HTTP/1.1\r\nHost: a\r\nX-List: {commas}\"x,y\",last\r\nx-list: end\r\n\r\n");
            data.Add(product, "req.fhdr(x-list) -m str", $"GET / HTTP/1.1\r\nHost: a\r\nX-List: {commas}\r\nx-list: last\r\n\r\n");
            data.Add(product, "cook(a) -m str", $"GET / HTTP/1.1\r\nHost: a\r\nCookie: {pairs}\r\nCookie: b=last; a=last; a=end\r\n\r\n");
            data.Add(product, "urlp(a) -m str", $"GET /?{query}b=last&a=last&a=end HTTP/1.1\r\nHost: a\r\n\r\n");
        }
        return data;
    }

    [Theory, MemberData(nameof(Cases))]
    public void The_last_of_many_values_is_seen_in_time(Product product, string expression, string request)
    {
        RawClient client = Connect(Start(product, Config(expression)));
        Assert.Equal("last", client.Ask(request).Body);
        Assert.Equal("none", client.Ask(request.Replace("last", "lost", StringComparison.Ordinal)).Body);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Addresses_among_many_values_are_seen(Product product)
    {
        string list = string.Join(", ", Enumerable.Range(0, 1000).Select(i => i % 3 == 0 ? "no address" : $"10.0.{i / 256}.{i % 256}"));
        RawClient client = Connect(
            Start(
                product,
                Defaults
                    + """
                    frontend fe
                        bind 127.0.0.1:${p1}
                        http-request return status 200 content-type text/plain string in if { hdr_ip(x-list) 192.168.0.0/16 }
                        http-request return status 200 content-type text/plain string out
                    """
            )
        );
        Assert.Equal("in", client.Get("/", $"X-List: {list}, 192.168.1.1\r\n").Body);
        Assert.Equal("out", client.Get("/", $"X-List: {list}, 192.169.1.1\r\n").Body);
    }
}
