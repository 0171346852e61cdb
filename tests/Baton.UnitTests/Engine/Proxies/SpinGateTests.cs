// The gate of a backend: one at a time, and free again whatever happened inside.
using System;
using System.Threading;
using Baton.Engine.Proxies;
using Xunit;

namespace Baton.UnitTests.Engine.Proxies;

public sealed class SpinGateTests
{
    private SpinGate _gate;
    private int _inside,
        _most,
        _count;

    private void Pass(bool fails)
    {
        using (_gate.Enter())
        {
            _most = Math.Max(_most, ++_inside);
            _count++;
            _inside--;
            if (fails)
                throw new InvalidOperationException("on purpose");
        }
    }

    [Fact]
    public void A_fault_inside_leaves_it_free()
    {
        for (int i = 0; i < 3; i++)
            Assert.Throws<InvalidOperationException>(() => Pass(fails: true));
        Pass(fails: false);
        Assert.Equal(4, _count);
    }

    [Fact]
    public void One_at_a_time_is_inside()
    {
        var threads = new Thread[3];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = new Thread(() =>
            {
                for (int n = 0; n < 10000; n++)
                    Pass(fails: false);
            });
            threads[i].Start();
        }
        foreach (Thread t in threads)
            t.Join();
        Assert.Equal((30000, 1), (_count, _most));
    }
}
