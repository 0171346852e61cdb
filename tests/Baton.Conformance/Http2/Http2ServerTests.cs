// Servers that are spoken to in HTTP/2: what they get, what the client gets of their answers, on both programs and for clients of both
// versions.
using System;
using System.Linq;
using System.Text;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Http2;

public sealed class Http2ServerTests : Scenario
{
    private ProxyProcess Proxy(Product product, int server, string backend = "", string frontend = "", string options = "") =>
        Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    {{frontend}}
                    default_backend be
                backend be
                    {{backend}}
                    server s 127.0.0.1:{{server}} proto h2 {{options}}
                """
        );

    private FrameServer Server(Action<FrameServer.Peer> script) => Keep(new FrameServer(script));

    /// <summary>Answers with the head it got, a line for each field, and the length of the body.</summary>
    private FrameServer Echo() => Keep(FrameServer.Answering((r, body) => ("200", $"{r.Text}body: {body.Length}\n")));

    private RawClient Client(ProxyProcess proxy) => Connect(proxy);

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_request_of_http_1_becomes_fields_without_what_is_for_one_connection(Product product)
    {
        RawClient client = Client(Proxy(product, Echo().Port));
        client.Send(
            "GET /path?q=1 HTTP/1.1\r\nHost: some.example\r\nX-One: 1\r\nConnection: x-two\r\nX-Two: 2\r\nKeep-Alive: 5\r\n"
                + "TE: trailers, gzip\r\nCookie: a=1; b=2\r\n\r\n"
        );
        Response answer = client.ReadResponse();
        Assert.Equal(200, answer.Status);
        string head = answer.Body;
        Assert.Contains(":method: GET\n", head, StringComparison.Ordinal);
        Assert.Contains(":path: /path?q=1\n", head, StringComparison.Ordinal);
        // haproxy says it in Host, and that the scheme is https
        Assert.Contains(product == Product.Baton ? ":authority: some.example\n" : "host: some.example\n", head, StringComparison.Ordinal);
        Assert.Contains(product == Product.Baton ? ":scheme: http\n" : ":scheme: https\n", head, StringComparison.Ordinal);
        Assert.Contains("x-one: 1\n", head, StringComparison.Ordinal);
        Assert.Contains("cookie: a=1; b=2\n", head, StringComparison.Ordinal);
        foreach (string gone in (string[])["connection:", "keep-alive:", "gzip", "upgrade:", "transfer-encoding:"])
            Assert.DoesNotContain(gone, head, StringComparison.Ordinal);
        Assert.Contains("body: 0\n", head, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_request_of_http_2_goes_on_as_it_is(Product product)
    {
        var client = Keep(new FrameClient(Proxy(product, Echo().Port).Port("p1")).Start());
        client.SendHeaders(1, FrameClient.Request("GET", "/two", ("te", "trailers"), ("cookie", "a=1"), ("cookie", "b=2"), ("x-one", "1")));
        string head = client.ReadBody(1);
        Assert.Contains(":method: GET\n", head, StringComparison.Ordinal);
        Assert.Contains(":scheme: http\n", head, StringComparison.Ordinal);
        Assert.Contains(":path: /two\n", head, StringComparison.Ordinal);
        Assert.Contains(":authority: a.test\n", head, StringComparison.Ordinal);
        Assert.Contains("te: trailers\n", head, StringComparison.Ordinal);
        Assert.Contains("cookie: a=1; b=2\n", head, StringComparison.Ordinal);
    }

    /// <summary>Lengths that are known and not, with a window that is smaller than the body.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Bodies_go_to_the_server_whole(Product product)
    {
        RawClient client = Client(Proxy(product, Echo().Port));
        foreach (int size in (int[])[1, 20_000, 300_000])
        {
            string body = new('x', size);
            client.Send($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n\r\n{body}");
            string known = client.ReadResponse().Body;
            Assert.Contains($"body: {size}\n", known, StringComparison.Ordinal);
            Assert.Contains($"content-length: {size}\n", known, StringComparison.Ordinal);
            client.Send($"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{size:x}\r\n{body}\r\n0\r\n\r\n");
            string unknown = client.ReadResponse().Body;
            Assert.Contains($"body: {size}\n", unknown, StringComparison.Ordinal);
            Assert.DoesNotContain("content-length:", unknown, StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Trailers_go_both_ways(Product product)
    {
        string? trailers = null;
        FrameServer server = Server(peer =>
        {
            peer.Start();
            FrameServer.Request request = peer.ReadRequest();
            FrameClient.Frame last = peer.ReadUntil(f => f.Ends);
            trailers = string.Concat(peer.Fields(last).Select(f => $"{f.Name}: {f.Value}\n"));
            peer.SendHeaders(request.Stream, false, (":status", "200"));
            peer.SendData(request.Stream, "hello", ends: false);
            peer.SendHeaders(request.Stream, true, ("x-sum", "42"));
            peer.ReadAll();
        });
        RawClient client = Client(Proxy(product, server.Port));
        client.Send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Check: sum\r\n\r\n");
        string answer = client.ReadUntil("0\r\nx-sum: 42\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Contains("transfer-encoding: chunked\r\n", answer, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("5\r\nhello\r\n", answer, StringComparison.Ordinal);
        Assert.Equal("x-check: sum\n", trailers);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Answers_without_a_body_have_none(Product product)
    {
        FrameServer server = Server(peer =>
        {
            peer.Start();
            while (true)
            {
                FrameServer.Request request = peer.ReadRequest();
                if (request[":method"] == "HEAD")
                    peer.SendHeaders(request.Stream, true, (":status", "200"), ("content-length", "77"));
                else
                    peer.SendHeaders(request.Stream, true, (":status", request[":path"][1..]), ("etag", "x"));
            }
        });
        RawClient client = Client(Proxy(product, server.Port));
        client.Send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Contains("content-length: 77\r\n", client.ReadUntil("\r\n\r\n"), StringComparison.Ordinal);
        foreach (int status in (int[])[204, 304])
        {
            client.Send($"GET /{status} HTTP/1.1\r\nHost: a\r\n\r\n");
            string head = client.ReadUntil("\r\n\r\n");
            Assert.StartsWith($"HTTP/1.1 {status} ", head, StringComparison.Ordinal);
            Assert.DoesNotContain("transfer-encoding", head, StringComparison.OrdinalIgnoreCase);
        }
        client.Send("GET /200 HTTP/1.1\r\nHost: a\r\n\r\n");
        string empty = client.ReadUntil("\r\n\r\n");
        if (product == Product.Baton)
            Assert.Contains("content-length: 0\r\n", empty, StringComparison.Ordinal);
        else
            Assert.Equal("0\r\n\r\n", client.ReadUntil("\r\n\r\n"));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Interim_answers_go_on(Product product)
    {
        FrameServer server = Server(peer =>
        {
            peer.Start();
            FrameServer.Request request = peer.ReadRequest();
            peer.SendHeaders(request.Stream, false, (":status", "103"), ("link", "</a>"));
            peer.SendHeaders(request.Stream, false, (":status", "103"), ("link", "</b>"));
            peer.Answer(request.Stream, "200", "done");
            peer.ReadAll();
        });
        RawClient client = Client(Proxy(product, server.Port));
        client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        string all = client.ReadUntil("done");
        Assert.Equal(2, all.Split("HTTP/1.1 103 ").Length - 1);
        Assert.Contains("link: </b>\r\n", all, StringComparison.Ordinal);
        Assert.Contains("HTTP/1.1 200 ", all, StringComparison.Ordinal);
    }

    /// <summary>A server that does not wait for the body, and wants no more of it.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void An_early_answer_is_given_and_the_rest_of_the_request_is_not_missed(Product product)
    {
        FrameServer server = Server(peer =>
        {
            peer.Start();
            while (true)
            {
                FrameServer.Request request = peer.ReadRequest();
                peer.Answer(request.Stream, request.Ends ? "200" : "413", "early");
                if (!request.Ends)
                    peer.Reset(request.Stream, 0);
            }
        });
        ProxyProcess proxy = Proxy(product, server.Port);
        RawClient client = Client(proxy);
        client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nsome of it");
        Assert.Equal(413, client.ReadResponse().Status);
        Assert.Equal(200, Client(proxy).Get("/").Status);
    }

    /// <summary>What is malformed ends its stream, and the others go on.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void What_is_no_answer_is_502(Product product)
    {
        (string, string)[][] wrong =
        [
            [("x-no-status", "1")],
            [(":status", "200"), ("connection", "close")],
            [(":status", "200"), ("X-Upper", "1")],
            [(":status", "200"), ("x-line", "a\r\nb: c")],
            [(":status", "abc")],
            [(":status", "200"), ("content-length", "1"), ("content-length", "2")],
            [(":status", "200"), ("transfer-encoding", "chunked")],
        ];
        FrameServer server = Server(peer =>
        {
            peer.Start();
            while (true)
            {
                FrameServer.Request request = peer.ReadRequest();
                if (request[":path"] == "/good")
                    peer.Answer(request.Stream, "200", "good");
                else
                    peer.SendHeaders(request.Stream, true, wrong[int.Parse(request[":path"][1..])]);
            }
        });
        ProxyProcess proxy = Proxy(product, server.Port, "retries 0");
        for (int i = 0; i < wrong.Length; i++)
        {
            Assert.Equal((i, 502), (i, Client(proxy).Get($"/{i}").Status));
            Assert.Equal(200, Client(proxy).Get("/good").Status);
        }
    }

    /// <summary>What the head says of the length is held to.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_body_that_is_not_what_its_head_said_cuts_the_answer(Product product)
    {
        FrameServer server = Server(peer =>
        {
            peer.Start();
            FrameServer.Request request = peer.ReadRequest();
            peer.SendHeaders(request.Stream, false, (":status", "200"), ("content-length", "3"));
            peer.SendData(request.Stream, "more than three", ends: true);
            peer.ReadAll();
        });
        RawClient client = Client(Proxy(product, server.Port));
        client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        string all = client.ReadTextToEnd();
        Assert.DoesNotContain("more than", all, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_client_that_leaves_ends_its_stream_alone(Product product)
    {
        using var gone = new ManualResetEventSlim();
        uint error = 99;
        FrameServer server = Server(peer =>
        {
            peer.Start();
            FrameServer.Request slow = peer.ReadRequest(),
                other = peer.ReadRequest();
            error = peer.ReadUntil(f => f.Type == FrameClient.RstStream && f.Stream == slow.Stream).Error;
            peer.Answer(other.Stream, "200", "other");
            gone.Set();
            peer.ReadAll();
        });
        var client = Keep(new FrameClient(Proxy(product, server.Port, "http-reuse always").Port("p1")).Start());
        client.SendHeaders(1, FrameClient.Request(path: "/slow"));
        Eventually(() => server.Requests.Count == 1, "the first request did not arrive");
        client.SendHeaders(3, FrameClient.Request(path: "/other"));
        Eventually(() => server.Requests.Count == 2, "the second request did not arrive on the connection");
        client.Send(FrameClient.RstStream, 0, 1, 0, 0, 0, 8);
        Assert.Equal("other", client.ReadBody(3));
        Assert.True(gone.Wait(Patience.Ms));
        Assert.Equal(8u, error);
        Assert.Equal(1, server.Connections);
    }

    /// <summary>haproxy 2.6 answers 502.</summary>
    [Theory]
    [InlineData("refused")]
    [InlineData("goaway")]
    public void A_request_that_the_server_did_not_look_at_is_sent_again(string how)
    {
        int heads = 0;
        FrameServer server = Server(peer =>
        {
            peer.Start();
            while (true)
            {
                FrameServer.Request request = peer.ReadRequest();
                if (Interlocked.Increment(ref heads) > 1)
                    peer.Answer(request.Stream, "200", "again");
                else if (how == "refused")
                    peer.Reset(request.Stream, 7);
                else
                    peer.GoAway(0);
            }
        });
        RawClient client = Client(Proxy(Product.Baton, server.Port));
        client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
        Response answer = client.ReadResponse();
        Assert.Equal((200, "again"), (answer.Status, answer.Body));
        Assert.Equal(2, heads);
    }

    /// <summary>Its body comes after the server has said so, in whatever form.</summary>
    [Theory, InlineData("refused", true), InlineData("refused", false), InlineData("goodbye", true), InlineData("goodbye", false)]
    public void A_request_that_is_not_whole_yet_is_sent_again(string how, bool hasLength)
    {
        using var isSeen = new ManualResetEventSlim();
        int posts = 0;
        FrameServer server = Server(peer =>
        {
            peer.Start();
            while (true)
            {
                FrameServer.Request request = peer.ReadRequest();
                if (request[":method"] == "POST" && Interlocked.Increment(ref posts) == 1)
                {
                    if (how == "refused")
                        peer.Reset(request.Stream, 7);
                    else
                        peer.GoAway(request.Stream - 2);
                    // the proxy has seen it when it answers what comes behind it, or leaves
                    peer.Send(FrameClient.Ping, 0, 0, new byte[8]);
                    while (peer.Read() is { } frame && frame is not { Type: FrameClient.Ping, Flags: 1 }) { }
                    isSeen.Set();
                    continue;
                }
                var body = new StringBuilder();
                for (bool ends = request.Ends; !ends; )
                {
                    FrameClient.Frame data = peer.ReadUntil(f => f.Type == FrameClient.Data && f.Stream == request.Stream);
                    body.Append(Encoding.ASCII.GetString(data.Payload));
                    ends = data.Ends;
                }
                peer.Answer(request.Stream, "200", $"{request[":method"]} {body}");
            }
        });
        RawClient client = Client(Proxy(Product.Baton, server.Port, "http-reuse always"));
        Assert.Equal("GET ", client.Get("/").Body);
        client.Send($"POST / HTTP/1.1\r\nHost: a\r\n{(hasLength ? "Content-Length: 10" : "Transfer-Encoding: chunked")}\r\n\r\n");
        client.Send(hasLength ? "hello" : "5\r\nhello\r\n");
        Assert.True(isSeen.Wait(Patience.Ms));
        client.Send(hasLength ? "again" : "5\r\nagain\r\n0\r\n\r\n");
        Response answer = client.ReadResponse();
        Assert.Equal((200, "POST helloagain"), (answer.Status, answer.Body));
    }

    /// <summary>What is kept to be sent again, in case, is given up where there is too much of it, and arrives whole.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public void What_is_too_much_to_be_sent_again_is_sent_once(bool hasLength)
    {
        RawClient client = Client(Proxy(Product.Baton, Echo().Port));
        foreach (int size in (int[])[15_000, 16_000, 16_400, 17_000, 100_000, 3])
        {
            client.Send($"POST / HTTP/1.1\r\nHost: a\r\n{(hasLength ? $"Content-Length: {size}" : "Transfer-Encoding: chunked")}\r\n\r\n");
            for (int left = size; left > 0; left -= Math.Min(left, 997))
            {
                string part = new('x', Math.Min(left, 997));
                client.Send(hasLength ? part : $"{part.Length:x}\r\n{part}\r\n");
            }
            if (!hasLength)
                client.Send("0\r\n\r\n");
            Assert.Contains($"body: {size}\n", client.ReadResponse().Body, StringComparison.Ordinal);
        }
    }

    /// <summary>A server that takes little at once, and says so of each frame twice: that is no flood.</summary>
    [Fact]
    public void Small_windows_are_opened_as_often_as_it_takes()
    {
        const int frames = 12_000,
            size = 50;
        FrameServer server = Server(peer =>
        {
            peer.Start((4, size));
            FrameServer.Request request = peer.ReadRequest();
            int length = 0;
            for (bool ends = false; !ends; )
            {
                FrameClient.Frame data = peer.ReadUntil(f => f.Type == FrameClient.Data);
                length += data.Payload.Length;
                ends = data.Ends;
                if (!ends)
                    peer.GiveWindow(data);
            }
            peer.Answer(request.Stream, "200", $"{length}");
        });
        RawClient client = Client(Proxy(Product.Baton, server.Port));
        client.Send($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {frames * size}\r\n\r\n");
        client.Send(new string('x', frames * size));
        Assert.Equal($"{frames * size}", client.ReadResponse().Body);
    }

    /// <summary>However often it is asked.</summary>
    [Fact]
    public void A_server_that_refuses_all_requests_is_asked_as_often_as_retries_says()
    {
        FrameServer server = Server(peer =>
        {
            peer.Start();
            while (true)
                peer.Reset(peer.ReadRequest().Stream, 7);
        });
        Assert.Equal(502, Client(Proxy(Product.Baton, server.Port, "retries 2")).Get("/").Status);
        Assert.Equal(3, server.Requests.Count);
    }

    /// <summary>A stream that was reset in the middle of its answer takes nothing else with it.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_reset_in_the_middle_cuts_one_answer(Product product)
    {
        FrameServer server = Server(peer =>
        {
            peer.Start();
            while (true)
            {
                FrameServer.Request request = peer.ReadRequest();
                if (request[":path"] == "/good")
                {
                    peer.Answer(request.Stream, "200", "good");
                    continue;
                }
                peer.SendHeaders(request.Stream, false, (":status", "200"), ("content-length", "100"));
                peer.SendData(request.Stream, "part", ends: false);
                peer.Reset(request.Stream, 2);
            }
        });
        ProxyProcess proxy = Proxy(product, server.Port);
        RawClient client = Client(proxy);
        client.Send("GET /cut HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.DoesNotContain("good", client.ReadTextToEnd(), StringComparison.Ordinal);
        Assert.Equal("good", Client(proxy).Get("/good").Body);
    }

    /// <summary>Other servers' limits are kept to: what has no room makes another connection.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void No_more_streams_are_opened_than_the_server_takes(Product product)
    {
        using var go = new ManualResetEventSlim();
        FrameServer server = Server(peer =>
        {
            peer.Start((3, 2));
            peer.Answer(peer.ReadRequest().Stream, "200", "first");
            while (peer.Read() is { } frame)
                if (frame.Type == FrameClient.Headers)
                    peer.AnswerBehind(go, peer.Note(frame).Stream, "later");
        });
        var client = Keep(new FrameClient(Proxy(product, server.Port, "http-reuse always").Port("p1")).Start());
        Assert.Equal("first", client.Ask(1).Body);
        for (int i = 0; i < 4; i++)
            client.SendHeaders(3 + 2 * i, FrameClient.Request());
        Eventually(() => server.Requests.Count(r => r.Connection == 1) == 3, "the connection takes two");
        Eventually(() => server.Connections >= 2, "the others need another one");
        Thread.Sleep(100);
        Assert.Equal(3, server.Requests.Count(r => r.Connection == 1));
        go.Set();
    }

    /// <summary>A window that the server makes smaller or larger while a body is on its way.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_window_of_a_stream_changes_in_the_middle(Product product)
    {
        int before = 0,
            all = 0;
        FrameServer server = Server(peer =>
        {
            peer.Start((4, 1000));
            FrameServer.Request request = peer.ReadRequest();
            while (before < 1000)
                before += peer.ReadUntil(f => f.Type == FrameClient.Data).Payload.Length;
            all = before;
            peer.SendSettings((4, 30_000));
            while (true)
            {
                FrameClient.Frame frame = peer.ReadUntil(f => f.Type == FrameClient.Data);
                all += frame.Payload.Length;
                if (frame.Ends)
                    break;
            }
            peer.Answer(request.Stream, "200", "all");
            peer.ReadAll();
        });
        RawClient client = Client(Proxy(product, server.Port));
        client.Send($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\n{new string('x', 20_000)}");
        Assert.Equal("all", client.ReadResponse().Body);
        Assert.Equal((true, 20_000), (before <= 65535, all));
    }

    /// <summary>A connection that the server has closed, or said goodbye on, while it was idle is not used again.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void An_idle_connection_that_ends_is_noticed(Product product)
    {
        FrameServer server = Server(peer =>
        {
            peer.Start();
            peer.Answer(peer.ReadRequest().Stream, "200", $"{peer.Number}");
            if (peer.Number == 1)
                return;
            if (peer.Number == 2)
                peer.GoAway(1);
            peer.ReadAll();
        });
        RawClient client = Client(Proxy(product, server.Port));
        for (int i = 1; i <= 3; i++)
        {
            Assert.Equal($"{i}", client.Get("/").Body);
            Thread.Sleep(50);
        }
    }

    /// <summary>haproxy takes it for a fault of the connection too, and answers 502.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void What_is_pushed_is_refused(Product product)
    {
        uint error = 99;
        FrameServer server = Server(peer =>
        {
            peer.Start();
            FrameServer.Request request = peer.ReadRequest();
            peer.Send(5, 4, request.Stream, 0, 0, 0, 2, 0x82);
            while (peer.Read() is { } frame)
                if (frame.Type == FrameClient.GoAway)
                    error = frame.Error;
        });
        Assert.Equal(502, Client(Proxy(product, server.Port, "retries 0")).Get("/").Status);
        Eventually(() => error != 99, "no GOAWAY came");
        Assert.Equal(1u, error);
    }
}
