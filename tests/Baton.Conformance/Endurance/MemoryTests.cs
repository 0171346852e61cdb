// Too little memory, and what memory is used for: who cannot have any is refused, the process serves on.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Endurance;

public sealed class MemoryTests : Scenario
{
    private const string Beginning = "GET /slow HTTP/1.1\r\nHost: example.test\r\nUser-Agent: a client that takes its time\r\nX-Slow: a";

    // unchecked: what watches over pools takes memory itself
    private ProxyProcess StartProxy(Product product, ProxyOptions options, string globals = "") =>
        Start(
            product,
            $$"""
            global
                nbthread 1
                maxconn 4000
                stats socket ${dir}/admin.sock level admin
                {{globals}}
            defaults
                mode http
                timeout connect 20s
                timeout client 60s
                timeout server 20s
            listen l
                bind 127.0.0.1:${p1}
                server s 127.0.0.1:{{HttpOrigin("ok").Port}}
            """,
            options
        );

    private List<RawClient> OpenSlowHeads(ProxyProcess proxy, int count)
    {
        var clients = new List<RawClient>();
        for (int i = 0; i < count; i++)
        {
            RawClient client = Connect(proxy);
            clients.Add(client);
            try
            {
                client.Send(Beginning);
            }
            catch (Exception e) when (e is IOException or SocketException) { }
        }
        return clients;
    }

    private static void AssertServesOnce(ProxyProcess proxy, List<RawClient> clients)
    {
        foreach (RawClient client in clients)
            client.Socket.Dispose();
        Eventually(
            () =>
            {
                try
                {
                    using RawClient client = RawClient.Tcp(proxy.Port());
                    return client.Get().Status == 200;
                }
                catch (Exception e) when (e is IOException or SocketException)
                {
                    return false;
                }
            },
            "nobody is served although memory is free again",
            10_000
        );
    }

    /// <summary>-m: what is left for connections is little more than a megabyte.</summary>
    [Theory, InlineData(Product.Baton), InlineData(Product.Haproxy)]
    public void With_little_memory_some_clients_are_refused_and_the_process_serves_on(Product product)
    {
        ProxyProcess proxy = StartProxy(
            product,
            new ProxyOptions { Unchecked = true, Arguments = ["-db", "-m", product == Product.Baton ? "14" : "16"] }
        );
        List<RawClient> clients = OpenSlowHeads(proxy, 3500);
        AssertServesOnce(proxy, clients);
        if (product == Product.Baton)
            Assert.NotEqual("0", Info("PoolFailed"));
    }

    /// <summary>
    /// The limit comes when the process runs already: what it believes to have is not there. It leaves it what it has and a little, or
    /// nothing more, or takes of what it has in reserve.
    /// </summary>
    [Theory]
    [InlineData(1, 600_000), InlineData(4, 600_000), InlineData(4, 1_200_000), InlineData(2, 0), InlineData(2, -800_000)]
    public void A_limit_that_comes_later_ends_nobody_but_those_who_need_more(int threads, int more)
    {
        ProxyProcess proxy = StartProxy(Product.Baton, new ProxyOptions { Unchecked = true, EndsItself = true }, $"nbthread {threads}");
        RawClient kept = Connect(proxy);
        Assert.Equal(200, kept.Get().Status);
        LimitData(proxy, (proxy.MemoryBytes("VmData") + more).ToString(CultureInfo.InvariantCulture));
        List<RawClient> clients = OpenSlowHeads(proxy, 3500);
        Assert.Equal(200, kept.Get().Status);
        AssertServesOnce(proxy, clients);
        // otherwise what the process has in reserve may be enough for all
        if (more < 0)
            Assert.NotEqual("0", Info("PoolFailed"));
        // the limit has gone: nobody is refused any more
        LimitData(proxy, "unlimited");
        Eventually(() => CountsNoFailure(proxy), "memory is refused although there is no limit");
        proxy.Signal(15);
        Assert.Equal(128 + 15, proxy.WaitForExit(10_000));
    }

    private void LimitData(ProxyProcess proxy, string limit) =>
        Assert.Equal(0, Run("prlimit", "--pid", $"{proxy.Pid}", $"--data={limit}:").Status);

