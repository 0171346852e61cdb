// A stream that relays bytes moves with both its connections; what it has read and not yet written travels with it.
using System;
using Baton.Core.Frames;
using Baton.Engine.Connections;
using Baton.Engine.Filters;
using Baton.Engine.Handover;
using Baton.Engine.Muxes.Http2;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;
using Baton.Interop.Linux;

namespace Baton.Engine.Streams;

public abstract partial class ProxyStream
{
    private bool _frozen;

    /// <summary>How the stream's connection can move now.</summary>
    internal abstract MovedKind Movable { get; }

    internal void Freeze()
    {
        _frozen = true;
        Worker.Timers.Cancel(this);
        ServerSide!.Freeze();
    }

    internal void Thaw()
    {
        _frozen = false;
        ServerSide!.Thaw();
        if (ServerFrames is not null)
            ServerSide.ShareBy(Session);
        Process();
    }

    /// <summary>Gives back all it holds here, saying nothing to either peer and writing no log line: the next process will.</summary>
    internal void Depart()
    {
        _frozen = false;
        ServerConnection side = ServerSide!;
        ServerSide = null;
        ServerFrames?.Release();
        ServerFrames = null;
        // the last of its streams takes it along
        if (side.Mux is not { StreamCount: > 0 })
            side.Depart();
        Choice.ReleaseSlot();
        Backend!.Leave();
        Tracked?.Depart();
        ReleaseAll();
        GiveBack();
    }

    public abstract void ReturnToPool();

    internal void WriteImage(FrameWriter w)
    {
        // what it is on its server's connection, whose layer comes behind the image
        ServerFrames?.WriteTo(w);
        Request.WriteTo(w, Worker.Buffers);
        Response.WriteTo(w, Worker.Buffers);
        Times.WriteTo(w);
        w.Int64(ClientDeadlineMs);
        w.Int64(ServerDeadlineMs);
        w.Int32(Connecting.Retries);
        w.Flag(Connecting.IsRedispatched);
        w.Int32(Choice.ServerQueuePosition);
        w.Int32(Choice.BackendQueuePosition);
        Log.WriteTo(w);
        int more = w.BeginRecord();
        WriteMore(w);
        w.EndRecord(more);
        w.Blob(UniqueId.Text);
    }

    /// <summary>The end of the image, behind what the connection adds.</summary>
    internal void WriteAddresses(FrameWriter w) => _own.WriteTo(w);

    /// <summary>What the kind of stream adds.</summary>
    protected virtual void WriteMore(FrameWriter w) { }

    /// <param name="end">Its client's end where that is a stream of the connection, which has told of itself already.</param>
    internal void Adopt(ClientConnection client, ServerConnection side, ref FrameReader r, Http2Stream? end = null)
    {
        BeginStream(client);
        if (end is not null)
            BeginFrames(end);
        ServerState server = side.Server;
        Backend = server.Backend;
        Server = server;
        ServerSide = side;
        ServerPhase = ServerPhase.Connected;
        Backend.Enter();
        Choice.TakeSlot(server);
        bool hasServer = true;
        if (side.Mux is null)
            side.Stream = this;
        else
            hasServer = AdoptServerFrames(side, ref r);
        Request.ReadFrom(ref r, Worker.Buffers);
        Response.ReadFrom(ref r, Worker.Buffers);
        Times.ReadFrom(ref r);
        ClientDeadlineMs = r.Int64();
        ServerDeadlineMs = r.Int64();
        Relay.GoOn();
        Connecting.Retries = r.Int32();
        Connecting.IsRedispatched = r.Flag();
        Choice.ServerQueuePosition = r.Int32();
        Choice.BackendQueuePosition = r.Int32();
        Log.ReadFrom(ref r);
        FrameReader more = r.Record();
        ReadMore(ref more);
        UniqueId.Adopt(r.Blob());
        if (end is null)
            ClientImage.ReadProxyFields(client.Session, ref r);
        _own.ReadFrom(ref r);
        if (end is null)
            client.Session.ReadTracked(ref r);
        StickTables.StickTrackers.Read(ref Tracked, ref r, Worker.Engine, Worker.NowMs);
        if (hasServer)
            Process();
        else
            EndForMemory();
    }

    /// <summary>Its server's end is a stream of that connection. False when there is no memory for it: it has none then.</summary>
    private protected virtual bool AdoptServerFrames(ServerConnection side, ref FrameReader r) => false;

    /// <summary>Its client's end is a stream in frames.</summary>
    private protected virtual void BeginFrames(Http2Stream end) { }

    protected virtual void ReadMore(ref FrameReader r) { }

    /// <summary>What the filters of the stream know and have in hand; the end of what the kinds of streams add.</summary>
    protected void WriteFilters(FrameWriter w) => FilterChain.Write(w, Filters);

    /// <summary>The stream meets the filters of its proxies; those that the old process knew go on. An older process wrote none.</summary>
    protected void ReadFilters(ref FrameReader r)
    {
        if (Frontend.Filters is { } front)
            Attach(front);
        if (Backend!.Filters is { } back && Backend.Config != Frontend.Config)
            Attach(back);
        if (!r.AtEnd)
            Filters?.Read(ref r, ref Request, ref Response);
    }
}
