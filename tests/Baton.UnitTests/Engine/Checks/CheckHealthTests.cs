// Rise and fall: the points of a server under rows of outcomes, against what haproxy 2.6 showed for the same.
using Baton.Engine.Checks;
using CsCheck;
using Xunit;

namespace Baton.UnitTests.Engine.Checks;

public sealed class CheckHealthTests
{
    private const CheckStatus Good = CheckStatus.Layer4Ok,
        Bad = CheckStatus.Layer4Connection;

    [Theory]
    [InlineData(2, 3, "+", "3/3 UP")]
    [InlineData(2, 3, "-", "0/2 DOWN")]
    [InlineData(2, 3, "+-", "2/3 UP")]
    [InlineData(2, 3, "+--", "1/3 UP")]
    [InlineData(2, 3, "+---", "0/2 DOWN")]
    [InlineData(2, 3, "+--+", "3/3 UP")]
    [InlineData(2, 3, "-+", "1/2 DOWN")]
    [InlineData(2, 3, "-+-+", "1/2 DOWN")]
    [InlineData(2, 3, "-++", "3/3 UP")]
    [InlineData(1, 1, "-+", "1/1 UP")]
    [InlineData(5, 1, "+-++++", "4/5 DOWN")]
    public void A_server_rises_and_falls(int rise, int fall, string outcomes, string standing)
    {
        var health = new CheckHealth(rise, fall);
        foreach (char outcome in outcomes)
            health.Take(outcome == '+' ? Good : Bad, 0, "", 1);
        Assert.Equal(standing, health.Standing);
    }

    [Fact]
    public void It_tells_what_is_new_and_counts_failures_of_what_was_up()
    {
        var health = new CheckHealth(2, 2);
        Assert.Equal(-1, health.DurationMs);
        Assert.True(health.Take(Good, 0, "", 3));
        Assert.False(health.Take(Good, 0, "", 4));
        Assert.Equal(4, health.DurationMs);
        Assert.True(health.Take(Bad, 0, "no", 1));
        Assert.True(health.Take(Bad, 0, "no", 1));
        Assert.False(health.Take(Bad, 0, "no", 1));
        Assert.True(health.Take(CheckStatus.Layer4Timeout, 0, "", 1));
        Assert.Equal(2, health.Failures);
        Assert.Equal("reason: Layer4 timeout, check duration: 1ms", health.Reason);
        health.Take(CheckStatus.Layer7Status, 500, "Internal Server Error", 12);
        Assert.Equal("reason: Layer7 wrong status, code: 500, info: \"Internal Server Error\", check duration: 12ms", health.Reason);
    }

    [Fact]
    public void It_needs_as_many_outcomes_as_it_says() =>
        Gen.Select(Gen.Int[1, 20], Gen.Int[1, 20], Gen.Bool.Array[0, 60])
            .Sample(
                (rise, fall, outcomes) =>
                {
                    var health = new CheckHealth(rise, fall);
                    bool up = true;
                    int row = fall - 1;
                    foreach (bool good in outcomes)
                    {
                        health.Take(good ? Good : Bad, 0, "", 0);
                        row = good == up ? 0 : row + 1;
                        if (row == (up ? fall : rise))
                            (up, row) = (!up, 0);
                        Assert.Equal(up, health.IsUp);
                        Assert.InRange(health.Points, 0, health.Best);
                    }
                }
            );

    /// <summary>A server cannot write lines into our log, nor colours into a terminal.</summary>
    [Fact]
    public void What_a_server_says_stays_on_its_line()
    {
        var health = new CheckHealth(2, 3);
        health.Take(Bad, 500, "No\r\n<128>backend be has no server available!\u001B[31m\0\u007F ok", 1);
        Assert.Equal("No..<128>backend be has no server available!.[31m.. ok", health.Info);
        Assert.DoesNotContain('\n', health.Reason);
    }
}
