// What of HTTP can move: an upgraded connection. A request that has not wholly arrived is bytes of its connection.
using System;
using Baton.Core.Frames;
using Baton.Engine.Connections;
using Baton.Engine.Handover;
using Baton.Engine.Muxes.Http2;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

public sealed partial class HttpStream
{
    internal override MovedKind Movable =>
        IsTunnel && (ServerFrames is null || ServerSide!.Mux!.MovesWith(Session)) ? MovedKind.Tunnel : MovedKind.None;

    private protected override bool AdoptServerFrames(ServerConnection side, ref FrameReader r) => Protocol.GoOn(side, ref r);

    public override void ReturnToPool() => Worker.HttpStreams.Return(this);

    protected override void ForgetInPool() => Worker.HttpStreams.Forget(this);

    internal override void ReleaseMemory()
    {
        Service.Close();
        Heads.EndEdits();
        Heads.ReturnTables();
        Following.Release();
        base.ReleaseMemory();
    }

    public override string? HeldBy() =>
        RequestHead.HasTable || ResponseHead.HasTable ? "a table of header fields"
        : Heads.HasArena || Following.AreAside ? "a buffer"
        : base.HeldBy();

    /// <summary>What the log line of a tunnel needs.</summary>
    protected override void WriteMore(FrameWriter w)
    {
        w.Byte((byte)Method);
        w.Int32(Status);
        w.Int32(RequestSide.MinorVersion);
        w.Int32(RequestSide.HeadLogSize);
        w.Int32(ResponseSide.HeadLogSize);
        w.Blob(Log.RequestLine);
        Captures.WriteTo(w);
        w.Int32(Interim.LogSize);
        Timeouts.WriteTo(w);
        WriteFilters(w);
    }

    private protected override void BeginFrames(Http2Stream end) => Frames.GoOn(end);

    protected override void ReadMore(ref FrameReader r)
    {
        RequestSide.Phase = RequestPhase.Done;
        ResponseSide.Phase = ResponsePhase.Forward;
        IsTunnel = true;
        _receivedAnything = true;
        Method = (HttpMethod)r.Byte();
        Status = r.Int32();
        RequestSide.MinorVersion = r.Int32();
        RequestSide.HeadLogSize = r.Int32();
        ResponseSide.HeadLogSize = r.Int32();
        ReadOnlySpan<byte> line = r.Blob();
        Captures.ReadFrom(ref r);
        Interim.LogSize = r.Int32();
        Timeouts.ReadFrom(ref r);
        ReadFilters(ref r);
        Log.AdoptRequestLine(line);
    }
}
