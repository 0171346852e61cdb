// A worker: one thread, one epoll set, one timer wheel, one buffer pool. It owns the connections it accepts for life;
// whatever other threads want of them comes through the inbox.
// SAFETY: the number in an eventfd is a local.
using System;
using System.Threading;
using Baton.Core.Buffers;
using Baton.Core.Timers;
using Baton.Interop.Linux;

namespace Baton.Engine.Loop;

/// <summary>The event loop. Every method but <see cref="Post"/> and <see cref="Stop"/> belongs to its own thread.</summary>
public sealed unsafe partial class Worker
{
    private readonly int _epoll;
    private readonly int _wake;
    private readonly ulong _wakeData;
    private LoopTask? _inbox;
    private int _wakePending;
    private volatile bool _stopping;
    private readonly EpollEvents _events;
    private IRunnable? _runHead, _runTail;

    /// <summary>
    /// Bytes of a block for bulk transfers. PERF: bodies of 1 MB took 820 µs of CPU with it and 1,440 with 16 KB (haproxy 900), TCP 0.80 and 0.99 of haproxy; bench/run.sh --only body-1m,tcp-bulk
    /// </summary>
    private const int BulkBlockSize = 65536;

    public Worker(int index, DescriptorTable descriptors, int bufferSize, int maxEvents)
    {
        Index = index;
        Descriptors = descriptors;
        Buffers = new BufferPool(bufferSize, BulkBlockSize);
        Scratch = new ScratchMemory(bufferSize);
        ClockNow();
        Timers = new TimerWheel(NowMs);
        _epoll = Epoll.epoll_create1(Files.O_CLOEXEC);
        _wake = Epoll.eventfd(0, Files.O_NONBLOCK | Files.O_CLOEXEC);
        _wakeData = ulong.MaxValue;
        IsOpen = _epoll >= 0 && _wake >= 0 && Epoll.Control(_epoll, Epoll.CTL_ADD, _wake, Epoll.IN, _wakeData) == 0;
        _events = new EpollEvents(maxEvents);
    }

    /// <summary>0-based; thread 1 of the configuration is worker 0.</summary>
    public int Index { get; }

    /// <summary>False when the kernel gave no descriptors for the loop (errno in Sockets.Last): it cannot run.</summary>
    public bool IsOpen { get; }
    public DescriptorTable Descriptors { get; }
    public BufferPool Buffers { get; }
    public TimerWheel Timers { get; }
    public ScratchMemory Scratch { get; }

    /// <summary>Monotonic milliseconds, read once after each wait.</summary>
    public long NowMs { get; private set; }

    /// <summary>Wall-clock milliseconds since 1970 of the same moment.</summary>
    public long WallClockMs => NowMs + WallClockOffsetMs;
    public long WallClockOffsetMs { get; private set; }

    /// <summary>Loop turns and the share of time spent outside epoll_wait, for show info and show activity.</summary>
    public long Loops { get; private set; }
    public int IdlePercent { get; private set; } = 100;

    /// <summary>Runs until <see cref="Stop"/>.</summary>
    public void Run()
    {
        long idleWindowStart = NowMs, idleMs = 0;
        while (!_stopping)
        {
            int timeout = _runHead is not null ? 0 : Timers.NextDelayMs(NowMs, 60_000);
            long before = NowMs;
            int count = _events.Wait(_epoll, timeout);
            ClockNow();
            Loops++;
            if (timeout != 0) idleMs += NowMs - before;
            for (int i = 0; i < count; i++) Dispatch(_events.Data(i), _events.Events(i));
            Timers.Advance(NowMs);
            RunQueued();
            // PERF: while connections move, the threads that carry them go first: on a busy core they would wait for a time
            // slice at each step, and so would the connections under way (p99.9 in a storm of reloads)
            if (Engine.ConnectionsMove) Processes.Yield();
            if (NowMs - idleWindowStart >= 1000)
            {
                IdlePercent = (int)Math.Min(100, idleMs * 100 / (NowMs - idleWindowStart));
                idleWindowStart = NowMs;
                idleMs = 0;
                RefreshWallClock();
            }
        }
    }

