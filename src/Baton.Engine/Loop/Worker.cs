// A worker: one thread, one epoll set, one timer wheel, one buffer pool. It owns the connections it accepts for life;
// whatever other threads want of them comes through the inbox.
// SAFETY: the number in an eventfd is a local.
using System;
using System.Collections.Generic;
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
    private IRunnable? _runHead,
        _runTail;

    /// <summary>
    /// What is left of this turn: events, tasks of the inbox, entries of the run queue. Kept here so that it is not lost when one fails.
    /// </summary>
    private int _eventAt,
        _eventCount;
    private LoopTask? _tasks;
    private IRunnable? _running;

    /// <summary>Whose handler runs; while timers run, which of them had when somebody was blamed last.</summary>
    private object? _culprit;
    private TimerNode? _blamedAt;
    private bool _timersRun;
    private long _idleWindowStart,
        _idleMs;
    private Retired[] _retired = new Retired[16];
    private int _retiredCount;

    /// <summary>
    /// Bytes of a block for bulk transfers. PERF: bodies of 1 MB took 820 µs of CPU with it and 1,440 with 16 KB (haproxy 900), TCP 0.80
    /// and 0.99 of haproxy; bench/run.sh --only body-1m,tcp-bulk
    /// </summary>
    private const int BulkBlockSize = 65536;

    /// <summary>Buffers that only answers may have when there are no others. COMPAT: as many as haproxy keeps
    /// (tune.buffers.reserve).</summary>
    private const int ReservedBuffers = 2;

    public Worker(int index, DescriptorTable descriptors, int bufferSize, int maxEvents)
    {
        Index = index;
        Descriptors = descriptors;
        Buffers = new BufferPool(bufferSize, BulkBlockSize, Pools);
        Buffers.KeepReserve(ReservedBuffers);
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

    /// <summary>Runs until <see cref="Stop"/>. A handler that fails ends what it stands for, never the loop.</summary>
    public void Run()
    {
        _idleWindowStart = NowMs;
        while (!_stopping)
        {
            // PERF: entered once for as long as nothing fails
            try
            {
                while (!_stopping)
                    Turn();
            }
            catch (Exception e)
            {
                Contain(e);
            }
        }
    }

    /// <summary>One turn of the loop. After a handler has failed the next turn goes on behind it.</summary>
    private void Turn()
    {
        if (_eventAt == _eventCount)
            Poll();
        while (_eventAt < _eventCount)
        {
            int at = _eventAt++;
            Dispatch(_events.Data(at), _events.Events(at));
        }
        RunTasks();
        _culprit = Timers;
        _timersRun = true;
        Timers.Advance(NowMs);
        _timersRun = false;
        Recycle();
        RunQueued();
        if (_unwatched.Count > 0)
            EndThoseUnwatched();
        // PERF: while connections move, the threads that carry them go first: on a busy core they would wait for a time
        // slice at each step, and so would the connections under way (p99.9 in a storm of reloads)
        if (Engine.Handover.ConnectionsMove)
            Processes.Yield();
        if (Pools.HasGrown)
            MemoryKeeper.Watch();
        if (NowMs - _idleWindowStart < 1000)
            return;
        IdlePercent = (int)Math.Min(100, _idleMs * 100 / (NowMs - _idleWindowStart));
        _idleWindowStart = NowMs;
        _idleMs = 0;
        RefreshWallClock();
        MemoryWatch.Tick();
    }

    private void Poll()
    {
        bool busy = _runHead is not null || _running is not null || _tasks is not null;
        int timeout = busy ? 0 : Timers.NextDelayMs(NowMs, 60_000);
        long before = NowMs;
        _eventAt = 0;
        _eventCount = Math.Max(0, _events.Wait(_epoll, timeout));
        ClockNow();
        Loops++;
        if (timeout != 0)
            _idleMs += NowMs - before;
    }

    private void Dispatch(ulong data, uint events)
    {
        if (data == _wakeData)
        {
            DrainInbox();
            return;
        }
        if ((SharedHandlers.IsOne(data) ? _shared.Find(data) : Descriptors.Find(data)) is not { } handler)
            return;
        _culprit = handler;
        if (FaultInjection.On && handler is Connections.Connection)
            FaultInjection.Strike(FaultPlace.Event);
        handler.OnEvents(events);
        Recycle();
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
        do
        {
            head = Volatile.Read(ref _inbox);
            task.NextTask = head;
        } while (Interlocked.CompareExchange(ref _inbox, task, head) != head);
        if (Interlocked.Exchange(ref _wakePending, 1) == 0)
            Wake();
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
        while (task is not null)
        {
            LoopTask? next = task.NextTask;
            task.NextTask = ordered;
            ordered = task;
            task = next;
        }
        // behind those that a failure has left over
        LoopTask? last = _tasks;
        while (last?.NextTask is { } following)
            last = following;
        if (last is null)
            _tasks = ordered;
        else
            last.NextTask = ordered;
        RunTasks();
    }

    private void RunTasks()
    {
        while (_tasks is { } task)
        {
            _tasks = task.NextTask;
            task.NextTask = null;
            _culprit = task;
            if (FaultInjection.On && task is not DelegateTask)
                FaultInjection.Strike(FaultPlace.Task);
            task.Run(this);
            // it may be used again by now
            _culprit = null;
            Recycle();
        }
    }

    /// <summary>Adds a descriptor to the epoll set. False when the kernel refuses (errno in Sockets.Last).</summary>
    public bool Register(EventHandler handler, uint interest)
    {
        // a number beyond the table: the limit of descriptors was raised from outside after the start, or there is no descriptor
        if ((uint)handler.Fd < (uint)Descriptors.Limit)
            return Watch(handler.Fd, interest, Descriptors.Claim(handler.Fd, handler));
        System.Runtime.InteropServices.Marshal.SetLastSystemError(Errno.EMFILE);
        return false;
    }

    /// <summary>
    /// The kernel does not tell of this connection's events (fs.epoll.max_user_watches, no memory): later in this turn it ends as one does
    /// that there is no memory for.
    /// </summary>
    public void EndUnwatched(EventHandler connection)
    {
        Engine.Notices.NoteUnwatched(Sockets.Last);
        _unwatched.Enqueue((connection, LifeOf(connection)));
    }

    private readonly Queue<(EventHandler, uint)> _unwatched = [];

    private static uint LifeOf(EventHandler handler) => handler is Connections.Connection connection ? connection.Life : 0;

    private void EndThoseUnwatched()
    {
        while (_unwatched.TryDequeue(out (EventHandler Connection, uint Life) one))
            if (LifeOf(one.Connection) == one.Life && one.Connection.Fd >= 0)
                Guard(one.Connection, static c => c.EndForMemory());
    }

    private readonly SharedHandlers _shared = new();

    /// <summary>A place for a handler of a descriptor that other workers poll too, until <see cref="RemoveShared"/>.</summary>
    internal int AddShared() => _shared.Add();

    internal void RemoveShared(int place) => _shared.Remove(place);

    /// <summary>Adds such a descriptor to the epoll set. False when the kernel refuses (errno in Sockets.Last).</summary>
    internal bool RegisterShared(EventHandler handler, int place, uint interest) =>
        Watch(handler.Fd, interest, _shared.Claim(place, handler));

    private bool Watch(int fd, uint interest, ulong data)
    {
        if (!FaultInjection.On || !FaultInjection.IsTurn(FaultPlace.Poll))
            return Epoll.Control(_epoll, Epoll.CTL_ADD, fd, interest, data) == 0;
        System.Runtime.InteropServices.Marshal.SetLastSystemError(Errno.ENOSPC);
        return false;
    }

    /// <summary>Takes it out of this worker's set; the others go on.</summary>
    internal void UnregisterShared(EventHandler handler, int place)
    {
        Epoll.Control(_epoll, Epoll.CTL_DEL, handler.Fd, 0, 0);
        _shared.Release(place);
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
        if (runnable.IsQueued)
            return;
        runnable.IsQueued = true;
        runnable.NextQueued = null;
        if (_runTail is null)
            _runHead = runnable;
        else
            _runTail.NextQueued = runnable;
        _runTail = runnable;
    }

    private void RunQueued()
    {
        // what is queued while this runs waits for the next turn, so that new events are seen between two rounds
        if (_running is null)
        {
            _running = _runHead;
            _runHead = _runTail = null;
        }
        while (_running is { } item)
        {
            _running = item.NextQueued;
            item.NextQueued = null;
            item.IsQueued = false;
            _culprit = item;
            if (FaultInjection.On)
                FaultInjection.Strike(FaultPlace.Queue);
            item.RunQueued();
            Recycle();
        }
    }

    /// <summary>PERF: an array of a structure needs no look at the type of what is put into it.</summary>
    private struct Retired
    {
        public IRetired Item;
    }

    /// <summary>
    /// Gives an object whose life has ended back to its pool once the handler that runs has returned: nothing on the stack can
    /// then take its next life for its last one.
    /// </summary>
    internal void Retire(IRetired item)
    {
        if (_retiredCount == _retired.Length)
            Array.Resize(ref _retired, _retiredCount * 2);
        _retired[_retiredCount++].Item = item;
    }

    private void Recycle()
    {
        while (_retiredCount > 0)
        {
            IRetired item = _retired[--_retiredCount].Item;
            if (!item.IsQueued)
                item.ReturnToPool();
        }
    }

    /// <summary>
    /// A handler has thrown: nothing is known of what it was about, so that is ended, counted and told; the rest goes on.
    /// </summary>
    private void Contain(Exception failure)
    {
        object? culprit = Culprit;
        _culprit = null;
        _timersRun = false;
        bool forMemory = MemoryBudget.IsLack(failure);
        if (forMemory)
            MemoryBudget.NoteRefusal();
        else
            Engine.Notices.NoteFault(failure);
        try
        {
            Recycle();
            switch (culprit)
            {
                // what it is about is known then: it ends in an orderly way
                case EventHandler handler when forMemory:
                    handler.EndForMemory();
                    break;
                case IRunnable runnable when forMemory:
                    runnable.EndForMemory();
                    break;
                case EventHandler handler:
                    handler.Abandon();
                    break;
                case IRunnable runnable:
                    runnable.Abandon();
                    break;
                case LoopTask task:
                    if (forMemory)
                        MemoryBudget.CountFailure();
                    task.Abandon(this);
                    break;
                case TimerNode node:
                    if (forMemory)
                        node.EndForMemory();
                    Timers.Arm(node, NowMs + FailedTimerMs);
                    break;
            }
            Recycle();
        }
        catch (Exception e)
        {
            Engine.Notices.NoteFault(e);
        }
    }

    /// <summary>Who ran when something was thrown. A timer that fires ends whatever blame an earlier one has left.</summary>
    private object? Culprit => _timersRun && (_culprit == Timers || Timers.Firing != _blamedAt) ? Timers.Firing : _culprit;

    /// <summary>When the timer of something that is no connection runs again after it has failed (ms).</summary>
    private const int FailedTimerMs = 1000;

    /// <summary>
    /// Who is to blame from here on when a handler fails: one that goes through several says which it is at. Who was before.
    /// </summary>
    internal object? Blame(object? culprit)
    {
        object? before = Culprit;
        _culprit = culprit;
        _blamedAt = Timers.Firing;
        return before;
    }

    /// <summary>
    /// Does something with one of several things in turn; when it fails, that one is ended, and the others have their turn.
    /// </summary>
    public void Guard<T>(T thing, Action<T> action)
        where T : class
    {
        object? before = Blame(thing);
        bool timersRun = _timersRun;
        try
        {
            action(thing);
        }
        catch (Exception e)
        {
            Contain(e);
        }
        _culprit = before;
        _timersRun = timersRun;
    }

    /// <summary>The same for every client of this worker.</summary>
    internal void EachClient(Action<Connections.ClientConnection> action)
    {
        for (Connections.ClientConnection? c = FirstClient; c is not null; )
        {
            Connections.ClientConnection? next = c.NextClient;
            Guard(c, action);
            c = next;
        }
    }

    private void ClockNow()
    {
        NowMs = Clocks.Nanoseconds(Clocks.MONOTONIC) / 1_000_000;
        if (WallClockOffsetMs == 0)
            RefreshWallClock();
    }

    private void RefreshWallClock() =>
        WallClockOffsetMs = Clocks.Nanoseconds(Clocks.REALTIME) / 1_000_000 - Clocks.Nanoseconds(Clocks.MONOTONIC) / 1_000_000;
}
