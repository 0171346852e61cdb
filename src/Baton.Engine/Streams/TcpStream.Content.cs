// What happens to a TCP session before a server is looked for, and before the server's first bytes pass: the content rules
// of the frontend, the choice of the backend, the content rules of the backend, and those of the answer. Rules that depend
// on bytes not here yet wait for them as long as the proxy's inspect-delay lasts.
using Baton.Configuration.Model;
using Baton.Engine.Proxies;
using Baton.Engine.Rules;

namespace Baton.Engine.Streams;

internal enum ContentPhase : byte
{
    Frontend,
    Backend,
    Done,
}

public sealed partial class TcpStream
{
    private ContentPhase _contentPhase;

    /// <summary>The inspect-delay of the phase runs; it has run out.</summary>
    private bool _inspecting,
        _inspectExpired;

    /// <summary>The answer has passed the tcp-response rules, or there are none.</summary>
    private bool _responseAdmitted;

    internal override bool IsInspectionOver => _inspectExpired;

    private void BeginContent()
    {
        _contentPhase = ContentPhase.Frontend;
        _inspecting = _inspectExpired = false;
        _responseAdmitted = false;
    }

    /// <summary>True when the backend is chosen and no rule has a word left to say.</summary>
    private bool AdvanceContent()
    {
        if (_contentPhase == ContentPhase.Frontend)
        {
            if (!RunContentRules(Frontend.ContentRules, Frontend.Config))
                return false;
            BackendState? backend = BackendSwitch.Select(this);
            _contentPhase = ContentPhase.Backend;
            if (!EnterSelectedBackend(backend))
                return true;
        }
        if (_contentPhase == ContentPhase.Backend)
        {
            if (!RunContentRules(Backend!.ContentRules, Backend.Config))
                return false;
            _contentPhase = ContentPhase.Done;
        }
        Backend!.ServerRules?.Run(this);
        // what has come is looked at, and not waited for: that is what content rules are for
        if (Backend.LooksForRdpCookie)
            ReadForInspection();
        RdpPersistence.Apply(this);
        Backend.StickRules?.OnRequest(this);
        BalanceKey.Set(this, null);
        ServerPhase = ServerPhase.Choosing;
        return true;
    }

    /// <summary>Runs one proxy's tcp-request content rules. False while they wait, and when they ended the stream.</summary>
    private bool RunContentRules(TcpRuleList? rules, ProxyConfig proxy)
    {
        if (rules is null)
            return true;
        ReadForInspection();
        if (Client.Failed && !Client.CanRead)
        {
            EndByAbort();
            return false;
        }
        int delay = proxy.TcpRequestInspectDelayMs;
        bool final = delay <= 0 || _inspectExpired || Request.SourceClosed || IsFull(ref Request);
        IsLastLook = final;
        switch (rules.Run(this, final))
        {
            case Verdict.Wait:
                StartInspection(delay);
                Client.EnsureRegistered();
                return false;
            case Verdict.Refused:
                CountDenied();
                Terminate(TerminationCause.Proxy, TerminationPhase.Request);
                End();
                return false;
            case Verdict.Answered:
                // the stream goes on as something else
                return false;
            default:
                EndInspection();
                return true;
        }
    }

    /// <summary>Takes what the client has sent so far, up to a full buffer.</summary>
    private void ReadForInspection()
    {
        while (Request.Receive(Client, Worker.Buffers) == Flow.Moved && !Request.SourceClosed) { }
    }

    /// <summary>COMPAT: nothing more is waited for once only the room for rewriting is left.</summary>
    private bool IsFull(ref Channel channel) =>
        channel.End - channel.Start >= Worker.Buffers.BlockSize - Worker.Engine.Config.Global.MaxRewrite;

    private void StartInspection(int delayMs)
    {
        if (_inspecting)
            return;
        _inspecting = true;
        PhaseDeadlineMs = DeadlineIn(delayMs);
    }

    private void EndInspection()
    {
        if (_inspecting)
            PhaseDeadlineMs = long.MaxValue;
        _inspecting = _inspectExpired = false;
    }

    private void OnContentTimeout() => _inspectExpired = true;

    /// <summary>A silent drop has counted itself.</summary>
    private void CountDenied()
    {
        if (Connection.IsForgotten)
            return;
        Counters.Frontend.DeniedRequests++;
        Counters.Listener.DeniedRequests++;
    }

    private void EndByAbort()
    {
        Terminate(TerminationCause.ClientAbort, TerminationPhase.Request);
        Counters.Frontend.ClientAborts++;
        if (Counters.Backend is { } backend)
            backend.ClientAborts++;
        End();
    }

    /// <summary>tcp-response content rules. True when the answer may pass; false while they wait, and when they ended the stream.</summary>
    private bool AdmitResponse()
    {
        if (_responseAdmitted)
            return true;
        if (Backend!.ResponseContentRules is not { } rules)
        {
            Backend.StickRules?.OnResponse(this);
            _responseAdmitted = true;
            return true;
        }
        Flow got;
        while ((got = Response.Receive(ServerSide!, Worker.Buffers)) == Flow.Moved && !Response.SourceClosed) { }
        int delay = Backend.Config.TcpResponseInspectDelayMs;
        bool final = delay <= 0 || _inspectExpired || Response.SourceClosed || got >= Flow.SourceFailed || IsFull(ref Response);
        IsLastLook = final;
        switch (rules.Run(this, final))
        {
            case Verdict.Wait:
                StartInspection(delay);
                return false;
            case Verdict.Refused:
                Counters.Frontend.DeniedResponses++;
                Counters.Listener.DeniedResponses++;
                Counters.Backend!.DeniedResponses++;
                Counters.Server!.DeniedResponses++;
                Terminate(TerminationCause.Proxy, TerminationPhase.Data);
                // what the client has sent and nobody read would turn the close into a reset
                ReadForInspection();
                End();
                return false;
            default:
                EndInspection();
                Backend.StickRules?.OnResponse(this);
                _responseAdmitted = true;
                return true;
        }
    }
}
