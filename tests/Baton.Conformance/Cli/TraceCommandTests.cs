// "trace", "show trace", "show events", and the traces section.
using System;
using System.IO;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Cli;

public sealed class TraceCommandTests : CliScenario
{
    private static string Request(int port) => RequestLoad.Request(port) ?? "";

    [Theory]
    [InlineData(Product.Baton)]
    [InlineData(Product.Haproxy)]
    public void Sources_and_their_settings_are_told(Product product)
    {
        StartProxies(product);
        string all = Ask("trace");
        Assert.StartsWith("Supported trace sources and states (.=stopped, w=waiting, R=running) :\n [.] 0          : not a source", all);
        foreach (
            string source in (string[])
                ["h1         : HTTP/1 multiplexer", "h2         : HTTP/2 multiplexer", "stream     : ", "check      : "]
        )
            Assert.Contains($"\n [.] {source}", all);
        Assert.Contains("\n [.] h1         -> none [drp 0]  [HTTP/1 multiplexer]\n", Ask("show trace"));
        Assert.StartsWith(
            "Trace status for h1:\n  - sink: none [0 dropped]\n  - event name   :     report    start    stop    pause\n"
                + "    h1c_new      :        +        -        -       -\n",
            Ask("show trace h1")
        );
        string events = Ask("trace h1 start");
        Assert.StartsWith("Supported events for source h1 (+=enabled, -=disabled):\n  - now          : don't wait for events", events);
        Assert.Contains("\n  - rx_headers   : receipt of H1 headers\n", events);
        Assert.Contains("\n  + rx_headers   : receipt of H1 headers\n", Ask("trace h1 event"));
        Assert.StartsWith("Supported trace levels for source h1:\n    error      : report errors\n  * user  ", Ask("trace h1 level"));
        Assert.Contains("\n  * clean      : ", Ask("trace h1 verbosity"));
        Assert.Contains("\n  * nothing    : do not lock on anything\n", Ask("trace h1 lock"));
        Assert.Contains("\n  * none       : no sink\n    stdout     : standard output (fd#1)\n", Ask("trace h1 sink"));
        Assert.Contains("\n    buf0       : type=buffer, 0 dropped, in-memory ring buffer\n", Ask("show events"));
    }

    [Theory]
    [InlineData(Product.Baton, "trace foo", "No such trace source")]
    [InlineData(Product.Haproxy, "trace foo", "No such trace source")]
    [InlineData(Product.Baton, "trace h1 foo", "Unknown trace keyword")]
    [InlineData(Product.Haproxy, "trace h1 foo", "Unknown trace keyword")]
    [InlineData(Product.Baton, "trace h1 sink foo", "No such sink")]
    [InlineData(Product.Haproxy, "trace h1 sink foo", "No such sink")]
    [InlineData(Product.Baton, "trace h1 level foo", "No such trace level")]
    [InlineData(Product.Haproxy, "trace h1 level foo", "No such trace level")]
    [InlineData(Product.Baton, "trace h1 verbosity foo", "No such verbosity level")]
    [InlineData(Product.Haproxy, "trace h1 verbosity foo", "No such verbosity level")]
    [InlineData(Product.Baton, "trace h1 lock foo", "Unsupported lock-on criterion")]
    [InlineData(Product.Haproxy, "trace h1 lock foo", "Unsupported lock-on criterion")]
    [InlineData(Product.Baton, "trace h1 event foo", "No such trace event")]
    [InlineData(Product.Haproxy, "trace h1 event foo", "No such trace event")]
    [InlineData(Product.Baton, "show trace foo", "No such trace source")]
    [InlineData(Product.Haproxy, "show trace foo", "No such trace source")]
    [InlineData(Product.Baton, "show events foo", "No such event sink")]
    [InlineData(Product.Haproxy, "show events foo", "No such event sink")]
    [InlineData(Product.Baton, "show events stdout", "Nothing to report for this sink")]
    [InlineData(Product.Haproxy, "show events stdout", "Nothing to report for this sink")]
    [InlineData(Product.Baton, "show events buf0 -x", "unknown option")]
    [InlineData(Product.Haproxy, "show events buf0 -x", "unknown option")]
    [InlineData(Product.Baton, "trace 0", "All traces now stopped")]
    [InlineData(Product.Haproxy, "trace 0", "All traces now stopped")]
    public void Words_are_answered_alike(Product product, string line, string answer)
    {
        StartProxies(product);
        Assert.Equal(answer, Ask(line).Trim());
    }

