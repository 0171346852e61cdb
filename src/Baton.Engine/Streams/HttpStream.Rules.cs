// What rules may do to a request.
// SAFETY: reads go behind End as far as RoomForBody says, which is inside the block; spans end at End.
using System;
using System.Text;
using Baton.Engine.Connections;
using Baton.Engine.Proxies;
using Baton.Engine.Rules;
using Baton.Http.H1;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

public sealed unsafe partial class HttpStream
{
    /// <summary>The rule to go on with in the set that waits.</summary>
    private int _ruleAt;

    private bool _inResponseRules;

    /// <summary>The request's head lies in its buffer and may be looked at and edited.</summary>
    internal bool HeadIsReadable => _requestPhase == RequestPhase.Rules;

    /// <summary>The response's head may be looked at and edited: during its rules.</summary>
    internal bool ResponseHeadIsReadable => _inResponseRules;

    /// <summary>The head the rules that run now are about, ready to be edited.</summary>
    internal MessageHead EditableHead()
    {
        MessageHead head = _inResponseRules ? ResponseHead : RequestHead;
        RentArena(head);
        return head;
    }

    /// <summary>The frontend and the backend are the two halves of one section: its rules run once.</summary>
    private bool IsOwnBackend => Backend is null || Backend.Config == Frontend.Config;

    /// <summary>Runs a request rule set from where it stopped. True when it is through.</summary>
    private bool RunRules(RuleList rules)
    {
        Verdict verdict = rules.Run(this, ref _ruleAt);
        if (verdict == Verdict.Refused)
            EndUnanswered(_inResponseRules ? TerminationPhase.Headers : TerminationPhase.Request);
        return verdict is Verdict.Continue or Verdict.Stop;
    }

    /// <summary>The rule to go on with when response rules wait; those of the frontend are counted behind the backend's.</summary>
    private int _responseRuleAt;

    /// <summary>The response rules wait for its body.</summary>
    private bool _responseRulesWait;

    private const int FrontendRules = 1 << 24;

    /// <summary>http-response rules: the backend's, then the frontend's. False when they wait or the answer was replaced.</summary>
    private bool RunResponseRules()
    {
        if (Backend!.ResponseRules is null && Frontend.ResponseRules is null)
            return true;
        BeginResponseVariables();
        _inResponseRules = true;
        _responseRulesWait = false;
        bool goesOn = _responseRuleAt >= FrontendRules || RunResponseSet(Backend.ResponseRules, 0);
        if (goesOn && !IsOwnBackend)
            goesOn = RunResponseSet(Frontend.ResponseRules, FrontendRules);
        _inResponseRules = false;
        if (!_responseRulesWait)
            _responseRuleAt = 0;
        return goesOn;
    }

    private bool RunResponseSet(RuleList? rules, int first)
    {
        int at = Math.Max(0, _responseRuleAt - first);
        Verdict verdict = rules?.Run(this, ref at) ?? Verdict.Continue;
        if (verdict == Verdict.Refused)
            EndUnanswered(TerminationPhase.Headers);
        _responseRulesWait = verdict == Verdict.Wait;
        _responseRuleAt = first + at;
        return verdict is Verdict.Continue or Verdict.Stop;
    }

    /// <summary>http-after-response rules, on every answer that leaves, our own too. False when one of their edits failed.</summary>
    private bool RunAfterResponseRules()
    {
        RuleList? back = IsOwnBackend ? null : Backend!.AfterResponseRules;
        if (back is null && Frontend.AfterResponseRules is null || _isUncounted)
            return true;
        BeginResponseVariables();
        _inResponseRules = _inAfterResponseRules = true;
        bool goesOn = back?.Run(this) != Verdict.Answered && Frontend.AfterResponseRules?.Run(this) != Verdict.Answered;
        _inResponseRules = _inAfterResponseRules = false;
        return goesOn;
    }

    /// <summary>"http-request strict-mode": an edit that does not fit is an error (the default), or only counted.</summary>
    internal bool StrictRewriting { get; set; }

    private bool _inAfterResponseRules;

