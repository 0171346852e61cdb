using System;
using Baton.Core.Timers;
using Xunit;

namespace Baton.UnitTests.Core.Timers;

public sealed class TimerFaultTests
{
    private sealed class Node(Action<long> action) : TimerNode
    {
        public override void OnTimer(long nowMs) => action(nowMs);
    }

    /// <summary>One that throws takes none of those with it that are due at the same time.</summary>
    [Theory]
    [InlineData(5)]
    [InlineData(256)]
    [InlineData(1024)]
    public void A_failing_timer_is_named_and_the_others_of_its_moment_fire(int atMs)
    {
        var wheel = new TimerWheel(0);
        int fired = 0;
        var failing = new Node(_ => throw new InvalidOperationException());
        for (int i = 0; i < 3; i++)
            wheel.Arm(new Node(_ => fired++), atMs);
        wheel.Arm(failing, atMs);
        for (int i = 0; i < 3; i++)
            wheel.Arm(new Node(_ => fired++), atMs);
        Assert.Throws<InvalidOperationException>(() => wheel.Advance(atMs + 10));
        Assert.Same(failing, wheel.Firing);
        wheel.Advance(atMs + 10);
        Assert.Equal(6, fired);
        Assert.Equal(0, wheel.Count);
    }
}
