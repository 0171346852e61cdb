// Requests over HTTP/2 with prior knowledge: what the server gets, what the client gets, on both programs.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Text;
using System.Threading.Tasks;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Http2;

public sealed class Http2RequestTests : Scenario
{
    private ProxyProcess Proxy(Product product, int origin, string frontend = "", string bind = "proto h2") =>
        Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1} {{bind}}
                    {{frontend}}
                    default_backend be
                backend be
                    server s 127.0.0.1:{{origin}}
                """
        );

    private HttpClient Client(ProxyProcess proxy) =>
        Keep(
            new HttpClient
            {
                BaseAddress = new Uri($"http://127.0.0.1:{proxy.Port("p1")}"),
                DefaultRequestVersion = HttpVersion.Version20,
                DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Timeout = TimeSpan.FromMilliseconds(Patience.Ms),
            }
        );

    /// <summary>The head as text, and whatever the body was.</summary>
    private OriginServer Echo() =>
        Origin(c =>
        {
            while (c.TryReadHead(out string head))
            {
                byte[] body = Encoding.Latin1.GetBytes(head);
                c.Send($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\nConnection: keep-alive\r\nX-Kept: yes\r\n\r\n{head}");
            }
        });

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public async Task A_server_gets_a_head_of_http_1(Product product)
    {
        HttpClient client = Client(Proxy(product, Echo().Port));
        var request = new HttpRequestMessage(HttpMethod.Get, "/path?query=1")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Host = "some.example";
        request.Headers.Add("cookie", "a=1");
        request.Headers.Add("x-one", "1");
        HttpResponseMessage answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        string head = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpVersion.Version20, answer.Version);
        Assert.StartsWith("GET /path?query=1 HTTP/1.1\r\n", head, StringComparison.Ordinal);
        Assert.Contains("host: some.example\r\n", head, StringComparison.Ordinal);
        Assert.Contains("cookie: a=1\r\n", head, StringComparison.Ordinal);
        Assert.Contains("x-one: 1\r\n", head, StringComparison.Ordinal);
        Assert.Equal("yes", answer.Headers.GetValues("x-kept").Single());
        Assert.False(answer.Headers.Contains("connection"));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Cookies_that_come_in_pieces_are_one_field(Product product)
    {
        var client = Keep(new FrameClient(Proxy(product, Echo().Port).Port("p1")).Start());
        client.SendHeaders(1, FrameClient.Request("GET", "/", ("cookie", "a=1"), ("cookie", "b=2")));
        Assert.Contains("cookie: a=1; b=2\r\n", client.ReadBody(1), StringComparison.Ordinal);
    }

    /// <summary>Answers a request's body with its length and how it came.</summary>
    private OriginServer Counter() =>
        Origin(c =>
        {
            while (c.TryReadHead(out string head))
            {
                bool chunked = head.Contains("transfer-encoding: chunked", StringComparison.OrdinalIgnoreCase);
                int length = chunked ? Payload(c.ReadUntil("\r\n0\r\n\r\n")) : c.ReadBytes(HttpText.ContentLength(head)).Length;
                string answer = $"{(chunked ? "chunked" : "length")} {length}";
                c.Send($"HTTP/1.1 200 OK\r\nContent-Length: {answer.Length}\r\n\r\n{answer}");
            }
        });

    /// <summary>Bytes of payload in a body of chunks.</summary>
    private static int Payload(string chunks)
    {
        int payload = 0,
            at = 0;
        while (true)
        {
            int end = chunks.IndexOf("\r\n", at, StringComparison.Ordinal);
            int size = Convert.ToInt32(chunks[at..end], 16);
            if (size == 0)
                return payload;
            payload += size;
            at = end + 2 + size + 2;
        }
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public async Task Bodies_go_to_the_server_by_length_or_in_chunks(Product product)
    {
        HttpClient client = Client(Proxy(product, Counter().Port));
        foreach (int size in (int[])[1, 100, 20_000, 500_000])
        {
            byte[] body = new byte[size];
            Array.Fill(body, (byte)'x');
            HttpResponseMessage known = await client.PostAsync("/", new ByteArrayContent(body), TestContext.Current.CancellationToken);
            Assert.Equal($"length {size}", await known.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            HttpResponseMessage unknown = await client.PostAsync("/", new Unsized(body), TestContext.Current.CancellationToken);
            Assert.Equal($"chunked {size}", await unknown.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }

    /// <summary>A body that does not say how long it is.</summary>
    private sealed class Unsized(byte[] body) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(body, 0, body.Length);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public async Task Many_streams_share_a_connection(Product product)
    {
        OriginServer origin = HttpOrigin(head =>
        {
            string path = head.Split(' ')[1];
            string body = new string('b', int.Parse(path[1..], System.Globalization.CultureInfo.InvariantCulture));
            return $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}";
        });
        HttpClient client = Client(Proxy(product, origin.Port));
        // one at first, so that all others find its connection
        Assert.Equal(1, (await client.GetStringAsync("/1", TestContext.Current.CancellationToken)).Length);
        int[] sizes = Enumerable.Range(0, 60).Select(i => i * 3001 % 90_000).ToArray();
        string[] bodies = await Task.WhenAll(sizes.Select(s => client.GetStringAsync($"/{s}", TestContext.Current.CancellationToken)));
        Assert.Equal(sizes, bodies.Select(b => b.Length));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public async Task An_answer_in_chunks_arrives_without_them_and_with_its_trailers(Product product)
    {
        OriginServer origin = HttpOrigin(_ =>
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: x-last\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\nX-Last: yes\r\n\r\n"
        );
        HttpClient client = Client(Proxy(product, origin.Port));
        HttpResponseMessage answer = await client.GetAsync("/", TestContext.Current.CancellationToken);
        Assert.Equal("hello world", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.False(answer.Headers.Contains("transfer-encoding"));
        Assert.Equal("yes", answer.TrailingHeaders.GetValues("x-last").Single());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public async Task Trailers_of_a_request_go_behind_its_last_chunk(Product product)
    {
        string? raw = null;
        OriginServer origin = Origin(c =>
        {
            if (!c.TryReadHead(out _))
                return;
            raw = c.ReadUntil("\r\n\r\n");
            c.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        });
        var client = Keep(new FrameClient(Proxy(product, origin.Port).Port("p1")).Start());
        client.SendHeaders(1, FrameClient.Request("POST"), ends: false);
        client.Send(FrameClient.Make(FrameClient.Data, 0, 1, Encoding.ASCII.GetBytes("hello")));
        client.SendHeaders(1, FrameClient.Field("x-check", "sum"));
        Assert.Equal("ok", client.ReadBody(1));
        Assert.Equal("5\r\nhello\r\n0\r\nx-check: sum\r\n\r\n", raw);
        await Task.CompletedTask;
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public async Task Answers_without_a_body_have_none(Product product)
    {
        OriginServer origin = HttpOrigin(head =>
            head.StartsWith("HEAD", StringComparison.Ordinal) ? "HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n"
            : head.Contains("/204", StringComparison.Ordinal) ? "HTTP/1.1 204 No\r\n\r\n"
            : "HTTP/1.1 304 Not\r\nETag: \"x\"\r\n\r\n"
        );
        HttpClient client = Client(Proxy(product, origin.Port));
        HttpResponseMessage head = await client.SendAsync(
            new HttpRequestMessage(HttpMethod.Head, "/")
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            },
            TestContext.Current.CancellationToken
        );
        Assert.Equal(77, head.Content.Headers.ContentLength);
        Assert.Equal(204, (int)(await client.GetAsync("/204", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(304, (int)(await client.GetAsync("/304", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public async Task Rules_answer_refuse_and_redirect(Product product)
    {
        HttpClient client = Client(
            Proxy(
                product,
                Echo().Port,
                """
                http-request return status 200 content-type text/plain string "own" if { path /own }
                http-request deny deny_status 429 if { path /no }
                http-request redirect location /there if { path /here }
                http-request add-header x-version %HV
                http-request set-header x-ver %[req.ver]
                """
            )
        );
        Assert.Equal("own", await client.GetStringAsync("/own", TestContext.Current.CancellationToken));
        Assert.Equal(429, (int)(await client.GetAsync("/no", TestContext.Current.CancellationToken)).StatusCode);
        string seen = await client.GetStringAsync("/other", TestContext.Current.CancellationToken);
        Assert.Contains("x-version: HTTP/2.0\r\n", seen, StringComparison.Ordinal);
        Assert.Contains("x-ver: 2.0\r\n", seen, StringComparison.Ordinal);
        string there = await client.GetStringAsync("/here", TestContext.Current.CancellationToken);
        Assert.StartsWith("GET /there HTTP/1.1\r\n", there, StringComparison.Ordinal);
    }

    /// <summary>The first words of a connection say what it speaks.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_listener_of_http_1_understands_prior_knowledge(Product product)
    {
        int port = Proxy(product, Echo().Port, bind: "").Port("p1");
        var whole = Keep(new FrameClient(port).Start());
        whole.SendHeaders(1, FrameClient.Request(path: "/whole"));
        Assert.StartsWith("GET /whole HTTP/1.1\r\n", whole.ReadBody(1), StringComparison.Ordinal);
        RawClient one = Keep(RawClient.Tcp(port));
        Assert.Equal(200, one.Get("/one").Status);
    }

    /// <summary>However they are torn; haproxy 2.6 takes them for a request when they are cut in the wrong place.</summary>
    [Fact]
    public void Prior_knowledge_may_come_in_pieces()
    {
        int port = Proxy(Product.Baton, Echo().Port, bind: "").Port("p1");
        var torn = Keep(new FrameClient(port));
        foreach (byte b in FrameClient.Preface)
            torn.Send([b]);
        torn.Send(FrameClient.Make(FrameClient.Settings, 0, 0));
        torn.SendHeaders(1, FrameClient.Request(path: "/torn"));
        Assert.StartsWith("GET /torn HTTP/1.1\r\n", torn.ReadBody(1), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Prior_knowledge_may_be_switched_off(Product product)
    {
        int port = Proxy(product, Echo().Port, "option disable-h2-upgrade", bind: "").Port("p1");
        RawClient client = Keep(RawClient.Tcp(port));
        client.Send(Encoding.ASCII.GetString(FrameClient.Preface));
        Assert.Equal(400, client.ReadResponse().Status);
    }

    /// <summary>Malformed requests end their stream, not the connection (RFC 9113 §8.1.1).</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_malformed_request_ends_its_stream_alone(Product product)
    {
        var client = Keep(new FrameClient(Proxy(product, Echo().Port).Port("p1")).Start());
        List<byte[]> wrong =
        [
            FrameClient.Request("GET", "/", ("Upper", "1")),
            FrameClient.Request("GET", "/", ("connection", "close")),
            FrameClient.Request("GET", "/", (":path", "/late")),
            [.. FrameClient.Field(":method", "GET"), .. FrameClient.Field(":scheme", "http"), .. FrameClient.Field(":authority", "a")],
            FrameClient.Request("GET", ""),
        ];
        int stream = 1;
        foreach (byte[] block in wrong)
        {
            client.SendHeaders(stream, block);
            FrameClient.Frame reset = client.ReadUntil(FrameClient.RstStream);
            Assert.Equal((stream, 1u), (reset.Stream, reset.Error));
            stream += 2;
        }
        client.SendHeaders(stream, FrameClient.Request(path: "/fine"));
        Assert.StartsWith("GET /fine HTTP/1.1\r\n", client.ReadBody(stream), StringComparison.Ordinal);
    }

    /// <summary>RFC 8441: CONNECT with a protocol is Upgrade to a server of HTTP/1, and 101 is 200 to the client.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_WebSocket_goes_to_a_server_of_http_1(Product product)
    {
        string head = "";
        OriginServer origin = Origin(c =>
        {
            if (!c.TryReadHead(out head))
                return;
            byte[] proof = System.Security.Cryptography.SHA1.HashData(
                Encoding.ASCII.GetBytes(HttpText.Header(head, "sec-websocket-key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
            );
            c.Send(
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + $"Sec-WebSocket-Accept: {Convert.ToBase64String(proof)}\r\n\r\nwelcome"
            );
            while (c.ReadSome() is { Length: > 0 } said)
                c.Send(said);
        });
        var client = Keep(new FrameClient(Proxy(product, origin.Port).Port("p1")).Start());
        client.SendHeaders(
            1,
            [
                .. FrameClient.Field(":method", "CONNECT"),
                .. FrameClient.Field(":protocol", "websocket"),
                .. FrameClient.Field(":scheme", "http"),
                .. FrameClient.Field(":authority", "a"),
                .. FrameClient.Field(":path", "/chat"),
                .. FrameClient.Field("sec-websocket-version", "13"),
            ],
            ends: false
        );
        FrameClient.Frame answer = client.ReadUntil(FrameClient.Headers);
        // :status 200, and no end of the stream
        Assert.Equal((0x88, FrameClient.EndHeaders), (answer.Payload[0], answer.Flags));
        Assert.Equal("welcome", Encoding.ASCII.GetString(client.ReadUntil(FrameClient.Data).Payload));
        Assert.StartsWith("GET /chat HTTP/1.1\r\n", head, StringComparison.Ordinal);
        Assert.Equal("websocket", HttpText.Header(head, "upgrade"));
        client.Send(FrameClient.Make(FrameClient.Data, 0, 1, Encoding.ASCII.GetBytes("ping")));
        Assert.Equal("ping", Encoding.ASCII.GetString(client.ReadUntil(FrameClient.Data).Payload));
        client.Send(FrameClient.Make(FrameClient.Data, 1, 1));
        Assert.True(client.ReadStream(1)[^1].Ends);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void CONNECT_is_a_tunnel(Product product)
    {
        string head = "";
        OriginServer origin = Origin(c =>
        {
            if (!c.TryReadHead(out head))
                return;
            c.Send("HTTP/1.1 200 OK\r\n\r\nhello");
            while (c.ReadSome() is { Length: > 0 } said)
                c.Send(said);
        });
        var client = Keep(new FrameClient(Proxy(product, origin.Port).Port("p1")).Start());
        client.SendHeaders(
            1,
            [.. FrameClient.Field(":method", "CONNECT"), .. FrameClient.Field(":authority", "a.example:25")],
            ends: false
        );
        Assert.Equal("hello", Encoding.ASCII.GetString(client.ReadUntil(FrameClient.Data).Payload));
        Assert.StartsWith("CONNECT a.example:25 HTTP/1.1\r\n", head, StringComparison.Ordinal);
        client.Send(FrameClient.Make(FrameClient.Data, 0, 1, Encoding.ASCII.GetBytes("ping")));
        Assert.Equal("ping", Encoding.ASCII.GetString(client.ReadUntil(FrameClient.Data).Payload));
        client.Send(FrameClient.Make(FrameClient.Data, 1, 1));
        Assert.True(client.ReadStream(1)[^1].Ends);
    }

    /// <summary>What a filter makes of a body of known length has another one, and no chunks around it.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public async Task A_compressed_answer_is_the_body_alone(Product product)
    {
        string body = new('x', 15_000);
        OriginServer origin = HttpOrigin(_ =>
            $"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {body.Length}\r\n\r\n{body}"
        );
        HttpClient client = Client(Proxy(product, origin.Port, "compression algo gzip\n    compression type text/plain"));
        var request = new HttpRequestMessage(HttpMethod.Get, "/")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Add("accept-encoding", "gzip");
        HttpResponseMessage answer = await client.SendAsync(
            request,
            HttpCompletionOption.ResponseHeadersRead,
            TestContext.Current.CancellationToken
        );
        Assert.Equal("gzip", answer.Content.Headers.ContentEncoding.Single());
        Assert.Null(answer.Content.Headers.ContentLength);
        using var unpacked = new StreamReader(
            new System.IO.Compression.GZipStream(
                await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken),
                System.IO.Compression.CompressionMode.Decompress
            )
        );
        Assert.Equal(body, await unpacked.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Who has said all that it wanted to say is answered all the same.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_client_that_closes_its_side_gets_its_answers(Product product)
    {
        FrameClient client = Keep(new FrameClient(Proxy(product, Echo().Port).Port("p1")).Start());
        client.SendHeaders(1, FrameClient.Request(path: "/one"));
        client.SendHeaders(3, FrameClient.Request(path: "/two"));
        client.CloseWriting();
        List<FrameClient.Frame> frames = [];
        while (client.Read() is { } frame)
            frames.Add(frame);
        Assert.Equal(2, frames.Count(f => f.Type == FrameClient.Data && f.Ends));
    }

    /// <summary>A client that resets a tunnel has left it: the server does not wait for a time-out, as it does with haproxy 2.6.</summary>
    [Fact]
    public void A_tunnel_that_is_reset_ends()
    {
        using var ended = new System.Threading.ManualResetEventSlim();
        OriginServer origin = Origin(c =>
        {
            if (!c.TryReadHead(out _))
                return;
            c.Send("HTTP/1.1 200 OK\r\n\r\nhello");
            c.ReadToEnd();
            ended.Set();
        });
        FrameClient client = Keep(new FrameClient(Proxy(Product.Baton, origin.Port).Port("p1")).Start());
        client.SendHeaders(
            1,
            [.. FrameClient.Field(":method", "CONNECT"), .. FrameClient.Field(":authority", "a.example:25")],
            ends: false
        );
        client.ReadUntil(FrameClient.Data);
        client.Send(FrameClient.RstStream, 0, 1, 0, 0, 0, 8);
        Eventually(() => ended.IsSet, "the server's side of the tunnel is still open", 30_000);
    }

    /// <summary>A client that resets a stream frees what it held; the others go on.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_stream_that_is_reset_ends_and_the_connection_goes_on(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            while (c.TryReadHead(out string head))
                if (head.StartsWith("GET /slow", StringComparison.Ordinal))
                    c.ReadToEnd();
                else
                    c.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine");
        });
        var client = Keep(new FrameClient(Proxy(product, origin.Port).Port("p1")).Start());
        client.SendHeaders(1, FrameClient.Request(path: "/slow"));
        client.Send(FrameClient.Make(FrameClient.RstStream, 0, 1, 0, 0, 0, 8));
        client.SendHeaders(3, FrameClient.Request(path: "/fast"));
        Assert.Equal("fine", client.ReadBody(3));
    }
}
