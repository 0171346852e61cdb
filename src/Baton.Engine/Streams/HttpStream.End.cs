// How an exchange ends: the next request on the same connection, or closing; and every way to end early.
// SAFETY: the block with what follows goes from the stream to the connection, which is its one holder then.
using Baton.Configuration.Model;
using Baton.Engine.Connections;

namespace Baton.Engine.Streams;

public sealed unsafe partial class HttpStream
{
    /// <summary>The answer is out.</summary>
    internal void FinishExchange()
    {
        _responsePhase = ResponsePhase.Done;
        _frames?.EndSending();
        if (RequestSide.StillForwards)
        {
            RequestSide.AwaitRest();
            return;
        }
        if (!KeepAlive.Client || !Request.Complete || _frames is not null)
        {
            EndStream();
            return;
        }
        Leave();
        // what the client has sent ahead starts the next request in the same buffer
        byte* rest = Following.Take(out int start, out int end);
        LetGo().BecomeIdle(rest, start, end);
    }

    /// <summary>Ends stream and connection.</summary>
    internal void EndStream()
    {
        Leave();
        if (_frames is { } frames)
        {
            TerminationCause cause = Cause;
            LetGo();
            frames.Finish(ErrorFor(cause));
            return;
        }
        // unread input would turn the close into a reset and destroy the answer on its way
        bool linger =
            _responsePhase == ResponsePhase.Done
            && !_tunnel
            && (!Request.Complete || Request.Unjudged > 0 || Following.AreAside || Client.CanRead)
            && !Client.Failed;
        ClientConnection client = LetGo();
        if (linger)
            client.LingerAndClose();
        else
            client.Close();
    }

    /// <summary>Only a whole exchange leaves a connection that another may follow on.</summary>
    protected override void LeaveServer()
    {
        if (_responsePhase == ResponsePhase.Done)
            KeepOrCloseServer();
        else
            CloseServerSide();
    }

    /// <summary>A response that has begun cannot be taken back: cut it.</summary>
    internal void AbandonResponse() => EndStream();

    internal void AbortByClient()
    {
        TerminationPhase phase =
            _responsePhase == ResponsePhase.Forward
                ? TerminationPhase.Data
                : ServerPhase switch
                {
                    ServerPhase.None => TerminationPhase.Request,
                    ServerPhase.Queued => TerminationPhase.Queue,
                    ServerPhase.Connected => RequestSide.Phase == RequestPhase.Done ? TerminationPhase.Headers : TerminationPhase.Data,
                    _ => TerminationPhase.Connect,
                };
        if (Cause != TerminationCause.None)
        {
            EndStream();
            return;
        }
        if (RequestSide.Phase == RequestPhase.Head)
            RequestSide.CountBad();
        FrontendCounters.ClientAborts++;
        if (BackendCounters is { } backend)
            backend.ClientAborts++;
        if (ServerCounters is { } server)
            server.ClientAborts++;
        if (_responsePhase == ResponsePhase.Waiting && RequestSide.Phase is RequestPhase.Body or RequestPhase.Forward && !Request.Complete)
        {
            AbortUpload(phase);
            return;
        }
        if (_responsePhase == ResponsePhase.Waiting && !_tunnel)
        {
            // COMPAT: logged with the answer the client no longer reads: 503 while a server was looked for, else 400
            KeepAlive.Client = false;
            Answers.Error(phase is TerminationPhase.Queue or TerminationPhase.Connect ? 503 : 400, TerminationCause.ClientAbort, phase);
            return;
        }
        Terminate(TerminationCause.ClientAbort, phase);
        EndStream();
    }

    /// <summary>COMPAT: a client that leaves within its own request gets no answer, and the log no status.</summary>
    private void AbortUpload(TerminationPhase phase)
    {
        Terminate(TerminationCause.ClientAbort, phase);
        if (RequestSide.Phase == RequestPhase.Body)
        {
            FrontendCounters.RequestErrors++;
            ListenerCounters.RequestErrors++;
            Times.Request = Worker.NowMs;
        }
        Status = -1;
        EndStream();
    }

    private void AbortByServer()
    {
        Terminate(TerminationCause.ServerAbort, TerminationPhase.Data);
        CountAbort(clientFailed: false);
        ServerCounters!.ResponseErrors++;
        BackendCounters!.ResponseErrors++;
        EndStream();
    }

