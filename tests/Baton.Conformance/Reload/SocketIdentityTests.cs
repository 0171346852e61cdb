// Which socket goes to which bind line, and that it is the same socket afterwards: many of them, shards, backlog, paths and
// abstract names, and sockets that are no longer configured.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Reload;

public sealed class SocketIdentityTests
{
    private const string Answer = "    http-request return status 200 content-type text/plain string hello";

    /// <summary>Inodes of the listening TCP sockets of a port on 127.0.0.1; every socket has its own.</summary>
    private static List<long> Inodes(int port)
    {
        // the table may name a socket twice when others come and go while it is read
        var found = new SortedSet<long>();
        foreach (string line in File.ReadLines("/proc/net/tcp").Skip(1))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words[3] == "0A" && words[1] == "0100007F:" + port.ToString("X4", CultureInfo.InvariantCulture))
                found.Add(long.Parse(words[9], CultureInfo.InvariantCulture));
        }
        return [.. found];
    }

    [Theory]
    [InlineData(600)]
    [InlineData(1000)]
    public void Many_sockets_move_and_stay_the_same(int count)
    {
        using var daemons = new Daemons();
        int first = 20_000 + Ports.Free() % 5000;
        // a range on an address of its own disturbs nobody
        string address = $"127.{count / 250}.{count % 250}.77";
        string config = daemons.Write("maxconn 2000", $"frontend fe\n    bind {address}:{first}-{first + count - 1}\n{Answer}");
        (int status, string error) = daemons.Start(Product.Baton, config);
        Assert.True(status == 0, error);
        HashSet<string> before = Sockets(address);
        Assert.Equal(count, before.Count);
        (status, error) = daemons.Replace(Product.Baton, config, fetch: true);
        Assert.True(status == 0, error);
        Assert.Equal(before, Sockets(address));
        (status, error) = daemons.Replace(Product.Haproxy, config, fetch: true);
        Assert.True(status == 0, error);
        Assert.Equal(before, Sockets(address));
        (status, error) = daemons.Replace(Product.Baton, config, fetch: true);
        Assert.True(status == 0, error);
        Assert.Equal(before, Sockets(address));
    }

    /// <summary>"address:port inode" of what listens on an address.</summary>
    private static HashSet<string> Sockets(string address)
    {
        byte[] ip = System.Net.IPAddress.Parse(address).GetAddressBytes();
        string hex = $"{ip[3]:X2}{ip[2]:X2}{ip[1]:X2}{ip[0]:X2}:";
        var found = new HashSet<string>();
        foreach (string line in File.ReadLines("/proc/net/tcp").Skip(1))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words[3] == "0A" && words[1].StartsWith(hex, StringComparison.Ordinal))
                found.Add(words[1] + " " + words[9]);
        }
        return found;
    }

    [Fact]
    public void Shards_that_shrink_are_served_by_the_next_process()
    {
        using var daemons = new Daemons();
        int port = Ports.Free();
        string Config(int shards) => daemons.Write("nbthread 2", $"frontend fe\n    bind 127.0.0.1:{port} shards {shards}\n{Answer}");
        Assert.Equal(0, daemons.Start(Product.Baton, Config(4)).Status);
        List<long> four = Inodes(port);
        Assert.Equal(4, four.Count);
        var load = new RequestLoad(port);
        for (int i = 0; i < 6; i++)
        {
            (int status, string error) = daemons.Replace(Product.Baton, Config(i % 2 == 0 ? 1 : 3), fetch: true);
            Assert.True(status == 0, error);
            Assert.Equal(four, Inodes(port));
        }
        (int served, int failed, string? why) = load.Stop();
        Assert.True(failed == 0 && served > 50, $"{failed} of {served} failed: {why}");
    }

    [Fact]
    public void A_changed_backlog_is_applied_to_the_socket_that_stays()
    {
        using var daemons = new Daemons();
        int port = Ports.Free();
        string Config(int backlog) => daemons.Write("", $"frontend fe\n    bind 127.0.0.1:{port} backlog {backlog}\n{Answer}");
        Assert.Equal(0, daemons.Start(Product.Baton, Config(11)).Status);
        List<long> before = Inodes(port);
        Assert.Equal(11, Backlog(port));
        Assert.Equal(0, daemons.Replace(Product.Baton, Config(77), fetch: true).Status);
        Assert.Equal(before, Inodes(port));
        Assert.Equal(77, Backlog(port));
    }

    private static int Backlog(int port)
    {
        using Process process = Process.Start(new ProcessStartInfo("ss", ["-Hltn", $"sport = :{port}"]) { RedirectStandardOutput = true })!;
        string[] words = process.StandardOutput.ReadToEnd().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return int.Parse(words[2], CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData(Product.Baton)]
    [InlineData(Product.Haproxy)]
    public void Paths_and_abstract_names_move_and_similar_names_do_not(Product old)
    {
        using var daemons = new Daemons();
        string name = $"baton-{Guid.NewGuid():N}",
            path = Path.Combine(daemons.Directory, "web");
        string Config(string suffix) =>
            daemons.Write("", $"frontend fe\n    bind abns@{name}{suffix}\n    bind unix@{path}{suffix}\n{Answer}");
        Assert.Equal(0, daemons.Start(old, Config("")).Status);
        Dictionary<string, string> before = UnixListeners(name, path);
        Assert.Equal(2, before.Count);
        (int status, string error) = daemons.Replace(Product.Baton, Config(""), fetch: true);
        Assert.True(status == 0, error);
        Assert.Equal(before, UnixListeners(name, path));
        (status, error) = daemons.Replace(Product.Baton, Config("x"), fetch: true);
        Assert.True(status == 0, error);
        Dictionary<string, string> after = UnixListeners(name, path);
        Assert.Contains($"@{name}x", after.Keys);
        Assert.DoesNotContain(before[$"@{name}"], after.Values.Except(before.Values));
        Assert.NotEqual(before[$"@{name}"], after[$"@{name}x"]);
    }

    /// <summary>Name of the listening UNIX socket to its inode; padding of abstract names and temporary suffixes taken off.</summary>
    private static Dictionary<string, string> UnixListeners(string name, string path)
    {
        var found = new Dictionary<string, string>();
        foreach (string line in File.ReadLines("/proc/net/unix").Skip(1))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 8 || words[3] != "00010000")
                continue;
            string bound = words[7].StartsWith('@') ? words[7].TrimEnd('@') : words[7];
            int temporary = bound.IndexOf(".", path.Length < bound.Length ? path.Length : 0, StringComparison.Ordinal);
            if (!bound.StartsWith('@') && temporary > 0)
                bound = bound[..temporary];
            if (bound.StartsWith("@" + name, StringComparison.Ordinal) || bound.StartsWith(path, StringComparison.Ordinal))
                found[bound] = words[6];
        }
        return found;
    }

    [Theory]
    [InlineData(Product.Baton)]
    [InlineData(Product.Haproxy)]
    public void What_is_queued_on_a_socket_no_longer_configured_is_answered(Product next)
    {
        using var daemons = new Daemons();
        int kept = Ports.Free(),
            gone = Ports.Free();
        string both = daemons.Write(
            "handover-probation 100ms",
            $"frontend fe\n    bind 127.0.0.1:{kept}\n    bind 127.0.0.1:{gone} maxconn 1\n{Answer}"
        );
        string one = daemons.Write("", $"frontend fe\n    bind 127.0.0.1:{kept}\n{Answer}");
        Assert.Equal(0, daemons.Start(Product.Baton, both).Status);
        var load = new RequestLoad(kept);
        // the first one takes the only place there is, the others wait in the queue
        var clients = new List<Socket>();
        for (int i = 0; i < 4; i++)
        {
            var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = Patience.Ms };
            client.Connect(System.Net.IPAddress.Loopback, gone);
            if (i > 0)
                client.Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8);
            clients.Add(client);
            System.Threading.Thread.Sleep(20);
        }
        (int status, string error) = daemons.Replace(next, one, fetch: true);
        Assert.True(status == 0, error);
        byte[] buffer = new byte[4096];
        for (int i = 1; i < clients.Count; i++)
        {
            int n = clients[i].Receive(buffer);
            Assert.StartsWith("HTTP/1.1 200", Encoding.ASCII.GetString(buffer, 0, n));
        }
        foreach (Socket client in clients)
            client.Dispose();
        (int served, int failed, string? why) = load.Stop();
        Assert.True(failed == 0 && served > 50, $"{failed} of {served} failed: {why}");
    }
}
