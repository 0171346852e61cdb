using Baton.Engine.Servers;
using Xunit;

namespace Baton.UnitTests.Engine.Servers;

public sealed class SlowStartTests
{
    [Theory]
    [InlineData(0, 4, 1)]
    [InlineData(1, 4, 5)]
    [InlineData(2, 4, 9)]
    [InlineData(3, 4, 13)]
    [InlineData(0, 3600, 1)]
    [InlineData(225, 3600, 2)]
    [InlineData(3599, 3600, 16)]
    [InlineData(1, 3, 6)]
    [InlineData(2, 3, 11)]
    [InlineData(1, 1, 16)]
    [InlineData(2_147_483, 2_147_484, 16)]
    public void The_share_grows_by_sixteenths_and_is_never_none(long elapsed, long whole, int expected) =>
        Assert.Equal(expected, SlowStart.ShareAfter(elapsed, whole));
}