    private void Dispatch(ulong data, uint events)
    {
        if (data == _wakeData) { DrainInbox(); return; }
        Descriptors.Find(data)?.OnEvents(events);
    }

    /// <summary>Ends <see cref="Run"/> soon; any thread.</summary>
    public void Stop()
    {
        _stopping = true;
        Wake();
    }

    /// <summary>Hands a task to this worker; any thread.</summary>
    public void Post(LoopTask task)
    {
        LoopTask? head;
        do { head = Volatile.Read(ref _inbox); task.NextTask = head; }
        while (Interlocked.CompareExchange(ref _inbox, task, head) != head);
        if (Interlocked.Exchange(ref _wakePending, 1) == 0) Wake();
    }

    public void Post(Action<Worker> action) => Post(new DelegateTask(action));

    private void Wake()
    {
        ulong one = 1;
        Files.write(_wake, &one, 8);
    }

    private void DrainInbox()
    {
        ulong value;
        Files.read(_wake, &value, 8);
        Volatile.Write(ref _wakePending, 0);
        Thread.MemoryBarrier();
        LoopTask? task = Interlocked.Exchange(ref _inbox, null);
        LoopTask? ordered = null;
        while (task is not null) { LoopTask? next = task.NextTask; task.NextTask = ordered; ordered = task; task = next; }
        while (ordered is not null) { LoopTask? next = ordered.NextTask; ordered.NextTask = null; ordered.Run(this); ordered = next; }
    }

    /// <summary>Adds a descriptor to the epoll set. False when the kernel refuses (errno in Sockets.Last).</summary>
    public bool Register(EventHandler handler, uint interest)
    {
        // a number beyond the table: the limit of descriptors was raised from outside after the start, or there is no descriptor
        if ((uint)handler.Fd < (uint)Descriptors.Limit) return Epoll.Control(_epoll, Epoll.CTL_ADD, handler.Fd, interest, Descriptors.Claim(handler.Fd, handler)) == 0;
        System.Runtime.InteropServices.Marshal.SetLastSystemError(Errno.EMFILE);
        return false;
    }

    /// <summary>Takes a descriptor out of the set without closing it (handover, paused listeners).</summary>
    public void Unregister(EventHandler handler)
    {
        Epoll.Control(_epoll, Epoll.CTL_DEL, handler.Fd, 0, 0);
        Descriptors.Release(handler.Fd);
    }

    /// <summary>Forgets and closes a registered descriptor: closing the last copy takes it out of the epoll set.</summary>
    public void CloseRegistered(EventHandler handler)
    {
        Descriptors.Release(handler.Fd);
        Files.close(handler.Fd);
        handler.Fd = -1;
    }

    /// <summary>Runs something later in this turn of the loop, once, in order.</summary>
    public void Enqueue(IRunnable runnable)
    {
        if (runnable.IsQueued) return;
        runnable.IsQueued = true;
        runnable.NextQueued = null;
        if (_runTail is null) _runHead = runnable; else _runTail.NextQueued = runnable;
        _runTail = runnable;
    }

    private void RunQueued()
    {
        // what is queued while this runs waits for the next turn, so that new events are seen between two rounds
        IRunnable? item = _runHead;
        _runHead = _runTail = null;
        while (item is not null)
        {
            IRunnable? next = item.NextQueued;
            item.NextQueued = null;
            item.IsQueued = false;
            item.RunQueued();
            item = next;
        }
    }

    private void ClockNow()
    {
        NowMs = Clocks.Nanoseconds(Clocks.MONOTONIC) / 1_000_000;
        if (WallClockOffsetMs == 0) RefreshWallClock();
    }

    private void RefreshWallClock() => WallClockOffsetMs = Clocks.Nanoseconds(Clocks.REALTIME) / 1_000_000 - Clocks.Nanoseconds(Clocks.MONOTONIC) / 1_000_000;
}

/// <summary>An entry of the worker's run queue, linked through itself.</summary>
public interface IRunnable
{
    IRunnable? NextQueued { get; set; }
    bool IsQueued { get; set; }
    void RunQueued();
}
