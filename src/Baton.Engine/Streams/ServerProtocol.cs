// What is spoken with the server: HTTP/1, or HTTP/2, where the request is one stream of a connection that others may share.
using System;
using Baton.Configuration.Model;
using Baton.Core.Frames;
using Baton.Engine.Connections;
using Baton.Engine.Muxes.Http2;
using Baton.Engine.Servers;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

/// <summary>A part of its stream.</summary>
internal sealed class ServerProtocol(HttpStream stream)
{
    /// <summary>A server that was told, or has agreed, to speak HTTP/2.</summary>
    private bool SpeaksFrames(ServerConnection side) =>
        side.Server.Config.Proto == "h2" && SpeaksFramesTo(side.Server)
        || side.Transport?.Facts is { } tls && tls.Alpn.SequenceEqual("h2"u8);

    /// <summary>A connection to that server which speaks in frames would do.</summary>
    public bool JoinsFramesOf(ServerState server) => server.MaySpeakFrames && SpeaksFramesTo(server);

    /// <summary>The request is for WebSocket.</summary>
    public bool AsksWebSocket { get; private set; }

    public void Reset() => AsksWebSocket = false;

    /// <summary>The head goes to a server: what is asked there.</summary>
    public void Note(MessageHead head) => AsksWebSocket = ProtocolSwitch.AsksForWebSocket(head);

    /// <summary>Towards a server with which frames can be agreed on. COMPAT: "ws auto" is what everything else is, but HTTP/1.1 where ALPN
    /// offers that. Other upgrades are for HTTP/1 alone; a server that was told "proto h2" gets the request without.</summary>
    public bool SpeaksFramesTo(ServerState server)
    {
        if (!stream.RequestSide.WantsUpgrade || stream.Method == HttpMethod.Connect)
            return true;
        if (!AsksWebSocket)
            return server.Config.Proto == "h2";
        return server.Config.WebSockets switch
        {
            WebSocketProtocol.Http1 => false,
            WebSocketProtocol.Http2 => true,
            _ => server.Config.Proto == "h2" || !Tls.TlsProtocols.Has(server.Config.Tls?.Alpn ?? [], "http/1.1"u8),
        };
    }

    /// <summary>The server has not looked at the request, and says so: it is sent once more, as one whose connection was refused.</summary>
    public bool SendsAgain(Http2ServerStream frames)
    {
        if (!frames.IsRefused || stream.Connecting.Retries >= stream.Connecting.MaxRetries)
            return false;
        if (frames.Id == 0 && stream.Request.Sent == 0 && !stream.Request.Retain)
        {
            stream.Request.Retain = true;
            stream.Request.RetainedFrom = stream.Request.Start;
        }
        else if (!stream.Delivery.CanReplay)
            return false;
        stream.Delivery.Replay(countRetry: true);
        if (stream.Connecting.MayRedispatch())
            stream.Connecting.Redispatch();
        return true;
    }

    /// <summary>What came in frames is no answer.</summary>
    public bool RejectsFrames(Http2ServerStream frames)
    {
        if (!frames.IsMalformed)
            return false;
        stream.ResponseSide.Refuse();
        return true;
    }

    public void NoteConnecting(ServerConnection connection)
    {
        if (JoinsFramesOf(stream.Server!) && !stream.Server!.ChoseHttp1)
            connection.AwaitFrames(stream.Session, stream.Delivery.NameKeyOf(stream.Server));
    }

    public bool Begin()
    {
        ServerConnection side = stream.ServerSide!;
        bool speaksFrames = SpeaksFrames(side);
        if (side.IsAwaited)
            side.Server.ChoseHttp1 = !speaksFrames;
        bool isBegun = !speaksFrames || side.BeginFrames() && Join();
        // those that wait find it, or make their own
        side.StopAwaiting();
        return isBegun;
    }

    public bool Join()
    {
        ServerConnection side = stream.ServerSide!;
        stream.ServerFrames = ((Http2ServerConnection)side.Mux!).Open(stream);
        if (stream.ServerFrames is null)
            return false;
        side.ShareBy(stream.Session);
        return true;
    }

    /// <summary>Goes on with a stream of the previous process. False when there is no memory for it.</summary>
    public bool GoOn(ServerConnection side, ref FrameReader r)
    {
        stream.ServerFrames = ((Http2ServerConnection)side.Mux!).Adopt(stream, ref r);
        side.ShareBy(stream.Session);
        // what has come meanwhile is read when all of its streams are there
        stream.Worker.Enqueue(side);
        if (stream.ServerFrames is not null)
            return true;
        stream.ServerSide = null;
        return false;
    }

    public void Leave(ServerConnection side)
    {
        Http2ServerStream frames = stream.ServerFrames!;
        stream.ServerFrames = null;
        frames.Finish();
        if (side.Mux is not { StreamCount: 0 } mux)
            return;
        side.StopSharing();
        // one that ends has last words to say, and does so in its turn
        if (!mux.IsClosing)
            stream.Delivery.Keep(side);
    }
}
