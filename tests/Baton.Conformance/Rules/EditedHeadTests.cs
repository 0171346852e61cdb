// Rules that take away or change what tells where a body ends, and the authority of a request.
using System.Linq;
using System.Text;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Rules;

public sealed class EditedHeadTests : Scenario
{
    /// <summary>Echoes bodies, whichever way they are framed.</summary>
    private OriginServer Echo() =>
        Origin(c =>
        {
            while (c.TryReadHead(out string head))
            {
                string body = "";
                if (HttpText.Header(head, "content-length") is { } length)
                    body = Encoding.Latin1.GetString(c.ReadBytes(int.Parse(length)));
                else if (HttpText.Header(head, "transfer-encoding") is not null)
                {
                    string chunks = c.ReadUntil("0\r\n\r\n");
                    for (string[] lines = chunks.Split("\r\n"); lines[0] != "0"; lines = lines[2..])
                        body += lines[1];
                }
                c.Send($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}");
            }
        });

    private ProxyProcess Proxy(Product product, string rules, OriginServer origin) =>
        Start(
            product,
            Defaults
                + $$"""
                listen l
                    bind 127.0.0.1:${p1}
                    {{rules}}
                    server s 127.0.0.1:{{origin.Port}}
                """
        );

    public static TheoryData<Product, string, string> Kept =>
        Products.BothWith(
            ("http-request del-header content-length", "Content-Length: 5\r\n\r\nhello"),
            ("http-request del-header - -m sub", "Content-Length: 5\r\n\r\nhello"),
            ("http-request del-header transfer-encoding", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
            ("http-response del-header content-length", "Content-Length: 5\r\n\r\nhello")
        );

    [Theory, MemberData(nameof(Kept))]
    public void Bodies_keep_their_bounds(Product product, string rule, string request)
    {
        OriginServer origin = Echo();
        RawClient client = Connect(Proxy(product, rule, origin));
        for (int i = 0; i < 3; i++)
            Assert.Equal((200, "hello"), (client.Ask($"POST /{i} HTTP/1.1\r\nHost: a\r\n{request}") is var r ? r.Status : 0, r.Body));
        Assert.Equal(["POST /0", "POST /1", "POST /2"], origin.Heads.Select(h => h[..7]));
    }

    /// <summary>HAProxy ends in an error, or lies to the server; here such an edit has no effect.</summary>
    [Theory]
    [InlineData("http-request set-header content-length 2", "Content-Length: 5\r\n\r\nhello", "hello")]
    [InlineData("http-request set-header content-length 50", "Content-Length: 5\r\n\r\nhello", "hello")]
    [InlineData("http-request set-header content-length 50", "\r\n", "")]
    [InlineData("http-request set-header transfer-encoding chunked", "Content-Length: 5\r\n\r\nhello", "hello")]
    [InlineData("http-request add-header transfer-encoding chunked", "\r\n", "")]
    [InlineData("http-response set-header content-length 2", "Content-Length: 5\r\n\r\nhello", "hello")]
    [InlineData("http-response set-header transfer-encoding chunked", "Content-Length: 5\r\n\r\nhello", "hello")]
    public void Rules_cannot_lie_about_a_body(string rule, string request, string body)
    {
        OriginServer origin = Echo();
        RawClient client = Connect(Proxy(Product.Baton, rule, origin));
        for (int i = 0; i < 3; i++)
            Assert.Equal((200, body), (client.Ask($"POST /{i} HTTP/1.1\r\nHost: a\r\n{request}") is var r ? r.Status : 0, r.Body));
        Assert.Equal(3, origin.Heads.Count);
    }

    public static TheoryData<Product, string, string> Authorities =>
        Products.BothWith(
            ("http-request set-uri http://h.com:81/y", "GET http://h.com:81/y HTTP/1.1 h.com:81"),
            ("http-request replace-uri .* http://u@k.com/z", "GET http://u@k.com/z HTTP/1.1 k.com"),
            ("http-request set-header host b.com", "GET http://b.com/x HTTP/1.1 b.com"),
            ("http-request replace-value host a zz", "GET http://zz/x HTTP/1.1 zz"),
            ("http-request set-uri /y", "GET /y HTTP/1.1 a")
        );

    [Theory, MemberData(nameof(Authorities))]
    public void Host_and_target_stay_together(Product product, string rule, string expected)
    {
        OriginServer origin = Echo();
        Connect(Proxy(product, rule, origin)).Ask("GET http://a/x HTTP/1.1\r\nHost: a\r\n\r\n");
        string head = origin.Heads.Single();
        Assert.Equal(expected, $"{head[..head.IndexOf('\r')]} {HttpText.Header(head, "host")}");
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Replace_value_takes_a_quoted_element_as_one(Product product)
    {
        OriginServer origin = Echo();
        Connect(Proxy(product, "http-request replace-value x [a-d,]+ z", origin))
            .Ask("GET / HTTP/1.1\r\nHost: a\r\nX: a,b,\"c,d\",e\r\n\r\n");
        Assert.Equal("z,z,z,e", HttpText.Header(origin.Heads.Single(), "x"));
    }

    public static TheoryData<Product, string, string> Formats =>
        Products.BothWith(
            ("%[var(txn.n)]", "a%0Ab 3"),
            ("%{+Q}[var(txn.h)]", "q\"z]\\ 7"),
            ("%{+Q,+E}[var(txn.h)]", "q\\\"z\\]\\\\ 10"),
            ("%{+M}[var(txn.none)]", " 1"),
            ("%{+Q}[var(txn.none)]", " 2"),
            ("%{+Q}ci", "\"127.0.0.1\" 11")
        );

    /// <summary>What a header gets, and how long the same is as a variable: there alone samples are quoted, and dashes written.</summary>
    [Theory, MemberData(nameof(Formats))]
    public void Flags_of_formats_depend_on_what_is_written(Product product, string format, string expected)
    {
        string quoted = format.Replace("\"", "\\\"");
        ProxyProcess proxy = Proxy(
            product,
            $"http-request set-var(txn.n) str(a%0Ab),url_dec\n    http-request set-var(txn.h) req.hdr(x)\n    http-request set-var-fmt(txn.v) \"{quoted}\"\n"
                + $"    http-request return status 200 hdr h \"{quoted}\" hdr n %[var(txn.v),length]",
            Echo()
        );
        Response response = Connect(proxy).Ask("GET / HTTP/1.1\r\nHost: a\r\nX: q\"z]\\\r\n\r\n");
        Assert.Equal(expected, $"{response["h"]} {response["n"]}");
    }
}
