// The pools of one worker, as far as memory goes: whether one of them has grown, or could not, since somebody looked.
using System.Collections.Generic;

namespace Baton.Core.Pools;

/// <summary>OWNER: one worker.</summary>
public sealed class PoolSet
{
    private readonly List<IShrinkable> _pools = [];
    private long _madeRoomMs;

    /// <summary>A pool has grown: what it has now is to be given back one day.</summary>
    public bool HasGrown { get; set; }

    /// <summary>Somebody who can wait for memory got none.</summary>
    public bool IsStarved { get; set; }

    public void Add(IShrinkable pool) => _pools.Add(pool);

    /// <summary>Everything is as small as it can be.</summary>
    public bool IsSmall
    {
        get
        {
            foreach (IShrinkable pool in _pools)
                if (!pool.IsSmall)
                    return false;
            return true;
        }
    }

    /// <summary>One step of giving back; see <see cref="IShrinkable.Shrink"/>. The bytes, and those of them that are garbage now.</summary>
    public (long All, long Garbage) Shrink(int most, bool all)
    {
        long bytes = 0,
            garbage = 0;
        foreach (IShrinkable pool in _pools)
        {
            long given = pool.Shrink(most, all);
            bytes += given;
            if (pool.IsManaged)
                garbage += given;
        }
        return (bytes, garbage);
    }

    /// <summary>A pool could not grow. True when others had something to give back: it is worth another try.</summary>
    internal bool MakeRoom()
    {
        // once a millisecond: what was not there then is not there now
        long now = System.Environment.TickCount64;
        if (now == _madeRoomMs)
            return false;
        _madeRoomMs = now;
        long bytes = 0;
        foreach (IShrinkable pool in _pools)
            if (!pool.IsManaged)
                bytes += pool.Shrink(MostAtOnce, all: true);
        return bytes > 0;
    }

    /// <summary>Blocks of one pool that leave in one go: about a millisecond.</summary>
    public const int MostAtOnce = 512;
}
