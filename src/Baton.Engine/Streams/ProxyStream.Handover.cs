// A stream that relays bytes moves with both its connections; what it has read and not yet written travels with it.
// SAFETY: spans over a channel's block from Start to Ready; what arrives gets a block of its length.
using System;
using Baton.Core.Frames;
using Baton.Engine.Connections;
using Baton.Engine.Filters;
using Baton.Engine.Handover;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;
using Baton.Interop.Linux;

namespace Baton.Engine.Streams;

public abstract unsafe partial class ProxyStream
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
        Process();
    }

    /// <summary>Gives back all it holds here, saying nothing to either peer and writing no log line: the next process will.</summary>
    internal void Depart()
    {
        _frozen = false;
        ServerSide!.Depart();
        ServerSide = null;
        ReleaseSlot();
        Backend!.Leave();
        Tracked?.Depart();
        ReleaseAll();
        GiveBack();
    }

    public abstract void ReturnToPool();

    internal void WriteImage(FrameWriter w)
    {
        WriteChannel(w, ref Request);
        WriteChannel(w, ref Response);
        foreach (
            long moment in (ReadOnlySpan<long>)
                [
                    Times.Accept,
                    Times.Begin,
                    Times.Request,
                    Times.Queue,
                    Times.Connect,
                    Times.Response,
                    Times.AcceptWallMs,
                    Times.BeginWallMs,
                ]
        )
            w.Int64(moment);
        w.Int64(ClientDeadlineMs);
        w.Int64(ServerDeadlineMs);
        w.Int32(Retries);
        w.Flag(Redispatched);
        w.Int32(ServerQueuePosition);
        w.Int32(BackendQueuePosition);
        w.Int32(LogLevel);
        w.Flag(_logged);
        int more = w.BeginRecord();
        WriteMore(w);
        w.EndRecord(more);
        w.Blob(UniqueId);
    }

    /// <summary>The end of the image, behind what the connection adds.</summary>
    internal void WriteAddresses(FrameWriter w) => _own.WriteTo(w);

    /// <summary>What the kind of stream adds.</summary>
    protected virtual void WriteMore(FrameWriter w) { }

    internal void Adopt(ClientConnection client, ServerConnection side, ref FrameReader r)
    {
        BeginStream(client);
        ServerState server = side.Server;
        Backend = server.Backend;
        Server = server;
        ServerSide = side;
        side.Stream = this;
        ServerPhase = ServerPhase.Connected;
        Backend.Enter();
        TakeSlot(server);
        ReadChannel(ref r, ref Request);
        ReadChannel(ref r, ref Response);
        Times.Accept = r.Int64();
        Times.Begin = r.Int64();
        Times.Request = r.Int64();
        Times.Queue = r.Int64();
        Times.Connect = r.Int64();
        Times.Response = r.Int64();
        Times.AcceptWallMs = r.Int64();
        Times.BeginWallMs = r.Int64();
        ClientDeadlineMs = r.Int64();
        ServerDeadlineMs = r.Int64();
        _relaying = true;
        Retries = r.Int32();
        Redispatched = r.Flag();
        ServerQueuePosition = r.Int32();
        BackendQueuePosition = r.Int32();
        LogLevel = r.Int32();
        _logged = r.Flag();
        FrameReader more = r.Record();
        ReadMore(ref more);
        AdoptUniqueId(r.Blob());
        ClientImage.ReadProxyFields(client.Session, ref r);
        _own.ReadFrom(ref r);
        client.Session.ReadTracked(ref r);
        StickTables.StickTrackers.Read(ref Tracked, ref r, Worker.Engine, Worker.NowMs);
        Process();
    }

    protected virtual void ReadMore(ref FrameReader r) { }

    /// <summary>Time-outs that rules gave the stream and a relay goes by; -1 for what the configuration says.</summary>
    protected void WriteOwnTimeouts(FrameWriter w)
    {
        w.Int32(HasOwnTimeouts && FrontendTimeouts.Client != Frontend.Config.Timeouts.Client ? FrontendTimeouts.Client : -1);
        w.Int32(HasOwnTimeouts && BackendTimeouts.Server != Backend!.Config.Timeouts.Server ? BackendTimeouts.Server : -1);
        int tunnel = TunnelTimeout(BackendTimeouts, FrontendTimeouts);
        w.Int32(HasOwnTimeouts && tunnel != TunnelTimeout(Backend!.Config.Timeouts, Frontend.Config.Timeouts) ? tunnel : -1);
    }

    /// <summary>An older process wrote none.</summary>
    protected void ReadOwnTimeouts(ref FrameReader r)
    {
        foreach (string which in (ReadOnlySpan<string>)["client", "server", "tunnel"])
            if (!r.AtEnd && r.Int32() is >= 0 and int ms)
                SetTimeout(which, ms);
    }

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

    private void WriteChannel(FrameWriter w, ref Channel channel)
    {
        if (!channel.BringBack(Worker.Buffers))
            throw new InsufficientMemoryException();
        w.Blob(new ReadOnlySpan<byte>(channel.Data + channel.Start, channel.Data is null ? 0 : channel.Ready - channel.Start));
        w.Flag(channel.SourceClosed);
        w.Flag(channel.ShutdownSent);
        w.Int64(channel.Payload);
        w.Int64(channel.Sent);
    }

    private void ReadChannel(ref FrameReader r, ref Channel channel)
    {
        channel.Reset();
        ReadOnlySpan<byte> bytes = r.Blob();
        if (bytes.Length > 0)
        {
            // the process before may have had larger buffers
            byte* data = Worker.Buffers.RentAtLeast(bytes.Length, out int size);
            if (data is null)
                throw new InsufficientMemoryException();
            bytes.CopyTo(new Span<byte>(data, bytes.Length));
            channel.Attach(data, 0, bytes.Length, size == Worker.Buffers.BlockSize ? 0 : size);
            channel.Ready = bytes.Length;
        }
        channel.Body = Http.Messages.BodyKind.UntilClose;
        channel.SourceClosed = r.Flag();
        channel.ShutdownSent = r.Flag();
        channel.Payload = r.Int64();
        channel.Sent = r.Int64();
    }

    /// <summary>Counts the stream in at its server as if it had been chosen here; limits do not apply to what already runs.</summary>
    private void TakeSlot(ServerState server)
    {
        using (server.Backend.Gate.Enter())
        {
            server.Served++;
        }
        server.Enter();
        _holdsSlot = _countedInServer = true;
    }
}
