// Requests nobody should forward: answered with an error and a closed connection before a byte reaches the server.
using System.Linq;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Http;

public sealed class HostileRequestTests : Scenario
{
    /// <summary>Refused by haproxy 2.6 too.</summary>
    public static TheoryData<Product, string> RefusedByBoth
    {
        get
        {
            string[] requests =
            [
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 6\r\n\r\nhello!",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x10\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX-Y : 1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX\0Y: 1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX(Y): 1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\n: empty\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nno-colon\r\n\r\n",
                "GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /\x7f HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1 x\r\nHost: a\r\n\r\n",
                "GET / HTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/11\r\nHost: a\r\n\r\n",
                "G(T / HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n0\r\n\r\n",
                "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
            ];
            var data = new TheoryData<Product, string>();
            foreach (ITheoryDataRow row in Products.Both)
            foreach (string request in requests)
                data.Add((Product)row.GetData()[0]!, request);
            return data;
        }
    }

    [Theory, MemberData(nameof(RefusedByBoth))]
    public void Is_refused_before_the_server_sees_it(Product product, string request) => Refuse(product, request, 400);

    /// <summary>haproxy 2.6 lets these pass (later releases refuse most of them); RFC 9110 §5.5 and RFC 9112 do not.</summary>
    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX-Y: a\0b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX-Y: a\r\n folded\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\nHost: a\n\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n")]
    public void Is_refused_by_baton(string request)
    {
        Refuse(Product.Baton, request, 400);
    }

    private void Refuse(Product product, string request, int status)
    {
        OriginServer origin = HttpOrigin();
        RawClient client = Connect(
            Start(
                product,
                Defaults
                    + $$"""
                    frontend fe
                        bind 127.0.0.1:${p1}
                        default_backend be
                    backend be
                        server s 127.0.0.1:{{origin.Port}}
                    """
            )
        );
        client.Send(request);
        Response response = client.ReadResponse();
        Assert.Equal(status, response.Status);
        client.ExpectEnd();
        Assert.Equal(0, origin.Connections);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_head_that_does_not_fit_is_refused(Product product)
    {
        string request =
            "GET / HTTP/1.1\r\nHost: a\r\n"
            + string.Concat(Enumerable.Range(0, 20).Select(i => $"X-{i}: {new string('x', 1000)}\r\n"))
            + "\r\n";
        OriginServer origin = HttpOrigin();
        RawClient client = Connect(
            Start(
                product,
                Defaults
                    + $$"""
                    frontend fe
                        bind 127.0.0.1:${p1}
                        default_backend be
                    backend be
                        server s 127.0.0.1:{{origin.Port}}
                    """
            )
        );
        try
        {
            client.Send(request);
        }
        catch (System.Net.Sockets.SocketException) { }
        // haproxy 2.6 says 400 to everything too large, Baton says which: 431 (RFC 6585)
        Assert.Contains(client.ReadResponse().Status, product == Product.Haproxy ? [400] : new[] { 431, 400 });
        Assert.Equal(0, origin.Connections);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_bad_chunk_ends_the_exchange_and_is_not_forwarded(Product product)
    {
        byte[] seen = [];
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            seen = c.ReadToEnd();
        });
        RawClient client = Connect(
            Start(
                product,
                Defaults
                    + $$"""
                    frontend fe
                        bind 127.0.0.1:${p1}
                        default_backend be
                    backend be
                        server s 127.0.0.1:{{origin.Port}}
                    """
            )
        );
        client.Send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nZZ\r\nGET /evil HTTP/1.1\r\n\r\n");
        Assert.Equal(400, client.ReadResponse().Status);
        client.ExpectEnd();
        Assert.DoesNotContain("evil", System.Text.Encoding.ASCII.GetString(seen), System.StringComparison.Ordinal);
    }
}