    private bool CountsNoFailure(ProxyProcess proxy)
    {
        string failures = Info("PoolFailed");
        List<RawClient> clients = OpenSlowHeads(proxy, 1000);
        bool none = Info("PoolFailed") == failures;
        foreach (RawClient client in clients)
            client.Socket.Dispose();
        Thread.Sleep(100);
        return none;
    }

    /// <summary>Patterns count as connections do: what is too much is refused, and there is room again for what is removed.</summary>
    [Fact]
    public void An_entry_of_a_map_that_memory_does_not_hold_is_refused()
    {
        ProxyProcess proxy = StartMap(["-db", "-m", "26"]);
        string answer = AddUntilRefused(Map);
        Assert.Equal("Out of memory.", answer);
        AssertServesOnce(proxy, []);
        Assert.NotEqual("0", Info("PoolFailed"));
        string value = new('w', 10_000);
        for (int i = 0; i < 10; i++)
            Ask(string.Join(';', Enumerable.Range(0, PayloadEntries).Select(j => $"del map {Map} /key-{i}-{j}")));
        Eventually(() => Ask($"add map {Map} /again {value}").Trim().Length == 0, "no entry is taken although many have gone");
        Eventually(() => Body(proxy, "/again") == value, "the entry is not found");
        Eventually(() => Ask($"set map {Map} /again short").Trim().Length == 0, "its value cannot be set");
        Eventually(() => Body(proxy, "/again") == "short", "its new value is not found");
    }

    /// <summary>The next process has less memory than this one: it takes what fits, says so, and serves.</summary>
    [Fact]
    public void Entries_that_the_next_process_has_no_memory_for_do_not_end_it()
    {
        ProxyProcess old = StartMap(["-db"], endsItself: true);
        for (int i = 0; i < 150; i++)
            Assert.Equal("", Ask(Payload(i)).Trim());
        ProxyProcess next = StartMap(
            ["-db", "-m", "26", "-x", Path.Combine(Directory, "admin.sock"), "-sf", $"{old.Pid}"],
            old.Port().ToString(CultureInfo.InvariantCulture)
        );
        Assert.Equal(0, old.WaitForExit(20_000));
        Eventually(
            () => next.ErrorText.Contains("Out of memory: the pattern loaded from file", StringComparison.Ordinal),
            "nothing is said of it"
        );
        Eventually(() => Body(old, "/file") == "value", "the next process does not serve");
    }

    private static string Body(ProxyProcess proxy, string target)
    {
        try
        {
            using RawClient client = RawClient.Tcp(proxy.Port());
            return client.Get(target).Body;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return "";
        }
    }

    private string Map => Path.Combine(Directory, "few.map");

    private ProxyProcess StartMap(string[] arguments, string port = "${p1}", bool endsItself = false)
    {
        File.WriteAllText(Map, "/file value\n");
        return Start(
            Product.Baton,
            $$"""
            global
                nbthread 1
                maxconn 200
                stats socket ${dir}/admin.sock level admin expose-fd listeners
            defaults
                mode http
                timeout connect 2s
                timeout client 5s
                timeout server 5s
            frontend f
                bind 127.0.0.1:{{port}}
                http-request return status 200 content-type text/plain lf-string "%[path,map({{Map}})]"
            """,
            new ProxyOptions
            {
                Unchecked = true,
                Arguments = arguments,
                EndsItself = endsItself,
            }
        );
    }

    private const int PayloadEntries = 120;

    /// <summary>50 KB of entries.</summary>
    private string Payload(int number)
    {
        var text = new StringBuilder($"add map {Map} <<\n");
        for (int i = 0; i < PayloadEntries; i++)
            text.Append(CultureInfo.InvariantCulture, $"/key-{number}-{i} ").Append('v', 400).Append('\n');
        return text.ToString();
    }

    private string AddUntilRefused(string map)
    {
        for (int i = 0; i < 1000; i++)
            if (Ask(Payload(i)).Trim() is { Length: > 0 } answer)
                return answer;
        return $"{map} took all";
    }

    private string Ask(string command)
    {
        using RawClient cli = RawClient.Unix(Path.Combine(Directory, "admin.sock"));
        cli.Send(command + "\n");
        return cli.ReadTextToEnd();
    }

