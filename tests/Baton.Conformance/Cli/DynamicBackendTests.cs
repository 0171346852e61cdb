// add backend, del backend, publish backend, unpublish backend: what is taken and refused, and where requests go. haproxy 2.6 has none of
// them.
using System;
using System.Globalization;
using System.IO;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Cli;

public sealed class DynamicBackendTests : CliScenario
{
    private string Config(int origin) =>
        Global
        + $$"""
            defaults silent
                timeout connect 20s
                timeout client 60s
                timeout server 60s
            defaults failing from silent
                mode http
                errorfile 503 /dev/null
            defaults plain from silent
                mode tcp
            defaults web from silent
                mode http
                balance leastconn
            defaults front from web
                http-response set-header x-front front
            defaults ruled from web
                http-response set-header x-rules of-defaults
            frontend fe from front
                bind 127.0.0.1:${p1}
                use_backend first if { path /first }
                use_backend %[path,field(2,/)] if { path -m len gt 1 }
                default_backend be
            listen own from web
                bind 127.0.0.1:${p2}
                server s 127.0.0.1:{{origin}}
            frontend tcp from plain
                bind 127.0.0.1:${p3}
                use_backend %[str(relay)]
            backend be from ruled
                http-response set-header x-backend be
                server s 127.0.0.1:{{origin}}
            backend first from ruled
                http-response set-header x-backend first
                server s 127.0.0.1:{{origin}}

            """;

    private string Experimental(string line) => Ask("experimental-mode on; " + line).Trim();

    [Fact]
    public void Words_are_taken_or_refused()
    {
        Start(Product.Baton, Config(1));
        const string usage = "Usage: add backend <name> from <defaults> [mode <mode>] [guid <guid>]";
        foreach (
            (string line, string answer) in new[]
            {
                ("add backend", usage),
                ("add backend x", usage),
                ("add backend x from", usage),
                ("add backend x in web", usage),
                ("add backend x from web mode", usage),
                ("add backend x from web colour red", usage),
                ("add backend x from web mode http mode http", usage),
                ("add backend x/y from web", "character '/' is not permitted in backend name 'x/y'."),
                ("add backend be from web", "Already exists a proxy with the same name."),
                ("add backend fe from web", "Already exists a proxy with the same name."),
                ("add backend x from none", "No defaults section 'none'."),
                ("add backend x from web mode log", "Mode 'log' is not known, 'tcp' or 'http' is expected."),
                ("add backend x from silent", "Defaults section 'silent' says no mode, so the command has to."),
                (
                    "add backend x from front",
                    "Defaults section 'front' has TCP or HTTP rules and is a frontend's, so it cannot be a backend's."
                ),
                (
                    "add backend x from failing",
                    "Defaults section 'failing' has errors of its own (errorfile, http-error and the like), which a dynamic backend cannot have."
                ),
                ("add backend x from web guid a/b", "'guid' : character '/' is not permitted in 'a/b'."),
                ("add backend x from web guid one", "New backend registered."),
                ("add backend x from web", "Already exists a proxy with the same name."),
                ("add backend y from web guid one", "'guid' : 'one' is already used."),
                ("add backend y from silent mode tcp", "New backend registered."),
                ("publish backend none", "No such backend."),
                ("publish backend", "A backend name is expected."),
                ("publish backend x", "Backend published."),
                ("del backend x", "Only an unpublished backend can be deleted."),
                ("unpublish backend x", "Backend unpublished."),
                ("add server x/s 127.0.0.1:1", "New server registered."),
                ("del backend x", "Backend still has servers attached to it, cannot remove it."),
                ("wait 1ms be-removable x", "Wait delay expired."),
                ("del server x/s", "Server deleted."),
                ("wait 1s be-removable x", "Done."),
                ("wait 1s be-removable none", "No such backend."),
                ("del backend x", "Backend deleted."),
                ("del backend x", "No such backend."),
                ("add server x/s 127.0.0.1:1", "No such backend."),
                ("del backend be", "Only a backend that was added at run time can be deleted."),
            }
        )
            Assert.Equal($"{line} -> {answer}", $"{line} -> {Experimental(line)}");
        Assert.Contains("experimental", Ask("add backend z from web"), StringComparison.Ordinal);
        Assert.Equal("Permission denied", Ask("del server be/s", "operator").Trim());
        Assert.DoesNotContain("registered", Ask("experimental-mode on; add backend z from web", "operator"), StringComparison.Ordinal);
        Assert.Equal("Permission denied", Ask("publish backend y", "user").Trim());
        Assert.Equal("Backend published.", Ask("publish backend y", "operator").Trim());
        Assert.Equal("Backend unpublished.", Ask("unpublish backend y", "operator").Trim());
        Assert.Contains("\ny\n", Ask("show backend"), StringComparison.Ordinal);
        Assert.DoesNotContain("\nx\n", Ask("show backend"), StringComparison.Ordinal);
        StatisticsTable table = StatisticsTable.Parse(Ask("show stat"));
        Assert.Equal(("tcp", "UP"), (table["y", "BACKEND"]["mode"], table["y", "BACKEND"]["status"]));
        // one number for each, and the one of a proxy that has gone is free again
        Assert.Equal("New backend registered.", Experimental("add backend again from web"));
        table = StatisticsTable.Parse(Ask("show stat"));
        Assert.Equal(("leastconn", "http"), (table["again", "BACKEND"]["algo"], table["again", "BACKEND"]["mode"]));
        Assert.NotEqual(table["y", "BACKEND"]["iid"], table["again", "BACKEND"]["iid"]);
        string id = table["again", "BACKEND"]["iid"];
        Assert.Contains($"\nagain,BACKEND,", Ask($"show stat {id} 2 -1"), StringComparison.Ordinal);
    }

