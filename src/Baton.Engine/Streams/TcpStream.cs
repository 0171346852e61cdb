// A session in mode tcp: get a server, then relay until both sides are done.
using Baton.Engine.Connections;
using Baton.Engine.Filters;
using Baton.Engine.Proxies;

namespace Baton.Engine.Streams;

public sealed partial class TcpStream : ProxyStream
{
    public override bool IsHttp => false;
    public override bool HasReceivedAnything => Request.Payload > 0;
    public override long BytesFromClient => Request.Payload;
    public override long BytesToClient => Response.Payload;

    internal override void BeginStream(ClientConnection client)
    {
        base.BeginStream(client);
        BeginContent();
    }

    /// <summary>Takes over a client connection from its first moment.</summary>
    public void Start(ClientConnection client)
    {
        BeginStream(client);
        Request.Body = Response.Body = Http.Messages.BodyKind.UntilClose;
        Times.Begin = Session.AcceptMs;
        Times.BeginWallMs = Times.AcceptWallMs;
        Frontend.Log?.EmitConnect(this);
        ClientDeadlineMs = DeadlineIn(FrontendTimeouts.Client);
        if (Frontend.Filters is { } filters)
            Attach(filters);
        Process();
    }

    /// <summary>All bytes are payload.</summary>
    internal override void PlaceFilters()
    {
        Filters?.Place(ref Request, ChannelSide.Request, passing: 0, inChunks: false);
        Filters?.Place(ref Response, ChannelSide.Response, passing: 0, inChunks: false);
    }

    /// <summary>The frontend's rules have spoken: on to the backend. False when there is none.</summary>
    private bool EnterSelectedBackend(BackendState? backend)
    {
        // COMPAT: the time in queues begins with the connection, waiting for content included
        Times.Request = Times.Accept + Session.HandshakeMs;
        if (backend is null)
        {
            Counters.Frontend.RequestErrors++;
            Connecting.Fail(ServerFailure.NoServer);
            return false;
        }
        EnterBackend(backend);
        return true;
    }

    protected override void Advance()
    {
        if (ServerPhase == ServerPhase.None && !AdvanceContent())
        {
            if (!IsEnded)
                ArmTimer();
            return;
        }
        while (true)
        {
            switch (ServerPhase)
            {
                case ServerPhase.Choosing:
                    Choice.Make();
                    continue;
                case ServerPhase.Connecting when ServerSide is null:
                    if (!Connecting.Connect(null))
                        continue;
                    if (ServerPhase == ServerPhase.Connecting)
                    {
                        ServerSide!.EnsureRegistered();
                        WatchClient();
                        ArmTimer();
                        return;
                    }
                    continue;
                case ServerPhase.Connecting:
                    if (Connecting.Check() || ServerPhase != ServerPhase.Connecting)
                        continue;
                    if (ClientGone())
                    {
                        End();
                        return;
                    }
                    ArmTimer();
                    return;
                case ServerPhase.Queued or ServerPhase.RetryDelay:
                    WatchClient();
                    if (ClientGone())
                    {
                        End();
                        return;
                    }
                    ArmTimer();
                    return;
                case ServerPhase.Failed:
                    NoteServerFailure();
                    End();
                    return;
                case ServerPhase.Connected:
                    Log.WriteEarly();
                    if (!AdmitResponse() && IsEnded)
                        return;
                    if (!Relay.BothWays(holdResponse: !_responseAdmitted))
                    {
                        End();
                        return;
                    }
                    ArmTimer();
                    return;
                default:
                    ArmTimer();
                    return;
            }
        }
    }

    /// <summary>Registers the client so that its going away is seen while the server is waited for.</summary>
    private void WatchClient() => Client.EnsureRegistered();

    private bool ClientGone()
    {
        if (!Client.Failed)
            return false;
        Terminate(TerminationCause.ClientAbort, ServerPhase == ServerPhase.Queued ? TerminationPhase.Queue : TerminationPhase.Connect);
        Counters.Frontend.ClientAborts++;
        Counters.Backend!.ClientAborts++;
        return true;
    }

    protected override void OnPhaseTimeout()
    {
        switch (ServerPhase)
        {
            case ServerPhase.Queued:
                Choice.LeaveQueue();
                Connecting.Fail(ServerFailure.QueueTimeout);
                break;
            case ServerPhase.RetryDelay:
                Connecting.TryAgain();
                break;
            case ServerPhase.Connecting:
                Connecting.OnFailed(Interop.Linux.Errno.ETIMEDOUT, timeout: true);
                break;
            default:
                OnContentTimeout();
                break;
        }
    }

    protected override void OnServerTimeout()
    {
        if (Request.HasUnsent && ServerSide is { } side && Relay.ReadsStill(ref Request, side))
        {
            Relay.Arm(clientMoved: true, serverMoved: true);
            return;
        }
        // a client that does not read is timed by its own clock
        if (Response.HasUnsent && !Client.CanWrite && ClientDeadlineMs != long.MaxValue)
        {
            ArmTimer();
            return;
        }
        EndByTimeout(TerminationCause.ServerTimeout);
    }

    protected override void OnClientTimeout()
    {
        if (Response.HasUnsent && Relay.ReadsStill(ref Response, Client))
        {
            Relay.Arm(clientMoved: true, serverMoved: true);
            return;
        }
        EndByTimeout(TerminationCause.ClientTimeout);
    }

    private void EndByTimeout(TerminationCause cause)
    {
        if (ServerPhase == ServerPhase.Connected && Cause == TerminationCause.None)
            Counters.NoteAbort(clientFailed: cause == TerminationCause.ClientTimeout);
        Terminate(
            cause,
            ServerPhase switch
            {
                ServerPhase.Connected => TerminationPhase.Data,
                ServerPhase.Queued => TerminationPhase.Queue,
                ServerPhase.None => TerminationPhase.Request,
                _ => TerminationPhase.Connect,
            }
        );
        End();
    }

    public override void Kill(TerminationCause cause)
    {
        Terminate(cause, ServerPhase == ServerPhase.None ? TerminationPhase.Request : TerminationPhase.None);
        End();
    }

    private void NoteServerFailure()
    {
        if (Backend is null)
        {
            Terminate(TerminationCause.ServerAbort, TerminationPhase.Connect);
            return;
        }
        switch (Connecting.Failure)
        {
            case ServerFailure.QueueTimeout:
                Terminate(TerminationCause.ServerTimeout, TerminationPhase.Queue);
                break;
            case ServerFailure.QueueFull:
                Terminate(TerminationCause.ServerAbort, TerminationPhase.Queue);
                break;
            case ServerFailure.ConnectTimeout:
                Terminate(TerminationCause.ServerTimeout, TerminationPhase.Connect);
                break;
            case ServerFailure.Resource:
                Terminate(TerminationCause.Resource, TerminationPhase.Connect);
                break;
            default:
                Terminate(TerminationCause.ServerAbort, TerminationPhase.Connect);
                break;
        }
    }

    /// <summary>Ends session and connection.</summary>
    private void End()
    {
        // what the client has sent and nobody read would turn the close into a reset
        if (ServerPhase == ServerPhase.Failed && !Client.Failed)
            ReadForInspection();
        Leave();
        bool reset = Cause != TerminationCause.None && (Frontend.Config.Options & Configuration.Model.ProxyOptions.NoLinger) != 0;
        ClientConnection client = LetGo();
        if (reset)
            client.AbortOnClose();
        client.Close();
    }
}
