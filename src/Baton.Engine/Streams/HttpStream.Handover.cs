// What of HTTP can move: an upgraded connection. A request that has not wholly arrived is bytes of its connection.
// SAFETY: the request line is cut to its block.
using System;
using Baton.Core.Frames;
using Baton.Engine.Handover;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

public sealed unsafe partial class HttpStream
{
    internal override MovedKind Movable => _tunnel && ServerFrames is null ? MovedKind.Tunnel : MovedKind.None;

    public override void ReturnToPool() => Worker.HttpStreams.Return(this);

    protected override void ForgetInPool() => Worker.HttpStreams.Forget(this);

    protected override void ReleaseMemory()
    {
        CloseService();
        ReturnArena();
        ReturnTables();
        DropFollowing();
        base.ReleaseMemory();
    }

    public override string? HeldBy() =>
        RequestHead.HasTable || ResponseHead.HasTable ? "a table of header fields"
        : _arena is not null || _following is not null || _requestLine is not null ? "a buffer"
        : base.HeldBy();

    /// <summary>What the log line of a tunnel needs.</summary>
    protected override void WriteMore(FrameWriter w)
    {
        w.Byte((byte)Method);
        w.Int32(Status);
        w.Int32(_requestMinorVersion);
        w.Int32(_requestHeadLogSize);
        w.Int32(_responseHeadLogSize);
        w.Blob(RequestLine);
        WriteCaptures(w);
        w.Int32(_interimLogSize);
        WriteOwnTimeouts(w);
        WriteFilters(w);
    }

    protected override void ReadMore(ref FrameReader r)
    {
        _requestPhase = RequestPhase.Done;
        _responsePhase = ResponsePhase.Forward;
        _tunnel = true;
        _receivedAnything = true;
        Method = (HttpMethod)r.Byte();
        Status = r.Int32();
        _requestMinorVersion = r.Int32();
        _requestHeadLogSize = r.Int32();
        _responseHeadLogSize = r.Int32();
        ReadOnlySpan<byte> line = r.Blob();
        ReadCaptures(ref r);
        _interimLogSize = r.Int32();
        ReadOwnTimeouts(ref r);
        ReadFilters(ref r);
        if (line.IsEmpty || !HasLog)
            return;
        _requestLine = Worker.RequestLines.Rent();
        if (_requestLine is null)
            return;
        _requestLineLength = Math.Min(line.Length, MaxRequestLine);
        line[.._requestLineLength].CopyTo(new Span<byte>(_requestLine, MaxRequestLine));
    }
}