    private static string Where(RawClient client, string path)
    {
        Response answer = client.Get(path);
        return answer.Status != 200
            ? answer.Status.ToString(CultureInfo.InvariantCulture)
            : $"{answer["x-backend"] ?? "new"} {answer["x-rules"]}";
    }

    [Fact]
    public void Requests_go_to_it_while_it_is_published()
    {
        OriginServer origin = HttpOrigin("hello");
        ProxyProcess proxy = Start(Product.Baton, Config(origin.Port));
        RawClient client = Connect(proxy);
        Experimental("add backend dyn from ruled");
        Ask($"add server dyn/s 127.0.0.1:{origin.Port}; enable server dyn/s");
        Assert.Equal("be of-defaults", Where(client, "/dyn"));
        Ask("publish backend dyn");
        Assert.Equal("new of-defaults", Where(client, "/dyn"));
        Assert.Equal("1", StatisticsTable.Parse(Ask("show stat"))["dyn", "s"]["stot"]);
        Ask("unpublish backend dyn");
        Assert.Equal("be of-defaults", Where(client, "/dyn"));
        // those of the configuration, too: rules that name them are passed over, and a default is none
        Assert.Equal("first of-defaults", Where(client, "/first"));
        Ask("unpublish backend first");
        Assert.Equal("be of-defaults", Where(client, "/first"));
        Ask("unpublish backend be; unpublish backend own");
        Assert.Equal("503", Where(client, "/first"));
        Ask("publish backend first");
        Assert.Equal("first of-defaults", Where(client, "/first"));
        Assert.Equal("new ", Where(Keep(RawClient.Tcp(proxy.Port("p2"))), "/"));
    }

    [Fact]
    public void A_backend_in_mode_tcp_relays()
    {
        OriginServer origin = HttpOrigin("hello");
        ProxyProcess proxy = Start(Product.Baton, Config(origin.Port));
        Experimental("add backend relay from plain");
        Ask($"add server relay/s 127.0.0.1:{origin.Port}; enable server relay/s; publish backend relay");
        RawClient client = Keep(RawClient.Tcp(proxy.Port("p3")));
        Assert.Equal("hello", client.Get().Body);
        Ask("unpublish backend relay; disable server relay/s");
        Assert.Equal("Server still has connections attached to it, cannot remove it.", Ask("del server relay/s").Trim());
        Assert.Equal("Backend still has servers attached to it, cannot remove it.", Experimental("del backend relay"));
        client.Dispose();
        Eventually(() => Ask("del server relay/s").Trim() == "Server deleted.", "the server stays");
        Assert.Equal("Backend deleted.", Experimental("del backend relay"));
    }

    [Fact]
    public void Backends_come_and_go_under_traffic()
    {
        OriginServer origin = HttpOrigin("hello");
        ProxyProcess proxy = Start(Product.Baton, Config(origin.Port).Replace("nbthread 1\n", "nbthread 2\n", StringComparison.Ordinal));
        int wrong = 0,
            served = 0;
        bool stop = false;
        var threads = new Thread[2];
        for (int i = 0; i < threads.Length; i++)
            (
                threads[i] = new Thread(() =>
                {
                    using RawClient client = RawClient.Tcp(proxy.Port("p1"));
                    for (int n = 0; !Volatile.Read(ref stop); n++)
                    {
                        // whichever it is: the new one, or the default while that is not there
                        string where = Where(client, $"/dyn{n % 5}");
                        Interlocked.Increment(ref served);
                        if (where is not ("new of-defaults" or "be of-defaults"))
                            Interlocked.Increment(ref wrong);
                    }
                })
                {
                    IsBackground = true,
                }
            ).Start();
        for (int i = 0; i < 40; i++)
        {
            string name = $"dyn{i % 5}";
            Assert.Equal("New backend registered.", Experimental($"add backend {name} from ruled"));
            Ask($"add server {name}/s 127.0.0.1:{origin.Port}; enable server {name}/s; publish backend {name}");
            int before = Volatile.Read(ref served);
            Eventually(() => Volatile.Read(ref served) > before + 5, "no requests");
            Ask($"unpublish backend {name}");
            Eventually(() => StatisticsTable.Parse(Ask("show stat"))[name, "BACKEND"]["scur"] == "0", "streams stay");
            Ask($"disable server {name}/s");
            Eventually(() => Ask($"del server {name}/s").Trim() == "Server deleted.", "the server stays");
            Assert.Equal("Backend deleted.", Experimental($"del backend {name}"));
        }
        Volatile.Write(ref stop, true);
        foreach (Thread thread in threads)
            thread.Join();
        Assert.Equal(0, wrong);
    }

    [Fact]
    public void Purged_defaults_make_none()
    {
        Start(Product.Baton, Config(1).Replace("nbthread 1\n", "nbthread 1\n    tune.defaults.purge\n", StringComparison.Ordinal));
        Assert.Equal("No defaults section 'web' is kept (tune.defaults.purge).", Experimental("add backend x from web"));
    }
}