    // Not less than 320 MB: docs/decisions/0016-a-small-heap.md says why.
    [Theory, InlineData(327680), InlineData(409600)]
    public void It_checks_and_serves_within_a_small_address_space(int kilobytes)
    {
        ProxyProcess proxy = StartProxy(Product.Baton, new ProxyOptions { Unchecked = true, AddressSpaceLimit = kilobytes });
        Assert.Equal(200, Connect(proxy).Get().Status);
        (int status, string output) = Run(
            "/bin/sh",
            "-c",
            $"ulimit -v {kilobytes}; exec {Products.Path(Product.Baton)} -c -f {proxy.ConfigFile}"
        );
        Assert.Equal((0, "Configuration file is valid\n"), (status, output));
    }

    [Fact]
    public void Memory_that_does_not_suffice_for_the_configuration_is_one_line()
    {
        string map = Path.Combine(Directory, "many.map");
        WriteMap(map, 400_000);
        string config = Path.Combine(Directory, "many.cfg");
        File.WriteAllText(
            config,
            $"defaults\n mode http\n timeout connect 1s\n timeout client 1s\n timeout server 1s\nlisten l\n bind 127.0.0.1:1\n http-request set-header x %[path,map({map})]\n"
        );
        (int status, string output) = Run("/bin/sh", "-c", $"ulimit -d 40000; exec {Products.Path(Product.Baton)} -c -f {config}");
        Assert.Equal(1, status);
        Assert.Contains("Out of memory", output, StringComparison.Ordinal);
        Assert.Single(output.Trim().Split('\n'));
    }

    /// <summary>What a small heap cannot hold is served from a larger one, in the foreground as well as in a worker of a master.</summary>
    [Fact]
    public void A_large_map_is_served()
    {
        string map = Path.Combine(Directory, "large.map");
        WriteMap(map, 200_000);
        ProxyProcess proxy = Start(
            Product.Baton,
            $$"""
            global
                nbthread 1
            defaults
                mode http
                timeout connect 20s
                timeout client 60s
                timeout server 60s
            frontend f
                bind 127.0.0.1:${p1}
                http-request return status 200 content-type text/plain lf-string "%[path,map({{map}})]"
            """
        );
        Assert.Equal("value-199999", Connect(proxy).Get("/key-199999").Body);
        Assert.Equal("value-0", Connect(proxy).Get("/key-0").Body);
    }

    [Fact]
    public void An_answer_of_the_runtime_api_that_memory_does_not_hold_ends_alone()
    {
        string map = Path.Combine(Directory, "answers.map");
        WriteMap(map, 100_000);
        ProxyProcess proxy = StartProxy(Product.Baton, new ProxyOptions { Unchecked = true }, $"set-var proc.x str(/key-0),map({map})");
        Assert.Equal(0, Run("prlimit", "--pid", $"{proxy.Pid}", $"--data={proxy.MemoryBytes("VmData") + 500_000}").Status);
        for (int i = 0; i < 3; i++)
        {
            RawClient cli = Keep(RawClient.Unix(Path.Combine(Directory, "admin.sock")));
            cli.Send($"show map {map}\n");
            try
            {
                cli.ReadTextToEnd();
            }
            catch (IOException) { }
        }
        AssertServesOnce(proxy, []);
    }

    /// <summary>More than memory holds, for a while: those that got none are told so, or wait; afterwards all is as before.</summary>
    [Theory, InlineData(Product.Baton), InlineData(Product.Haproxy)]
    public void Uploads_that_memory_does_not_hold_leave_nothing_behind(Product product)
    {
        ProxyProcess proxy = StartProxy(
            product,
            new ProxyOptions { Unchecked = true, Arguments = ["-db", "-m", product == Product.Baton ? "14" : "17"] }
        );
        var clients = new List<RawClient>();
        for (int i = 0; i < 400; i++)
        {
            RawClient client = Connect(proxy);
            clients.Add(client);
            try
            {
                client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\n" + new string('x', 8000));
            }
            catch (Exception e) when (e is IOException or SocketException) { }
        }
        AssertServesOnce(proxy, clients);
    }

    private static void WriteMap(string path, int lines)
    {
        using var file = new StreamWriter(path);
        for (int i = 0; i < lines; i++)
            file.Write(string.Create(CultureInfo.InvariantCulture, $"/key-{i} value-{i}\n"));
    }

    [Fact]
    public void An_idle_process_reserves_less_than_a_gigabyte() =>
        Assert.InRange(StartProxy(Product.Baton, new ProxyOptions { Unchecked = true }).MemoryBytes("VmSize"), 1, 1_000_000_000);

