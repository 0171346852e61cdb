// How an exchange ends: the next request on the same connection, or closing; and every way to end early.
using Baton.Configuration.Model;
using Baton.Engine.Connections;

namespace Baton.Engine.Streams;

public sealed unsafe partial class HttpStream
{
    /// <summary>The answer is out.</summary>
    private void FinishExchange()
    {
        _responsePhase = ResponsePhase.Done;
        if (!_clientKeepAlive || !Request.Complete) { EndStream(); return; }
        AccountEnd();
        KeepOrCloseServer();
        ReleaseSlot();
        Backend?.Leave();
        // COMPAT: the line's %bc and %sc no longer count this stream
        EmitLog();
        Response.Release(Worker.Buffers);
        ReturnArena();
        ClientConnection client = Client;
        // what the client has sent ahead starts the next request in the same buffer
        byte* rest = null;
        int start = 0, end = 0;
        if (Request.Data is not null && Request.Unjudged > 0)
        {
            Request.Start = Request.Ready;
            Request.Compact(Worker.Engine.Config.Global.MaxRewrite);
            rest = Request.Data;
            start = Request.Start;
            end = Request.End;
            Request.Data = null;
        }
        else Request.Release(Worker.Buffers);
        ReleaseVariables();
        Client = null!;
        SequenceNumber = 0;
        Worker.HttpStreams.Return(this);
        client.BecomeIdle(rest, start, end);
    }

    /// <summary>Ends stream and connection.</summary>
    private void EndStream()
    {
        bool complete = _responsePhase == ResponsePhase.Done;
        LeaveQueue();
        AccountEnd();
        if (complete) KeepOrCloseServer(); else CloseServerSide();
        ReleaseSlot();
        Backend?.Leave();
        EmitLog();
        // unread input would turn the close into a reset and destroy the answer on its way
        bool linger = complete && !_tunnel && (!Request.Complete || Request.Unjudged > 0 || Client.CanRead) && !Client.Failed;
        Request.Release(Worker.Buffers);
        Response.Release(Worker.Buffers);
        ReturnArena();
        ClientConnection client = Client;
        ReleaseVariables();
        Client = null!;
        SequenceNumber = 0;
        Worker.HttpStreams.Return(this);
        if (linger) client.LingerAndClose(); else client.Close();
    }

    /// <summary>A response that has begun cannot be taken back: cut it.</summary>
    private void AbandonResponse() => EndStream();

    private void AbortByClient()
    {
        TerminationPhase phase = _responsePhase == ResponsePhase.Forward ? TerminationPhase.Data
            : ServerPhase switch
            {
                ServerPhase.None => TerminationPhase.Request, ServerPhase.Queued => TerminationPhase.Queue,
                ServerPhase.Connected => _requestPhase == RequestPhase.Done ? TerminationPhase.Headers : TerminationPhase.Data, _ => TerminationPhase.Connect,
            };
        if (Cause != TerminationCause.None) { EndStream(); return; }
        FrontendCounters.ClientAborts++;
        if (BackendCounters is { } backend) backend.ClientAborts++;
        if (ServerCounters is { } server) server.ClientAborts++;
        if (_responsePhase == ResponsePhase.Waiting && !_tunnel)
        {
            // COMPAT: logged with the answer the client no longer reads: 503 while a server was looked for, else 400
            _clientKeepAlive = false;
            ReplyError(phase is TerminationPhase.Queue or TerminationPhase.Connect ? 503 : 400, TerminationCause.ClientAbort, phase);
            return;
        }
        Terminate(TerminationCause.ClientAbort, phase);
        EndStream();
    }

    private void AbortByServer()
    {
        Terminate(TerminationCause.ServerAbort, TerminationPhase.Data);
        FrontendCounters.ServerAborts++;
        BackendCounters!.ServerAborts++;
        ServerCounters!.ServerAborts++;
        ServerCounters!.ResponseErrors++;
        BackendCounters!.ResponseErrors++;
        EndStream();
    }

    private void AbortBadResponseBody()
    {
        KeepBadResponseBody();
        Terminate(TerminationCause.Proxy, TerminationPhase.Data);
        ServerCounters!.ResponseErrors++;
        BackendCounters!.ResponseErrors++;
        EndStream();
    }

    public override void Kill(TerminationCause cause)
    {
        Terminate(cause, TerminationPhase.Data);
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
        if (_isPausing) { _pauseIsOver = true; return; }
        if (_responseRulesWait) { ReplyError(504, TerminationCause.ServerTimeout, TerminationPhase.Request); return; }
        if (_tarpitReply is { } reply)
        {
            _tarpitReply = null;
            Reply(reply, TerminationCause.Proxy, TerminationPhase.Tarpit);
            return;
        }
        _clientKeepAlive = false;
        CountBadRequest();
        ReplyError(408, TerminationCause.ClientTimeout, TerminationPhase.Request);
    }

    protected override void OnServerTimeout()
    {
        if (_tunnel || _responsePhase != ResponsePhase.Waiting)
        {
            Terminate(TerminationCause.ServerTimeout, TerminationPhase.Data);
            EndStream();
            return;
        }
        if (RetryOnEvent(RetryOn.ResponseTimeout)) return;
        ServerCounters!.ResponseErrors++;
        BackendCounters!.ResponseErrors++;
        ReplyError(504, TerminationCause.ServerTimeout, _requestPhase == RequestPhase.Done ? TerminationPhase.Headers : TerminationPhase.Data);
    }

    protected override void OnClientTimeout()
    {
        if (_responsePhase == ResponsePhase.Waiting && !_tunnel)
        {
            _clientKeepAlive = false;
            ReplyError(408, TerminationCause.ClientTimeout, TerminationPhase.Data);
            return;
        }
        Terminate(TerminationCause.ClientTimeout, TerminationPhase.Data);
        EndStream();
    }
}
