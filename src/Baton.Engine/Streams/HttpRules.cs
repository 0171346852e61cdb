// The rules of an HTTP stream: which set runs, where it goes on when it has waited, and what becomes of what the rules say. The content
// rules run once the head is there, so that there is nothing to wait for, and before anything of HTTP: a request they refuse was
// never seen, and is answered by nothing.
using System;
using Baton.Engine.Logs;
using Baton.Engine.Rules;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

/// <summary>A part of its stream.</summary>
internal sealed class HttpRules(HttpStream stream)
{
    /// <summary>The rule to go on with in the set that waits; and when response rules wait, those of the frontend counted behind the
    /// backend's.</summary>
    private int _at,
        _responseAt;
    private bool _inAfterResponse,
        _isPausing,
        _pauseIsOver;

    private const int FrontendRules = 1 << 24;

    /// <summary>Those of the response run: its head may be looked at and edited.</summary>
    public bool InResponse { get; private set; }

    /// <summary>The response rules wait for its body.</summary>
    public bool ResponseWaits { get; private set; }

    /// <summary>"http-request strict-mode": an edit that does not fit is an error (the default), or only counted.</summary>
    public bool IsStrict { get; set; }

    public void Reset()
    {
        _at = _responseAt = 0;
        InResponse = _inAfterResponse = false;
        ResponseWaits = _isPausing = _pauseIsOver = false;
        IsStrict = true;
    }

    /// <summary>No rule of the set has run yet.</summary>
    public bool AtStart => _at == 0;

    /// <summary>The next set begins.</summary>
    public void BeginSet() => _at = 0;

    /// <summary>All rules of the set have spoken, and what waits now is not theirs.</summary>
    public void EndSet() => _at = int.MaxValue;

    /// <summary>An answer takes the place of what they were about.</summary>
    public void Leave() => InResponse = ResponseWaits = false;

    /// <summary>False when a rule ended the stream.</summary>
    public bool PassContent(TcpRuleList? rules)
    {
        if (rules is null || rules.Run(stream, final: true) != Verdict.Refused)
            return true;
        if (!stream.Connection.IsForgotten)
        {
            stream.Counters.Frontend.DeniedRequests++;
            stream.Counters.Listener.DeniedRequests++;
        }
        if (stream.RequestSide.HeadLogSize == 0)
            stream.RequestSide.HeadLogSize = HeadSize.ForLog(stream.RequestHead, request: true);
        // COMPAT: a request that content rules refuse has no times
        stream.Times.Request = -1;
        stream.EndUnanswered(TerminationPhase.Request);
        return false;
    }

    /// <summary>False when a rule ended the stream instead of passing the answer on.</summary>
    public bool PassResponseContent()
    {
        if (stream.Backend!.ResponseContentRules is not { } rules)
            return true;
        stream.Variables.BeginResponse();
        InResponse = true;
        Verdict verdict = rules.Run(stream, final: true);
        InResponse = false;
        if (verdict != Verdict.Refused)
            return true;
        stream.Counters.Frontend.DeniedResponses++;
        stream.Counters.Listener.DeniedResponses++;
        stream.Counters.Backend!.DeniedResponses++;
        stream.Counters.Server!.DeniedResponses++;
        stream.EndUnanswered(TerminationPhase.Data);
        return false;
    }

    /// <summary>The head the rules that run now are about, ready to be edited.</summary>
    public MessageHead Editable()
    {
        MessageHead head = InResponse ? stream.ResponseHead : stream.RequestHead;
        stream.Heads.BeginEdit(head);
        return head;
    }

    /// <summary>Runs a request rule set from where it stopped. True when it is through.</summary>
    public bool Run(RuleList rules)
    {
        Verdict verdict = rules.Run(stream, ref _at);
        if (verdict == Verdict.Refused)
            stream.EndUnanswered(InResponse ? TerminationPhase.Headers : TerminationPhase.Request);
        return verdict is Verdict.Continue or Verdict.Stop;
    }

