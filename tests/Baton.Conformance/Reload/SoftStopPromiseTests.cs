// What a process promises that is told to leave, whichever way it is told: by SIGUSR1, by a new process that binds beside it
// (-sf), by one that takes over (-x -sf), by a master. hard-stop-after, the end of what is under way, queued, in the tarpit or
// half received, requests sent ahead, and idle connections that the next process has no use for.
using System;
using System.Globalization;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Reload;

public sealed class SoftStopPromiseTests : Scenario
{
    private const int SIGUSR1 = 10;
    private const string Request = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";

    private readonly int _web = Ports.Free(),
        _tcp = Ports.Free();
    private MasterUnderTest? _master;
    private Daemons? _daemons;
    private string _globals = "",
        _proxies = "";

    public static TheoryData<Product, string> Ways
    {
        get
        {
            var data = new TheoryData<Product, string>();
            foreach (Product product in (Product[])[Product.Baton, Product.Haproxy])
            foreach (string way in (string[])["USR1", "-sf", "-x", "master"])
                data.Add(product, way);
            return data;
        }
    }

    public static TheoryData<string> BatonWays => ["USR1", "-sf", "-x", "master"];

    private string Proxies(OriginServer origin, string backend = "", string frontend = "") =>
        $"""
            frontend web
                bind 127.0.0.1:{_web}
                {frontend}
                default_backend be
            backend be
                timeout tarpit 1s
                timeout queue 5s
                server s 127.0.0.1:{origin.Port} {backend}
            listen relay
                mode tcp
                bind 127.0.0.1:{_tcp}
                server s 127.0.0.1:{origin.Port}
            """;

    /// <summary>Starts it in the way it will be stopped by. The pid of what serves.</summary>
    private int Begin(Product product, string way, string globals, string proxies)
    {
        (_globals, _proxies) = (globals, proxies);
        if (way == "master")
        {
            _master = Keep(new MasterUnderTest(product, "    " + globals));
            _master.WriteConfig(extra: proxies);
            int first = _master.Workers()[0],
                serves = 0;
            _master.Signal(12);
            _master.WaitFor(() => _master.Workers() is [var w] && (serves = w) != first, "the worker");
            Reloadable.WaitGone(first, Patience.Ms);
            return serves;
        }
        _daemons = Keep(new Daemons());
        (int status, string error) = _daemons.Start(product, _daemons.Write(globals, proxies));
        Assert.True(status == 0, error);
        return _daemons.Pid;
    }

    /// <summary>Tells the old process to leave; the next one has the same proxies, or none of them.</summary>
    private void End(Product product, string way, bool sameProxies = true)
    {
        string next = sameProxies ? _proxies : $"frontend other\n    bind 127.0.0.1:{Ports.Free()}";
        if (way == "USR1")
        {
            Inheritance.Signal(_daemons!.Pid, SIGUSR1);
            return;
        }
        if (way == "master")
        {
            _master!.WriteConfig(extra: next);
            int first = _master.Workers()[0];
            _master.Signal(12);
            _master.WaitFor(() => _master.Workers() is [var w] && w != first, "the next worker");
            return;
        }
        (int status, string error) = _daemons!.Replace(product, _daemons.Write(_globals, next), fetch: way == "-x");
        Assert.True(status == 0, error);
    }

    private RawClient Web() => Keep(RawClient.Tcp(_web));

    private OriginServer Gated(ManualResetEventSlim gate) =>
        Origin(c =>
        {
            while (c.TryReadHead(out string head))
            {
                if (head.StartsWith("GET /a ", StringComparison.Ordinal))
                    gate.Wait(Patience.Ms);
                string name = head.Split(' ')[1];
                c.Send($"HTTP/1.1 200 OK\r\nContent-Length: {name.Length}\r\n\r\n{name}");
            }
        });

