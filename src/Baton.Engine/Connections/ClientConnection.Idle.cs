// A client's connection between two requests. It holds no buffer and no stream until something has come; of a request's head that is
// not whole only the bytes.
// SAFETY: a buffer is a block of the worker's pool and has one holder: it goes on to a stream, to the head so far, or back. Reads stay
// inside: the headroom (tune.maxrewrite) is at most half of a block.
using System;
using Baton.Configuration.Model;
using Baton.Engine.Streams;
using Baton.Http.H2;

namespace Baton.Engine.Connections;

/// <summary>Why a connection without a request ends.</summary>
internal enum IdleEnd : byte
{
    ClientClosed,
    ClientFailed,
    TimedOut,
}

/// <summary>Why a head never became whole.</summary>
internal enum HeadEnd : byte
{
    Closed,
    Failed,
    TimedOut,
    Killed,
}

public sealed unsafe partial class ClientConnection
{
    private HeadSoFar _head;

    /// <summary>When the first bytes of the request that is read now came.</summary>
    internal long HeadSinceMs { get; private set; }

    /// <summary>What has come of a request that has not begun.</summary>
    internal ReadOnlySpan<byte> HeadSoFar => _head.Bytes;

    /// <summary>Looks for the first bytes of a request; only when there are some does the connection get a buffer and a stream.</summary>
    private void OnIdleReadable()
    {
        if (_head.IsKept)
        {
            ContinueHead();
            return;
        }
        // it has a holder at every moment
        byte* buffer = Worker.Buffers.Rent();
        _head.HoldAhead(buffer, 0, 0);
        if (buffer is null)
        {
            CloseForMemory();
            return;
        }
        int headroom = Worker.Engine.Config.Global.MaxRewrite;
        int n = Receive(buffer + headroom, Worker.Buffers.BlockSize - headroom);
        _head.TakeAhead(out _, out _);
        if (n > 0)
        {
            HeadSinceMs = Worker.NowMs;
            BeginRequest(buffer, headroom, headroom + n);
            return;
        }
        Worker.Buffers.Return(buffer);
        if (n == -1)
        {
            EnsureRegistered();
            ArmIdle();
            return;
        }
        CloseIdle(n == 0 ? IdleEnd.ClientClosed : IdleEnd.ClientFailed);
    }

    /// <summary>Starts a stream on bytes already received at [start, end) of a rented buffer.</summary>
    internal void BeginRequest(byte* buffer, int start, int end)
    {
        if (Session.RequestCount == 0 && IsPreface(buffer, start, end))
            return;
        RentStream(buffer)?.Start(this, buffer, start, end);
    }

    /// <summary>A stream, carried from now on, for what is in a buffer or for nothing. Null when there is no memory for one: the buffer is
    /// given back then, and the connection closed.</summary>
    private HttpStream? RentStream(byte* buffer)
    {
        if (Worker.HttpStreams.Rent() is { } stream)
        {
            Carry(stream);
            return stream;
        }
        if (buffer is not null)
            Worker.Buffers.Return(buffer);
        CloseForMemory();
        return null;
    }

    /// <summary>
    /// Whether what came first is the beginning of HTTP/2 with prior knowledge (RFC 9113 §3.3), at [start, end) of a rented buffer: then it
    /// goes on with that, or waits for the rest of those words.
    /// </summary>
    private bool IsPreface(byte* buffer, int start, int end)
    {
        if ((Frontend.Config.Options & ProxyOptions.DisableH2Upgrade) != 0)
            return false;
        switch (ClientPreface.Look(new ReadOnlySpan<byte>(buffer + start, end - start)))
        {
            case ClientPreface.Verdict.Other:
                return false;
            case ClientPreface.Verdict.Preface:
                if (BeginFrames())
                    Mux!.TakeOver(buffer, start, end);
                else
                    Worker.Buffers.Return(buffer);
                return true;
        }
        Session.RequestCount++;
        KeepHead(buffer, start, end);
        return true;
    }

    /// <summary>Takes what a stream has of an incomplete head, in [start, end) of a rented buffer. The stream is gone, and never
    /// was.</summary>
    internal void KeepHead(byte* buffer, int start, int end)
    {
        Stream = null;
        Phase = ClientPhase.Idle;
        Session.RequestCount--;
        bool kept = _head.Keep(Worker.PartialHeads, buffer + start, end - start);
        Worker.Buffers.Return(buffer);
        if (!kept)
        {
            CloseForMemory();
            return;
        }
        EnsureRegistered();
        ArmIdle();
    }

    /// <summary>Lets a stream look at the head so far, whole or not.</summary>
    private void BeginKept()
    {
        byte* buffer = _head.Unpack(Worker, out int start);
        int end = start + _head.KeptLength;
        _head.Release(Worker);
        if (buffer is null)
            CloseForMemory();
        else
            BeginRequest(buffer, start, end);
    }

