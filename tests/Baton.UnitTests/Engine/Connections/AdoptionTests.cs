// A connection that comes from another process: nothing that process says of it is believed.
using System;
using Baton.Core.Frames;
using Baton.Engine.Connections;
using Baton.Engine.Handover;
using Baton.Interop.Linux;
using Baton.Microbench.Bodies;
using Xunit;

namespace Baton.UnitTests.Engine.Connections;

public sealed class AdoptionTests
{
    private const string Configuration = """
        global
            maxconn 100
            tune.bufsize 16384
            tune.maxrewrite 1024
        defaults
            mode http
            timeout connect 1s
            timeout client 1s
            timeout server 1s
        frontend fe
            bind 127.0.0.1:1
            default_backend be
        backend be
            server s1 127.0.0.1:2

        """;

    [Theory]
    [InlineData(16384 - 1024, false)]
    [InlineData(16384 - 1024 + 1, true)]
    [InlineData(1_000_000, true)]
    public void A_head_longer_than_was_said_closes_the_connection(int length, bool closes)
    {
        var lab = new Laboratory(Configuration);
        Assert.True(SocketNames.Pair(out int peer, out int taken));
        Files.SetNonBlocking(taken);
        var item = new FrameWriter();
        item.Byte((byte)MovedKind.Client);
        item.Byte(1);
        foreach (string name in (string[])["fe", lab.Engine.Listeners[0].Key, "", "", ""])
            item.Text(name);
        item.Int32(0);
        int image = item.BeginRecord();
        item.Byte((byte)ClientPhase.Idle);
        SocketAddress.From([192, 0, 2, 1], 1).WriteTo(item);
        SocketAddress.From([192, 0, 2, 2], 2).WriteTo(item);
        item.Flag(false);
        item.Int64(lab.Engine.Workers[0].NowMs);
        item.Int64(lab.Engine.Workers[0].NowMs);
        item.Int32(0);
        item.Int32(0);
        byte[] head = new byte[length];
        "GET /"u8.CopyTo(head);
        head.AsSpan(5).Fill((byte)'a');
        item.Blob(head);
        item.EndRecord(image);
        int at = 0;
        Arrival arrival = Arrival.Read(new ArrivalRoute(lab.Engine), new FrameReader(item.Written), [taken], ref at);
        Assert.Null(arrival.Refusal);

        arrival.Adopt(lab.Engine.Workers[0]);

        // a full buffer without an end of line is answered (414); what never fitted one is not
        byte[] answer = new byte[64];
        int n = Files.Read(peer, answer);
        if (closes)
            Assert.Equal(0, n);
        else
            Assert.StartsWith("HTTP/1.1 414 ", System.Text.Encoding.ASCII.GetString(answer, 0, n), StringComparison.Ordinal);
        Assert.Equal(0, closes ? lab.Engine.Workers[0].ClientCount : 0);
        Files.close(peer);
    }
}
