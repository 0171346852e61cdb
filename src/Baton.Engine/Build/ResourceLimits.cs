// Descriptor and connection limits: what the configuration asks for, what the system gives, and the maxconn that follows.
// SAFETY: the pointers are to locals, for one call each.
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
    /// can be had; without maxconn it is derived from the limit (manual, "maxconn"). Null, with the reason told to
    /// <paramref name="alert"/>, when the configuration asks for more and does not say "no strict-limits".
    /// </summary>
    public static unsafe ResourceLimits? Apply(ProcessConfig config, int listeners, int workers, Action<string> warn, Action<string> alert)
    {
        GlobalConfig global = config.Global;
        ResourceLimit limit;
        Processes.getrlimit(Processes.RLIMIT_NOFILE, &limit);
        int reserved = 64 + listeners + workers * 4;
        long hard = (long)Math.Min(limit.Maximum, int.MaxValue);
        if (global.FdHardLimit > 0)
            hard = Math.Min(hard, global.FdHardLimit);
        int maxConn = global.MaxConn;
        if (maxConn <= 0)
        {
            long budget = global.UlimitN > 0 ? global.UlimitN : Math.Min(hard, DefaultHardLimit);
            maxConn = (int)Math.Max(10, (budget - reserved) / 2);
        }
        long pipes = (long)workers * Connections.SplicePipePool.LimitOf(global, workers);
        long wanted = global.UlimitN > 0 ? global.UlimitN : Math.Min((long)maxConn * 2 + pipes * 2 + reserved, int.MaxValue);
        // pipes are a gain, not a need: what is left of the limit goes to them
        long needed = global.UlimitN > 0 ? global.UlimitN : (long)maxConn * 2 + reserved;
        if (global.FdHardLimit > 0)
            wanted = Math.Min(wanted, Math.Max(global.FdHardLimit, global.UlimitN));
        if ((long)limit.Current < wanted)
        {
            var raised = new ResourceLimit { Current = (ulong)wanted, Maximum = Math.Max(limit.Maximum, (ulong)wanted) };
            if (Processes.setrlimit(Processes.RLIMIT_NOFILE, &raised) < 0)
            {
                raised = new ResourceLimit { Current = limit.Maximum, Maximum = limit.Maximum };
                Processes.setrlimit(Processes.RLIMIT_NOFILE, &raised);
            }
        }
        Processes.getrlimit(Processes.RLIMIT_NOFILE, &limit);
        long most = global.FdHardLimit > 0 ? Math.Min((long)limit.Current, global.FdHardLimit) : (long)limit.Current;
        if (most < needed)
        {
            bool asked = global.MaxConn > 0 || global.UlimitN > 0;
            if (asked && global.StrictLimits)
            {
                alert($"[baton.main()] Cannot raise FD limit to {needed}, limit is {most}.");
                return null;
            }
            warn($"Cannot raise FD limit to {needed}, limit is {most}.");
        }
        return new ResourceLimits(maxConn, (int)Math.Min(limit.Current, (ulong)Math.Max(DefaultHardLimit, wanted)) + 1);
    }
}