    /// <summary>http-response rules: the backend's, then the frontend's. False when they wait or the answer was replaced.</summary>
    public bool RunResponse()
    {
        if (stream.Backend!.ResponseRules is null && stream.Frontend.ResponseRules is null)
            return true;
        stream.Variables.BeginResponse();
        InResponse = true;
        ResponseWaits = false;
        bool goesOn = _responseAt >= FrontendRules || RunSet(stream.Backend.ResponseRules, 0);
        if (goesOn && !stream.IsOwnBackend)
            goesOn = RunSet(stream.Frontend.ResponseRules, FrontendRules);
        InResponse = false;
        if (!ResponseWaits)
            _responseAt = 0;
        return goesOn;
    }

    private bool RunSet(RuleList? rules, int first)
    {
        int at = Math.Max(0, _responseAt - first);
        Verdict verdict = rules?.Run(stream, ref at) ?? Verdict.Continue;
        if (verdict == Verdict.Refused)
            stream.EndUnanswered(TerminationPhase.Headers);
        ResponseWaits = verdict == Verdict.Wait;
        _responseAt = first + at;
        return verdict is Verdict.Continue or Verdict.Stop;
    }

    /// <summary>http-after-response rules, on every answer that leaves, our own too. False when one of their edits failed.</summary>
    public bool RunAfterResponse()
    {
        RuleList? back = stream.IsOwnBackend ? null : stream.Backend!.AfterResponseRules;
        if (back is null && stream.Frontend.AfterResponseRules is null || stream.Answers.IsUncounted)
            return true;
        stream.Variables.BeginResponse();
        InResponse = _inAfterResponse = true;
        bool goesOn = back?.Run(stream) != Verdict.Answered && stream.Frontend.AfterResponseRules?.Run(stream) != Verdict.Answered;
        InResponse = _inAfterResponse = false;
        return goesOn;
    }

    /// <summary>What a rule's edit comes to: goes on, or ends the stream with an error when it failed in strict mode.</summary>
    public Verdict NoteEdit(bool done)
    {
        if (done)
            return Verdict.Continue;
        stream.Counters.Frontend.FailedRewrites++;
        if (stream.Counters.Backend is { } backend)
            backend.FailedRewrites++;
        if (InResponse && stream.Counters.Server is { } server)
            server.FailedRewrites++;
        if (!IsStrict)
            return Verdict.Continue;
        // the answer to this would come by the same rules: who runs them sees to it
        if (_inAfterResponse)
            return Verdict.Answered;
        // COMPAT: neither the time of the request nor that of the response is told then
        if (!InResponse)
            stream.Times.Request = -1;
        stream.Answers.Replace(stream.Answers.Find(500), TerminationCause.Proxy);
        return Verdict.Answered;
    }

    /// <summary>"pause": false until so many milliseconds have passed. The server has that much longer, too.</summary>
    public bool Pause(long ms)
    {
        if (!_isPausing)
        {
            _isPausing = true;
            stream.PhaseDeadlineMs = stream.DeadlineIn((int)Math.Min(ms, int.MaxValue));
            if (stream.ServerDeadlineMs != long.MaxValue)
                stream.ServerDeadlineMs += ms;
        }
        if (!_pauseIsOver)
            return false;
        _isPausing = _pauseIsOver = false;
        return true;
    }

    /// <summary>The time that "pause" waits for has passed. False when nothing pauses.</summary>
    public bool EndPause()
    {
        _pauseIsOver = _isPausing;
        return _isPausing;
    }

    /// <summary>"stick store-response", and what the request has left to be written down.</summary>
    public void RunStick()
    {
        if (stream.Backend!.StickRules is not { } rules)
            return;
        InResponse = true;
        rules.OnResponse(stream);
        InResponse = false;
    }

    /// <summary>Counts a refusal where the rules stand.</summary>
    public void CountDenied()
    {
        if (InResponse)
        {
            stream.Counters.Frontend.DeniedResponses++;
            stream.Counters.Listener.DeniedResponses++;
            if (stream.Counters.Backend is { } b)
                b.DeniedResponses++;
            if (stream.Counters.Server is { } s)
                s.DeniedResponses++;
            return;
        }
        StickTables.StickTracking.CountError(stream);
        stream.Counters.Frontend.DeniedRequests++;
        stream.Counters.Listener.DeniedRequests++;
        if (stream.Counters.Backend is { } backend)
            backend.DeniedRequests++;
    }
}
