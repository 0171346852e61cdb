// Requests and answers: one a connection or kept alive, with a body of any size, at full speed or a few bytes at a time.
using System;
using Baton.Interop.Linux;

namespace Baton.Inject.Load;

public sealed class HttpConnection(LoadThread thread, int index) : LoadConnection(thread, index)
{
    private AnswerReader _answer;
    private long _sent;

    private long RequestLength => Thread.RequestHead.Length + Options.Body;
    private bool Slow => Options.Mode == LoadMode.Slow;
    protected override bool RequestOut => _sent == RequestLength;

    /// <summary>A slow client looks at its socket when its tick comes.</summary>
    protected override uint Interest => Slow ? Epoll.RDHUP | Epoll.ET : base.Interest;

    protected override void Opened() => _sent = 0;

    protected override void Start()
    {
        _sent = 0;
        _answer.Reset();
        if (Slow)
            Thread.Wheel.Arm(this, Thread.NowMs + Options.SlowTickMs);
        else
            SendRequest(int.MaxValue);
    }

    protected override void Ready(uint events)
    {
        if (Slow)
            return;
        if (!RequestOut && !SendRequest(int.MaxValue))
            return;
        while (Busy && ReadAnswer(LoadThread.BufferSize)) { }
    }

    public override void OnTimer(long nowMs)
    {
        if (!Slow || !Busy || nowMs >= DeadlineAtMs)
        {
            base.OnTimer(nowMs);
            return;
        }
        Thread.Wheel.Arm(this, Math.Min(nowMs + Options.SlowTickMs, DeadlineAtMs));
        if (!RequestOut)
            SendRequest(Options.SlowBytes);
        else
            ReadAnswer(Options.SlowBytes);
    }

    /// <summary>Sends at most <paramref name="budget"/> bytes; false when the request has failed.</summary>
    private bool SendRequest(int budget)
    {
        int head = Thread.RequestHead.Length;
        while (budget > 0 && !RequestOut)
        {
            ReadOnlySpan<byte> piece =
                _sent < head
                    ? Thread.RequestHead.AsSpan((int)_sent)
                    : Pattern.At(_sent - head, (int)Math.Min(RequestLength - _sent, Pattern.MaxLength));
            int n = Send(piece.Length > budget ? piece[..budget] : piece);
            if (n < 0)
                return n == -1;
            _sent += n;
            budget -= n;
        }
        return true;
    }

    /// <summary>Reads once; false when there is nothing more to read now.</summary>
    private bool ReadAnswer(int limit)
    {
        int n = Receive(out ReadOnlySpan<byte> bytes, limit);
        if (n < 0)
            return false;
        if (n == 0)
        {
            if (_answer.EndsHere)
                Finish();
            else
                Fail(ErrorKind.Short);
            return false;
        }
        switch (_answer.Feed(bytes, Options.Verify, out int used))
        {
            case AnswerStatus.Bad:
                Fail(ErrorKind.Wrong);
                return false;
            case AnswerStatus.Done:
                if (used != n)
                {
                    Fail(ErrorKind.Wrong);
                    return false;
                }
                Finish();
                return false;
            // a short read means an empty socket
            default:
                return n == limit || PeerEnded;
        }
    }

    private void Finish()
    {
        if (_answer.WrongContent || _answer.Status != Options.ExpectStatus || (Options.Expect >= 0 && _answer.BodyBytes != Options.Expect))
            Fail(ErrorKind.Wrong);
        else
            Succeed(keep: Options.KeepAlive && !_answer.Close && RequestOut);
    }
}
