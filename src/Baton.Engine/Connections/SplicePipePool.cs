// The pipes of one worker. PERF: one bulk TCP session costs about half of the CPU a byte that copying through 64 KB buffers
// does (one core, loopback: 250 and 540 ms/GB); bench/run.sh --only tcp-bulk,body-1m
using System;
using System.Collections.Generic;
using Baton.Configuration.Model;
using Baton.Interop.Linux;

namespace Baton.Engine.Connections;

/// <summary>Bounded: when there is no pipe left, or no descriptor for one, transfers go through buffers. OWNER: one worker.</summary>
/// <param name="limit">Pipes in use at a time; 0 for none at all (nosplice).</param>
/// <param name="pipeSize">Bytes a pipe is asked to hold.</param>
public sealed class SplicePipePool(int limit, int pipeSize)
{
    /// <summary>Pipes of a worker when "maxpipes" does not say.</summary>
    private const int DefaultLimit = 64;

    /// <summary>Bytes of a pipe when "tune.pipesize" does not say. PERF: 340 ms/GB with 64 KB, 255 with 256 KB, 230 with 1 MB.</summary>
    public const int DefaultSize = 256 * 1024;

    /// <summary>Pipes that each of so many workers may use at a time (maxpipes, nosplice).</summary>
    internal static int LimitOf(GlobalConfig global, int workers) =>
        global.NoSplice ? 0
        : global.MaxPipes > 0 ? Math.Max(1, global.MaxPipes / workers)
        : DefaultLimit;

    /// <summary>Idle pipes that are kept.</summary>
    private const int MaxFree = 16;

    private readonly Stack<SplicePipe> _free = new(MaxFree);

    public int PipeSize => pipeSize;

    /// <summary>Pipes in use, and idle ones.</summary>
    public int Used { get; private set; }
    public int Free => _free.Count;

    /// <summary>An empty pipe, or null when there is none to be had.</summary>
    public SplicePipe? Rent()
    {
        if (Used >= limit)
            return null;
        if (!_free.TryPop(out SplicePipe? pipe))
        {
            if (!Files.Pipe(out int readEnd, out int writeEnd))
                return null;
            // a smaller pipe than asked for works too (pipe-user-pages-soft)
            Files.fcntl(writeEnd, Files.F_SETPIPE_SZ, pipeSize);
            pipe = new SplicePipe(this, readEnd, writeEnd);
        }
        Used++;
        return pipe;
    }

    internal void Return(SplicePipe pipe)
    {
        Used--;
        if (pipe.Held == 0 && _free.Count < MaxFree)
        {
            _free.Push(pipe);
            return;
        }
        pipe.Held = 0;
        pipe.Close();
    }
}
