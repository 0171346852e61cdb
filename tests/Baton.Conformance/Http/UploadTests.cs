// Requests whose body takes its time: answered before they are whole, broken off, waiting for leave.
using System;
using System.Text;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Http;

public sealed class UploadTests : Scenario
{
    private const string Begun = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private ProxyProcess Proxy(Product product, int port, string options = "") =>
        Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    {{options}}
                    default_backend be
                backend be
                    server s 127.0.0.1:{{port}}
                """
        );

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void An_early_answer_does_not_stop_the_upload(Product product)
    {
        string got = "";
        using var done = new ManualResetEventSlim();
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            c.Send(Ok);
            got = Encoding.ASCII.GetString(c.ReadBytes(10));
            done.Set();
            c.ReadHead();
            c.Send(Ok);
            c.ReadToEnd();
        });
        RawClient client = Connect(Proxy(product, origin.Port));
        client.Send(Begun);
        Response response = client.ReadResponse();
        Assert.Equal("ok", response.Body);
        Assert.Null(HttpText.Header(response.Head, "connection"));
        client.Send("67890");
        Assert.True(done.Wait(Patience.Ms), "the rest did not arrive");
        Assert.Equal("1234567890", got);
        // and the connection goes on
        Assert.Equal("ok", client.Get().Body);
        Assert.Equal(1, origin.Connections);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void What_comes_after_an_early_answer_and_a_close_is_for_nobody(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            if (c.Number == 1)
                c.ReadBytes(5);
            c.Send(Ok);
            if (c.Number > 1)
                c.ReadToEnd();
        });
        RawClient client = Connect(Proxy(product, origin.Port));
        client.Send(Begun);
        Assert.Equal("ok", client.ReadResponse().Body);
        Thread.Sleep(300);
        client.Send("67890");
        Assert.Equal("ok", client.Get().Body);
        Assert.Equal(2, origin.Connections);
    }

    /// <summary>More than all buffers and pipes on the way hold: what is stuck there when the server goes must not stop the rest. Debian's
    /// haproxy gives the connection up.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public void A_long_upload_to_a_server_that_is_gone_is_read_to_its_end(bool half)
    {
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            c.Send(Ok);
            if (c.Number > 1)
            {
                c.ReadToEnd();
                return;
            }
            Thread.Sleep(500);
            if (!half)
                return;
            c.ShutdownSend();
            Thread.Sleep(1000);
        });
        RawClient client = Connect(Proxy(Product.Baton, origin.Port));
        byte[] body = new byte[32 << 20];
        client.Send($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {body.Length}\r\n\r\n");
        Assert.Equal("ok", client.ReadResponse().Body);
        client.Send(body);
        Assert.Equal("ok", client.Get().Body);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_client_that_stops_within_its_body_gets_no_answer(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            c.ReadToEnd();
        });
        RawClient client = Connect(Proxy(product, origin.Port));
        client.Send(Begun);
        client.ShutdownSend();
        Assert.Equal("", client.ReadTextToEnd());
    }

    /// <summary>Who gives leave to send a body: the server, or the proxy that wants it first.</summary>
    public static TheoryData<Product, string> Waits()
    {
        var data = new TheoryData<Product, string>();
        foreach (Product product in (Product[])[Product.Baton, Product.Haproxy])
        foreach (string option in (string[])["", "option http-buffer-request", "http-request wait-for-body time 2s"])
            data.Add(product, option);
        return data;
    }

    [Trait("wire", "raw")]
    [Theory, MemberData(nameof(Waits))]
    public void Leave_to_send_is_given_once(Product product, string option)
    {
        OriginServer origin = Origin(c =>
        {
            string head = c.ReadHead();
            if (HttpText.Header(head, "expect") is not null)
                c.Send("HTTP/1.1 100 Continue\r\n\r\n");
            c.ReadBytes(4);
            c.Send(Ok);
            c.ReadToEnd();
        });
        RawClient client = Connect(Proxy(product, origin.Port, option));
        client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
        Assert.Equal(100, client.ReadResponse().Status);
        client.Send("body");
        Assert.Equal(200, client.ReadResponse().Status);
        Assert.True(origin.Heads.TryDequeue(out string? head));
        Assert.Equal(option.Length == 0 ? "100-continue" : null, HttpText.Header(head, "expect"));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_stale_connection_under_a_post_is_told_by_a_close(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            c.Send(Ok);
            c.TryReadHead(out _);
        });
        RawClient client = Connect(Proxy(product, origin.Port));
        Assert.Equal("ok", client.Get().Body);
        client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
        Assert.Equal("", client.ReadTextToEnd());
        Assert.Equal(1, origin.Connections);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void What_answers_no_request_goes_out_as_it_is(Product product)
    {
        ProxyProcess proxy = Proxy(product, HttpOrigin().Port, "http-after-response set-header X-Rule yes");
        RawClient client = Connect(proxy);
        client.Send("GARBAGE\r\n\r\n");
        Assert.StartsWith(
            "HTTP/1.1 400 Bad request\r\nContent-length: 90\r\nCache-Control: no-cache\r\nConnection: close\r\nContent-Type: text/html\r\n\r\n<html>",
            client.ReadTextToEnd(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_head_that_is_too_large_is_told_that_the_connection_ends()
    {
        RawClient client = Connect(Proxy(Product.Baton, HttpOrigin().Port));
        client.Send($"GET /{new string('a', 20000)} HTTP/1.1\r\nHost: a\r\n\r\n");
        Response response = client.ReadResponse();
        Assert.Equal(414, response.Status);
        Assert.Equal("close", HttpText.Header(response.Head, "connection"));
    }
}
