// Descriptor and connection limits: what the configuration asks for, what the system gives, and the maxconn that follows.
using System;
using Baton.Configuration.Model;
using Baton.Interop.Linux;

namespace Baton.Engine.Build;

/// <param name="MaxConn">Connections at a time.</param>
/// <param name="Descriptors">Size of the descriptor table: no descriptor number reaches it.</param>
public sealed record ResourceLimits(int MaxConn, int Descriptors)
{
    /// <summary>COMPAT: fd-hard-limit's default since 2.6 keeps huge container limits from sizing tables.</summary>
    private const int DefaultHardLimit = 1_048_576;

    /// <summary>
    /// Sets RLIMIT_NOFILE for maxconn (two descriptors a connection, plus listeners, pools and our own) and returns what
    /// can be had; without maxconn it is derived from the limit (manual, "maxconn").
    /// </summary>
    public static unsafe ResourceLimits Apply(ProcessConfig config, int listeners, int workers, Action<string> warn)
    {
        GlobalConfig global = config.Global;
        ResourceLimit limit;
        Processes.getrlimit(Processes.RLIMIT_NOFILE, &limit);
        int reserved = 64 + listeners * (workers + 1) + workers * 4;
        long hard = (long)Math.Min(limit.Maximum, int.MaxValue);
        if (global.FdHardLimit > 0) hard = Math.Min(hard, global.FdHardLimit);
        int maxConn = global.MaxConn;
        if (maxConn <= 0)
        {
            long budget = global.UlimitN > 0 ? global.UlimitN : Math.Min(hard, DefaultHardLimit);
            maxConn = (int)Math.Max(10, (budget - reserved) / 2);
        }
        long pipes = global.NoSplice ? 0 : global.MaxPipes > 0 ? global.MaxPipes : (long)workers * Connections.SplicePipePool.DefaultLimit;
        long needed = global.UlimitN > 0 ? global.UlimitN : Math.Min((long)maxConn * 2 + reserved, int.MaxValue);
        // pipes are a convenience: they get what is left
        long wanted = global.UlimitN > 0 ? needed : Math.Max(needed, Math.Min(needed + pipes * 2, hard));
        if ((long)limit.Current < wanted)
        {
            var raised = new ResourceLimit { Current = (ulong)wanted, Maximum = Math.Max(limit.Maximum, (ulong)wanted) };
            if (Processes.setrlimit(Processes.RLIMIT_NOFILE, &raised) < 0)
            {
                raised = new ResourceLimit { Current = limit.Maximum, Maximum = limit.Maximum };
                Processes.setrlimit(Processes.RLIMIT_NOFILE, &raised);
                if ((long)limit.Maximum < needed)
                    warn($"Cannot raise FD limit to {needed}, limit is {limit.Maximum}.");
            }
        }
        Processes.getrlimit(Processes.RLIMIT_NOFILE, &limit);
        return new ResourceLimits(maxConn, (int)Math.Min(limit.Current, (ulong)Math.Max(DefaultHardLimit, wanted)) + 1);
    }
}
