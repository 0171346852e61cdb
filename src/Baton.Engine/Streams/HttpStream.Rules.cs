// What rules may do to a request.
using System;
using System.Text;
using Baton.Engine.Proxies;
using Baton.Engine.Rules;
using Baton.Http.H1;

namespace Baton.Engine.Streams;

public sealed unsafe partial class HttpStream
{
    /// <summary>The request's head lies in its buffer and may be looked at and edited.</summary>
    internal bool HeadIsReadable => _requestPhase == RequestPhase.Rules;

    internal bool EditRequest(HeaderAction.Kind kind, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        RentArena(RequestHead);
        switch (kind)
        {
            case HeaderAction.Kind.Set: return RequestHead.SetField(name, value);
            case HeaderAction.Kind.Add: return RequestHead.AddField(name, value);
            case HeaderAction.Kind.Delete: RequestHead.RemoveAll(name); return true;
            default:
                Span<byte> target = stackalloc byte[8192];
                int query = RequestHead.HasQuery ? RequestHead.Query.Length + 1 : 0;
                if (value.Length + query > target.Length) return false;
                value.CopyTo(target);
                if (query > 0) { target[value.Length] = (byte)'?'; RequestHead.Query.CopyTo(target[(value.Length + 1)..]); }
                return RequestHead.SetTarget(target[..(value.Length + query)]);
        }
    }

    /// <summary>http-request return, redirect.</summary>
    internal void Answer(ReadOnlySpan<byte> message, TerminationCause cause)
    {
        Terminate(cause, TerminationPhase.Request);
        FrontendCounters.Intercepted++;
        Reply(message);
    }

    private int _tarpitStatus;

    /// <summary>Waits for timeout tarpit (else connect), then answers.</summary>
    internal void Tarpit(int status)
    {
        _tarpitStatus = status;
        TakeBodyState();
        _requestPhase = RequestPhase.Done;
        Configuration.Model.TimeoutsConfig t = (Backend?.Config ?? Frontend.Config).Timeouts;
        PhaseDeadlineMs = DeadlineIn(t.Tarpit >= 0 ? t.Tarpit : t.Connect);
    }

    internal void AnswerError(int status, TerminationCause cause) => ReplyError(status, cause, TerminationPhase.Request);
}
