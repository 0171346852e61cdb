// What compression may use in the whole process, and what it does use: memory, bytes a second, time of the processor.
using System.Threading;
using Baton.Configuration.Model;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;

namespace Baton.Engine.Filters.Compression;

/// <summary>Shared by the workers: each counts under its own index, the memory is one number.</summary>
public sealed class CompressionUse
{
    private readonly RateCounter[] _in,
        _out;
    private readonly int _leastIdlePercent;
    private long _memory;

    public CompressionUse(GlobalConfig global, int workers)
    {
        Settings = global;
        RateLimit = global.MaxCompressionRate * 1024;
        _leastIdlePercent = 100 - global.MaxCompressionCpuUsage;
        _in = new RateCounter[workers];
        _out = new RateCounter[workers];
        for (int i = 0; i < workers; i++)
            (_in[i], _out[i]) = (new(), new());
    }

    public GlobalConfig Settings { get; }

    /// <summary>Bytes a second that may be given to compressors; 0 for no limit ("set rate-limit http-compression").</summary>
    public int RateLimit { get; set; }

    /// <summary>Bytes that compressors may have; 0 for no limit.</summary>
    public long MemoryLimit => Settings.MaxZlibMemory * 1024L * 1024;
    public long Memory => Volatile.Read(ref _memory);

    /// <summary>Bytes of a compressor; 0 before there was one.</summary>
    public long DeflaterSize { get; set; }

    /// <summary>A compressor was not to be had: idle ones are given back for all workers.</summary>
    public bool IsScarce { get; private set; }

    public bool TakeMemory(long bytes)
    {
        if (Interlocked.Add(ref _memory, bytes) <= MemoryLimit || MemoryLimit == 0)
            return true;
        Interlocked.Add(ref _memory, -bytes);
        IsScarce = true;
        return false;
    }

    public void ReturnMemory(long bytes)
    {
        if (Interlocked.Add(ref _memory, -bytes) < MemoryLimit / 2)
            IsScarce = false;
    }

    public void Count(Worker worker, int taken, int made)
    {
        _in[worker.Index].Add(worker.NowMs, taken);
        _out[worker.Index].Add(worker.NowMs, made);
    }

    public int InRate(long nowMs) => Sum(_in, nowMs);

    public int OutRate(long nowMs) => Sum(_out, nowMs);

    private static int Sum(RateCounter[] rates, long nowMs)
    {
        int sum = 0;
        foreach (RateCounter rate in rates)
            sum += rate.Read(nowMs);
        return sum;
    }

    /// <summary>There is a limit that compression has to keep to, so that its level is looked at again and again.</summary>
    public bool IsLimited => RateLimit > 0 || _leastIdlePercent > 0;

    /// <summary>No message more is to be compressed now, and those that are cost too much.</summary>
    public bool IsTooMuch(Worker worker) => RateLimit > 0 && InRate(worker.NowMs) > RateLimit || worker.IdlePercent < _leastIdlePercent;
}
