// Servers whose lines say the same of checks and agents have it in one object, and nobody has what another's line says.
using System.Collections.Generic;
using System.IO;
using Baton.Configuration;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Engine.Rules;
using Xunit;

namespace Baton.UnitTests.Configuration;

/// <summary>Alone: configurations set environment variables.</summary>
[Collection(nameof(EnvironmentCollection))]
public sealed class SharedSettingsTests
{
    private static List<ServerConfig> Servers(string lines)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(
                file,
                "defaults\n    mode http\n    timeout client 1s\n    timeout connect 1s\n    timeout server 1s\nbackend b\n" + lines + "\n"
            );
            var loader = new ConfigurationLoader(sink => new ExpressionParser(EngineCatalog.Create(), sink));
            return loader.Load([file])!.Proxies.Find(static p => p.Name == "b")!.Servers;
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void What_is_equal_is_one_object()
    {
        List<ServerConfig> servers = Servers(
            """
                default-server check inter 3s
                server a 127.0.0.1:1
                server b 127.0.0.1:2
                server c 127.0.0.1:3 inter 5s agent-check agent-port 9
                server d 127.0.0.1:4
                server-template t 3 127.0.0.1:5
            """
        );
        Assert.Same(servers[0].Check, servers[1].Check);
        Assert.Same(servers[0].Agent, servers[1].Agent);
        Assert.Same(servers[4].Check, servers[6].Check);
        Assert.Equal([3000, 3000, 5000, 3000, 3000, 3000, 3000], servers.ConvertAll(static s => s.Check.InterMs));
        Assert.Equal([false, false, true, false, false, false, false], servers.ConvertAll(static s => s.Agent.On));
    }

    /// <summary>A line after them does not change those before.</summary>
    [Fact]
    public void A_later_default_changes_nothing_before_it()
    {
        List<ServerConfig> servers = Servers(
            """
                server a 127.0.0.1:1 check
                server b 127.0.0.1:2 check
                default-server rise 7 agent-inter 9s
                server c 127.0.0.1:3 check
            """
        );
        Assert.Same(servers[0].Check, servers[1].Check);
        Assert.Equal([2, 2, 7], servers.ConvertAll(static s => s.Check.Rise));
        Assert.Equal([2000, 2000, 9000], servers.ConvertAll(static s => s.Agent.InterMs));
    }
}
