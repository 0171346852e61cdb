// The tcp-request and tcp-response content rules of an HTTP proxy. They run once the head is there, so that there is nothing
// to wait for, and before anything of HTTP: a request they refuse was never seen, and is answered by nothing.
// SAFETY: spans over the channel's block from Ready to End (Channel.cs); a head that is readable lies in a block.
using System;
using Baton.Engine.Rules;

namespace Baton.Engine.Streams;

public sealed unsafe partial class HttpStream
{
    /// <summary>The head while it lies in the buffer, and what has come of the body.</summary>
    internal override ReadOnlySpan<byte> RequestBytes =>
        HeadIsReadable ? new(Request.Data + Request.Ready, Request.End - Request.Ready) : default;

    internal override ReadOnlySpan<byte> ResponseBytes =>
        new(Response.Data + Response.Ready, Response.Data is null ? 0 : Response.End - Response.Ready);

    /// <summary>False when a rule ended the stream.</summary>
    private bool PassContentRules(TcpRuleList? rules)
    {
        if (rules is null || rules.Run(this, final: true) != Verdict.Refused)
            return true;
        if (!Connection.IsForgotten)
        {
            FrontendCounters.DeniedRequests++;
            ListenerCounters.DeniedRequests++;
        }
        if (_requestHeadLogSize == 0)
            _requestHeadLogSize = HeadLogSize(RequestHead, request: true);
        // COMPAT: a request that content rules refuse has no times
        Times.Request = -1;
        EndUnanswered(TerminationPhase.Request);
        return false;
    }

    /// <summary>False when a rule ended the stream instead of passing the answer on.</summary>
    private bool PassResponseContentRules()
    {
        if (Backend!.ResponseContentRules is not { } rules)
            return true;
        BeginResponseVariables();
        _inResponseRules = true;
        Verdict verdict = rules.Run(this, final: true);
        _inResponseRules = false;
        if (verdict != Verdict.Refused)
            return true;
        FrontendCounters.DeniedResponses++;
        ListenerCounters.DeniedResponses++;
        BackendCounters!.DeniedResponses++;
        ServerCounters!.DeniedResponses++;
        EndUnanswered(TerminationPhase.Data);
        return false;
    }

    private void EndUnanswered(TerminationPhase phase)
    {
        Terminate(TerminationCause.Proxy, phase);
        // COMPAT: a request without an answer has no time of its own
        if (phase == TerminationPhase.Request)
            Times.Request = -1;
        Status = -1;
        EndStream();
    }
}