    [Theory, MemberData(nameof(Ways))]
    public void Hard_stop_after_bounds_what_is_under_way(Product product, string way)
    {
        var never = new ManualResetEventSlim();
        OriginServer origin = Gated(never);
        int old = Begin(product, way, "hard-stop-after 1s", Proxies(origin));
        RawClient waiting = Web(),
            tunnel = Keep(RawClient.Tcp(_tcp));
        waiting.Send(Request);
        tunnel.Send("GET /a HTTP/1.1\r\n\r\n");
        Eventually(() => origin.Heads.Count == 2, "not all arrive");
        End(product, way, sameProxies: false);
        // 1 s, as long again at most for what does not end at once, and time for a busy machine
        Reloadable.WaitGone(old, 6000);
        tunnel.ExpectEnd();
        if (product == Product.Baton)
            Assert.Equal(502, waiting.ReadResponse().Status);
        else
            waiting.ReadToEnd();
        never.Set();
    }

    [Theory, MemberData(nameof(Ways))]
    public void What_is_queued_or_in_the_tarpit_or_half_received_comes_to_its_end(Product product, string way)
    {
        var gate = new ManualResetEventSlim();
        OriginServer origin = Gated(gate);
        int old = Begin(product, way, "", Proxies(origin, "maxconn 1", "http-request tarpit if { path /pit }"));
        RawClient first = Web(),
            queued = Web(),
            pit = Web(),
            half = Web();
        first.Send(Request);
        Eventually(() => origin.Heads.Count == 1, "the first does not arrive");
        queued.Send("GET /q HTTP/1.1\r\nHost: a\r\n\r\n");
        pit.Send("GET /pit HTTP/1.1\r\nHost: a\r\n\r\n");
        half.Send("GET /half HTTP/1.1\r\nHos");
        Thread.Sleep(100);
        End(product, way);
        Thread.Sleep(100);
        half.Send("t: a\r\n\r\n");
        gate.Set();
        Assert.Equal("/a", first.ReadResponse().Body);
        Assert.Equal("/q", queued.ReadResponse().Body);
        Assert.Equal(500, pit.ReadResponse().Status);
        Assert.Equal("/half", half.ReadResponse().Body);
        foreach (RawClient c in (RawClient[])[first, queued, pit, half])
            c.Dispose();
        Reloadable.WaitGone(old, Patience.Ms);
    }

    /// <summary>HAProxy drops them.</summary>
    [Theory, MemberData(nameof(BatonWays))]
    public void Requests_sent_ahead_are_answered(string way)
    {
        var gate = new ManualResetEventSlim();
        OriginServer origin = Gated(gate);
        int old = Begin(Product.Baton, way, "", Proxies(origin));
        RawClient client = Web();
        client.Send(Request + string.Concat(Enumerable.Range(1, 7).Select(static i => $"GET /{i} HTTP/1.1\r\nHost: a\r\n\r\n")));
        Eventually(() => origin.Heads.Count == 1, "the first does not arrive");
        End(Product.Baton, way);
        Thread.Sleep(100);
        gate.Set();
        Assert.Equal("/a", client.ReadResponse().Body);
        for (int i = 1; i <= 7; i++)
            Assert.Equal($"/{i}", client.ReadResponse().Body);
        if (way is "USR1" or "-sf")
            client.ExpectEnd();
        Reloadable.WaitGone(old, Patience.Ms);
    }

