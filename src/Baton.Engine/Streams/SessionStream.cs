// Stands in for a stream where rules run and only a connection exists: tcp-request connection and session. It lets fetches
// and actions see the connection through the same door as everywhere else; it never moves a byte.
using Baton.Configuration.Expressions;
using Baton.Engine.Connections;
using Baton.Engine.Handover;

namespace Baton.Engine.Streams;

/// <summary>One a worker, pointed at a connection for the length of a rule run.</summary>
public sealed class SessionStream : ProxyStream
{
    public override bool IsHttp => Frontend is { IsHttp: true };
    public override bool HasReceivedAnything => false;

    /// <summary>There will never be a session: the log is written for a connection that failed.</summary>
    internal bool IsFailed { get; set; }

    public override bool BecameRequest => !IsFailed;
    public override long BytesFromClient => 0;
    public override long BytesToClient => 0;
    internal override MovedKind Movable => MovedKind.None;

    public void Attach(ClientConnection client)
    {
        Client = client;
        Session = client.Session;
        Worker = client.Worker;
        Frontend = client.Frontend;
        Times.Reset();
        Times.Accept = client.Session.AcceptMs;
        Times.AcceptWallMs = client.Session.AcceptMs + Worker.WallClockOffsetMs;
    }

    /// <summary>No connection at all, only the process: for the runtime API and for expressions evaluated at start.</summary>
    public void Attach(Loop.Worker worker)
    {
        Worker = worker;
        Times.Reset();
    }

    /// <summary>Rules that run before there is a stream speak of the connection: all its requests see it.</summary>
    internal override void SetSource(in SocketAddress address) => Session.Source = address;

    internal override void SetDestination(in SocketAddress address) => Session.SetDestination(address);

    public void Detach()
    {
        Client = null!;
        Session = null!;
    }

    /// <summary>There is no transaction yet.</summary>
    internal override bool HasScope(VariableScope scope) => scope == VariableScope.Session;

    protected override void Advance() { }

    internal override void PlaceFilters() { }

    protected override void OnPhaseTimeout() { }

    protected override void OnServerTimeout() { }

    protected override void OnClientTimeout() { }

    public override void ReturnToPool() { }

    protected override void ForgetInPool() { }

    public override void Kill(TerminationCause cause) { }
}
