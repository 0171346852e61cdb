// A handler that throws ends what it stands for; the loop, and whatever else had its turn in the same round, go on.
using System;
using System.Collections.Generic;
using System.Net.Sockets;
using System.Threading;
using Baton.Configuration.Model;
using Baton.Engine;
using Baton.Engine.Build;
using Baton.Engine.Loop;
using Xunit;

namespace Baton.UnitTests.Engine.Loop;

public sealed class ContainmentTests : IDisposable
{
    private const uint EpollIn = 1;
    private readonly EngineState _engine;
    private readonly Worker _worker;
    private readonly Thread _thread;

    public ContainmentTests()
    {
        var config = new ProcessConfig();
        config.Global.NbThread = 1;
        config.Global.MaxConn = 10;
        _engine = new EngineBuilder(config, new ResourceLimits(10, 65536)) { Workers = 1 }.Build()!;
        _worker = _engine.Workers[0];
        _thread = new Thread(_engine.RunFirstWorker) { IsBackground = true };
        _thread.Start();
    }

    public void Dispose()
    {
        _engine.StopWorkers();
        Assert.True(_thread.Join(5000));
    }

    private sealed class Handler(Action onEvent, Action onTimer) : Baton.Engine.Loop.EventHandler
    {
        public readonly ManualResetEventSlim Abandoned = new();

        public override void OnEvents(uint events) => onEvent();

        public override void OnTimer(long nowMs) => onTimer();

        public override void Abandon() => Abandoned.Set();
    }

    private sealed class Entry(Action action) : IRunnable
    {
        public readonly ManualResetEventSlim Abandoned = new();
        public IRunnable? NextQueued { get; set; }
        public bool IsQueued { get; set; }

        public void RunQueued() => action();

        public void Abandon() => Abandoned.Set();

        public void EndForMemory() => Abandon();
    }

    private static void Fail() => throw new InvalidOperationException("on purpose");

    /// <summary>Runs something on the worker, after which it still works; how many faults were counted for it.</summary>
    private long Faults(Action<Worker> action, WaitHandle until)
    {
        long before = _engine.Notices.Faults;
        _worker.Post(action);
        Assert.True(until.WaitOne(5000));
        using var alive = new ManualResetEventSlim();
        _worker.Post(_ => alive.Set());
        Assert.True(alive.Wait(5000));
        return _engine.Notices.Faults - before;
    }

    [Fact]
    public void A_task_that_throws_takes_no_other_with_it()
    {
        using var next = new ManualResetEventSlim();
        long faults = Faults(
            w =>
            {
                w.Post(_ => Fail());
                w.Post(_ => next.Set());
            },
            next.WaitHandle
        );
        Assert.Equal(1, faults);
    }

    [Fact]
    public void A_timer_that_throws_ends_its_owner()
    {
        using var next = new ManualResetEventSlim();
        var failing = new Handler(() => { }, Fail);
        var other = new Handler(() => { }, next.Set);
        long faults = Faults(
            w =>
            {
                w.Timers.Arm(other, w.NowMs + 5);
                w.Timers.Arm(failing, w.NowMs + 5);
            },
            next.WaitHandle
        );
        Assert.True(failing.Abandoned.Wait(5000));
        Assert.False(other.Abandoned.IsSet);
        Assert.Equal(1, faults);
    }

    [Fact]
    public void An_entry_of_the_run_queue_that_throws_ends_its_owner()
    {
        using var next = new ManualResetEventSlim();
        var failing = new Entry(Fail);
        var other = new Entry(next.Set);
        long faults = Faults(
            w =>
            {
                w.Enqueue(failing);
                w.Enqueue(other);
            },
            next.WaitHandle
        );
        Assert.True(failing.Abandoned.IsSet);
        Assert.False(other.Abandoned.IsSet);
        Assert.Equal(1, faults);
    }

    [Fact]
    public void An_event_handler_that_throws_is_ended_and_those_behind_it_have_their_turn()
    {
        using var next = new ManualResetEventSlim();
        var sockets = new List<Socket>();
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        listener.Listen();
        Handler Readable(Action onEvent)
        {
            var one = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            one.Connect(listener.LocalEndPoint!);
            Socket other = listener.Accept();
            sockets.AddRange([one, other]);
            one.Send([1]);
            return new Handler(onEvent, () => { }) { Fd = (int)other.Handle };
        }
        Handler failing = null!,
            good = null!;
        failing = Readable(() =>
        {
            _worker.Unregister(failing);
            Fail();
        });
        good = Readable(() =>
        {
            _worker.Unregister(good);
            next.Set();
        });
        long faults = Faults(
            w =>
            {
                w.Register(failing, EpollIn);
                w.Register(good, EpollIn);
            },
            next.WaitHandle
        );
        Assert.True(failing.Abandoned.Wait(5000));
        Assert.False(good.Abandoned.IsSet);
        Assert.Equal(1, faults);
        foreach (Socket s in sockets)
            s.Dispose();
    }

    [Fact]
    public void One_of_several_that_fails_leaves_the_others_their_turn()
    {
        using var next = new ManualResetEventSlim();
        var failing = new Entry(() => { });
        int seen = 0;
        long faults = Faults(
            w =>
            {
                foreach (Entry e in (Entry[])[new(() => { }), failing, new(() => { })])
                    w.Guard(e, one =>
                    {
                        if (one == failing)
                            Fail();
                        seen++;
                    });
                next.Set();
            },
            next.WaitHandle
        );
        Assert.True(failing.Abandoned.IsSet);
        Assert.Equal((1, 2), (faults, seen));
    }
}