    [Fact]
    public void Requests_sent_ahead_of_an_answer_that_takes_several_reloads_are_answered()
    {
        var gate = new ManualResetEventSlim();
        OriginServer origin = Gated(gate);
        int old = Begin(Product.Baton, "-x", "handover-probation 50ms", Proxies(origin));
        RawClient client = Web();
        // more than a buffer holds
        string ahead = string.Concat(
            Enumerable.Range(1, 7).Select(static i => $"GET /{i} HTTP/1.1\r\nHost: a\r\nX: {new string('x', 6000)}\r\n\r\n")
        );
        client.Send(Request + ahead);
        Eventually(() => origin.Heads.Count == 1, "the first does not arrive");
        for (int i = 0; i < 4; i++)
        {
            int before = _daemons!.Pid;
            End(Product.Baton, "-x");
            if (i > 0)
                Reloadable.WaitGone(before, Patience.Ms);
        }
        Assert.True(Reloadable.IsAlive(old));
        gate.Set();
        Assert.Equal("/a", client.ReadResponse().Body);
        for (int i = 1; i <= 7; i++)
            Assert.Equal($"/{i}", client.ReadResponse().Body);
        client.Dispose();
        Reloadable.WaitGone(old, Patience.Ms);
    }

    /// <summary>Idle connections that nobody takes over: closed after a second of silence, later with close-spread-time, not at all with
    /// idle-close-on-response.</summary>
    [Theory, MemberData(nameof(BatonWays))]
    public void Idle_connections_are_told_on_their_next_answer(string way)
    {
        int old = Begin(
            Product.Baton,
            way,
            "",
            Proxies(HttpOrigin())
                + $"\nfrontend patient\n    option idle-close-on-response\n    bind 127.0.0.1:{Ports.Free()}\n    bind unix@{Directory}/patient\n    http-request return status 200"
        );
        RawClient silent = Web(),
            asks = Web(),
            patient = Keep(RawClient.Unix($"{Directory}/patient"));
        foreach (RawClient c in (RawClient[])[silent, asks, patient])
            Assert.Null(c.Get()["connection"]);
        End(Product.Baton, way, sameProxies: false);
        // within the probation the old process may still be needed, and says nothing yet
        Eventually(() => asks.Get()["connection"] == "close", "it is not told");
        asks.ExpectEnd();
        silent.ExpectEnd();
        Assert.True(Reloadable.IsAlive(old));
        Assert.Equal("close", patient.Get()["connection"]);
        Reloadable.WaitGone(old, Patience.Ms);
    }

    [Theory, MemberData(nameof(BatonWays))]
    public void Idle_connections_are_closed_over_the_time_of_close_spread_time(string way)
    {
        int old = Begin(Product.Baton, way, "close-spread-time 3s", Proxies(HttpOrigin()));
        RawClient[] idle = [.. Enumerable.Range(0, 12).Select(_ => Web())];
        foreach (RawClient c in idle)
            Assert.Equal(200, c.Get().Status);
        End(Product.Baton, way, sameProxies: false);
        // a twelfth of a chance each to go in the last quarter of a second alone: they do not all go within the first second
        Thread.Sleep(1300);
        Assert.Contains(idle, static c => !c.Socket.Poll(0, SelectMode.SelectRead));
        foreach (RawClient c in idle)
            c.ExpectEnd();
        Reloadable.WaitGone(old, Patience.Ms);
    }

    /// <summary>The grace is for whoever still sends here; one whose connections another process takes has none to give.</summary>
    [Theory, MemberData(nameof(BatonWays))]
    public void Grace_is_given_where_nobody_takes_over(string way)
    {
        int old = Begin(
            Product.Baton,
            way,
            "grace 1500",
            Proxies(HttpOrigin(), frontend: "http-request return status 410 if { stopping }")
        );
        RawClient client = Web();
        Assert.Equal(200, client.Get().Status);
        long start = Environment.TickCount64;
        End(Product.Baton, way);
        if (way is "USR1" or "-sf")
        {
            Eventually(() => client.Get().Status == 410, "nothing is announced");
            Assert.True(Reloadable.IsAlive(old));
            client.Dispose();
            Reloadable.WaitGone(old, Patience.Ms);
            Assert.True(Environment.TickCount64 - start > 1400, "no grace");
            return;
        }
        Reloadable.WaitGone(old, Patience.Ms);
        Assert.Equal(200, client.Get().Status);
    }
}
