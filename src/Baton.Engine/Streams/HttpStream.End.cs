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
        ResponseSide.Phase = ResponsePhase.Done;
        Frames.End?.EndSending();
        if (RequestSide.StillForwards)
        {
            RequestSide.AwaitRest();
            return;
        }
        if (!KeepAlive.Client || !Request.Complete || Frames.End is not null)
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
        if (Frames.End is { } frames)
        {
            TerminationCause cause = Cause;
            LetGo();
            frames.Finish(ClientFrames.ErrorFor(cause));
            return;
        }
        // unread input would turn the close into a reset and destroy the answer on its way
        bool linger =
            ResponseSide.Phase == ResponsePhase.Done
            && !IsTunnel
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
        if (ResponseSide.Phase == ResponsePhase.Done)
            Delivery.KeepOrClose();
        else
            Connecting.Close();
    }

    /// <summary>A response that has begun cannot be taken back: cut it.</summary>
    internal void AbandonResponse() => EndStream();

    /// <summary>COMPAT: a client whose request is with a server is told that there will be no answer; before that it hears nothing, and the
    /// log has no status.</summary>
    public override void Kill(TerminationCause cause)
    {
        bool waits = ResponseSide.Phase == ResponsePhase.Waiting && !IsTunnel;
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
            IsTunnel || waits && ServerPhase != ServerPhase.None ? TerminationPhase.None
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
                Choice.LeaveQueue();
                Connecting.Fail(ServerFailure.QueueTimeout);
                break;
            case ServerPhase.RetryDelay:
                Connecting.TryAgain();
                break;
            case ServerPhase.Borrowing:
                Connecting.StopBorrowing();
                break;
            case ServerPhase.Connecting:
                Connecting.OnFailed(Interop.Linux.Errno.ETIMEDOUT, timeout: true);
                break;
            default:
                RequestSide.OnTimeout();
                break;
        }
    }

    /// <summary>A peer that is slow is alive.</summary>
    private void RestartDeadlines()
    {
        if (IsTunnel)
        {
            Relay.Arm(clientMoved: true, serverMoved: true);
            return;
        }
        if (Response.HasUnsent)
            ClientDeadlineMs = DeadlineIn(FrontendTimeouts.Client);
        if (ServerSide is not null)
            ServerDeadlineMs = DeadlineIn(BackendTimeouts.Server);
    }

    protected override bool NamesClientFirst => ResponseSide.Phase != ResponsePhase.Waiting;

    protected override void OnServerTimeout()
    {
        if (
            Request.HasUnsent
            && ServerEnd is { } side
            && (IsTunnel || RequestSide.Phase == RequestPhase.Forward && ServerPhase == ServerPhase.Connected)
            && Relay.ReadsStill(ref Request, side)
        )
        {
            RestartDeadlines();
            return;
        }
        ServerFrames?.OnTimeout(BackendTimeouts.Server);
        if (IsTunnel || ResponseSide.Phase != ResponsePhase.Waiting)
        {
            if (Cause == TerminationCause.None)
                Counters.NoteAbort(clientFailed: false);
            Terminate(TerminationCause.ServerTimeout, TerminationPhase.Data);
            EndStream();
            return;
        }
        ResponseSide.ObserveFailure(Checks.TrafficObserver.Timeout);
        if (Delivery.Retry(RetryOn.ResponseTimeout))
            return;
        Counters.Server!.ResponseErrors++;
        Counters.Backend!.ResponseErrors++;
        StickTables.StickTracking.CountFailure(this);
        Answers.Error(
            504,
            TerminationCause.ServerTimeout,
            RequestSide.Phase == RequestPhase.Done ? TerminationPhase.Headers : TerminationPhase.Data
        );
    }

    protected override void OnClientTimeout()
    {
        if (Response.HasUnsent && Relay.ReadsStill(ref Response, Client))
        {
            RestartDeadlines();
            return;
        }
        if (ResponseSide.Phase == ResponsePhase.Waiting && !IsTunnel)
        {
            KeepAlive.Client = false;
            Answers.Error(408, TerminationCause.ClientTimeout, TerminationPhase.Data);
            return;
        }
        if (Cause == TerminationCause.None)
            Counters.NoteAbort(clientFailed: true);
        Terminate(TerminationCause.ClientTimeout, TerminationPhase.Data);
        EndStream();
    }
}
