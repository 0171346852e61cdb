// What an agent's line comes to.
using Baton.Engine.Checks;
using Baton.Engine.Servers;
using Xunit;

namespace Baton.UnitTests.Engine.Checks;

public sealed class AgentWordsTests
{
    [Theory]
    [InlineData("", CheckStatus.Checked, "")]
    [InlineData(" ,\t", CheckStatus.Checked, "")]
    [InlineData("UP", CheckStatus.Layer7Ok, "via agent : UP")]
    [InlineData("fail up", CheckStatus.Layer7Ok, "via agent : up")]
    [InlineData("up,fail#x", CheckStatus.Layer7Ok, "via agent : up (fail#x)")]
    [InlineData("down # a, b", CheckStatus.Layer7Status, "via agent : down (a, b)")]
    [InlineData("stop", CheckStatus.Checked, "agent reports an error : stop")]
    [InlineData("5%% ready", CheckStatus.Checked, "agent warns : Trailing garbage in weight string")]
    [InlineData("maxconn:-1", CheckStatus.Checked, "agent warns : Value out of range.")]
    [InlineData("maxconn:", CheckStatus.Checked, "agent warns : Require <maxconn>.")]
    public void Status_and_what_is_said(string line, CheckStatus status, string info)
    {
        AgentWords words = AgentWords.Parse(line, 10);
        Assert.Equal((status, info), (words.Status, words.Info));
    }

    [Theory]
    [InlineData("75%", 7, null)]
    [InlineData("75% 50%x", null, null)]
    [InlineData("99999999999999999999%", 256, null)]
    [InlineData("maxconn:30 0%", 0, 30)]
    [InlineData("MAXCONN:30,maxconn:40", null, 40)]
    [InlineData("maxconn:99999999999999999999", null, null)]
    [InlineData("up", null, null)]
    public void Weight_and_maxconn(string line, int? weight, int? maxConn)
    {
        AgentWords words = AgentWords.Parse(line, 10);
        Assert.Equal((weight, maxConn), (words.Weight, words.MaxConn));
    }

    [Theory]
    [InlineData("up", AdminState.ConfiguredMaintenance)]
    [InlineData("ready", AdminState.Ready)]
    [InlineData("maint drain", AdminState.ForcedDrain)]
    [InlineData("drain,Maint", AdminState.ConfiguredMaintenance | AdminState.ForcedMaintenance)]
    public void The_last_order_counts(string line, AdminState expected)
    {
        const AdminState before = AdminState.ConfiguredMaintenance;
        Assert.Equal(expected, AgentWords.Parse(line, 1).Order?.Invoke(before) ?? before);
    }
}
