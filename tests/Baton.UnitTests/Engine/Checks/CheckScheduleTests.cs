// Times between checks, and how their starts are spread.
using Baton.Configuration.Model;
using Baton.Engine.Checks;
using Xunit;

namespace Baton.UnitTests.Engine.Checks;

public sealed class CheckScheduleTests
{
    [Theory]
    [InlineData(4, false, 1000)]
    [InlineData(3, false, 100)]
    [InlineData(2, false, 100)]
    [InlineData(1, true, 100)]
    [InlineData(0, true, 5000)]
    public void The_interval_follows_the_state(int points, bool down, int expected)
    {
        var config = new CheckConfig
        {
            InterMs = 1000,
            FastInterMs = 100,
            DownInterMs = 5000,
        };
        Assert.Equal(expected, CheckSchedule.Interval(config, new CheckHealth(2, 3) { Points = points }, down));
        Assert.Equal(1000, CheckSchedule.Interval(new CheckConfig { InterMs = 1000 }, new CheckHealth(2, 3) { Points = points }, down));
    }

    [Theory]
    [InlineData(2000, 0, 10, 0, 0)]
    [InlineData(2000, 1, 10, 0, 200)]
    [InlineData(2000, 9, 10, 0, 1800)]
    [InlineData(2000, 5, 10, 1000, 500)]
    [InlineData(int.MaxValue, 9999, 10000, 0, 2147268898)]
    public void Starts_are_spread_in_order(int interval, int position, int count, int most, int expected) =>
        Assert.Equal(expected, CheckSchedule.FirstDelay(interval, position, count, most));

    [Theory]
    [InlineData(1000, 0, 0.9, 1000)]
    [InlineData(1000, 10, 0, 1100)]
    [InlineData(1000, 10, 0.5, 1000)]
    [InlineData(1000, 10, 1, 900)]
    [InlineData(1, 50, 1, 1)]
    public void Intervals_vary_either_way(int interval, int percent, double chance, int expected) =>
        Assert.Equal(expected, CheckSchedule.Vary(interval, percent, chance));

    [Fact]
    public void A_connection_has_the_interval_or_what_timeout_connect_leaves_of_it()
    {
        var config = new CheckConfig { InterMs = 1000 };
        Assert.Equal(1000, CheckSchedule.ConnectTimeout(config.InterMs, new TimeoutsConfig { Connect = 100 }));
        Assert.Equal(100, CheckSchedule.ConnectTimeout(config.InterMs, new TimeoutsConfig { Connect = 100, Check = 5 }));
        Assert.Equal(1000, CheckSchedule.ConnectTimeout(config.InterMs, new TimeoutsConfig { Connect = 5000, Check = 5 }));
    }
}
