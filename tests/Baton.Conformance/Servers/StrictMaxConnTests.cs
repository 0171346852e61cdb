// "strict-maxconn": maxconn bounds connections, idle ones too, of all workers and over a reload. HAProxy has it from 3.2 on.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using Baton.Conformance.Harness;
using Baton.Conformance.Reload;
using Xunit;

namespace Baton.Conformance.Servers;

public sealed class StrictMaxConnTests : Scenario
{
    private const int Clients = 6,
        Limit = 2;

    private readonly ManualResetEventSlim _gate = new(true);
    private int _busy;

    /// <summary>An address that no other scenario has its server at, so that connections to it are this one's.</summary>
    private readonly string _address = $"127.{Environment.ProcessId & 63 | 64}.{Random.Shared.Next(1, 255)}.{Random.Shared.Next(1, 255)}";

    /// <summary>Answers at once, and what is asked for "/slow" when the gate opens.</summary>
    private OriginServer Serve() =>
        Keep(
            new OriginServer(
                c =>
                {
                    while (c.TryReadHead(out string head))
                    {
                        if (head.StartsWith("GET /slow", StringComparison.Ordinal))
                        {
                            Interlocked.Increment(ref _busy);
                            _gate.Wait(Patience.Ms);
                        }
                        c.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                    }
                },
                address: _address
            )
        );

    /// <summary>Connections to the port that whoever made them has not closed, as the kernel has them.</summary>
    private int ConnectionsTo(int port)
    {
        const string established = "01";
        string wanted =
            $"{string.Concat(_address.Split('.').Reverse().Select(static p => $"{byte.Parse(p):X2}"))}:{port.ToString("X4", CultureInfo.InvariantCulture)}";
        return File.ReadLines("/proc/net/tcp")
            .Select(static l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(f => f[2] == wanted && f[3] == established)
            // the kernel writes the list while it changes: a line may come twice
            .DistinctBy(static f => f[1])
            .Count();
    }

    private string Section(string reuse, string option) =>
        $$"""
            listen l
                mode http
                bind 127.0.0.1:${port}
                http-reuse {{reuse}}
                server s {{_address}}:${origin} maxconn {{Limit}} {{option}}
            """;

    private static void Ask(RawClient client) => Assert.Equal("ok", client.Ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n").Body);

    [Theory]
    [InlineData("never", 1)]
    [InlineData("never", 2)]
    [InlineData("safe", 2)]
    [InlineData("always", 2)]
    public void Idle_connections_count(string reuse, int threads)
    {
        OriginServer origin = Serve();
        using var proxy = new Reloadable(Section(reuse, "strict-maxconn"), origin.Port, $"nbthread {threads}");
        proxy.Reload();
        RawClient[] clients = [.. Enumerable.Range(0, Clients).Select(_ => Keep(RawClient.Tcp(proxy.Port)))];
        for (int round = 0; round < 3; round++)
            foreach (RawClient client in clients)
            {
                Ask(client);
                Assert.InRange(ConnectionsTo(origin.Port), 0, Limit);
            }
        // and what is asked all at once has its turn
        foreach (RawClient client in clients)
            client.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        foreach (RawClient client in clients)
            Assert.Equal("ok", client.ReadResponse().Body);
        Assert.InRange(ConnectionsTo(origin.Port), 0, Limit);
    }

    [Fact]
    public void Without_it_requests_alone_count()
    {
        OriginServer origin = Serve();
        using var proxy = new Reloadable(Section("never", ""), origin.Port, "nbthread 2");
        proxy.Reload();
        for (int i = 0; i < Clients; i++)
            Ask(Keep(RawClient.Tcp(proxy.Port)));
        Assert.Equal(Clients, ConnectionsTo(origin.Port));
    }

    /// <summary>The old process has one in use and one idle, for a client that may come to the new one with it.</summary>
    [Theory, InlineData("never"), InlineData("always")]
    public void What_the_process_before_has_counts(string reuse)
    {
        OriginServer origin = Serve();
        using var proxy = new Reloadable(Section(reuse, "strict-maxconn"), origin.Port, "nbthread 2");
        proxy.Reload();
        _gate.Reset();
        RawClient slow = Keep(RawClient.Tcp(proxy.Port));
        slow.Send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
        Eventually(() => Volatile.Read(ref _busy) == 1, "it has not come");
        List<RawClient> others = [Keep(RawClient.Tcp(proxy.Port))];
        Ask(others[0]);
        Assert.InRange(ConnectionsTo(origin.Port), 0, Limit);
        for (int reload = 0; reload < 2; reload++)
        {
            proxy.Reload();
            others.Add(Keep(RawClient.Tcp(proxy.Port)));
            foreach (RawClient client in others)
            {
                Ask(client);
                // the process before closes its copy of one that has moved in its own time
                Eventually(() => ConnectionsTo(origin.Port) <= Limit, "there are more connections");
            }
        }
        _gate.Set();
        Assert.Equal("ok", slow.ReadResponse().Body);
        others.ForEach(Ask);
        Assert.InRange(ConnectionsTo(origin.Port), 0, Limit);
    }

    /// <summary>Where nothing becomes free the wait ends as one in the queue does.</summary>
    [Fact]
    public void A_request_waits_for_its_turn()
    {
        OriginServer origin = Serve();
        using var proxy = new Reloadable(Section("always", "strict-maxconn\n    timeout queue 300ms"), origin.Port, "nbthread 2");
        proxy.Reload();
        _gate.Reset();
        RawClient[] slow = [.. Enumerable.Range(0, Limit).Select(_ => Keep(RawClient.Tcp(proxy.Port)))];
        foreach (RawClient client in slow)
            client.Send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
        Eventually(() => Volatile.Read(ref _busy) == Limit, "they have not come");
        Assert.Equal(503, Keep(RawClient.Tcp(proxy.Port)).Ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n").Status);
        _gate.Set();
        foreach (RawClient client in slow)
            Assert.Equal("ok", client.ReadResponse().Body);
    }
}
