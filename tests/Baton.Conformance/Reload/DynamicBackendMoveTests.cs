// Backends that came by "add backend", and which backends are published, over reloads.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Baton.Conformance.Cli;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Reload;

public sealed class DynamicBackendMoveTests : Scenario
{
    private const string Text = """
        defaults web
            mode http
            timeout connect 20s
            timeout client 30s
            timeout server 30s
        defaults ruled from web
            http-response set-header x-from ruled
        defaults other from web
        frontend fe from web
            bind 127.0.0.1:${port}
            use_backend hidden if { path / }
            use_backend %[path,field(2,/)]
            default_backend none
        backend hidden from web
            server s 127.0.0.1:${origin}
        backend none from web

        """;

    private readonly OriginServer _origin;
    private readonly Reloadable _proxy;

    public DynamicBackendMoveTests()
    {
        _origin = Keep(OriginServer.Http(_ => "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"));
        _proxy = Keep(new Reloadable(Text, _origin.Port, "nbthread 2"));
        _proxy.Reload();
    }

    private string Ask(string line) => _proxy.Ask("experimental-mode on; " + line).Trim();

    private void Add(string name, string from = "ruled", bool publish = true)
    {
        Assert.Equal("New backend registered.", Ask($"add backend {name} from {from}"));
        Assert.Equal("New server registered.", Ask($"add server {name}/s 127.0.0.1:{_origin.Port}"));
        Ask($"enable server {name}/s");
        if (publish)
            Assert.Equal("Backend published.", Ask($"publish backend {name}"));
    }

    private int Status(string path)
    {
        using RawClient client = RawClient.Tcp(_proxy.Port);
        return client.Get(path).Status;
    }

    private bool Has(string name) => Ask("show backend").Split('\n').Contains(name);

    [Fact]
    public void They_are_as_they_were_after_five_reloads()
    {
        Add("a");
        Assert.Equal("New backend registered.", Ask("add backend b from other mode tcp guid of-b"));
        Ask("add backend gone from web");
        Assert.Equal("New backend registered.", Ask("add backend c from web"));
        Assert.Equal("Backend deleted.", Ask("del backend gone"));
        Ask("unpublish backend hidden");
        Assert.Equal(200, Status("/a"));
        Assert.Equal(503, Status("/"));
        string Rows()
        {
            var table = StatisticsTable.Parse(_proxy.Ask("show stat"));
            return string.Join(
                '\n',
                ((string[])["a", "b", "c"]).Select(n =>
                    string.Join(' ', ((string[])["iid", "mode", "status", "stot", "hrsp_2xx"]).Select(c => table[n, "BACKEND"][c]))
                )
            );
        }
        string before = Rows();
        for (int i = 0; i < 5; i++)
        {
            Reloadable.WaitGone(_proxy.Reload(), Patience.Ms);
            Assert.Equal(before, Rows());
            Assert.False(Has("gone"));
        }
        Assert.Equal("'guid' : 'of-b' is already used.", Ask("add backend x from web guid of-b"));
        Assert.Equal(200, Status("/a"));
        Assert.Equal(503, Status("/c"));
        Assert.Equal(503, Status("/"));
        Ask("publish backend hidden; unpublish backend a");
        Reloadable.WaitGone(_proxy.Reload(), Patience.Ms);
        Assert.Equal((200, 503), (Status("/"), Status("/a")));
        Assert.Equal("2", _proxy.Stat("a", "s", "hrsp_2xx"));
        using RawClient client = RawClient.Tcp(_proxy.Port);
        Ask("publish backend a");
        Assert.Equal("ruled", client.Get("/a")["x-from"]);
    }

    [Fact]
    public void Traffic_through_ten_reloads_loses_nothing()
    {
        Ask("unpublish backend hidden");
        Add("a");
        RawClient kept = Keep(RawClient.Tcp(_proxy.Port));
        int old = 0;
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal("hello", kept.Get("/a").Body);
            old = _proxy.Reload();
            Assert.Equal("hello", kept.Get("/a").Body);
            Assert.Equal(200, Status("/a"));
        }
        Reloadable.WaitGone(old, Patience.Ms);
        Eventually(() => _proxy.Stat("a", "s", "stot") == "30" && _proxy.Stat("a", "BACKEND", "hrsp_2xx") == "30", "not all are counted");
    }

    [Fact]
    public void What_is_added_and_removed_while_the_next_process_prepares_is_so_there()
    {
        Add("goes");
        Add("changes");
        string path = Path.Combine(Directory, "relay");
        var said = new List<string>();
        using var relay = new HandoverRelay(path, _proxy.Socket, frame =>
        {
            if (frame is not { FromOld: false, Type: ScriptedSuccessor.Accepting })
                return;
            said.Add(Ask("unpublish backend goes; disable server goes/s; del server goes/s; del backend goes"));
            said.Add(Ask("unpublish backend changes"));
            said.Add(Ask("add backend comes from web"));
            said.Add(Ask($"add server comes/s 127.0.0.1:{_origin.Port} weight 9"));
            said.Add(Ask("enable server comes/s; publish backend comes"));
        });
        Reloadable.WaitGone(_proxy.Reload(through: path), Patience.Ms);
        Assert.EndsWith("Backend deleted.", said[0], StringComparison.Ordinal);
        Eventually(() => !Has("goes"), "the backend that was removed is there");
        Assert.Equal("9 (initial 9)", Ask("get weight comes/s"));
        Assert.Equal((200, 503), (Status("/comes"), Status("/changes")));
    }

    [Fact]
    public void What_the_new_configuration_has_no_place_for_is_dropped_with_a_warning()
    {
        Add("a", "other");
        Add("b");
        Add("c");
        _proxy.Edit("defaults other from web\n", "");
        _proxy.Edit("backend none from web\n", $"backend none from web\nbackend b from web\n    server mine 127.0.0.1:{_origin.Port}\n");
        Reloadable.WaitGone(_proxy.Reload(), Patience.Ms);
        string[] warnings = _proxy.Errors.Split('\n').Where(static l => l.Contains("added", StringComparison.Ordinal)).ToArray();
        Assert.Equal(2, warnings.Length);
        Assert.Contains("Backend a, added at run time, is dropped with its servers: No defaults section 'other'.", warnings[0]);
        Assert.Contains("Server b/s, added at run time, has id 2 now", warnings[1]);
        Assert.Equal((503, 200, 200), (Status("/a"), Status("/b"), Status("/c")));
        Assert.Contains("Only a backend that was added", Ask("unpublish backend b; del backend b"), StringComparison.Ordinal);
        string servers = Ask("show servers state b");
        Assert.True(servers.Contains(" mine ", StringComparison.Ordinal) && servers.Contains(" s ", StringComparison.Ordinal));
    }
}
