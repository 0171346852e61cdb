// What stands behind the prefix of the statistics page.
using System.Text;
using Baton.Control.StatsPage;
using Xunit;

namespace Baton.UnitTests.Control.StatsPage;

public sealed class StatsQueryTests
{
    /// <summary>Forms as their names: they are no public type.</summary>
    [Theory]
    [InlineData("", "Page")]
    [InlineData("istics", "Page")]
    [InlineData(";csv", "Csv")]
    [InlineData(";norefresh;csv", "Csv")]
    [InlineData(";json", "Json")]
    [InlineData(";json-schema", "JsonSchema")]
    [InlineData("?x=1;typed", "Typed")]
    [InlineData(";live", "Live")]
    [InlineData(";events;norefresh;up", "Events")]
    [InlineData(";plain", "Plain")]
    [InlineData("?csv", "Page")]
    public void Forms(string rest, string form) => Assert.Equal(form, StatsQuery.Read(Encoding.Latin1.GetBytes(rest)).Form.ToString());

    [Theory]
    [InlineData(";scope=a", "a")]
    [InlineData("?scope=a&b", "a")]
    [InlineData(";scope=;csv", "")]
    [InlineData(";csv;scope=a.b-c;up", "a.b-c")]
    [InlineData(";csv", "")]
    public void Scopes(string rest, string scope) => Assert.Equal(scope, StatsQuery.Read(Encoding.Latin1.GetBytes(rest)).Scope);

    [Fact]
    public void Switches()
    {
        var query = StatsQuery.Read(";up;norefresh"u8);
        Assert.True(query.OnlyUp && query.NoRefresh);
        query = StatsQuery.Read("?up&norefresh"u8);
        Assert.False(query.OnlyUp || query.NoRefresh);
    }
}