    private void AbortBadResponseBody()
    {
        Malformed.KeepResponseBody();
        Terminate(TerminationCause.Proxy, TerminationPhase.Data);
        ServerCounters!.ResponseErrors++;
        BackendCounters!.ResponseErrors++;
        EndStream();
    }

    /// <summary>COMPAT: a client whose request is with a server is told that there will be no answer; before that it hears nothing, and the
    /// log has no status.</summary>
    public override void Kill(TerminationCause cause)
    {
        bool waits = _responsePhase == ResponsePhase.Waiting && !_tunnel;
        if (waits && ServerPhase == ServerPhase.Connected && RequestSide.Phase == RequestPhase.Done)
        {
            Answers.Error(502, cause, TerminationPhase.Headers);
            if (!IsEnded)
                Process();
            return;
        }
        if (waits)
            Status = -1;
        Terminate(
            cause,
            _tunnel || waits && ServerPhase != ServerPhase.None ? TerminationPhase.None
                : waits ? TerminationPhase.Request
                : TerminationPhase.Data
        );
        EndStream();
    }

    protected override void OnPhaseTimeout()
    {
        switch (ServerPhase)
        {
            case ServerPhase.Queued:
                LeaveQueue();
                FailServer(ServerFailure.QueueTimeout);
                break;
            case ServerPhase.RetryDelay:
                TryAgain();
                break;
            case ServerPhase.Borrowing:
                StopBorrowing();
                break;
            case ServerPhase.Connecting:
                OnConnectFailed(Interop.Linux.Errno.ETIMEDOUT, timeout: true);
                break;
            default:
                OnRequestTimeout();
                break;
        }
    }

    /// <summary>The head did not arrive in time: 408.</summary>
    private void OnRequestTimeout()
    {
        if (Rules.EndPause())
            return;
        if (Rules.ResponseWaits)
        {
            Answers.Error(504, TerminationCause.ServerTimeout, TerminationPhase.Request);
            return;
        }
        if (Answers.EndTarpit())
            return;
        KeepAlive.Client = false;
        RequestSide.CountBad();
        Times.Request = -1;
        Answers.Error(408, TerminationCause.ClientTimeout, TerminationPhase.Request);
    }

    /// <summary>A peer that is slow is alive.</summary>
    private void RestartDeadlines()
    {
        if (_tunnel)
        {
            ArmRelay(clientMoved: true, serverMoved: true);
            return;
        }
        if (Response.HasUnsent)
            ClientDeadlineMs = DeadlineIn(FrontendTimeouts.Client);
        if (ServerSide is not null)
            ServerDeadlineMs = DeadlineIn(BackendTimeouts.Server);
    }

    protected override bool NamesClientFirst => _responsePhase != ResponsePhase.Waiting;

    protected override void OnServerTimeout()
    {
        if (
            Request.HasUnsent
            && ServerEnd is { } side
            && (_tunnel || RequestSide.Phase == RequestPhase.Forward && ServerPhase == ServerPhase.Connected)
            && ReadsStill(ref Request, side)
        )
        {
            RestartDeadlines();
            return;
        }
        if (_tunnel || _responsePhase != ResponsePhase.Waiting)
        {
            if (Cause == TerminationCause.None)
                CountAbort(clientFailed: false);
            Terminate(TerminationCause.ServerTimeout, TerminationPhase.Data);
            EndStream();
            return;
        }
        ObserveFailure(Checks.TrafficObserver.Timeout);
        if (RetryOnEvent(RetryOn.ResponseTimeout))
            return;
        ServerCounters!.ResponseErrors++;
        BackendCounters!.ResponseErrors++;
        StickTables.StickTracking.CountFailure(this);
        Answers.Error(
            504,
            TerminationCause.ServerTimeout,
            RequestSide.Phase == RequestPhase.Done ? TerminationPhase.Headers : TerminationPhase.Data
        );
    }

    protected override void OnClientTimeout()
    {
        if (Response.HasUnsent && ReadsStill(ref Response, Client))
        {
            RestartDeadlines();
            return;
        }
        if (_responsePhase == ResponsePhase.Waiting && !_tunnel)
        {
            KeepAlive.Client = false;
            Answers.Error(408, TerminationCause.ClientTimeout, TerminationPhase.Data);
            return;
        }
        if (Cause == TerminationCause.None)
            CountAbort(clientFailed: true);
        Terminate(TerminationCause.ClientTimeout, TerminationPhase.Data);
        EndStream();
    }
}
