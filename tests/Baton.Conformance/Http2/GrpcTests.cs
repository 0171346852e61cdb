// gRPC through the proxy: calls as HttpClient makes them, to Kestrel, in HTTP/2 on both sides; messages with their five octets in front,
// status in trailers. On both programs.
using System;
using System.Buffers.Binary;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Baton.Conformance.Harness;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Baton.Conformance.Http2;

public sealed class GrpcTests : Scenario, IAsyncLifetime
{
    private readonly WebApplication _server = Build();
    private static readonly TaskCompletionSource s_never = new();
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static WebApplication Build()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http2));
        return builder.Build();
    }

    public async ValueTask InitializeAsync()
    {
        _server.Run(Serve);
        await _server.StartAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Dispose();
        await _server.DisposeAsync();
    }

    private int ServerPort => new Uri(_server.Urls.Single()).Port;

    /// <summary>Methods are paths; messages are text.</summary>
    private async Task Serve(HttpContext call)
    {
        call.Response.ContentType = "application/grpc";
        // as the protocol asks of whoever stands between
        if (call.Request.Protocol != "HTTP/2" || call.Request.Headers.TE != "trailers")
        {
            call.Response.StatusCode = 400;
            return;
        }
        switch (call.Request.Path.Value)
        {
            case "/test.Echo/Unary":
                string text = await ReadMessage(call.Request.Body) ?? "none";
                await call.Response.Body.WriteAsync(Message(text.ToUpperInvariant()), call.RequestAborted);
                call.Response.AppendTrailer("grpc-status", "0");
                call.Response.AppendTrailer("grpc-message", call.Request.Headers["grpc-timeout"].ToString());
                break;
            case "/test.Echo/Stream":
                for (int i = 0; i < 100; i++)
                {
                    await call.Response.Body.WriteAsync(Message($"{i} {new string('x', 2000)}"), call.RequestAborted);
                    await call.Response.Body.FlushAsync(call.RequestAborted);
                }
                call.Response.AppendTrailer("grpc-status", "0");
                break;
            case "/test.Echo/Both":
                await call.Response.StartAsync(call.RequestAborted);
                while (await ReadMessage(call.Request.Body) is { } one)
                {
                    await call.Response.Body.WriteAsync(Message(one.ToUpperInvariant()), call.RequestAborted);
                    await call.Response.Body.FlushAsync(call.RequestAborted);
                }
                call.Response.AppendTrailer("grpc-status", "0");
                break;
            case "/test.Echo/Wait":
                call.RequestAborted.Register(() => _cancelled.TrySetResult());
                await call.Response.StartAsync(call.RequestAborted);
                await call.Response.Body.FlushAsync(call.RequestAborted);
                await s_never.Task.WaitAsync(call.RequestAborted);
                break;
            default:
                // there is no body: the status is in the head
                call.Response.Headers["grpc-status"] = "12";
                break;
        }
    }

    private static byte[] Message(string text)
    {
        byte[] message = new byte[5 + text.Length];
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), text.Length);
        Encoding.ASCII.GetBytes(text, message.AsSpan(5));
        return message;
    }

    private static async Task<string?> ReadMessage(Stream from)
    {
        byte[] head = new byte[5];
        if (await from.ReadAtLeastAsync(head, 5, throwOnEndOfStream: false, TestContext.Current.CancellationToken) < 5)
            return null;
        byte[] text = new byte[BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1))];
        await from.ReadExactlyAsync(text, TestContext.Current.CancellationToken);
        return Encoding.ASCII.GetString(text);
    }

    private ProxyProcess Proxy(Product product) =>
        Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1} proto h2
                    default_backend be
                backend be
                    server s 127.0.0.1:{{ServerPort}} proto h2
                """
        );

    private HttpClient Client(Product product) =>
        Keep(
            new HttpClient
            {
                BaseAddress = new Uri($"http://127.0.0.1:{Proxy(product).Port("p1")}"),
                DefaultRequestVersion = HttpVersion.Version20,
                DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Timeout = TimeSpan.FromMilliseconds(Patience.Ms),
            }
        );

    private static HttpRequestMessage Call(string method, HttpContent content)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        var call = new HttpRequestMessage(HttpMethod.Post, "/test.Echo/" + method)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        call.Headers.TE.ParseAdd("trailers");
        call.Headers.Add("grpc-timeout", "30S");
        return call;
    }

    private static string Trailer(HttpResponseMessage answer, string name) => string.Join(',', answer.TrailingHeaders.GetValues(name));

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public async Task Unary_calls(Product product)
    {
        HttpClient client = Client(product);
        for (int i = 0; i < 3; i++)
        {
            HttpResponseMessage answer = await client.SendAsync(
                Call("Unary", new ByteArrayContent(Message("hello"))),
                TestContext.Current.CancellationToken
            );
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(Message("HELLO"), await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
            Assert.Equal(("0", "30S"), (Trailer(answer, "grpc-status"), Trailer(answer, "grpc-message")));
        }
        HttpResponseMessage none = await client.SendAsync(
            Call("Nothing", new ByteArrayContent(Message("x"))),
            TestContext.Current.CancellationToken
        );
        Assert.Equal("12", string.Join(',', none.Headers.GetValues("grpc-status")));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public async Task A_server_streams(Product product)
    {
        HttpResponseMessage answer = await Client(product)
            .SendAsync(
                Call("Stream", new ByteArrayContent(Message("go"))),
                HttpCompletionOption.ResponseHeadersRead,
                TestContext.Current.CancellationToken
            );
        Stream body = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        for (int i = 0; i < 100; i++)
            Assert.StartsWith($"{i} x", await ReadMessage(body), StringComparison.Ordinal);
        Assert.Null(await ReadMessage(body));
        Assert.Equal("0", Trailer(answer, "grpc-status"));
    }

    /// <summary>One message of the client's, one of the server's, and so on, before either has ended.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Both_stream_at_once(Product product)
    {
        var client = Keep(new FrameClient(Proxy(product).Port("p1")).Start());
        client.SendHeaders(
            1,
            FrameClient.Request("POST", "/test.Echo/Both", ("content-type", "application/grpc"), ("te", "trailers")),
            ends: false
        );
        for (int i = 0; i < 20; i++)
        {
            client.Send(FrameClient.Data, 0, 1, Message($"word {i}"));
            byte[] expected = Message($"WORD {i}");
            byte[] got = [];
            while (got.Length < expected.Length)
                got = [.. got, .. client.ReadUntil(f => f is { Type: FrameClient.Data, Stream: 1 }).Payload];
            Assert.Equal(expected, got);
        }
        client.Send(FrameClient.Data, FrameClient.EndStream, 1);
        FrameClient.Frame last = client.ReadUntil(f => f.Stream == 1 && f.Ends);
        Assert.Equal(FrameClient.Headers, last.Type);
    }

    /// <summary>A deadline that passes, or a client that is not interested any more: the server hears of it.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public async Task A_call_that_is_given_up_is_given_up_at_the_server(Product product)
    {
        using var deadline = new CancellationTokenSource();
        HttpResponseMessage answer = await Client(product)
            .SendAsync(Call("Wait", new ByteArrayContent(Message("x"))), HttpCompletionOption.ResponseHeadersRead, deadline.Token);
        Task<int> reading = (await answer.Content.ReadAsStreamAsync(deadline.Token)).ReadAsync(new byte[1], deadline.Token).AsTask();
        Assert.False(_cancelled.Task.IsCompleted);
        await deadline.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        // that alone ends the reading, not the call
        answer.Dispose();
        await _cancelled.Task.WaitAsync(TimeSpan.FromMilliseconds(Patience.Ms), TestContext.Current.CancellationToken);
    }
}