    /// <summary>haproxy 2.6: 5,700 bytes each.</summary>
    [Fact]
    public void A_slow_head_costs_little_and_its_memory_goes_back()
    {
        ProxyProcess proxy = StartProxy(Product.Baton, new ProxyOptions { Unchecked = true });
        Assert.Equal(200, Connect(proxy).Get().Status);
        long idle = proxy.ResidentBytes();
        const int count = 2500;
        List<RawClient> clients = OpenSlowHeads(proxy, count);
        Eventually(() => Info("CurrConns") == (count + 1).ToString(CultureInfo.InvariantCulture), "not all are accepted");
        long each = (proxy.ResidentBytes() - idle) / count;
        Assert.InRange(each, 0, 2000);
        // the head goes on where it was
        foreach (RawClient client in clients.Take(20))
            client.Send("bc\r\n\r\n");
        foreach (RawClient client in clients.Take(20))
            Assert.Equal(200, client.ReadResponse().Status);
        foreach (RawClient client in clients)
            client.Socket.Dispose();
        Eventually(() => proxy.ResidentBytes() < idle + 1_500_000, $"{idle} before, {proxy.ResidentBytes()} now", 60_000);
    }

    /// <summary>Nobody looks at the head of a connection that has become a tunnel. haproxy 2.6: 4,900 bytes each.</summary>
    [Fact]
    public void A_tunnel_holds_no_head()
    {
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            c.Send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
            c.ReadToEnd();
        });
        ProxyProcess proxy = Start(
            Product.Baton,
            Defaults
                + $$"""
                listen l
                    bind 127.0.0.1:${p1}
                    timeout tunnel 60s
                    server s 127.0.0.1:{{origin.Port}}
                """
        );
        OpenTunnels(proxy, 20);
        long before = proxy.ResidentBytes();
        const int count = 200;
        OpenTunnels(proxy, count);
        Assert.InRange((proxy.ResidentBytes() - before) / count, 0, 6000);
    }

    private void OpenTunnels(ProxyProcess proxy, int count)
    {
        for (int i = 0; i < count; i++)
        {
            RawClient client = Connect(proxy);
            client.Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 101", client.ReadHead(), StringComparison.Ordinal);
        }
    }

    /// <summary>Torn at every place, in the first request of a connection and in the second.</summary>
    [Theory, InlineData(Product.Baton), InlineData(Product.Haproxy)]
    public void A_head_that_comes_a_byte_at_a_time_is_the_same_request(Product product)
    {
        ProxyProcess proxy = StartProxy(product, new ProxyOptions { Unchecked = true });
        RawClient client = Connect(proxy);
        for (int i = 0; i < 2; i++)
        {
            foreach (char c in "\r\nGET /torn?a=b HTTP/1.1\r\nHost: example.test\r\nX-One: 1\r\n\r\n")
            {
                client.Send(c.ToString());
                if (i == 0)
                    Thread.Sleep(1);
            }
            Assert.Equal(200, client.ReadResponse().Status);
        }
        // a head as long as it may be, in small pieces: 64 lines of 200 bytes
        var head = new StringBuilder("GET /long HTTP/1.1\r\nHost: example.test\r\n");
        for (int i = 0; i < 64; i++)
            head.Append(CultureInfo.InvariantCulture, $"X-{i}: ").Append('v', 200).Append("\r\n");
        head.Append("\r\n");
        for (int at = 0; at < head.Length; at += 700)
        {
            client.Send(head.ToString(at, Math.Min(700, head.Length - at)));
            Thread.Sleep(1);
        }
        Assert.Equal(200, client.ReadResponse().Status);
    }

    /// <summary>A head that never becomes whole is judged as one in a single piece is.</summary>
    [Fact]
    public void A_torn_head_that_is_wrong_is_refused_when_its_line_ends()
    {
        ProxyProcess proxy = StartProxy(Product.Baton, new ProxyOptions { Unchecked = true });
        RawClient client = Connect(proxy);
        foreach (char c in "GET / HTTP/1.1\r\nHost: a\r\nbad name: x")
            client.Send(c.ToString());
        client.Send("\r\n\r\n");
        Assert.Equal(400, client.ReadResponse().Status);
    }

    private string Info(string field)
    {
        string line = Ask("show info").Split('\n').First(l => l.StartsWith(field + ":", StringComparison.Ordinal));
        return line[(field.Length + 1)..].Trim();
    }
}
