// Bulk transfers go through a pipe in the kernel (splice): every byte arrives, pipes are given back, and a transfer that
// stands still moves to the next process with what its pipe holds.
using System;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using Baton.Conformance.Harness;
using Baton.Conformance.Reload;
using Xunit;

namespace Baton.Conformance.Tcp;

public sealed class SplicingTests : Scenario
{
    private const int Length = 12_000_000;

    private static readonly byte[] s_content = Content();

    private static byte[] Content()
    {
        byte[] all = new byte[Length];
        new Random(11).NextBytes(all);
        return all;
    }

    private ProxyProcess Proxy(int origin, string mode, string global = "", ProxyOptions? options = null) =>
        Start(
            Product.Baton,
            $$"""
            global
                nbthread 1
                stats socket ${dir}/s mode 600 level admin
                {{global}}
            defaults
                mode {{mode}}
                timeout connect 20s
                timeout client 20s
                timeout server 20s
            listen l
                bind 127.0.0.1:${p1}
                server s 127.0.0.1:{{origin}}
            """,
            options
        );

    /// <summary>A number of "show info".</summary>
    private int Info(string name)
    {
        using RawClient cli = RawClient.Unix(System.IO.Path.Combine(Directory, "s"));
        cli.Send("show info\n");
        foreach (string line in cli.ReadTextToEnd().Split('\n'))
            if (line.StartsWith(name + ":", StringComparison.Ordinal))
                return int.Parse(line.AsSpan(name.Length + 1), CultureInfo.InvariantCulture);
        Assert.Fail($"no {name} in show info");
        return 0;
    }

    private static void AssertWhole(byte[] got)
    {
        Assert.Equal(Length, got.Length);
        Assert.Equal(Convert.ToHexString(SHA256.HashData(s_content)), Convert.ToHexString(SHA256.HashData(got)));
    }

    /// <summary>What an origin says before the content, and how the content is framed.</summary>
    private static void Answer(OriginConnection c, string kind)
    {
        if (kind != "tcp")
            c.ReadHead();
        switch (kind)
        {
            case "length":
                c.Send($"HTTP/1.1 200 OK\r\nContent-Length: {Length}\r\n\r\n");
                break;
            case "close":
                c.Send("HTTP/1.1 200 OK\r\n\r\n");
                break;
            case "chunked":
                c.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                break;
        }
        if (kind != "chunked")
        {
            c.Send(s_content);
            return;
        }
        // chunks around the size from which one is spliced
        var random = new Random(3);
        for (int at = 0; at < Length; )
        {
            int size = Math.Min(Length - at, random.Next(8) == 0 ? random.Next(1, 40_000) : 700_000);
            c.Send($"{size:x}\r\n");
            c.Send(s_content[at..(at + size)]);
            c.Send("\r\n");
            at += size;
        }
        c.Send("0\r\nX-Trailer: t\r\n\r\n");
    }

    [Trait("wire", "raw")]
    [Theory]
    [InlineData("tcp"), InlineData("length"), InlineData("close"), InlineData("chunked")]
    public void A_download_that_stalls_holds_a_pipe_and_arrives_whole(string kind)
    {
        OriginServer origin = Origin(c => Answer(c, kind));
        ProxyProcess proxy = Proxy(origin.Port, kind == "tcp" ? "tcp" : "http");
        using RawClient client = RawClient.Tcp(proxy.Port(), receiveBuffer: 65536);
        if (kind != "tcp")
            client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Eventually(() => Info("PipesUsed") == 1, "nothing was spliced");
        Thread.Sleep(50);
        byte[] got = kind == "tcp" ? client.ReadToEnd() : Encoding.Latin1.GetBytes(client.ReadResponse().Body);
        AssertWhole(got);
        Eventually(() => Info("PipesUsed") == 0, "a pipe was kept");
    }

