// Idle connections against a list: the last one in comes out first, and everybody knows its place.
using System.Collections.Generic;
using System.Linq;
using Baton.Engine.Connections;
using Baton.Engine.Loop;
using Baton.Engine.Servers;
using CsCheck;
using Xunit;

namespace Baton.UnitTests.Engine.Servers;

public sealed class IdlePoolTests
{
    [Fact]
    public void Behaves_like_a_list()
    {
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 2], Gen.Int[0, 1000])
            .Array[1, 80]
            .Sample(
                steps =>
                {
                    var pool = new IdlePool();
                    var model = new List<ServerConnection>();
                    int low = 0;
                    foreach ((int kind, int reuses, int pick) in steps)
                    {
                        switch (kind)
                        {
                            case < 3:
                                var connection = new ServerConnection { Reuses = reuses };
                                pool.Push(connection);
                                model.Add(connection);
                                break;
                            case 3:
                                // for the first request of a session only what has served more than one
                                bool proven = reuses > 0;
                                ServerConnection? expected = model.LastOrDefault(c => !proven || c.Reuses > 0);
                                Assert.Same(expected, pool.Pop(proven));
                                if (expected is not null)
                                    model.Remove(expected);
                                break;
                            case 4 when model.Count > 0:
                                ServerConnection gone = model[pick % model.Count];
                                pool.Remove(gone);
                                model.Remove(gone);
                                Assert.Equal(-1, gone.PoolIndex);
                                break;
                            default:
                                pool.LowWater = low = model.Count;
                                break;
                        }
                        low = int.Min(low, model.Count);
                        Assert.Equal((model.Count, low), (pool.Count, pool.LowWater));
                        Assert.Equal(model.Count(c => c.Reuses > 0), pool.ProvenCount);
                        for (int i = 0; i < model.Count; i++)
                        {
                            Assert.Same(model[i], pool[i]);
                            Assert.Equal(i, model[i].PoolIndex);
                        }
                    }
                },
                iter: 200
            );
    }

    [Fact]
    public void What_others_keep_is_looked_at_once_in_a_millisecond()
    {
        var pools = new PerWorker<IdlePool>(2);
        IdlePool mine = pools[0],
            other = pools[1];
        other.Push(new ServerConnection());
        Assert.Equal(1, mine.CountOfAll(pools, 10));
        other.Push(new ServerConnection());
        mine.Push(new ServerConnection());
        // its own at once, the other's with the next tick
        Assert.Equal(2, mine.CountOfAll(pools, 10));
        Assert.Equal(3, mine.CountOfAll(pools, 11));
    }
}
