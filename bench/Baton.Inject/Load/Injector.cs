// A run: the threads, the merging of their intervals, the end.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;

namespace Baton.Inject.Load;

/// <summary>Calls <see cref="OnInterval"/> from its own thread with each finished interval, in order.</summary>
public sealed class Injector(Options options)
{
    private readonly List<LoadThread> _threads = [];
    private volatile bool _stop;

    /// <summary>Every interval, merged over the threads.</summary>
    public List<IntervalRow> Intervals { get; } = [];
    public Tally Total { get; } = new();
    public double Seconds { get; private set; }

    /// <summary>CLOCK_MONOTONIC nanoseconds of the start.</summary>
    public long StartNs { get; private set; }

    public Action<IntervalRow>? OnInterval;

    /// <summary>Ends the run early; what was counted is kept.</summary>
    public void Stop()
    {
        _stop = true;
        foreach (LoadThread t in _threads)
            t.Stop = true;
    }

    public void Run()
    {
        for (int i = 0; i < options.Threads; i++)
            _threads.Add(new LoadThread(options, i));
        StartNs = Stopwatch.GetTimestamp();
        var running = new List<Thread>();
        foreach (LoadThread t in _threads)
        {
            var thread = new Thread(() => t.Run(StartNs)) { IsBackground = true, Name = "load" };
            thread.Start();
            running.Add(thread);
        }
        if (_stop)
            Stop();
        var pending = new SortedDictionary<int, Tally>();
        while (running.Exists(t => t.IsAlive))
        {
            Thread.Sleep(Math.Min(options.IntervalMs, 50));
            Collect(pending);
            // a slower thread may still add to the last two
            Publish(pending, (int)(Stopwatch.GetElapsedTime(StartNs).TotalMilliseconds / options.IntervalMs) - 1);
        }
        long end = StartNs + 1;
        foreach (LoadThread t in _threads)
            end = Math.Max(end, t.EndNs);
        Seconds = (end - StartNs) / 1e9;
        Collect(pending);
        Publish(pending, int.MaxValue);
        if (options.SlotsFile is null)
            return;
        for (int i = 1; i < _threads.Count; i++)
            _threads[0].Slots!.Add(_threads[i].Slots!);
        _threads[0].Slots!.Write(options.SlotsFile);
    }

    private void Collect(SortedDictionary<int, Tally> pending)
    {
        foreach (LoadThread t in _threads)
        {
            while (t.Finished.TryDequeue(out Tally? tally))
            {
                if (pending.TryGetValue(tally.Index, out Tally? sum))
                    sum.Add(tally);
                else
                    pending[tally.Index] = tally;
            }
        }
    }

    private void Publish(SortedDictionary<int, Tally> pending, int before)
    {
        while (pending.Count > 0)
        {
            Tally? first = null;
            foreach (Tally t in pending.Values)
            {
                first = t;
                break;
            }
            if (first!.Index >= before)
                return;
            pending.Remove(first.Index);
            Total.Add(first);
            var row = IntervalRow.Of(first);
            Intervals.Add(row);
            OnInterval?.Invoke(row);
        }
    }
}