    /// <summary>More of the head has come, or its end.</summary>
    private void ContinueHead()
    {
        byte* buffer = _head.Unpack(Worker, out int start);
        if (buffer is null)
        {
            CloseForMemory();
            return;
        }
        // it has a holder at every moment
        _head.HoldAhead(buffer, start, start + _head.KeptLength);
        int size = Worker.Buffers.BlockSize,
            end = start + _head.KeptLength;
        do
        {
            int n = Receive(buffer + end, size - end);
            if (n == -1)
                break;
            if (n <= 0)
            {
                _head.TakeAhead(out _, out _);
                Worker.Buffers.Return(buffer);
                EndHead(n == 0 ? HeadEnd.Closed : HeadEnd.Failed);
                return;
            }
            // PERF: the parser decides nothing before a line ends, so a byte at a time costs a look at that byte
            bool decides = new ReadOnlySpan<byte>(buffer + end, n).IndexOfAnyInRange((byte)0, (byte)0x1F) >= 0 || end + n == size;
            end += n;
            if (!decides)
                continue;
            _head.TakeAhead(out _, out _);
            _head.Release(Worker);
            BeginRequest(buffer, start, end);
            return;
        } while (CanRead);
        _head.TakeAhead(out _, out _);
        bool kept = end - start == _head.KeptLength || _head.Keep(Worker.PartialHeads, buffer + start, end - start);
        Worker.Buffers.Return(buffer);
        if (!kept)
        {
            CloseForMemory();
            return;
        }
        EnsureRegistered();
        ArmIdle();
    }

    /// <summary>The rest of the head will not come: answered and logged by a stream.</summary>
    private void EndHead(HeadEnd why)
    {
        byte* buffer = _head.Unpack(Worker, out int start);
        int end = start + _head.KeptLength;
        _head.Release(Worker);
        if (buffer is null)
        {
            CloseForMemory();
            return;
        }
        RentStream(buffer)?.StartCut(this, buffer, start, end, why);
    }

    /// <summary>
    /// COMPAT: before its first request an empty connection is answered with 400 (closed) or 408 (timed out) and logged,
    /// as HAProxy does; between two requests it is closed without a word.
    /// </summary>
    private void CloseIdle(IdleEnd why)
    {
        if (_head.IsKept)
        {
            EndHead(
                why == IdleEnd.TimedOut ? HeadEnd.TimedOut
                : why == IdleEnd.ClientFailed ? HeadEnd.Failed
                : HeadEnd.Closed
            );
            return;
        }
        if (Phase == ClientPhase.Handshake)
        {
            _opening.TimeOut(this);
            return;
        }
        if (Session.RequestCount > 0 || (Frontend.Config.Options & ProxyOptions.HttpIgnoreProbes) != 0)
        {
            Close();
            return;
        }
        HeadSinceMs = Worker.NowMs;
        RentStream(null)?.StartEmpty(this, why == IdleEnd.TimedOut, why == IdleEnd.ClientFailed);
    }

    /// <summary>Deadline while no request has begun: timeout http-request before the first one, http-keep-alive between two.</summary>
    private void ArmIdle()
    {
        Worker.Timers.Arm(this, IdleDeadlineMs);
        // the answer that made it idle was written before the stop and promised to stay
        if (IsLeaving)
            OnSoftStop();
    }

    /// <summary>When a client that has no request under way has been silent for too long.</summary>
    internal long IdleDeadlineMs
    {
        get
        {
            ref TimeoutsConfig t = ref Frontend.Config.Timeouts;
            int request = First(t.HttpRequest, t.Client),
                timeout = Session.RequestCount == 0 || _head.IsKept ? request : First(t.HttpKeepAlive, request);
            long since = _head.IsKept && Session.RequestCount > 0 ? HeadSinceMs : Session.IdleSinceMs;
            return timeout < 0 ? long.MaxValue : since + timeout;
        }
    }

    private static int First(int a, int b) => a >= 0 ? a : b;

    /// <summary>
    /// The stream has ended and the connection lives on: wait for the next request. <paramref name="buffer"/> holds pipelined
    /// bytes or is null. What has come already begins in its own turn: frames of the stream that ended are still on the stack.
    /// </summary>
    public void BecomeIdle(byte* buffer, int start, int end)
    {
        Stream = null;
        Phase = ClientPhase.Idle;
        Session.IdleSinceMs = Worker.NowMs;
        if (buffer is not null)
            HeadSinceMs = Worker.NowMs;
        _head.HoldAhead(buffer, start, end);
        // what it has sent ahead goes with it
        if (Worker.Engine.Handover.CollectsIdle && Movable != Handover.MovedKind.None)
        {
            Worker.Hold(this);
            return;
        }
        if (buffer is not null || CanRead)
        {
            Worker.Enqueue(this);
            return;
        }
        EnsureRegistered();
        ArmIdle();
    }
}
