// What a TCP session tells the next process of itself, once it relays.
using Baton.Core.Frames;
using Baton.Engine.Handover;

namespace Baton.Engine.Streams;

public sealed partial class TcpStream
{
    /// <summary>Once it relays.</summary>
    internal override MovedKind Movable =>
        ServerPhase == ServerPhase.Connected && _responseAdmitted ? MovedKind.TcpSession : MovedKind.None;

    protected override void WriteMore(FrameWriter w)
    {
        Captures.WriteTo(w);
        WriteFilters(w);
    }

    protected override void ReadMore(ref FrameReader r)
    {
        _responseAdmitted = true;
        if (!r.AtEnd)
            Captures.ReadFrom(ref r);
        ReadFilters(ref r);
    }

    public override void ReturnToPool() => Worker.TcpStreams.Return(this);

    protected override void ForgetInPool() => Worker.TcpStreams.Forget(this);
}
