// A long-lived connection to an echo: a block goes out, the same block must come back, byte for byte, for hours.
using System;

namespace Baton.Inject.Load;

public sealed class TunnelConnection(LoadThread thread, int index) : LoadConnection(thread, index)
{
    private long _sent,
        _received,
        _target;

    protected override bool RequestOut => _sent == _target;

    protected override void Opened() => _sent = _received = _target = 0;

    protected override void Start()
    {
        _target += Options.Body;
        SendBlock();
    }

    protected override void Ready(uint events)
    {
        if (!RequestOut && !SendBlock())
            return;
        while (Busy)
        {
            int n = Receive(out ReadOnlySpan<byte> bytes);
            if (n < 0)
                return;
            if (n == 0)
            {
                Fail(ErrorKind.Short);
                return;
            }
            // every connection has its own phase, so that bytes of another connection do not fit
            if (!Pattern.Matches(bytes, _received + Index) || _received + n > _target)
            {
                Fail(ErrorKind.Wrong);
                return;
            }
            _received += n;
            if (_received == _target)
                Succeed(keep: true);
            else if (n < LoadThread.BufferSize && !PeerEnded)
                return;
        }
    }

    private bool SendBlock()
    {
        while (_sent < _target)
        {
            int n = Send(Pattern.At(_sent + Index, (int)Math.Min(_target - _sent, Pattern.MaxLength)));
            if (n < 0)
                return n == -1;
            _sent += n;
        }
        return true;
    }
}
