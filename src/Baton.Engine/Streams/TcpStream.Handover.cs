using Baton.Engine.Handover;

namespace Baton.Engine.Streams;

public sealed partial class TcpStream
{
    /// <summary>Once it relays.</summary>
    internal override MovedKind Movable => ServerPhase == ServerPhase.Connected && PreambleSent ? MovedKind.TcpSession : MovedKind.None;

    protected override void ReturnToPool() => Worker.TcpStreams.Return(this);
}
