// What a client's connection reads between two requests. It holds no buffer and no stream until something has come; of a request's head
// that is not whole only the bytes.
// SAFETY: a buffer is a block of the worker's pool and has one holder: it goes on to a stream, to the head so far, or back. Reads stay
// inside: the headroom (tune.maxrewrite) is at most half of a block.
using System;
using Baton.Configuration.Model;
using Baton.Engine.Loop;
using Baton.Engine.Streams;
using Baton.Http.H2;

namespace Baton.Engine.Connections;

/// <summary>A field of the connection that is read, never copied.</summary>
internal unsafe struct NextRequest
{
    private HeadSoFar _head;

    /// <summary>When the first bytes of the request that is read now came.</summary>
    public long SinceMs { get; private set; }

    /// <summary>What has come of a request that has not begun.</summary>
    public readonly ReadOnlySpan<byte> Bytes => _head.Bytes;

    /// <summary>The beginning of a head waits for its rest.</summary>
    public readonly bool IsKept => _head.IsKept;

    public readonly bool IsEmpty => _head.IsEmpty;

    /// <summary>Looks for the first bytes of a request; only when there are some does the connection get a buffer and a stream.</summary>
    public void Read(ClientConnection client)
    {
        if (_head.IsKept)
        {
            Continue(client);
            return;
        }
        // it has a holder at every moment
        byte* buffer = client.Worker.Buffers.Rent();
        _head.HoldAhead(buffer, 0, 0);
        if (buffer is null)
        {
            client.CloseForMemory();
            return;
        }
        int headroom = client.Worker.Engine.Config.Global.MaxRewrite;
        int n = client.Receive(buffer + headroom, client.Worker.Buffers.BlockSize - headroom);
        _head.TakeAhead(out _, out _);
        if (n > 0)
        {
            SinceMs = client.Worker.NowMs;
            Begin(client, buffer, headroom, headroom + n);
            return;
        }
        client.Worker.Buffers.Return(buffer);
        if (n == -1)
        {
            client.EnsureRegistered();
            client.ArmIdle();
            return;
        }
        Close(client, n == 0 ? IdleEnd.ClientClosed : IdleEnd.ClientFailed);
    }

    /// <summary>Starts a stream on bytes already received at [start, end) of a rented buffer.</summary>
    public void Begin(ClientConnection client, byte* buffer, int start, int end)
    {
        if (client.Session.RequestCount == 0 && IsPreface(client, buffer, start, end))
            return;
        RentStream(client, buffer)?.Start(client, buffer, start, end);
    }

    /// <summary>A stream, carried from now on, for what is in a buffer or for nothing. Null when there is no memory for one: the buffer is
    /// given back then, and the connection closed.</summary>
    private static HttpStream? RentStream(ClientConnection client, byte* buffer)
    {
        if (client.Worker.HttpStreams.Rent() is { } stream)
        {
            client.Carry(stream);
            return stream;
        }
        if (buffer is not null)
            client.Worker.Buffers.Return(buffer);
        client.CloseForMemory();
        return null;
    }

    /// <summary>
    /// Whether what came first is the beginning of HTTP/2 with prior knowledge (RFC 9113 §3.3), at [start, end) of a rented buffer: then it
    /// goes on with that, or waits for the rest of those words.
    /// </summary>
    private bool IsPreface(ClientConnection client, byte* buffer, int start, int end)
    {
        if ((client.Frontend.Config.Options & ProxyOptions.DisableH2Upgrade) != 0)
            return false;
        switch (ClientPreface.Look(new ReadOnlySpan<byte>(buffer + start, end - start)))
        {
            case ClientPreface.Verdict.Other:
                return false;
            case ClientPreface.Verdict.Preface:
                if (client.BeginFrames())
                    client.Mux!.TakeOver(buffer, start, end);
                else
                    client.Worker.Buffers.Return(buffer);
                return true;
        }
        client.Session.RequestCount++;
        Keep(client, buffer, start, end);
        return true;
    }

    /// <summary>Takes what a stream has of an incomplete head, in [start, end) of a rented buffer. The stream is gone, and never
    /// was.</summary>
    public void Keep(ClientConnection client, byte* buffer, int start, int end)
    {
        client.Stream = null;
        client.Phase = ClientPhase.Idle;
        client.Session.RequestCount--;
        bool kept = _head.Keep(client.Worker.PartialHeads, buffer + start, end - start);
        client.Worker.Buffers.Return(buffer);
        AwaitRest(client, kept);
    }

    /// <summary>Lets a stream look at the head so far, whole or not.</summary>
    private void BeginKept(ClientConnection client)
    {
        byte* buffer = TakeKept(client, out int start, out int end);
        if (buffer is not null)
            Begin(client, buffer, start, end);
    }

    /// <summary>The head so far in a buffer, and no more here. Null, and the connection is closed, when there is none.</summary>
    private byte* TakeKept(ClientConnection client, out int start, out int end)
    {
        byte* buffer = _head.Unpack(client.Worker, out start);
        end = start + _head.KeptLength;
        _head.Release(client.Worker);
        if (buffer is null)
            client.CloseForMemory();
        return buffer;
    }

