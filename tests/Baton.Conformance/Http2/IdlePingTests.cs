// "idle-ping": who says nothing on HTTP/2 is asked whether it is there, on both sides and over a reload. HAProxy has it from 3.2 on.
using System.Threading;
using Baton.Conformance.Harness;
using Baton.Conformance.Reload;
using Xunit;

namespace Baton.Conformance.Http2;

public sealed class IdlePingTests : Scenario
{
    private const byte Ack = 1;

    /// <summary>Who answers has so long for it; who does not is asked sooner.</summary>
    private const string Patient = "1s",
        Hasty = "50ms";

    private int _pings,
        _ended;

    /// <summary>Answers requests, and PINGs where it is to.</summary>
    private FrameServer Serve(bool answers) =>
        Keep(
            new FrameServer(peer =>
            {
                peer.Start();
                while (peer.Read() is { } frame)
                    if (frame.Type == FrameClient.Headers)
                        peer.Answer(peer.Note(frame).Stream, "200", "ok");
                    else if (frame.Type == FrameClient.Ping && (frame.Flags & Ack) == 0)
                    {
                        Interlocked.Increment(ref _pings);
                        if (answers)
                            peer.Send(FrameClient.Ping, Ack, 0, frame.Payload);
                    }
                Interlocked.Increment(ref _ended);
            })
        );

    private static string Sections(string reuse, string interval) =>
        $$"""
            listen l
                mode http
                bind 127.0.0.1:${port}
                http-reuse {{reuse}}
                server s 127.0.0.1:${origin} proto h2 pool-purge-delay 1h idle-ping {{interval}}
            """;

    [Theory, InlineData("always"), InlineData("never")]
    public void A_server_that_does_not_answer_is_given_up(string reuse)
    {
        FrameServer server = Serve(answers: false);
        using var proxy = new Reloadable(Sections(reuse, Hasty), server.Port);
        proxy.Reload();
        using RawClient client = RawClient.Tcp(proxy.Port);
        for (int connection = 1; connection <= 2; connection++)
        {
            Assert.Equal("ok", client.Get().Body);
            Assert.Equal(connection, server.Connections);
            Eventually(() => Volatile.Read(ref _ended) == connection, "the connection stays");
            Assert.Equal(connection, Volatile.Read(ref _pings));
        }
    }

    [Theory, InlineData("always"), InlineData("never")]
    public void One_that_answers_keeps_its_connection_also_over_a_reload(string reuse)
    {
        FrameServer server = Serve(answers: true);
        using var proxy = new Reloadable(Sections(reuse, Patient), server.Port);
        proxy.Reload();
        using RawClient client = RawClient.Tcp(proxy.Port);
        Assert.Equal("ok", client.Get().Body);
        Eventually(() => Volatile.Read(ref _pings) >= 1, "it is not asked");
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        int before = Volatile.Read(ref _pings);
        Eventually(() => Volatile.Read(ref _pings) >= before + 2, "it is not asked any more");
        Assert.Equal("ok", client.Get().Body);
        Assert.Equal(1, server.Connections);
    }

    private FrameClient Client(string interval) =>
        Keep(
            new FrameClient(
                Start(
                        Product.Baton,
                        Defaults
                            + $$"""
                            frontend f
                                bind 127.0.0.1:${p1} proto h2 idle-ping {{interval}}
                                http-request return status 200 content-type text/plain string ok
                            """
                    )
                    .Port("p1")
            ).Start()
        );

    [Fact]
    public void A_client_that_does_not_answer_is_given_up()
    {
        FrameClient client = Client(Patient);
        client.SendHeaders(1, FrameClient.Request());
        Assert.Equal("ok", client.ReadBody(1));
        client.ReadUntil(FrameClient.Ping);
        Assert.Null(client.Read());
    }

    [Fact]
    public void A_client_that_answers_stays()
    {
        FrameClient client = Client(Patient);
        for (int i = 0; i < 2; i++)
        {
            FrameClient.Frame ping = client.ReadUntil(FrameClient.Ping);
            Assert.Equal(0, ping.Flags);
            client.Send(FrameClient.Ping, Ack, 0, ping.Payload);
        }
        client.SendHeaders(1, FrameClient.Request());
        Assert.Equal("ok", client.ReadBody(1));
    }
}
