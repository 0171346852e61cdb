// Framing that another parser may read otherwise: what comes out on the other side, byte for byte, and that the next message on the
// connection is found.
using System;
using System.Linq;
using System.Text;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Http;

public sealed class FramingTests : Scenario
{
    private const string Final = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfinal";

    private ProxyProcess Proxy(Product product, OriginServer origin) =>
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
        );

    /// <summary>An origin that answers /odd with the bytes given and closes after them when asked to, and anything else with
    /// "next".</summary>
    private OriginServer OddOrigin(string answer) =>
        Origin(c =>
        {
            while (c.TryReadHead(out string head))
                c.Send(head.Contains(" /odd ", StringComparison.Ordinal) ? answer : "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnext");
        });

    [Trait("wire", "raw")]
    [Theory]
    [InlineData(":")]
    [InlineData(": x")]
    [InlineData(":: x")]
    [InlineData(": chunked")]
    public void A_field_has_a_name_in_both_directions(string line)
    {
        foreach (Product product in (Product[])[Product.Baton, Product.Haproxy])
        {
            foreach (
                string fields in (string[])
                    [
                        $"{line}\r\nHost: a\r\nX-Padding: more than sixteen bytes\r\n",
                        $"Host: a\r\n{line}\r\nX-Padding: more than sixteen bytes\r\n",
                        $"Host: a\r\n{line}\r\n",
                    ]
            )
            {
                OriginServer origin = OddOrigin($"HTTP/1.1 200 OK\r\n{fields}Content-Length: 0\r\n\r\n");
                ProxyProcess proxy = Proxy(product, origin);
                Assert.Equal(400, Connect(proxy).Ask($"POST / HTTP/1.1\r\n{fields}Content-Length: 0\r\n\r\n").Status);
                Assert.Equal(0, origin.Connections);
                Assert.Equal(502, Connect(proxy).Get("/odd").Status);
            }
        }
    }

    public static TheoryData<Product, string, string> InterimAnswers =>
        Products.BothWith(
            ("HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\nLink: a\r\n\r\n", "103 Early Hints|link: a||"),
            ("HTTP/1.1 103 Early Hints\r\nLink: a\r\nTransfer-Encoding: chunked\r\n\r\n", "103 Early Hints|link: a||"),
            ("HTTP/1.1 102 P\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", "102 P||"),
            ("HTTP/1.1 103 Early Hints\nLink: a\n\n", "103 Early Hints|link: a||"),
            ("HTTP/1.1 100 Continue\r\nLink: a\n\r\n", "100 Continue|link: a||"),
            ("HTTP/1.1 103 Early Hints\r\nConnection: close\r\nLink: a\r\n\r\n", "103 Early Hints|link: a||"),
            ("HTTP/1.1 103 A\r\nContent-Length: 1\r\n\r\nHTTP/1.1 103 B\r\nLink: b\n\n", "103 A||HTTP/1.1 103 B|link: b||")
        );

    [Theory, MemberData(nameof(InterimAnswers))]
    public void An_interim_answer_has_no_framing(Product product, string interim, string passedOn)
    {
        // at once, and in three pieces
        foreach (int step in (int[])[interim.Length + Final.Length, interim.Length / 2])
        {
            string answer = interim + Final;
            RawClient client = Connect(
                Proxy(
                    product,
                    Origin(c =>
                    {
                        while (c.TryReadHead(out string head))
                        {
                            if (!head.Contains(" /odd ", StringComparison.Ordinal))
                            {
                                c.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnext");
                                continue;
                            }
                            for (int at = 0; at < answer.Length; at += step)
                            {
                                c.Send(answer[at..Math.Min(answer.Length, at + step)]);
                                if (at + step < answer.Length)
                                    System.Threading.Thread.Sleep(30);
                            }
                        }
                    })
                )
            );
            client.Send("GET /odd HTTP/1.1\r\nHost: a\r\n\r\n");
            var heads = new StringBuilder();
            string head;
            while (!(head = client.ReadHead()).StartsWith("HTTP/1.1 200", StringComparison.Ordinal))
                heads.Append(head);
            Assert.Equal(
                "HTTP/1.1 " + passedOn,
                heads.ToString().Replace("Link", "link", StringComparison.Ordinal).Replace("\r\n", "|", StringComparison.Ordinal)
            );
            Assert.Equal("final", Encoding.ASCII.GetString(client.ReadBytes(5)));
            Assert.Equal("next", client.Get().Body);
        }
    }

    public static TheoryData<Product, string, string> Chunks =>
        Products.BothWith(
            ("5\r\nhello\r\n0\r\n\r\n", "5|hello|0||"),
            ("5;a=b\r\nhello\r\n0;c\r\n\r\n", "5|hello|0||"),
            ("5 \t\r\nhello\r\n0\r\n\r\n", "5|hello|0||"),
            ("00000000000000000005\r\nhello\r\n000\r\n\r\n", "5|hello|0||"),
            ("5;a\r\nhello\r\n0\r\nA: b\r\n\r\n", "5|hello|0|a: b||")
        );

    [Theory, MemberData(nameof(Chunks))]
    public void Chunks_go_on_plainly_in_both_directions(Product product, string body, string passedOn)
    {
        string sent = "";
        OriginServer origin = Origin(c =>
        {
            while (c.TryReadHead(out string head))
            {
                if (head.StartsWith("POST", StringComparison.Ordinal))
                {
                    sent = c.ReadUntil("0\r\n");
                    sent += passedOn.EndsWith("0||", StringComparison.Ordinal) ? c.ReadUntil("\r\n") : c.ReadUntil("\r\n\r\n");
                }
                c.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body);
            }
        });
        RawClient client = Connect(Proxy(product, origin));
        foreach (bool torn in (bool[])[false, true])
        {
            client.Send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + (torn ? "" : body));
            if (torn)
                foreach (char c in body)
                {
                    client.Send(c.ToString());
                    System.Threading.Thread.Sleep(2);
                }
            client.ReadHead();
            string back = client.ReadUntil("0\r\n");
            back += passedOn.EndsWith("0||", StringComparison.Ordinal) ? client.ReadUntil("\r\n") : client.ReadUntil("\r\n\r\n");
            // haproxy writes a chunk for each piece it has
            if (product == Product.Baton || !torn)
                foreach (string text in (string[])[sent, back])
                    Assert.Equal(passedOn, Plain(text));
            Assert.Equal("hello", client.Get().Body);
        }
    }

    /// <summary>Baton leaves a first zero that has already gone.</summary>
    private static string Plain(string text) =>
        text.ToLowerInvariant()
            .Replace("\r\n", "|", StringComparison.Ordinal)
            .Replace("05|", "5|", StringComparison.Ordinal)
            .Replace("00|", "0|", StringComparison.Ordinal);

    /// <summary>haproxy 2.6 cuts such a chunk up; what it forwards says no more than what has come.</summary>
    [Theory]
    [InlineData("80000000")]
    [InlineData("ffffffff")]
    [InlineData("100000005")]
    [InlineData("10000000000000005")]
    public void A_chunk_beyond_31_bits_is_refused(string size)
    {
        byte[] seen = [];
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            seen = c.ReadToEnd();
        });
        RawClient client = Connect(Proxy(Product.Baton, origin));
        Assert.Equal(400, client.Ask($"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{size}\r\nhello").Status);
        client.ExpectEnd();
        Assert.DoesNotContain("hello", Encoding.ASCII.GetString(seen), StringComparison.Ordinal);
        Assert.Equal(
            502,
            Connect(Proxy(Product.Baton, OddOrigin($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{size}\r\nhello")))
                .Get("/odd")
                .Status
        );
    }

    [Theory]
    [InlineData("Content-Length: 7")]
    [InlineData("transfer-encoding: chunked")]
    [InlineData("HOST: b")]
    public void A_trailer_does_not_tell_the_end(string trailer) =>
        Assert.Equal(
            400,
            Connect(Proxy(Product.Baton, HttpOrigin()))
                .Ask($"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n{trailer}\r\n\r\n")
                .Status
        );

    /// <summary>Only while nothing of the answer is out can its fault be told.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_bad_chunk_that_came_with_the_head_is_a_502(Product product)
    {
        ProxyProcess proxy = Proxy(product, OddOrigin("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nhello"));
        RawClient client = Connect(proxy);
        Assert.Equal(502, client.Get("/odd").Status);
        Assert.Equal("next", client.Get().Body);
    }

    [Trait("wire", "raw")]
    [Theory]
    [InlineData(Product.Baton, "Transfer-Encoding: chunked\r\n")]
    [InlineData(Product.Haproxy, "Transfer-Encoding: chunked\r\n")]
    [InlineData(Product.Baton, "Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n")]
    [InlineData(Product.Haproxy, "Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n")]
    [InlineData(Product.Baton, "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n")]
    [InlineData(Product.Haproxy, "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n")]
    public void A_chunked_answer_in_1_0_is_the_last_one(Product product, string fields)
    {
        RawClient client = Connect(Proxy(product, OddOrigin($"HTTP/1.0 200 OK\r\n{fields}\r\n5\r\nhello\r\n0\r\n\r\n")));
        Assert.Equal("hello", client.Get("/odd").Body);
        client.ExpectEnd();
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void What_tells_the_end_reaches_the_server_plainly(Product product)
    {
        OriginServer origin = HttpOrigin();
        ProxyProcess proxy = Proxy(product, origin);
        string last(string request)
        {
            Assert.Equal(200, Connect(proxy).Ask(request).Status);
            return origin.Heads.Last().ToLowerInvariant();
        }
        Assert.Contains(
            "\r\ncontent-length: 5\r\n",
            last("POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\t5 \t\r\n\r\nhello"),
            StringComparison.Ordinal
        );
        Assert.StartsWith("get / http/1.1\r\nhost: a\r\n", last("GET / HTTP/1.7\r\nHost: \ta\r\n\r\n"), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void An_answer_is_of_the_version_that_is_spoken_here(Product product) =>
        Assert.StartsWith(
            "HTTP/1.1 200 OK\r\n",
            Connect(Proxy(product, OddOrigin("HTTP/1.9 200 OK\r\nContent-Length: 0\r\n\r\n"))).Get("/odd").Head,
            StringComparison.Ordinal
        );
}