    [Theory]
    [InlineData(Product.Baton)]
    [InlineData(Product.Haproxy)]
    public void A_request_is_seen_in_memory_until_the_trace_is_stopped(Product product)
    {
        ProxyProcess proxy = StartProxies(product);
        Ask("trace h1 sink buf0; trace h1 level developer; trace h1 verbosity complete; trace h1 start now");
        Assert.Contains("\n [R] h1 ", Ask("trace"));
        Request(proxy.Port("p3"));
        string events = "";
        Eventually(() => (events = Ask("show events buf0")).Contains("request headers", StringComparison.Ordinal), "no event");
        Assert.Matches(@"(?m)^<0>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}[+-]\d\d:\d\d \[00\|h1\|\d\|", events);
        Ask("trace 0");
        Assert.Contains("\n [.] h1 ", Ask("trace"));
        // what was under way may still be told of
        int before = -1;
        Eventually(
            () =>
            {
                int last = before;
                before = Ask("show events buf0").Length;
                Thread.Sleep(100);
                return before == last;
            },
            "the trace goes on"
        );
        Request(proxy.Port("p3"));
        Assert.Equal(before, Ask("show events buf0").Length);
    }

    [Theory]
    [InlineData(Product.Baton)]
    [InlineData(Product.Haproxy)]
    public void Whoever_waits_gets_new_events_until_it_has_said_all(Product product)
    {
        ProxyProcess proxy = StartProxies(product);
        Ask("trace h1 sink buf0; trace h1 start now");
        Request(proxy.Port("p3"));
        using RawClient watcher = Open();
        watcher.Send("show events buf0 -wn\n");
        string seen = "";
        // whether it has begun to wait is not told: so there are requests until it has seen one
        Eventually(
            () =>
            {
                Request(proxy.Port("p3"));
                Thread.Sleep(50);
                int there = watcher.Socket.Available;
                seen += there > 0 ? System.Text.Encoding.Latin1.GetString(watcher.ReadBytes(there)) : "";
                return seen.Contains("[00|h1|1|", StringComparison.Ordinal);
            },
            "nothing was shown"
        );
        watcher.ShutdownSend();
        watcher.ReadTextToEnd();
    }

    [Fact]
    public void It_says_who_did_what_as_much_as_it_is_asked_to()
    {
        ProxyProcess proxy = StartProxies(Product.Baton);
        Ask(
            "trace session sink buf0 start now; trace stream sink buf0 level state start now; trace h1 sink buf0 verbosity advanced start now"
        );
        using (RawClient client = Connect(proxy))
        {
            client.Send("GET /x HTTP/1.1\r\nHost: a\r\nX-Odd: b\r\nConnection: close\r\n\r\n");
            client.ReadTextToEnd();
        }
        string events = "";
        Eventually(
            () => (events = Ask("show events buf0")).Contains("|sess_end] session ends : [F] 127.0.0.1:", StringComparison.Ordinal),
            "no end"
        );
        Assert.Matches(@"\|session\|1\|sess_new\] new session : \[F\] 127\.0\.0\.1:\d+ fe=fe\n", events);
        Assert.Matches(@"\|stream\|1\|strm_new\] new stream : ", events);
        Assert.Matches(@"\|h1\|1\|rx_headers\] rcvd H1 request headers : \[F\] .* - GET /x \| Host: a \| X-Odd: b", events);
        Assert.Matches(@"\|h1\|1\|rx_headers\] rcvd H1 response headers : \[B\] .* be=be/a .* - 200 OK", events);
        Assert.Matches(@"\|stream\|1\|strm_free\] stream ends with status 200 : .* be=be/a", events);
    }

