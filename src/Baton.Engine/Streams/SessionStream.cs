// Stands in for a stream where rules run and only a connection exists: tcp-request connection and session.
using Baton.Configuration.Expressions;
using Baton.Engine.Connections;

namespace Baton.Engine.Streams;

/// <summary>One a worker, pointed at a connection for the length of a rule run.</summary>
public sealed class SessionStream : StandInStream
{
    public override bool IsHttp => Frontend is { IsHttp: true };

    /// <summary>There will never be a session: the log is written for a connection that failed.</summary>
    internal bool IsFailed { get; set; }

    public override bool BecameRequest => !IsFailed;

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
}