    /// <summary>What a rule's edit comes to: goes on, or ends the stream with an error when it failed in strict mode.</summary>
    internal Verdict NoteEdit(bool done)
    {
        if (done)
            return Verdict.Continue;
        FrontendCounters.FailedRewrites++;
        if (BackendCounters is { } backend)
            backend.FailedRewrites++;
        if (_inResponseRules && ServerCounters is { } server)
            server.FailedRewrites++;
        if (!StrictRewriting)
            return Verdict.Continue;
        // the answer to this would come by the same rules: who runs them sees to it
        if (_inAfterResponseRules)
            return Verdict.Answered;
        // COMPAT: neither the time of the request nor that of the response is told then
        if (!_inResponseRules)
            Times.Request = -1;
        AnswerWith(FindReply(500), TerminationCause.Proxy);
        return Verdict.Answered;
    }

    /// <summary>
    /// "wait-for-body": true when the rules may go on, with at least so many bytes (0: all) of the body behind the head, the
    /// whole of it, or a full buffer.
    /// </summary>
    internal bool WaitForBody(int ms, long atLeast)
    {
        if (RequestHead.ExpectContinue && !_continueSent && PhaseDeadlineMs == long.MaxValue)
        {
            _continueSent = true;
            if (!SendContinue())
                return true;
        }
        while (!HasBody(atLeast))
        {
            int room = RoomForBody(ref Request, RequestHead);
            if (room <= 0 || Client.PeerClosed && !Client.CanRead)
                break;
            int n = Client.CanRead ? Client.Receive(Request.Data + Request.End, room) : -1;
            if (n > 0)
            {
                Request.End += n;
                continue;
            }
            if (n != -1)
                break;
            if (PhaseDeadlineMs == long.MaxValue)
                PhaseDeadlineMs = DeadlineIn(ms);
            return false;
        }
        PhaseDeadlineMs = long.MaxValue;
        // COMPAT: the wait belongs to the time the request took to arrive
        Times.Request = Worker.NowMs;
        return true;
    }

    /// <summary>Bytes of the body that may still be read behind its head: one that was edited has to fit before them, and grow by
    /// tune.maxrewrite.</summary>
    private int RoomForBody(ref Channel channel, MessageHead head)
    {
        int room = Worker.Buffers.BlockSize - channel.End;
        if (!head.IsModified)
            return room;
        return Math.Min(
            room,
            Worker.Buffers.BlockSize - Worker.Engine.Config.Global.MaxRewrite - HeadWriter.Length(head) - BytesBeside(ref channel, head)
        );
    }

    private bool _isPausing,
        _pauseIsOver;

    /// <summary>"pause": false until so many milliseconds have passed. The server has that much longer, too.</summary>
    internal bool Pause(long ms)
    {
        if (!_isPausing)
        {
            _isPausing = true;
            PhaseDeadlineMs = DeadlineIn((int)Math.Min(ms, int.MaxValue));
            if (ServerDeadlineMs != long.MaxValue)
                ServerDeadlineMs += ms;
        }
        if (!_pauseIsOver)
            return false;
        _isPausing = _pauseIsOver = false;
        return true;
    }

    private bool _continueSent;

    internal bool HasWholeBody => HasBody(0);

    /// <summary>The body bytes behind the head are enough, or all there will be.</summary>
    private bool HasBody(long atLeast) => HasBody(ref Request, RequestHead, atLeast);

    private static bool HasBody(ref Channel channel, MessageHead head, long atLeast)
    {
        int start = channel.Ready + head.HeadLength,
            available = channel.End - start;
        switch (head.Body)
        {
            case BodyKind.Length:
                return available >= head.ContentLength || atLeast > 0 && available >= atLeast;
            case BodyKind.Chunked:
                var scanner = default(ChunkedScanner);
                ChunkStatus status = scanner.Advance(new ReadOnlySpan<byte>(channel.Data + start, available), out _);
                return status != ChunkStatus.NeedMore || atLeast > 0 && scanner.PayloadBytes >= atLeast;
            case BodyKind.UntilClose:
                return atLeast > 0 && available >= atLeast;
            default:
                return true;
        }
    }