    [Fact]
    public void It_holds_to_the_first_it_met()
    {
        ProxyProcess proxy = StartProxies(Product.Baton);
        Ask("trace stream sink buf0; trace stream lock frontend; trace stream start now");
        Request(proxy.Port("p3"));
        Request(proxy.Port("p1"));
        string events = "";
        Eventually(() => (events = Ask("show events buf0")).Contains("strm_free", StringComparison.Ordinal), "no end");
        Assert.Contains("fe=origin", events);
        Assert.DoesNotContain("fe=fe ", events);
    }

    private const string Traces = """
        traces
            trace check sink buf0 level state start now
            trace session sink stderr start now

        """;

    [Fact]
    public void The_configuration_starts_them_and_what_was_set_survives_a_reload()
    {
        ProxyProcess old = Start(
            Product.Baton,
            "global\n    nbthread 1\n    stats socket ${dir}/admin.sock mode 600 level admin expose-fd listeners\n" + Traces + Proxies,
            new ProxyOptions { EndsItself = true }
        );
        Assert.Contains("\n [R] check      -> buf0 ", Ask("show trace"));
        Request(old.Port("p3"));
        Eventually(() => old.ErrorText.Contains("|session|1|sess_new] new session : ", StringComparison.Ordinal), old.ErrorText);
        Ask("trace session stop now; trace h1 sink buf0 level data verbosity minimal lock session event none event +h1c_recv start now");
        Ask("trace handover sink buf0 level developer start now");
        ProxyProcess next = Keep(
            new ProxyProcess(
                Product.Baton,
                old.Config,
                Directory,
                new ProxyOptions { Arguments = ["-x", Path.Combine(Directory, "admin.sock"), "-sf", $"{old.Pid}"] }
            )
        );
        Eventually(() => Ask("show info").Contains($"\nPid: {next.Pid}\n", StringComparison.Ordinal), "the next process does not answer");
        string state = Ask("show trace");
        Assert.Contains("\n [R] h1         -> buf0 ", state);
        Assert.Contains("\n [.] session    -> stderr ", state);
        Assert.Contains("\n [R] check      -> buf0 ", state);
        Assert.Contains("\n  * data  ", Ask("trace h1 level"));
        Assert.Contains("\n  * minimal  ", Ask("trace h1 verbosity"));
        Assert.Contains("\n  * session  ", Ask("trace h1 lock"));
        Assert.Contains("\n  - h1c_new  ", Ask("trace h1 event"));
        Assert.Contains("\n  + h1c_recv  ", Ask("trace h1 event"));
        Eventually(() => Ask("show events buf0").Contains($"|hand_end] handover over", StringComparison.Ordinal), Ask("show events buf0"));
        Assert.Equal(0, old.WaitForExit());
    }

    [Theory]
    [InlineData("trace h1 event x", "'trace' : No such trace event.")]
    [InlineData("trace h3 start now", "'trace' : No such trace source.")]
    [InlineData("trace h1", "'trace' : a word and a value are expected")]
    public void A_line_that_cannot_be_is_refused_with_its_place(string line, string why)
    {
        string file = Path.Combine(Directory, "t.cfg");
        File.WriteAllText(file, "traces\n    " + line + "\n" + HttpDefaults + "frontend f\n    bind 127.0.0.1:8000\n");
        (int status, string output) = Run(Products.BatonPath, "-c", "-f", file);
        Assert.Equal(1, status);
        Assert.Contains($"[{file}:2] : {why}", output);
    }

    [Fact]
    public void Whoever_may_not_change_may_not_trace()
    {
        StartProxies(Product.Baton);
        Assert.Equal("Permission denied\n\n", Ask("trace h1 start now", "operator"));
    }
}
