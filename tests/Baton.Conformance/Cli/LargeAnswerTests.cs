// Answers of any length: traffic does not wait for them, a client that does not read them costs next to nothing, and they are whole
// whatever changes while they are written.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Cli;

public sealed class LargeAnswerTests : CliScenario
{
    private const int Entries = 200_000;

    private const string Config =
        Global
        + HttpDefaults
        + """
            frontend fe
                bind 127.0.0.1:${p1}
                http-request return status 200 content-type text/plain string hello if { req.hdr(host),map(${dir}/large.map) -m found }
                http-request return status 404
            backend be
                server-template s 1-3000 127.0.0.1:1

            """;

    private ProxyProcess StartLarge()
    {
        File.WriteAllLines(Path.Combine(Directory, "large.map"), Enumerable.Range(0, Entries).Select(i => $"key{i} value{i}"));
        return Start(Product.Baton, Config);
    }

    private string Map => Path.Combine(Directory, "large.map");

    private static long Memory(int pid) =>
        long.Parse(
            File.ReadLines($"/proc/{pid}/status")
                .Single(l => l.StartsWith("VmRSS", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture
        ) / 1024;

    /// <summary>Asks as fast as it can until told to stop; the longest time a request took, in ms, of what was not the machine's
    /// own.</summary>
    private static double Worst(RawClient client, Action during)
    {
        bool stop = false;
        double worst = 0;
        var thread = new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                long start = Stopwatch.GetTimestamp();
                Assert.Equal(200, client.Ask("GET / HTTP/1.1\r\nHost: key7\r\n\r\n").Status);
                worst = Math.Max(worst, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        });
        thread.Start();
        during();
        Volatile.Write(ref stop, true);
        thread.Join();
        return worst;
    }

    [Fact]
    public void Clients_that_do_not_read_cost_little_and_hold_nobody_up()
    {
        ProxyProcess proxy = StartLarge();
        using RawClient client = Connect(proxy);
        Assert.Equal(200, client.Ask("GET / HTTP/1.1\r\nHost: key7\r\n\r\n").Status);
        long before = Memory(proxy.Pid);
        var stalled = new List<RawClient>();
        for (int i = 0; i < 10; i++)
            foreach (string command in (string[])[$"show map {Map}", "show stat json", "show servers state"])
            {
                stalled.Add(Open("user"));
                stalled[^1].Send(command + "\n");
            }
        double worst = Worst(client, () => Thread.Sleep(700));
        // a busy machine may take a while; written in one go, these answers took it seconds
        Assert.True(worst < 250, $"a request took {worst} ms");
        Assert.True(Memory(proxy.Pid) < before + 30, $"{Memory(proxy.Pid)} MB after {before}");
        foreach (RawClient s in stalled)
            s.Dispose();
        Assert.Equal(200, client.Ask("GET / HTTP/1.1\r\nHost: key7\r\n\r\n").Status);
    }

    /// <summary>Every entry that was there all the time is shown once, in its order, while others come and go.</summary>
    [Fact]
    public void A_map_is_shown_whole_while_it_changes()
    {
        StartLarge();
        using RawClient show = Open();
        show.Send($"show map {Map}\n");
        for (int i = 0; i < 300; i++)
            Ask($"del map {Map} key{i * 100 + 50}; add map {Map} new{i} x; set map {Map} key{i * 10 + 1} changed");
        string[] keys = [.. show.ReadTextToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')[1])];
        var expected = Enumerable.Range(0, Entries).Where(i => i % 100 != 50 || i / 100 >= 300).Select(i => $"key{i}").ToHashSet();
        Assert.Equal(keys.Length, keys.Distinct().Count());
        string[] kept = [.. keys.Where(expected.Contains)];
        Assert.Equal(expected.Count, kept.Length);
        for (int i = 1; i < kept.Length; i++)
            Assert.True(int.Parse(kept[i - 1].AsSpan(3)) < int.Parse(kept[i].AsSpan(3)), kept[i]);
    }

    [Fact]
    public void A_list_shown_is_cleared_meanwhile()
    {
        StartLarge();
        using RawClient show = Open();
        show.Send($"show map {Map}\n");
        show.ReadUntil("value50\n");
        Assert.Equal("\n", Ask($"clear map {Map}"));
        Assert.EndsWith("\n\n", show.ReadTextToEnd(), StringComparison.Ordinal);
        Assert.Equal("\n", Ask($"show map {Map}"));
    }

    /// <summary>A connection has a number of commands and lines it may have read before others get their turn: no number of them is
    /// special.</summary>
    [Fact]
    public void Payloads_of_any_number_of_lines_are_answered()
    {
        File.WriteAllText(Path.Combine(Directory, "large.map"), "key7 yes\n");
        Start(Product.Baton, Config);
        for (int lines = 1; lines < 70; lines++)
        {
            string payload = string.Concat(Enumerable.Range(0, lines).Select(i => $"k{lines}-{i} v\n"));
            Assert.Equal("\n", Ask($"add map {Map} <<\n{payload}"));
        }
        Assert.Equal(69 * 35 + 1, Ask($"show map {Map}").Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Tables_of_many_servers_are_whole(Product product)
    {
        Start(
            product,
            Config.Replace(
                "http-request return status 200 content-type text/plain string hello if { req.hdr(host),map(${dir}/large.map) -m found }",
                "",
                StringComparison.Ordinal
            )
        );
        string[] stat = Ask("show stat").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3003, stat.Length);
        Assert.Equal(3000, stat.Count(l => l.StartsWith("be,s", StringComparison.Ordinal)));
        Assert.Equal(3002, Ask("show servers state").Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(3001, Ask("show servers conn").Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        string json = Ask("show stat json").Trim();
        using var document = System.Text.Json.JsonDocument.Parse(json);
        Assert.Equal(3002, document.RootElement.GetArrayLength());
        Assert.Equal(3002, Ask("show stat typed").Split('\n').Count(l => l.Contains(".svname.1:", StringComparison.Ordinal)));
    }

    [Fact]
    public void Several_threads_tell_of_their_sessions_while_they_come_and_go()
    {
        // a session is listed when it has a stream, and has one when its head is whole: these owe a body
        ProxyProcess proxy = Start(
            Product.Baton,
            Global.Replace("nbthread 1", "nbthread 2", StringComparison.Ordinal)
                + """
                defaults
                    mode http
                    timeout connect 2s
                    timeout client 300s
                    timeout server 2s
                frontend fe
                    bind 127.0.0.1:${p1}
                    option http-buffer-request
                    default_backend be
                backend be
                    server s 127.0.0.1:${d1}

                """
        );
        var clients = new List<RawClient>();
        for (int i = 0; i < 300; i++)
        {
            clients.Add(Connect(proxy));
            clients[^1].Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
        }
        Eventually(() => Ask("show sess").Split("0x").Length == 301, "not all sessions are shown");
        using RawClient show = Open();
        show.Send("show sess all\n");
        for (int i = 0; i < 300; i += 3)
            clients[i].Dispose();
        string sessions = show.ReadTextToEnd();
        Assert.InRange(sessions.Split("0x").Length - 1, 200, 300);
        Assert.EndsWith("\n\n", sessions, StringComparison.Ordinal);
        Eventually(() => Ask("show sess").Split("0x").Length <= 201, "those that have left are still shown");
        Assert.Equal(200, Ask("show sess").Split("0x").Length - 1);
        foreach (RawClient client in clients)
            client.Dispose();
    }
}
