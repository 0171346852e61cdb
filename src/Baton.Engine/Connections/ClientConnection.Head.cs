// A request of which only the beginning is here. It waits as bytes in a block of its size, without a buffer and without a
// stream, until a line of it ends or no more fits; then a stream looks at it again from its first byte.
// SAFETY: _head is null or a block of the worker's PartialHeads that this connection alone holds, with room for _headLength bytes;
// no head is longer than a buffer, so that it fits into one again.
using System;
using Baton.Engine.Streams;

namespace Baton.Engine.Connections;

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
    private byte* _head;
    private int _headLength;

    /// <summary>
    /// A buffer that is about to become a request's: what was sent ahead, [start, end), until its own turn; or one that is being read into.
    /// Null when there is none; never while a head is kept that is not in it.
    /// </summary>
    private byte* _ahead;
    private int _aheadStart,
        _aheadEnd;

    /// <summary>What has come of a request that has not begun.</summary>
    private ReadOnlySpan<byte> HeadSoFar =>
        _ahead is not null ? new(_ahead + _aheadStart, _aheadEnd - _aheadStart) : new(_head, _head is null ? 0 : _headLength);

    /// <summary>Takes what a stream has of an incomplete head, in [start, end) of a rented buffer. The stream is gone, and never
    /// was.</summary>
    internal void KeepHead(byte* buffer, int start, int end)
    {
        Stream = null;
        Phase = ClientPhase.Idle;
        Session.RequestCount--;
        bool kept = Keep(buffer + start, end - start);
        Worker.Buffers.Return(buffer);
        if (!kept)
        {
            CloseForMemory();
            return;
        }
        EnsureRegistered();
        ArmIdle();
    }

    /// <summary>Copies the head so far into a block of its own. False when there is none.</summary>
    private bool Keep(byte* bytes, int length)
    {
        if (_head is null || length > Worker.PartialHeads.RoomFor(_headLength))
        {
            byte* block = Worker.PartialHeads.Rent(length);
            if (block is null)
                return false;
            if (_head is not null)
                Worker.PartialHeads.Return(_head, _headLength);
            _head = block;
        }
        // SAFETY: the block has room for the length, or for more
        Buffer.MemoryCopy(bytes, _head, length, length);
        _headLength = length;
        return true;
    }

    /// <summary>The bytes of a request that will not begin here.</summary>
    private void ReleaseHead()
    {
        if (_ahead is not null)
            Worker.Buffers.Return(_ahead);
        _ahead = null;
        if (_head is null)
            return;
        Worker.PartialHeads.Return(_head, _headLength);
        _head = null;
    }

    /// <summary>Puts the head so far into a buffer again; null when there is none. It stays kept.</summary>
    private byte* Unpack(out int start)
    {
        byte* buffer = Worker.Buffers.Rent();
        int headroom = Worker.Engine.Config.Global.MaxRewrite,
            size = Worker.Buffers.BlockSize;
        start = _headLength <= size - headroom ? headroom : 0;
        if (buffer is not null)
            Buffer.MemoryCopy(_head, buffer + start, size - start, _headLength);
        return buffer;
    }

    /// <summary>Lets a stream look at the head so far, whole or not.</summary>
    private void BeginKept()
    {
        byte* buffer = Unpack(out int start);
        int end = start + _headLength;
        ReleaseHead();
        if (buffer is null)
            CloseForMemory();
        else
            BeginRequest(buffer, start, end);
    }

    /// <summary>More of the head has come, or its end.</summary>
    private void ContinueHead()
    {
        byte* buffer = Unpack(out int start);
        if (buffer is null)
        {
            CloseForMemory();
            return;
        }
        // it has a holder at every moment
        _ahead = buffer;
        (_aheadStart, _aheadEnd) = (start, start + _headLength);
        int size = Worker.Buffers.BlockSize,
            end = start + _headLength;
        do
        {
            int n = Receive(buffer + end, size - end);
            if (n == -1)
                break;
            if (n <= 0)
            {
                _ahead = null;
                Worker.Buffers.Return(buffer);
                EndHead(n == 0 ? HeadEnd.Closed : HeadEnd.Failed);
                return;
            }
            // PERF: the parser decides nothing before a line ends, so a byte at a time costs a look at that byte
            bool decides = new ReadOnlySpan<byte>(buffer + end, n).IndexOfAnyInRange((byte)0, (byte)0x1F) >= 0 || end + n == size;
            end += n;
            if (!decides)
                continue;
            _ahead = null;
            ReleaseHead();
            BeginRequest(buffer, start, end);
            return;
        } while (CanRead);
        _ahead = null;
        bool kept = end - start == _headLength || Keep(buffer + start, end - start);
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
        byte* buffer = Unpack(out int start);
        int end = start + _headLength;
        ReleaseHead();
        if (buffer is null)
        {
            CloseForMemory();
            return;
        }
        if (Worker.HttpStreams.Rent() is not { } stream)
        {
            Worker.Buffers.Return(buffer);
            CloseForMemory();
            return;
        }
        Carry(stream);
        stream.StartCut(this, buffer, start, end, why);
    }
}
