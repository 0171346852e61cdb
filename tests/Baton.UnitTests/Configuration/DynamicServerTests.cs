// The words behind "add server".
using Baton.Configuration.Model;
using Baton.Configuration.Sections;
using Xunit;

namespace Baton.UnitTests.Configuration;

public sealed class DynamicServerTests
{
    private static ServerConfig? Parse(string words, out string error) =>
        DynamicServer.Parse(
            new ProcessConfig(),
            new ProxyConfig
            {
                Name = "be",
                Capabilities = ProxyCapabilities.Backend,
                Position = default,
            },
            new Baton.Configuration.Expressions.ExpressionCatalog(),
            words.Split(' '),
            out error
        );

    [Fact]
    public void It_begins_in_maintenance_unless_enabled()
    {
        Assert.True(Parse("s 127.0.0.1:80 weight 20 maxconn 7", out string error)!.Disabled);
        Assert.Equal("", error);
        Assert.False(Parse("s 127.0.0.1:80 enabled", out _)!.Disabled);
        Assert.True(Parse("s 127.0.0.1:80 enabled disabled", out _)!.Disabled);
    }

    [Fact]
    public void Options_are_those_of_a_server_line()
    {
        ServerConfig s = Parse("s 127.0.0.1:80 weight 20 maxconn 7 backup id 9 send-proxy-v2", out _)!;
        Assert.Equal(("s", 20, 7, true, 9, ProxyProtocolVersion.V2), (s.Name, s.Weight, s.MaxConn, s.Backup, s.Id, s.SendProxy));
    }

    [Theory]
    [InlineData("s")]
    [InlineData("s/x 127.0.0.1")]
    [InlineData("s 127.0.0.1:99999")]
    [InlineData("s example.test:80")]
    [InlineData("s 127.0.0.1 weight")]
    [InlineData("s 127.0.0.1 weight 999")]
    [InlineData("s 127.0.0.1 nosuchoption")]
    [InlineData("s 127.0.0.1 cookie a")]
    [InlineData("s 127.0.0.1 resolvers r")]
    public void What_is_wrong_has_a_reason(string words)
    {
        Assert.Null(Parse(words, out string error));
        Assert.NotEqual("", error);
    }
}
