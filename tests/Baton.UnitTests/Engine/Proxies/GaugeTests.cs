using System.Threading;
using Baton.Engine.Proxies;
using Xunit;

namespace Baton.UnitTests.Engine.Proxies;

public sealed class GaugeTests
{
    private int _current,
        _above;

    /// <summary>Never one too many, also for a moment, whoever loses the processor where.</summary>
    [Fact]
    public void A_limit_holds_for_several_threads()
    {
        const int limit = 3;
        var threads = new Thread[6];
        for (int t = 0; t < threads.Length; t++)
        {
            (
                threads[t] = new Thread(() =>
                {
                    for (int i = 0; i < 200_000; i++)
                    {
                        if (Volatile.Read(ref _current) > limit)
                            Interlocked.Increment(ref _above);
                        if (Gauge.TryIncrement(ref _current, limit))
                            Interlocked.Decrement(ref _current);
                    }
                })
            ).Start();
        }
        foreach (Thread thread in threads)
            thread.Join();
        Assert.Equal((0, 0), (_above, _current));
        for (int i = 0; i < limit; i++)
            Assert.True(Gauge.TryIncrement(ref _current, limit));
        Assert.False(Gauge.TryIncrement(ref _current, limit));
    }
}
