// The statistics page as server-sent events: figures again and again, and what becomes of a viewer when the process is replaced.
using System;
using System.Globalization;
using Baton.Conformance.Harness;
using Baton.Conformance.Reload;
using Xunit;

namespace Baton.Conformance.Services;

public sealed class StatsEventsTests : Scenario
{
    private const string Page = """
        listen st
            mode http
            bind 127.0.0.1:${port}
            stats uri /st
            compression algo gzip
        backend be
            mode http
            server s1 127.0.0.1:1 disabled
        """;

    [Fact]
    public void Figures_come_again_and_again()
    {
        using var proxy = new Reloadable(Page);
        proxy.Reload();
        using RawClient viewer = RawClient.Tcp(proxy.Port);
        viewer.Send("GET /st;events HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n");
        string head = viewer.ReadHead();
        Assert.Contains("content-type: text/event-stream\r\n", head, StringComparison.Ordinal);
        // nobody holds it back to compress it
        Assert.DoesNotContain("content-encoding", head, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("retry: 500\n", viewer.ReadUntil("data: {"), StringComparison.Ordinal);
        viewer.ReadUntil("\"name\":\"be\"");
        viewer.ReadUntil("event: beat\ndata:\n\n");
        viewer.ReadUntil("data: {");
        viewer.ReadUntil("\"name\":\"be\"");
    }

    /// <summary>The answer ends, the connection moves, and the next process goes on telling on it.</summary>
    [Fact]
    public void A_viewer_goes_on_in_the_next_process_on_the_same_connection()
    {
        using var proxy = new Reloadable(Page);
        proxy.Reload();
        using RawClient viewer = RawClient.Tcp(proxy.Port);
        for (int i = 0; i < 3; i++)
        {
            viewer.Send("GET /st;events HTTP/1.1\r\nHost: a\r\n\r\n");
            viewer.ReadHead();
            viewer.ReadUntil("\"Pid\":" + proxy.Pid.ToString(CultureInfo.InvariantCulture));
            int old = proxy.Reload();
            viewer.ReadUntil("\r\n0\r\n\r\n");
            Reloadable.WaitGone(old, Patience.Ms);
        }
        Assert.Equal(200, viewer.Get("/st;csv").Status);
    }

    /// <summary>Who has gone is nobody's burden: what an operator sees as sessions goes back to none.</summary>
    [Fact]
    public void A_viewer_that_leaves_is_let_go()
    {
        using var proxy = new Reloadable(Page);
        proxy.Reload();
        for (int i = 0; i < 3; i++)
        {
            using RawClient viewer = RawClient.Tcp(proxy.Port);
            viewer.Send("GET /st;events HTTP/1.1\r\nHost: a\r\n\r\n");
            viewer.ReadUntil("data: {");
        }
        Eventually(() => proxy.Stat("st", "FRONTEND", "scur") == "0", "viewers stay");
    }
}
