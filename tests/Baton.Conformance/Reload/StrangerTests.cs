// Peers that nobody asked for: other users at a handover socket that is open to all, those who send what makes no sense, and
// an "old process" that claims to be another one. They get nothing, keep nothing, and cost nothing that lasts.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Reload;

public sealed partial class StrangerTests : Scenario
{
    private const int Nobody = 65534;

    [LibraryImport("libc")]
    private static partial nint syscall(nint number, nint a, nint b, nint c);

    [LibraryImport("libc")]
    private static partial int geteuid();

    [LibraryImport("libc")]
    private static partial int dup(int fd);

    [LibraryImport("libc")]
    private static partial int close(int fd);

    private static readonly byte[] s_hello = Frame(1, [1, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0], 50);

    private static byte[] Frame(ushort type, byte[] payload, ushort descriptors, int length = -1) =>
        [
            .. BitConverter.GetBytes(type),
            .. BitConverter.GetBytes(descriptors),
            .. BitConverter.GetBytes(length < 0 ? payload.Length : length),
            .. payload,
        ];

    /// <summary>Runs an action on a thread that is another user: the kernel keeps user ids for each thread.</summary>
    private static void AsNobody(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            const int setresuid = 117;
            Assert.Equal(0, syscall(setresuid, Nobody, Nobody, Nobody));
            try
            {
                action();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
            throw failure;
    }

    private ProxyProcess Open(out string path)
    {
        Assert.SkipWhen(geteuid() != 0 || RuntimeInformation.ProcessArchitecture != Architecture.X64, "takes another user");
        File.SetUnixFileMode(Directory, (UnixFileMode)0b111_101_101);
        ProxyProcess proxy = Start(
            Product.Baton,
            """
            global
                nbthread 2
                stats socket ${dir}/open mode 666 level user expose-fd listeners
                stats maxconn 2000
            frontend fe
                mode http
                timeout client 60s
                bind 127.0.0.1:${p1}
                http-request return status 200
            """
        );
        path = Path.Combine(Directory, "open");
        return proxy;
    }

    private static Socket Connect(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        {
            ReceiveTimeout = Patience.Ms,
            SendTimeout = Patience.Ms,
        };
        socket.Connect(new UnixDomainSocketEndPoint(path));
        return socket;
    }

    private static int Threads(int pid) => System.IO.Directory.GetDirectories($"/proc/{pid}/task").Length;

    [Fact]
    public void Another_user_is_refused_before_anything_of_his_is_kept()
    {
        ProxyProcess proxy = Open(out string path);
        int descriptors = proxy.DescriptorCount(),
            threads = Threads(proxy.Pid);
        var open = new List<Socket>();
        int[] gift = new int[50];
        for (int i = 0; i < gift.Length; i++)
            gift[i] = dup(0);
        int most = 0;
        AsNobody(() =>
        {
            for (int i = 0; i < 200; i++)
            {
                Socket stranger = Connect(path);
                open.Add(stranger);
                DescriptorSocket.Send(stranger, "_handover\n"u8, i % 2 == 0 ? gift : []);
                if (i < 100)
                    DescriptorSocket.Send(stranger, i % 3 == 0 ? Frame(1, [], 0, 64 << 20) : s_hello, gift);
                most = Math.Max(most, Threads(proxy.Pid));
            }
            byte[] answer = new byte[200];
            int n = open[0].Receive(answer);
            Assert.Equal("BATON-HANDOVER\n", Encoding.ASCII.GetString(answer, 0, 15));
            Assert.Contains("not the same user", Encoding.UTF8.GetString(answer, 15, n - 15));
            // it is over, with a reset because nothing he has sent was read
            try
            {
                Assert.Equal(0, open[0].Receive(answer));
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset) { }
        });
        Assert.InRange(most, 1, threads);
        Eventually(() => proxy.DescriptorCount() <= descriptors, "descriptors stay behind");
        foreach (Socket socket in open)
            socket.Dispose();
        foreach (int fd in gift)
            close(fd);
        Assert.Equal(200, Connect(proxy).Get().Status);
    }

    [Fact]
    public void Who_asks_for_sockets_and_does_not_take_them_costs_no_thread()
    {
        ProxyProcess proxy = Open(out string path);
        int descriptors = proxy.DescriptorCount(),
            threads = Threads(proxy.Pid),
            taken = 0;
        var open = new List<Socket>();
        AsNobody(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                open.Add(Connect(path));
                DescriptorSocket.Send(open[i], "_getsocks\n"u8, []);
            }
            foreach (Socket socket in open)
            {
                try
                {
                    if (socket.Receive(new byte[4]) == 4)
                        taken++;
                }
                catch (SocketException) { }
            }
        });
        Assert.InRange(Threads(proxy.Pid), 1, threads);
        Assert.InRange(taken, 1, 8);
        // strangers are not in the way of whoever may take over
        using (Socket friend = Connect(path))
        {
            DescriptorSocket.Send(friend, "_getsocks\n"u8, []);
            Assert.Equal(4, DescriptorSocket.Receive(friend, new byte[4], out _));
            byte[] described = new byte[64];
            Assert.Equal(12, DescriptorSocket.Receive(friend, described, out int[] sockets));
            Assert.Equal(new byte[12], described[..12]);
            Assert.Equal(2, sockets.Length);
            DescriptorSocket.Close(sockets);
            DescriptorSocket.Send(friend, new byte[4], []);
            Assert.Equal(0, DescriptorSocket.Receive(friend, described, out _));
        }
        foreach (Socket socket in open)
            socket.Dispose();
        Eventually(() => proxy.DescriptorCount() <= descriptors, "descriptors stay behind");
    }

    /// <summary>BATON_STRANGERS=N makes N conversations instead of a few hundred.</summary>
    [Fact]
    public void Whatever_a_peer_sends_leaves_descriptors_threads_and_memory_as_they_were()
    {
        ProxyProcess proxy = Open(out string path);
        int rounds = int.TryParse(Environment.GetEnvironmentVariable("BATON_STRANGERS"), out int n) ? n : 400;
        int seed = Environment.TickCount,
            descriptors = 0,
            threads = 0;
        var random = new Random(seed);
        int[] gift = new int[253];
        for (int i = 0; i < gift.Length; i++)
            gift[i] = dup(0);
        long resident = 0;
        for (int round = 0; round < rounds; round++)
        {
            // the first rounds warm up what is kept for the next
            if (round == rounds / 10)
                (descriptors, threads, resident) = (Settled(proxy), Threads(proxy.Pid), proxy.ResidentBytes());
            Converse(path, random, gift);
        }
        foreach (int fd in gift)
            close(fd);
        Eventually(
            () => proxy.DescriptorCount() <= descriptors,
            $"seed {seed}: {proxy.DescriptorCount()} descriptors after {descriptors}",
            8000
        );
        Eventually(() => Threads(proxy.Pid) <= threads, $"seed {seed}: {Threads(proxy.Pid)} threads after {threads}");
        Assert.True(proxy.ResidentBytes() < resident + (12 << 20), $"seed {seed}: {resident} bytes, then {proxy.ResidentBytes()}");
        Assert.Equal(200, Connect(proxy).Get().Status);
    }

    private static int Settled(ProxyProcess proxy)
    {
        int before = proxy.DescriptorCount();
        for (int i = 0; i < 100; i++)
        {
            Thread.Sleep(10);
            int now = proxy.DescriptorCount();
            if (now == before && i > 10)
                break;
            before = now;
        }
        return before;
    }

    /// <summary>A conversation that goes right for a few steps and then wrong, with descriptors where none belong.</summary>
    private static void Converse(string path, Random random, int[] gift)
    {
        using Socket peer = Connect(path);
        try
        {
            if (random.Next(8) == 0)
            {
                DescriptorSocket.Send(peer, "_getsocks\n"u8, gift.AsSpan(0, random.Next(20)));
                return;
            }
            DescriptorSocket.Send(peer, "_handover\n"u8, gift.AsSpan(0, random.Next(3) * random.Next(100)));
            int good = random.Next(4);
            if (good > 0)
                DescriptorSocket.Send(
                    peer,
                    s_hello.AsSpan(0, random.Next(4) == 0 ? random.Next(s_hello.Length) + 1 : s_hello.Length),
                    gift.AsSpan(0, 50)
                );
            if (good > 1)
                DescriptorSocket.Send(peer, Frame(3, [], (ushort)random.Next(5)), gift.AsSpan(0, random.Next(5)));
            byte[] junk = new byte[random.Next(60)];
            random.NextBytes(junk);
            int told = random.Next(3) switch
            {
                0 => junk.Length,
                1 => random.Next(),
                _ => -random.Next(),
            };
            DescriptorSocket.Send(
                peer,
                Frame((ushort)random.Next(20), junk, (ushort)random.Next(300), told),
                gift.AsSpan(0, random.Next(254))
            );
            peer.ReceiveTimeout = 20;
            if (random.Next(4) == 0)
                peer.Receive(new byte[4096]);
        }
        catch (SocketException) { }
    }

    /// <summary>An old process that gives another one's number has that one signalled when the conversation breaks.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Nobody_is_signalled_because_a_peer_claims_to_be_him(bool everybody)
    {
        using var daemons = new Daemons();
        using Process victim = Process.Start("sleep", "60");
        string path = Path.Combine(daemons.Directory, "old");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(64);
        int claimed = everybody ? -1 : victim.Id;
        // in a namespace of its own -1 is nobody but what this start itself is
        new Thread(() => ActAsOld(listener, claimed)) { IsBackground = true }.Start();
        string config = daemons.Write("", $"frontend fe\n    bind 127.0.0.1:{Ports.Free()}\n    http-request return status 200");
        string[] start = [Products.Path(Product.Baton), "-db", "-f", config, "-x", path, "-sf", "4194303"];
        string script = everybody
            ? "sleep 60 & v=$!; timeout 2 \"$0\" \"$@\" 2>/dev/null; kill -0 $v && echo alive; kill $v"
            : "timeout 2 \"$0\" \"$@\" 2>/dev/null; echo alive";
        (_, string output) = Run(
            "timeout",
            [
                "-s",
                "KILL",
                "15",
                "unshare",
                .. everybody ? (string[])["-p", "--mount-proc"] : ["-m"],
                "-f",
                "--kill-child",
                "sh",
                "-c",
                script,
                .. start,
            ]
        );
        Assert.Contains("alive", output);
        Assert.False(victim.HasExited);
        victim.Kill();
    }

    private static void ActAsOld(Socket listener, int claimed)
    {
        while (true)
        {
            try
            {
                Socket peer = listener.Accept();
                new Thread(() =>
                {
                    using (peer)
                        Answer(listener, peer, claimed);
                })
                {
                    IsBackground = true,
                }.Start();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    /// <summary>A handover that breaks off when the new process says that it accepts; the sockets are asked for meanwhile.</summary>
    private static void Answer(Socket listener, Socket peer, int claimed)
    {
        byte[] command = new byte[256];
        try
        {
            int n = peer.Receive(command);
            if (!Encoding.ASCII.GetString(command, 0, n).StartsWith("_handover", StringComparison.Ordinal))
            {
                // one listening socket, which nothing claims
                DescriptorSocket.Send(peer, [1, 0, 0, 0], []);
                DescriptorSocket.Send(peer, new byte[6], [(int)listener.Handle]);
                peer.Receive(command);
                return;
            }
            DescriptorSocket.Send(peer, "BATON-HANDOVER\n"u8, []);
            peer.Receive(command);
            DescriptorSocket.Send(
                peer,
                Frame(1, [1, 0, 1, 0, .. BitConverter.GetBytes(claimed), 0, 0, 1, 0, .. BitConverter.GetBytes(4194303)], 0),
                []
            );
            peer.Receive(command);
            DescriptorSocket.Send(peer, Frame(5, [], 0), []);
            peer.Receive(command);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException) { }
    }
}
