// "show info": every field that a release from 2.6 to 3.x has, in haproxy's order, with haproxy's types; zero where there is nothing to
// count. Programs that watch haproxy end when one is missing.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Cli;

public sealed class ShowInfoTests : CliScenario
{
    /// <summary>What later releases have behind the fields of 2.6, and the one they spell otherwise.</summary>
    private static readonly string[] s_later =
    [
        "TotalSplicedBytesOut",
        "Tainted",
        "TotalWarnings",
        "MaxconnReached",
        "BootTime_ms",
        "Niced_tasks",
        "CurrStreams",
        "CumStreams",
        "BlockedTrafficWarnings",
        "PatternsAdded",
        "PatternsFreed",
    ];

    private static string[] Names(string answer) =>
        [.. answer.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l[..l.IndexOf(": ", StringComparison.Ordinal)])];

    [Fact]
    public void Every_field_of_haproxy_is_there_in_its_order_and_of_its_type()
    {
        const string described = "\n    description edge of the north";
        ProxyProcess haproxy = Start(
            Product.Haproxy,
            (Global.TrimEnd() + described + "\n" + Proxies).Replace("${dir}", "${dir}/h"),
            Made("h")
        );
        ProxyProcess baton = Start(Product.Baton, (Global.TrimEnd() + described + "\n" + Proxies).Replace("${dir}", "${dir}/b"), Made("b"));
        string theirs = Ask("show info", "h/admin"),
            ours = Ask("show info", "b/admin");
        string[] expected = Names(theirs),
            got = Names(ours);
        Assert.Equal(expected, got.Where(expected.Contains));
        Assert.Empty(s_later.Except(got));
        Assert.EndsWith("\n\n", ours);
        // position, tag and type of each, in the typed form; descriptions are our own
        Dictionary<string, string> Typed(string socket) =>
            Ask("show info typed desc", socket)
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .ToDictionary(l => l.Split('.')[1], l => l.Split('.')[0] + " " + string.Join(':', l.Split(':')[1..3]));
        Dictionary<string, string> their = Typed("h/admin"),
            our = Typed("b/admin");
        Assert.All(their, field => Assert.Equal(field, KeyValuePair.Create(field.Key, our[field.Key])));
        Assert.All(Ask("show info desc", "b/admin").Split('\n', StringSplitOptions.RemoveEmptyEntries), line =>
            Assert.Matches(":\"[^\"]+\"$", line)
        );
        using JsonDocument json = JsonDocument.Parse(Ask("show info json", "b/admin"));
        Assert.Equal(got, json.RootElement.EnumerateArray().Select(f => f.GetProperty("field").GetProperty("name").GetString()));
        _ = (haproxy, baton);
    }

    private ProxyOptions Made(string name)
    {
        System.IO.Directory.CreateDirectory(System.IO.Path.Combine(Directory, name));
        return new ProxyOptions();
    }

    [Fact]
    public void What_is_counted_counts()
    {
        ProxyProcess proxy = Start(
            Product.Baton,
            Global.Replace("global\n", "global\n    maxconn 3\n")
                + HttpDefaults
                + "frontend fe\n    bind 127.0.0.1:${p1}\n    http-request return status 200\n"
        );
        for (int i = 0; i < 3; i++)
            Assert.Equal(200, Connect(proxy).Get().Status);
        string info = Ask("show info");
        Assert.Matches(@"\nCumStreams: [3-9]\n", info);
        Assert.Matches(@"\nMaxconnReached: [1-9]\d*\n", info);
        Assert.Matches(@"\nBootTime_ms: \d+\n", info);
        Assert.Matches(@"\nTainted: 0\n", info);
    }

    [Fact]
    public void The_configuration_that_runs_is_shown_to_admins()
    {
        Start(Product.Baton, Global + Proxies);
        string text = Ask("show configuration");
        Assert.Contains("\nfrontend fe\n    bind 127.0.0.1:", text);
        Assert.Contains("    http-request return status 200 content-type text/plain string 'hello world'\n", text);
        Assert.Contains("Permission denied", Ask("show configuration", "operator"));
    }
}
