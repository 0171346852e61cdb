// Closes server connections that nobody needed for a while (pool-purge-delay): at each tick half of those that stayed
// idle during the whole delay.
using System.Collections.Generic;
using Baton.Core.Timers;
using Baton.Engine.Connections;
using Baton.Engine.Loop;

namespace Baton.Engine.Servers;

/// <summary>OWNER: one worker.</summary>
public sealed class PoolPurger(Worker worker) : TimerNode
{
    private readonly List<ServerState> _watched = [];

    /// <summary>Notes that the server has idle connections here.</summary>
    public void Watch(ServerState server)
    {
        IdlePool pool = server.Pools[worker.Index];
        if (pool.Watched)
            return;
        pool.Watched = true;
        pool.LowWater = pool.Count;
        pool.NextPurgeMs = PurgeTime(worker.NowMs, server.Config.PoolPurgeDelayMs);
        _watched.Add(server);
        if (pool.NextPurgeMs < DeadlineMs)
            worker.Timers.Arm(this, pool.NextPurgeMs);
    }

    /// <summary>PERF: on a grid of a sixteenth of the delay, so that thousands of servers do not each have a tick of their own.</summary>
    private static long PurgeTime(long nowMs, int delayMs)
    {
        int grid = System.Math.Max(1, delayMs / 16);
        return (nowMs + delayMs + grid - 1) / grid * grid;
    }

    /// <summary>Gives up one idle connection because descriptors have run out. False when there is none.</summary>
    public bool DropOne()
    {
        foreach (ServerState server in _watched)
        {
            IdlePool pool = server.Pools[worker.Index];
            if (pool.Count == 0)
                continue;
            pool[0].Discard();
            return true;
        }
        return false;
    }

    public override void OnTimer(long nowMs)
    {
        long next = long.MaxValue;
        for (int i = _watched.Count - 1; i >= 0; i--)
        {
            ServerState server = _watched[i];
            IdlePool pool = server.Pools[worker.Index];
            if (nowMs >= pool.NextPurgeMs)
            {
                server.FadeNeed(nowMs);
                int close = System.Math.Min((pool.LowWater + 1) / 2, System.Math.Max(0, pool.Count - server.Config.PoolLowConn));
                while (close-- > 0)
                    pool[0].Discard();
                pool.LowWater = pool.Count;
                pool.NextPurgeMs = PurgeTime(nowMs, server.Config.PoolPurgeDelayMs);
            }
            if (pool.Count == 0)
            {
                pool.Watched = false;
                _watched.RemoveAt(i);
            }
            else if (pool.NextPurgeMs < next)
                next = pool.NextPurgeMs;
        }
        if (next != long.MaxValue)
            worker.Timers.Arm(this, next);
    }
}
