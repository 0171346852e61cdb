// A hierarchical timing wheel of 1 ms ticks: 256 + 3 x 64 slots reach 18 hours, what lies beyond waits in the last slot.
// Arm and cancel are O(1); an advance touches only what is due and one cascade every 256 ms.
using System.Numerics;

namespace Baton.Core.Timers;

/// <summary>OWNER: one worker. Times are monotonic milliseconds.</summary>
public sealed class TimerWheel
{
    private const int Bits0 = 8,
        BitsN = 6,
        Levels = 4;
    private const int Size0 = 1 << Bits0,
        SizeN = 1 << BitsN;

    // PERF: an element that is no reference is stored without asking for its type
    private struct Slot
    {
        public TimerNode? First;
    }

    private readonly Slot[] _slots = new Slot[Size0 + (Levels - 1) * SizeN];
    private readonly ulong[] _occupied = new ulong[(Size0 + (Levels - 1) * SizeN) / 64];
    private long _nowMs;

    public TimerWheel(long nowMs) => _nowMs = nowMs;

    /// <summary>The node whose handler runs, or ran last.</summary>
    public TimerNode? Firing { get; private set; }

    /// <summary>Nodes in the wheel.</summary>
    public int Count { get; private set; }

    /// <summary>Sets the deadline. Moving it later leaves the node in place; it is put back when it wakes early.</summary>
    public void Arm(TimerNode node, long deadlineMs)
    {
        node.DeadlineMs = deadlineMs;
        if (node.WheelSlot >= 0)
        {
            if (node.WheelTimeMs <= deadlineMs)
                return;
            Unlink(node);
        }
        if (deadlineMs != long.MaxValue)
            Link(node, deadlineMs);
    }

    /// <summary>Nothing is due any more; the node stays where it is until it would have woken, for a deadline that comes soon.</summary>
    public void Suspend(TimerNode node) => node.DeadlineMs = long.MaxValue;

    /// <summary>Takes the node out of the wheel.</summary>
    public void Cancel(TimerNode node)
    {
        node.DeadlineMs = long.MaxValue;
        if (node.WheelSlot >= 0)
            Unlink(node);
    }

    /// <summary>Runs everything due up to <paramref name="nowMs"/>.</summary>
    public void Advance(long nowMs)
    {
        if (Count == 0)
        {
            if (nowMs > _nowMs)
                _nowMs = nowMs;
            return;
        }
        while (_nowMs < nowMs)
        {
            long tick = ++_nowMs;
            int slot = (int)(tick & (Size0 - 1));
            if (slot == 0)
                Cascade(tick);
            if ((_occupied[slot >> 6] & (1UL << (slot & 63))) == 0)
                continue;
            try
            {
                Fire(slot, nowMs);
            }
            catch
            {
                // the others of this tick are due all the same
                _nowMs--;
                throw;
            }
        }
    }

    /// <summary>Milliseconds until the wheel has to be advanced again, at most <paramref name="limit"/>; -1 when it is empty.</summary>
    public int NextDelayMs(long nowMs, int limit)
    {
        if (Count == 0)
            return -1;
        int start = (int)((_nowMs + 1) & (Size0 - 1));
        int found = FindOccupied(start);
        long at = found >= 0 ? _nowMs + 1 + found : (_nowMs | (Size0 - 1)) + 1;
        long delay = at - nowMs;
        return delay <= 0 ? 0 : (int)System.Math.Min(delay, limit);
    }

    /// <summary>Distance from <paramref name="start"/> to the next occupied slot before the wheel's end, or -1.</summary>
    private int FindOccupied(int start)
    {
        if (start == 0)
            return -1; // the next tick cascades: wake for it
        for (int word = start >> 6; word < Size0 >> 6; word++)
        {
            ulong bits = _occupied[word];
            if (word == start >> 6)
                bits &= ulong.MaxValue << (start & 63);
            if (bits != 0)
                return (word << 6) + BitOperations.TrailingZeroCount(bits) - start;
        }
        return -1;
    }

    private void Link(TimerNode node, long timeMs)
    {
        if (timeMs <= _nowMs)
            timeMs = _nowMs + 1;
        long delta = timeMs - _nowMs;
        int slot;
        if (delta < Size0)
            slot = (int)(timeMs & (Size0 - 1));
        else
        {
            int level = 1,
                shift = Bits0;
            while (level < Levels - 1 && delta >= 1L << (shift + BitsN))
            {
                level++;
                shift += BitsN;
            }
            long last = _nowMs + (1L << (shift + BitsN)) - (1L << shift);
            if (timeMs > last && level == Levels - 1)
                timeMs = last;
            slot = Size0 + (level - 1) * SizeN + (int)((timeMs >> shift) & (SizeN - 1));
        }
        node.WheelSlot = slot;
        node.WheelTimeMs = timeMs;
        node.WheelPrevious = null;
        node.WheelNext = _slots[slot].First;
        if (node.WheelNext is not null)
            node.WheelNext.WheelPrevious = node;
        _slots[slot].First = node;
        _occupied[slot >> 6] |= 1UL << (slot & 63);
        Count++;
    }

    private void Unlink(TimerNode node)
    {
        int slot = node.WheelSlot;
        if (node.WheelPrevious is not null)
            node.WheelPrevious.WheelNext = node.WheelNext;
        else
        {
            _slots[slot].First = node.WheelNext;
            if (node.WheelNext is null)
                _occupied[slot >> 6] &= ~(1UL << (slot & 63));
        }
        if (node.WheelNext is not null)
            node.WheelNext.WheelPrevious = node.WheelPrevious;
        node.WheelNext = node.WheelPrevious = null;
        node.WheelSlot = -1;
        Count--;
    }

    private void Fire(int slot, long nowMs)
    {
        while (_slots[slot].First is { } node)
        {
            Unlink(node);
            if (node.DeadlineMs > _nowMs)
            {
                if (node.DeadlineMs != long.MaxValue)
                    Link(node, node.DeadlineMs);
                continue;
            }
            node.DeadlineMs = long.MaxValue;
            Firing = node;
            node.OnTimer(nowMs);
        }
    }

    private void Cascade(long tick)
    {
        int shift = Bits0;
        for (int level = 1; level < Levels; level++, shift += BitsN)
        {
            int index = (int)((tick >> shift) & (SizeN - 1));
            Redistribute(Size0 + (level - 1) * SizeN + index);
            if (index != 0)
                return;
        }
    }

    private void Redistribute(int slot)
    {
        TimerNode? node = _slots[slot].First;
        _slots[slot].First = null;
        _occupied[slot >> 6] &= ~(1UL << (slot & 63));
        while (node is not null)
        {
            TimerNode? next = node.WheelNext;
            node.WheelNext = node.WheelPrevious = null;
            node.WheelSlot = -1;
            Count--;
            if (node.DeadlineMs != long.MaxValue)
            {
                // a node due at this very tick goes to the slot that is about to fire
                long at = System.Math.Max(node.DeadlineMs, _nowMs);
                if (at == _nowMs)
                    LinkNow(node);
                else
                    Link(node, at);
            }
            node = next;
        }
    }

    private void LinkNow(TimerNode node)
    {
        _nowMs--;
        Link(node, _nowMs + 1);
        _nowMs++;
    }
}
