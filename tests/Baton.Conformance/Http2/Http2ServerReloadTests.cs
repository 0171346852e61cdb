// Connections to servers in HTTP/2 over a reload: what is under way ends where it began, and nothing is lost of what follows.
using System;
using System.Threading;
using System.Threading.Tasks;
using Baton.Conformance.Harness;
using Baton.Conformance.Reload;
using Xunit;

namespace Baton.Conformance.Http2;

public sealed class Http2ServerReloadTests : Scenario
{
    private const string Sections = """
        frontend web
            mode http
            bind 127.0.0.1:${port}
            default_backend be
        backend be
            mode http
            http-reuse always
            server s 127.0.0.1:${origin} proto h2
        """;

    [Fact]
    public void An_answer_in_progress_is_finished_and_the_next_request_is_served()
    {
        using var go = new ManualResetEventSlim();
        using var server = new FrameServer(peer =>
        {
            peer.Start();
            while (true)
            {
                FrameServer.Request request = peer.ReadRequest();
                if (request[":path"] != "/slow")
                {
                    peer.Answer(request.Stream, "200", "quick");
                    continue;
                }
                peer.SendHeaders(request.Stream, false, (":status", "200"), ("content-length", "10"));
                peer.SendData(request.Stream, "begun", ends: false);
                go.Wait(Patience.Ms);
                peer.SendData(request.Stream, "ended", ends: true);
            }
        });
        using var proxy = new Reloadable(Sections, server.Port);
        proxy.Reload();
        using RawClient slow = RawClient.Tcp(proxy.Port),
            quick = RawClient.Tcp(proxy.Port);
        slow.Send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        slow.ReadUntil("begun");
        int old = proxy.Reload();
        Assert.Equal("quick", quick.Get("/").Body);
        go.Set();
        slow.ReadUntil("ended");
        Reloadable.WaitGone(old, Patience.Ms);
        Assert.Equal("quick", slow.Get("/").Body);
        Assert.Equal("quick", quick.Get("/").Body);
    }

    /// <summary>Requests all the time, through several reloads.</summary>
    [Fact]
    public async Task No_request_is_lost()
    {
        using var server = FrameServer.Answering((_, _) => ("200", "fine"));
        using var proxy = new Reloadable(Sections, server.Port);
        proxy.Reload();
        using var over = new CancellationTokenSource();
        int port = proxy.Port;
        Task<int>[] clients = new Task<int>[4];
        for (int i = 0; i < clients.Length; i++)
            clients[i] = Task.Run(
                () =>
                {
                    using RawClient client = RawClient.Tcp(port);
                    int asked = 0;
                    for (; !over.IsCancellationRequested; asked++)
                        if (client.Get("/").Body != "fine")
                            throw new InvalidOperationException("another answer");
                    return asked;
                },
                TestContext.Current.CancellationToken
            );
        for (int i = 0; i < 4; i++)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
            Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        }
        await over.CancelAsync();
        foreach (int asked in await Task.WhenAll(clients))
            Assert.True(asked > 0);
        Assert.Equal("0", proxy.Stat("be", "BACKEND", "eresp"));
    }
}
