// An end of a stream with nobody behind it: the answer is made here, as long as it may be, and at the pace of the client.
// SAFETY: what is made is copied to where the channel wants it, no more than it asks for.
using System;
using System.Buffers;
using System.Collections.Generic;
using System.Diagnostics;
using Baton.Engine.Connections;
using Baton.Engine.Rules;
using Baton.Engine.Streams;
using Baton.Interop.Linux;

namespace Baton.Engine.Services;

/// <summary>One answer. What it makes it makes in steps, so that traffic has its turns in between. OWNER: the stream's worker.</summary>
public abstract unsafe class ServiceEnd : StreamEnd
{
    /// <summary>How long steps are made in one turn of the loop, however often the channel asks in it, before others have theirs.</summary>
    private static readonly long s_turnTicks = Stopwatch.Frequency / 2000;

    private readonly ArrayBufferWriter<byte> _made = new(4096);
    private IEnumerator<bool>? _steps;
    private int _taken;
    private bool _isOver;
    private long _turn = -1,
        _turnEnd,
        _restsUntilMs;

    protected ServiceEnd(HttpStream stream)
    {
        Stream = stream;
        Worker = stream.Worker;
        CanRead = CanWrite = true;
    }

    protected HttpStream Stream { get; }

    /// <summary>What logs show in the place of a server.</summary>
    public abstract string LogName { get; }

    /// <summary>The status, and the fields of the answer besides those about its length; of an error the proxy's page is the answer. Once,
    /// before the first byte.</summary>
    public abstract int WriteFields(ServiceFields fields);

    /// <summary>Writes the answer to <paramref name="into"/>; each step is a small piece of the work. Not begun for HEAD.</summary>
    protected abstract IEnumerator<bool> Make(IBufferWriter<byte> into);

    /// <summary>Called in a step: the next one is made so many milliseconds later, and nothing runs until then.</summary>
    protected void Rest(int ms) => _restsUntilMs = Worker.NowMs + ms;

    private bool IsResting => _restsUntilMs > Worker.NowMs;

    /// <summary>Bytes of the answer, 0 at its end; -1 when there is a rest, or others are to have their turn first: it asks for its
    /// own.</summary>
    public sealed override int Receive(byte* buffer, int length)
    {
        _steps ??= Make(_made);
        if (_turn != Worker.Loops)
            (_turn, _turnEnd) = (Worker.Loops, Stopwatch.GetTimestamp() + s_turnTicks);
        while (!_isOver && !IsResting && _made.WrittenCount - _taken < length && Stopwatch.GetTimestamp() < _turnEnd)
            _isOver = !_steps.MoveNext();
        ReadOnlySpan<byte> left = _made.WrittenSpan[_taken..];
        if (left.IsEmpty)
        {
            if (_isOver)
                return 0;
            if (IsResting)
            {
                CanRead = false;
                Worker.Timers.Arm(this, _restsUntilMs);
            }
            else
                Worker.Enqueue(Stream);
            return -1;
        }
        int taken = Math.Min(left.Length, length);
        left[..taken].CopyTo(new Span<byte>(buffer, taken));
        _taken += taken;
        if (_taken == _made.WrittenCount)
        {
            _made.ResetWrittenCount();
            _taken = 0;
        }
        return taken;
    }

    /// <summary>What a client sends behind its head has been read by rules, or is for nobody.</summary>
    public sealed override int Send(byte* buffer, int length, bool more = false) => length;

    public sealed override void ShutdownWrite() { }

    public sealed override void EnsureRegistered() { }

    public sealed override void OnEvents(uint events) { }

    public sealed override void OnTimer(long nowMs)
    {
        CanRead = true;
        Worker.Enqueue(Stream);
    }

    /// <summary>The stream is over, wherever the answer stands.</summary>
    public virtual void Close()
    {
        Worker.Timers.Cancel(this);
        _steps?.Dispose();
        _steps = null;
        _isOver = true;
    }
}
