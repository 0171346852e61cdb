// What stands in for a stream where something is evaluated and there is none: it lets fetches and actions see what there is through the
// same door as everywhere else. It never moves a byte, waits for nothing and is in no pool.

namespace Baton.Engine.Streams;

/// <summary>One a worker, pointed at what it stands for as long as that is looked at.</summary>
public abstract class StandInStream : ProxyStream
{
    public override bool HasReceivedAnything => false;
    public override long BytesFromClient => 0;
    public override long BytesToClient => 0;
    internal override Handover.MovedKind Movable => Handover.MovedKind.None;

    protected override void Advance() { }

    internal override void PlaceFilters() { }

    protected override void OnPhaseTimeout() { }

    protected override void OnServerTimeout() { }

    protected override void OnClientTimeout() { }

    public override void ReturnToPool() { }

    protected override void ForgetInPool() { }

    public override void Kill(TerminationCause cause) { }
}