    /// <summary>What has come waits for the rest of the head, when there was room to keep it.</summary>
    private static void AwaitRest(ClientConnection client, bool isKept)
    {
        if (!isKept)
        {
            client.CloseForMemory();
            return;
        }
        client.EnsureRegistered();
        client.ArmIdle();
    }

    /// <summary>More of the head has come, or its end.</summary>
    private void Continue(ClientConnection client)
    {
        byte* buffer = _head.Unpack(client.Worker, out int start);
        if (buffer is null)
        {
            client.CloseForMemory();
            return;
        }
        // it has a holder at every moment
        _head.HoldAhead(buffer, start, start + _head.KeptLength);
        int size = client.Worker.Buffers.BlockSize,
            end = start + _head.KeptLength;
        do
        {
            int n = client.Receive(buffer + end, size - end);
            if (n == -1)
                break;
            if (n <= 0)
            {
                _head.TakeAhead(out _, out _);
                client.Worker.Buffers.Return(buffer);
                End(client, n == 0 ? HeadEnd.Closed : HeadEnd.Failed);
                return;
            }
            // PERF: the parser decides nothing before a line ends, so a byte at a time costs a look at that byte
            bool decides = new ReadOnlySpan<byte>(buffer + end, n).IndexOfAnyInRange((byte)0, (byte)0x1F) >= 0 || end + n == size;
            end += n;
            if (!decides)
                continue;
            _head.TakeAhead(out _, out _);
            _head.Release(client.Worker);
            Begin(client, buffer, start, end);
            return;
        } while (client.CanRead);
        _head.TakeAhead(out _, out _);
        bool kept = end - start == _head.KeptLength || _head.Keep(client.Worker.PartialHeads, buffer + start, end - start);
        client.Worker.Buffers.Return(buffer);
        AwaitRest(client, kept);
    }

    /// <summary>The rest of the head will not come: answered and logged by a stream.</summary>
    public void End(ClientConnection client, HeadEnd why)
    {
        byte* buffer = TakeKept(client, out int start, out int end);
        if (buffer is not null)
            RentStream(client, buffer)?.StartCut(client, buffer, start, end, why);
    }

    /// <summary>When a client that has no request under way has been silent for too long.</summary>
    public readonly long DeadlineMs(ClientConnection client)
    {
        ref TimeoutsConfig t = ref client.Frontend.Config.Timeouts;
        int request = First(t.HttpRequest, t.Client),
            timeout = client.Session.RequestCount == 0 || _head.IsKept ? request : First(t.HttpKeepAlive, request);
        long since = _head.IsKept && client.Session.RequestCount > 0 ? SinceMs : client.Session.IdleSinceMs;
        return timeout < 0 ? long.MaxValue : since + timeout;
    }

    private static int First(int a, int b) => a >= 0 ? a : b;

    /// <summary>
    /// COMPAT: before its first request an empty connection is answered with 400 (closed) or 408 (timed out) and logged,
    /// as HAProxy does; between two requests it is closed without a word.
    /// </summary>
    public void Close(ClientConnection client, IdleEnd why)
    {
        if (_head.IsKept)
        {
            End(
                client,
                why == IdleEnd.TimedOut ? HeadEnd.TimedOut
                    : why == IdleEnd.ClientFailed ? HeadEnd.Failed
                    : HeadEnd.Closed
            );
            return;
        }
        if (client.Session.RequestCount > 0 || (client.Frontend.Config.Options & ProxyOptions.HttpIgnoreProbes) != 0)
        {
            client.Close();
            return;
        }
        SinceMs = client.Worker.NowMs;
        RentStream(client, null)?.StartEmpty(client, why == IdleEnd.TimedOut, why == IdleEnd.ClientFailed);
    }

    /// <summary>Bytes that were sent ahead of their turn, in a buffer, or none; they belong to a request from now on.</summary>
    public void HoldAhead(ClientConnection client, byte* buffer, int start, int end)
    {
        if (buffer is not null)
            SinceMs = client.Worker.NowMs;
        _head.HoldAhead(buffer, start, end);
    }

    /// <summary>Goes on where it stands: with what was sent ahead, with the head so far, or with nothing. False for nothing.</summary>
    public bool Resume(ClientConnection client)
    {
        byte* ahead = _head.TakeAhead(out int start, out int end);
        if (ahead is not null)
            Begin(client, ahead, start, end);
        else if (_head.IsKept)
            BeginKept(client);
        else
            return false;
        return true;
    }

    /// <summary>Takes the beginning of a head that another process has read. False when there is no room.</summary>
    public bool Adopt(ClientConnection client, ReadOnlySpan<byte> head)
    {
        SinceMs = client.Worker.NowMs;
        fixed (byte* bytes = head)
            return _head.Keep(client.Worker.PartialHeads, bytes, head.Length);
    }

    public void Release(Worker worker) => _head.Release(worker);
}
