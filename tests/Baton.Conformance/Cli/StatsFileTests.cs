// "guid", "dump stats-file" and "stats-file": what was counted is there again after a restart, under whatever name. HAProxy has them
// from 3.0 on.
using System;
using System.IO;
using System.Linq;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Cli;

public sealed class StatsFileTests : CliScenario
{
    private string Config(int origin, string frontend, string server, string file = "") =>
        Global.Replace("nbthread 1\n", $"nbthread 1\n    {file}\n", StringComparison.Ordinal)
        + HttpDefaults
        + $$"""
            frontend {{frontend}}
                guid web
                bind 127.0.0.1:${p1}
                default_backend be
            backend be
                guid app
                server {{server}} 127.0.0.1:{{origin}} guid app-one
                server nameless 127.0.0.1:{{origin}} backup

            """;

    private string Stat(string proxy, string service, string column)
    {
        string[] lines = Ask("show stat").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        int at = Array.IndexOf(lines[0][2..].Split(','), column);
        return lines.Select(static l => l.Split(',')).First(f => f[0] == proxy && f[1] == service)[at];
    }

    [Fact]
    public void Counters_come_back_by_guid()
    {
        OriginServer origin = HttpOrigin("hello");
        string file = Path.Combine(Directory, "stats");
        using (ProxyProcess first = new ProxyProcess(Product.Baton, Config(origin.Port, "fe", "one"), Directory, new ProxyOptions()))
        {
            first.WaitUntilListening();
            for (int i = 0; i < 3; i++)
                Assert.Equal(200, Connect(first).Get().Status);
            string dump = Ask("dump stats-file");
            Assert.StartsWith("#fe guid,stot,bin,bout,", dump);
            string[] names = [.. dump.Split('\n').Where(static l => l.Length > 0).Select(static l => l.Split(',')[0])];
            Assert.Equal(["#fe guid", "web", "#be guid", "app", "app-one"], names);
            File.WriteAllText(file, dump + "garbage\nother,1,2\n");
        }
        ProxyProcess second = Start(Product.Baton, Config(origin.Port, "renamed", "uno", $"stats-file {file}"));
        Assert.Equal("3", Stat("renamed", "FRONTEND", "req_tot"));
        Assert.Equal("3", Stat("be", "BACKEND", "hrsp_2xx"));
        Assert.Equal("3", Stat("be", "uno", "stot"));
        Assert.Equal("0", Stat("be", "nameless", "stot"));
        Assert.Equal(200, Connect(second).Get().Status);
        Eventually(() => Stat("be", "uno", "stot") == "4", "not counted on");
    }

    [Fact]
    public void Whoever_reports_a_fault_finds_what_is_asked_first()
    {
        ProxyProcess proxy = Start(Product.Baton, Config(1, "fe", "one"));
        string[] said = Ask("show dev").Split('\n');
        Assert.Contains($"  pid: {proxy.Pid}", said);
        foreach (string begin in (string[])["  version: ", "  kernel: Linux ", "  command: ", "  CapEff: ", "  Max open files "])
            Assert.Contains(said, l => l.StartsWith(begin, StringComparison.Ordinal) && l.Length > begin.Length);
        Assert.Equal("Permission denied", Ask("show dev", "user").Trim());
    }

    [Fact]
    public void A_file_that_is_not_there_is_worth_a_warning()
    {
        ProxyProcess proxy = Start(Product.Baton, Config(1, "fe", "one", "stats-file /nonexistent/stats"));
        Eventually(() => proxy.ErrorText.Contains("stats-file: cannot read '/nonexistent/stats'", StringComparison.Ordinal), "no warning");
    }
}
