// The reload timeline of the statistics page: what each reload says of itself, over all of them.
using System;
using System.Linq;
using System.Text.Json;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Reload;

public sealed class ReloadHistoryTests
{
    private static Reloadable Proxy() =>
        new(
            """
            listen l
                mode http
                bind 127.0.0.1:${port}
                stats uri /st
            """,
            global: "nbthread 1"
        );

    /// <summary>The last one first.</summary>
    private static JsonElement[] History(RawClient client) =>
        [.. JsonDocument.Parse(client.Get("/st;live").Body).RootElement.GetProperty("reloads").EnumerateArray()];

    private static (int, int, string?) Facts(JsonElement reload) =>
        (reload.GetProperty("old").GetInt32(), reload.GetProperty("pid").GetInt32(), reload.GetProperty("changed").ToString());

    [Fact]
    public void It_moves_on_with_every_handover()
    {
        using Reloadable proxy = Proxy();
        proxy.Reload();
        // one client all the time: its connection is what moves
        using RawClient client = RawClient.Tcp(proxy.Port);
        Assert.Empty(History(client));
        int first = proxy.Reload(),
            second = proxy.Pid;
        Reloadable.WaitGone(first, Patience.Ms);
        JsonElement one = Assert.Single(History(client));
        Assert.Equal((first, second, "False"), Facts(one));
        Assert.Equal("", one.GetProperty("failure").GetString());
        Assert.Equal((1, 0), (one.GetProperty("adopted").GetInt32(), one.GetProperty("refused").GetInt32()));
        Assert.InRange(one.GetProperty("prepared").GetInt32(), 0, Patience.Ms);
        Assert.InRange(one.GetProperty("moved").GetInt32(), 0, Patience.Ms);
        Assert.InRange(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - one.GetProperty("at").GetInt64(), 0, 600);
        Assert.StartsWith("3.", one.GetProperty("versions")[1].GetString(), StringComparison.Ordinal);

        proxy.Edit("stats uri /st", "stats uri /st\n    stats show-legends");
        proxy.Reload();
        Reloadable.WaitGone(second, Patience.Ms);
        JsonElement[] both = History(client);
        Assert.Equal([(second, proxy.Pid, "True"), (first, second, "False")], both.Select(Facts));
        Assert.Equal(["listen l: + stats show-legends", ""], both.Select(r => r.GetProperty("changes").GetString()));
        // the end of the one before is known, too
        Assert.Contains(both, r => r.GetProperty("left").GetInt32() >= 0);
    }

    [Fact]
    public void A_process_that_did_not_take_over_is_told_of()
    {
        using Reloadable proxy = Proxy();
        proxy.Reload();
        using RawClient client = RawClient.Tcp(proxy.Port);
        using (var successor = new ScriptedSuccessor(proxy.Socket))
        {
            successor.ReadGreeting();
            successor.SendHello();
            successor.ReadUntil(ScriptedSuccessor.Hello);
        }
        JsonElement[] history = [];
        for (long end = Environment.TickCount64 + Patience.Ms; history.Length == 0 && Environment.TickCount64 < end; )
            history = History(client);
        JsonElement failed = Assert.Single(history);
        Assert.Equal((proxy.Pid, Environment.ProcessId), (failed.GetProperty("old").GetInt32(), failed.GetProperty("pid").GetInt32()));
        Assert.Equal("it ended before it accepted connections", failed.GetProperty("failure").GetString());
        // and by those that come after it
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        Assert.Equal(2, History(client).Length);
    }
}
