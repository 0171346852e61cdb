// "slowstart": a server that comes back takes its share of the weight and of maxconn little by little.
using System;
using System.Linq;
using System.Threading;
using Baton.Conformance.Harness;
using Baton.Conformance.Reload;
using Xunit;

namespace Baton.Conformance.Checks;

public sealed class SlowStartTests : CheckScenario
{
    private const string Columns = "status weight uweight throttle";

    private ProxyProcess Serve(Product product, int port, string options, string backend = "") =>
        Start(
            product,
            Config(
                $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    default_backend be
                backend be
                    {{backend}}
                    server a 127.0.0.1:{{port}} check inter 50 rise 1 fall 1 {{options}}
                    server b 127.0.0.1:{{Switched("b", on: true).Port}} weight 100
                """
            )
        );

    private static int CountOfA(RawClient client) => Enumerable.Range(0, 34).Count(_ => client.Get().Body == "a");

    [Theory]
    [InlineData(Product.Baton, "roundrobin")]
    [InlineData(Product.Haproxy, "roundrobin")]
    [InlineData(Product.Baton, "static-rr")]
    [InlineData(Product.Haproxy, "static-rr")]
    public void Who_comes_back_begins_with_a_sixteenth_of_its_weight(Product product, string algorithm)
    {
        SwitchedServer a = Switched("a", on: true);
        ProxyProcess proxy = Serve(product, a.Port, "slowstart 1h weight 100", $"balance {algorithm}");
        Await("UP L4OK", "be", "a");
        // a start is no coming back
        Assert.Equal("UP 100 100", Show("be", "a", Columns));
        Assert.InRange(CountOfA(Connect(proxy)), 16, 18);
        a.Off();
        Await("DOWN 100 100", "be", "a", Columns);
        a.On();
        if (algorithm == "static-rr")
        {
            Await("UP 100 100 100", "be", "a", Columns);
            Assert.InRange(CountOfA(Connect(proxy)), 15, 19);
            return;
        }
        Await("UP 7 100 6", "be", "a", Columns);
        Assert.Equal("107", Show("be", "BACKEND", "weight"));
        Assert.InRange(CountOfA(Connect(proxy)), 1, 3);
        Assert.Equal("1", Command("show servers state be").Split('\n')[2].Split(' ')[5]);
        Command("set server be/a weight 50%");
        Assert.Equal("UP 4 50 6", Show("be", "a", Columns));
        Command("set server be/a state drain");
        Assert.Equal("DRAIN", Show("be", "a", "status throttle"));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void It_has_all_of_it_in_the_end(Product product)
    {
        ProxyProcess proxy = Serve(product, Switched("a", on: true).Port, "slowstart 4s weight 3");
        Await("UP L4OK", "be", "a");
        Command("disable server be/a");
        Command("enable server be/a");
        // two thirds of the time later it is too late to ask
        Assert.Contains(Show("be", "a", "status weight uweight"), (string[])["UP 1 3", "UP 2 3"]);
        Await("UP 3 3", "be", "a", Columns);
        Assert.Equal("2", Command("show servers state be").Split('\n')[2].Split(' ')[5]);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void It_takes_few_connections_at_first(Product product)
    {
        using var answer = new ManualResetEventSlim();
        OriginServer a = HttpOrigin(_ =>
        {
            answer.Wait();
            return "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na";
        });
        ProxyProcess proxy = Serve(product, a.Port, "slowstart 1h weight 100 maxconn 20");
        Await("UP L4OK", "be", "a");
        Command("disable server be/b");
        Command("disable server be/a");
        Command("enable server be/a");
        RawClient[] clients = [Connect(proxy), Connect(proxy)];
        foreach (RawClient client in clients)
            client.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        Eventually(() => Show("be", "a", "scur") == "1" && Show("be", "BACKEND", "qcur") == "1", "one waits");
        answer.Set();
        Eventually(() => Show("be", "a", "stot") == "2", "both are served");
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_state_file_says_where_it_stood(Product product)
    {
        System.IO.File.WriteAllText(
            System.IO.Path.Combine(Directory, "state"),
            "1\n# comment\n2 be 1 a 127.0.0.1 1 0 100 100 60 15 3 2 6 0 0 0 - 1 - 0 0 - - 0\n"
        );
        string config = Config(
                """
                backend be
                    load-server-state-from-file global
                    server a 127.0.0.1:1 weight 100 slowstart 1h
                """
            )
            .Replace("nbthread 1\n", "nbthread 1\n    server-state-file ${dir}/state\n", StringComparison.Ordinal);
        Start(product, config);
        Assert.Equal("100 6", Show("be", "a", "uweight throttle"));
        Assert.Equal("1", Command("show servers state be").Split('\n')[2].Split(' ')[5]);
    }

    [Fact]
    public void The_next_process_goes_on_where_this_one_was()
    {
        using var proxy = new Reloadable(
            $$"""
            listen l
                mode http
                bind 127.0.0.1:${port}
                server a 127.0.0.1:{{Switched("a", on: true).Port}} weight 100 slowstart 1h
                server b 127.0.0.1:{{Switched("b", on: true).Port}} weight 100
                server c 127.0.0.1:{{Ports.Free()}} weight 3 slowstart 3s
            """
        );
        string Shares() =>
            string.Join(
                ' ',
                proxy
                    .Ask("show stat")
                    .Split('\n')
                    .Select(l => l.Split(','))
                    .Where(f => f.Length > 40 && f[1].Length == 1)
                    .Select(f => $"{f[1]}={f[18]},{f[29]}")
            );
        proxy.Reload();
        foreach (string name in (string[])["a", "c"])
        {
            proxy.Ask($"disable server l/{name}");
            proxy.Ask($"enable server l/{name}");
        }
        for (int i = 0; i < 2; i++)
        {
            Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
            Assert.StartsWith("a=7,6 b=100, ", Shares());
        }
        long end = Environment.TickCount64 + Patience.Ms;
        while (Shares() != "a=7,6 b=100, c=3," && Environment.TickCount64 < end)
            Thread.Sleep(20);
        Assert.Equal("a=7,6 b=100, c=3,", Shares());
        proxy.Ask("disable server l/c");
        using RawClient client = RawClient.Tcp(proxy.Port);
        Assert.InRange(Enumerable.Range(0, 34).Count(_ => client.Get().Body == "a"), 1, 3);
        proxy.Edit(" slowstart 1h", "");
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        Assert.StartsWith("a=100, b=100, ", Shares());
    }
}
