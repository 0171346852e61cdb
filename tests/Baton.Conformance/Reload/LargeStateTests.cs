// A reload with a great deal to take along: nobody waits for it longer than for a small one, and all of it arrives.
using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Reload;

public sealed class LargeStateTests : IDisposable
{
    private const int Entries = 100_000;

    private readonly string _directory = Directory.CreateTempSubdirectory("baton-large-").FullName;

    public void Dispose() => Directory.Delete(_directory, true);

    /// <summary>A map and an ACL, every entry of which is changed, and thousands of proxies that have counted.</summary>
    [Fact]
    public void A_reload_with_large_lists_edited_holds_nobody_up()
    {
        string map = Path.Combine(_directory, "map"),
            acl = Path.Combine(_directory, "acl");
        File.WriteAllLines(map, Enumerable.Range(0, Entries).Select(i => $"key{i} value{i}"));
        File.WriteAllLines(acl, Enumerable.Range(0, Entries).Select(i => $"10.{i / 65536}.{i / 256 % 256}.{i % 256}"));
        using var proxy = new Reloadable(
            $$"""
            frontend fe
                mode http
                bind 127.0.0.1:${port}
                acl listed src -f {{acl}}
                http-request deny if listed
                http-request return status 200 content-type text/plain lf-string "%[req.hdr(host),map({{map}},none)]"
            {{string.Join("\n", Enumerable.Range(0, 2000).Select(i => $"backend b{i}\n    mode http\n    server s 127.0.0.1:1"))}}
            """,
            global: "nbthread 1"
        );
        proxy.Reload();
        Replace(proxy, "map", map, i => $"key{i} edited{i}");
        Replace(proxy, "acl", acl, i => $"11.{i / 65536}.{i / 256 % 256}.{i % 256}");
        double worst = 0;
        bool stop = false;
        var load = new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                using RawClient client = RawClient.Tcp(proxy.Port);
                long start = Stopwatch.GetTimestamp();
                Assert.Equal("edited7", client.Ask("GET / HTTP/1.1\r\nHost: key7\r\nConnection: close\r\n\r\n").Body);
                worst = Math.Max(worst, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        });
        load.Start();
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        proxy.Ask($"set map {map} key8 again; del acl {acl} 11.0.0.9");
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        Volatile.Write(ref stop, true);
        load.Join();
        // written and taken over in one go, this took seconds of the worker's time; tools/stall measures it, a busy machine adds its own
        Assert.True(worst < 5000, $"a request took {worst} ms");
        Assert.Equal(Entries, Count(proxy, map));
        Assert.Contains("value=\"again\"", proxy.Ask($"get map {map} key8"), StringComparison.Ordinal);
        Assert.Contains($"value=\"edited{Entries - 1}\"", proxy.Ask($"get map {map} key{Entries - 1}"), StringComparison.Ordinal);
        Assert.Contains("match=no", proxy.Ask($"get acl {acl} 10.0.0.1"), StringComparison.Ordinal);
        Assert.Contains("match=no", proxy.Ask($"get acl {acl} 11.0.0.9"), StringComparison.Ordinal);
        Assert.Contains("match=yes", proxy.Ask($"get acl {acl} 11.1.2.3"), StringComparison.Ordinal);
    }

    private static int Count(Reloadable proxy, string map) =>
        int.Parse(
            proxy.Ask("show map").Split('\n').Single(l => l.Contains(map, StringComparison.Ordinal)).Split("entry_cnt=")[1],
            CultureInfo.InvariantCulture
        );

    /// <summary>By a new version, in payloads of some thousand lines.</summary>
    private static void Replace(Reloadable proxy, string kind, string list, Func<int, string> line)
    {
        proxy.Ask($"prepare {kind} {list}");
        foreach (int[] some in Enumerable.Range(0, Entries).Chunk(20_000))
            Assert.Equal("\n", proxy.Ask($"add {kind} @1 {list} <<\n" + string.Join('\n', some.Select(line)) + "\n"));
        Assert.Equal("\n", proxy.Ask($"commit {kind} @1 {list}"));
    }
}