    [Fact]
    public void An_upload_arrives_whole()
    {
        byte[] received = [];
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            Thread.Sleep(100);
            received = c.ReadBytes(Length);
            c.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            c.ReadToEnd();
        });
        ProxyProcess proxy = Proxy(origin.Port, "http");
        RawClient client = Connect(proxy);
        client.Send($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {Length}\r\n\r\n");
        client.Send(s_content);
        Assert.Equal("ok", client.ReadResponse().Body);
        AssertWhole(received);
        Eventually(() => Info("PipesUsed") == 0, "a pipe was kept");
    }

    /// <summary>What follows a spliced body on the same connection is a message of its own.</summary>
    [Fact]
    public void Messages_behind_a_spliced_body_are_seen()
    {
        OriginServer origin = HttpOrigin(head => $"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{new string(head[5], 100_000)}");
        RawClient client = Connect(Proxy(origin.Port, "http"));
        client.Send("GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\nGET /c HTTP/1.1\r\nHost: a\r\n\r\n");
        foreach (char name in "abc")
            Assert.Equal(new string(name, 100_000), client.ReadResponse().Body);
    }

    [Trait("wire", "raw")]
    [Theory]
    [InlineData("nosplice", null), InlineData("", "-dS"), InlineData("maxpipes 1", null)]
    public void Without_pipes_everything_goes_through_buffers(string global, string? argument)
    {
        OriginServer origin = Origin(c => Answer(c, "tcp"));
        ProxyProcess proxy = Proxy(origin.Port, "tcp", global, argument is null ? null : new ProxyOptions { Arguments = [argument] });
        int pipes = global == "maxpipes 1" ? 1 : 0;
        Assert.Equal(pipes, Info("Maxpipes"));
        using RawClient one = RawClient.Tcp(proxy.Port(), receiveBuffer: 65536),
            two = RawClient.Tcp(proxy.Port(), receiveBuffer: 65536);
        if (pipes > 0)
            Eventually(() => Info("PipesUsed") == pipes, "nothing was spliced");
        AssertWhole(two.ReadToEnd());
        AssertWhole(one.ReadToEnd());
        Eventually(() => Info("PipesUsed") == 0, "a pipe was kept");
    }

    [Trait("wire", "raw")]
    [Fact]
    public void A_client_that_leaves_gives_its_pipe_back()
    {
        OriginServer origin = Origin(c => Answer(c, "tcp"));
        ProxyProcess proxy = Proxy(origin.Port, "tcp");
        int before = proxy.DescriptorCount();
        for (int i = 0; i < 20; i++)
        {
            using RawClient client = RawClient.Tcp(proxy.Port(), receiveBuffer: 65536);
            Eventually(() => Info("PipesUsed") == 1, "nothing was spliced");
            client.Reset();
            Eventually(() => Info("PipesUsed") == 0, "a pipe was kept");
        }
        Eventually(() => proxy.DescriptorCount() <= before + 2, "descriptors are left over");
    }

    [Trait("wire", "raw")]
    [Fact]
    public void Sockets_of_the_unix_family_are_spliced_too()
    {
        OriginServer origin = Origin(c => Answer(c, "tcp"));
        ProxyProcess proxy = Start(
            Product.Baton,
            $$"""
            global
                stats socket ${dir}/s mode 600 level admin
            defaults
                mode tcp
                timeout connect 20s
                timeout client 20s
                timeout server 20s
            listen l
                bind unix@${dir}/front
                server s 127.0.0.1:{{origin.Port}}
            """
        );
        Assert.False(proxy.HasExited);
        using RawClient client = RawClient.Unix(System.IO.Path.Combine(Directory, "front"));
        AssertWhole(client.ReadToEnd());
    }

    [Trait("wire", "raw")]
    [Fact]
    public void What_a_pipe_holds_moves_to_the_next_process()
    {
        OriginServer origin = Origin(c => Answer(c, "tcp"));
        using var proxy = new Reloadable(
            """
            listen l
                mode tcp
                bind 127.0.0.1:${port}
                server s 127.0.0.1:${origin}
            """,
            origin.Port
        );
        proxy.Reload();
        using RawClient client = RawClient.Tcp(proxy.Port, receiveBuffer: 65536);
        Eventually(() => proxy.Info("PipesUsed") == 1, "nothing was spliced");
        for (int i = 0; i < 3; i++)
            Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        AssertWhole(client.ReadToEnd());
        Eventually(() => proxy.Info("PipesUsed") == 0, "a pipe was kept");
    }
}
