// When an OCSP response is asked for again.
using Baton.Engine.OcspUpdates;
using Xunit;

namespace Baton.UnitTests.Engine.OcspUpdates;

public sealed class OcspUpdateTests
{
    [Theory]
    // before it is out of date
    [InlineData(2000, 0, 1940)]
    // not sooner than the least delay, not later than the most
    [InlineData(1100, 0, 1300)]
    [InlineData(900, 0, 1300)]
    [InlineData(900_000, 0, 4600)]
    // after failures
    [InlineData(900_000, 1, 1060)]
    [InlineData(900_000, 2, 1120)]
    [InlineData(0, 60, 4600)]
    public void Next(long expiresAt, int failures, long expected) =>
        Assert.Equal(expected, OcspUpdate.Next(1000, expiresAt, failures, 300, 3600));
}