    /// <summary>The same for the body of the response; it ends with the server's connection too.</summary>
    internal bool WaitForResponseBody(int ms, long atLeast)
    {
        StreamEnd side = ServerEnd!;
        while (!HasBody(ref Response, ResponseHead, atLeast))
        {
            int room = RoomForBody(ref Response, ResponseHead);
            if (room <= 0)
                break;
            int n = side.CanRead ? side.Receive(Response.Data + Response.End, room) : -1;
            if (n > 0)
            {
                Response.End += n;
                ServerDeadlineMs = DeadlineIn(BackendTimeouts.Server);
                continue;
            }
            // the end is to be seen once more by what forwards the body
            if (n != -1)
            {
                side.CanRead = true;
                break;
            }
            if (PhaseDeadlineMs == long.MaxValue)
                PhaseDeadlineMs = DeadlineIn(ms);
            return false;
        }
        PhaseDeadlineMs = long.MaxValue;
        return true;
    }

    /// <summary>COMPAT: what a backend of its own answers is not the frontend's doing.</summary>
    private void CountIntercepted()
    {
        if (IsOwnBackend)
            FrontendCounters.Intercepted++;
    }

    /// <summary>http-request redirect, auth.</summary>
    internal void Answer(ReadOnlySpan<byte> message, TerminationCause cause)
    {
        Terminate(cause, OwnPhase);
        CountIntercepted();
        // COMPAT: an answer that takes the place of the server's has not come from there
        if (_inResponseRules)
            Times.Response = -1;
        Reply(message);
    }

    /// <summary>COMPAT: credentials are those for a proxy only with option http-use-proxy-header and a target as proxies get it.</summary>
    internal bool AuthenticatesAsProxy =>
        RequestHead.Form == TargetForm.Absolute && (Frontend.Config.Options & Configuration.Model.ProxyOptions.HttpUseProxyHeader) != 0;

    private TerminationPhase OwnPhase => _inResponseRules ? TerminationPhase.Headers : TerminationPhase.Request;

    /// <summary>return.</summary>
    internal void Answer(HttpReply reply)
    {
        CountIntercepted();
        AnswerWith(reply, TerminationCause.Local);
    }

    /// <summary>COMPAT: the texts of an answer that replaces a response know nothing of that response.</summary>
    private void AnswerWith(HttpReply reply, TerminationCause cause)
    {
        TerminationPhase phase = OwnPhase;
        if (_inResponseRules)
            NoteDroppedResponse();
        _inResponseRules = false;
        Reply(reply, cause, phase);
    }

    private HttpReply? _tarpitReply;

    /// <summary>Waits for timeout tarpit (else connect), then answers.</summary>
    internal void Tarpit(HttpReply reply)
    {
        _tarpitReply = reply;
        TakeBodyState();
        _requestPhase = RequestPhase.Done;
        ref Configuration.Model.TimeoutsConfig t = ref Backend is null ? ref FrontendTimeouts : ref BackendTimeouts;
        PhaseDeadlineMs = DeadlineIn(t.Tarpit >= 0 ? t.Tarpit : t.Connect);
    }

    /// <summary>deny: an error page in place of what was to come.</summary>
    internal void Refuse(HttpReply reply) => AnswerWith(reply, TerminationCause.Proxy);

    /// <summary>"stick store-response", and what the request has left to be written down.</summary>
    private void RunStickRules()
    {
        if (Backend!.StickRules is not { } rules)
            return;
        _inResponseRules = true;
        rules.OnResponse(this);
        _inResponseRules = false;
    }

    /// <summary>Counts a refusal where the rules stand.</summary>
    internal void CountDenied()
    {
        if (_inResponseRules)
        {
            FrontendCounters.DeniedResponses++;
            ListenerCounters.DeniedResponses++;
            if (BackendCounters is { } b)
                b.DeniedResponses++;
            if (ServerCounters is { } s)
                s.DeniedResponses++;
            return;
        }
        StickTables.StickTracking.CountError(this);
        FrontendCounters.DeniedRequests++;
        ListenerCounters.DeniedRequests++;
        if (BackendCounters is { } backend)
            backend.DeniedRequests++;
    }
}
