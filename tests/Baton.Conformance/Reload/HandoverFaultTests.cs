// The next process fails at every point of the handover, or talks nonsense: the old one goes on as if nothing had been.
using System;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;
using static Baton.Conformance.Reload.ScriptedSuccessor;

namespace Baton.Conformance.Reload;

public sealed class HandoverFaultTests
{
    private const string Web = """
        frontend web
            mode http
            bind 127.0.0.1:${port}
            http-request return status 200 content-type text/plain string hello
        """;

    /// <summary>The points after which the next process dies, in order.</summary>
    private static readonly Action<ScriptedSuccessor>[] s_steps =
    [
        _ => { },
        p => p.ReadGreeting(),
        p => p.SendHello(1, 1, "counters", "servers"),
        p => p.ReadUntil(Hello),
        p => p.Send(Prepared),
        p => p.ReadUntil(StateEnd),
        p => p.Send(Accepting, 0, 0, 0, 0),
        p => p.ReadUntil(Stopped),
        p => p.ReadUntil(Connections),
        p => p.Send(Claimed, 1),
        p => p.ReadUntil(Swept),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(11)]
    public void The_old_process_serves_on_when_the_next_one_dies(int steps)
    {
        using var proxy = new Reloadable(Web);
        proxy.Reload();
        int pid = proxy.Pid;
        using Socket kept = Connect(proxy.Port);
        Exchange(kept);
        using (var successor = new ScriptedSuccessor(proxy.Socket))
            for (int i = 0; i < steps; i++)
                s_steps[i](successor);
        using Socket fresh = Connect(proxy.Port);
        Exchange(fresh);
        // what the dead process had been given up to is gone with it; everything else lives
        if (steps < 11)
            Exchange(kept);
        Thread.Sleep(700);
        Exchange(fresh);
        Assert.True(Reloadable.IsAlive(pid));
        // and can still be reloaded
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        Exchange(fresh);
    }

    [Fact]
    public void A_batch_that_is_refused_stays()
    {
        using var proxy = new Reloadable(Web);
        proxy.Reload();
        using Socket kept = Connect(proxy.Port);
        Exchange(kept);
        using (var successor = new ScriptedSuccessor(proxy.Socket))
        {
            for (int i = 0; i < 9; i++)
                s_steps[i](successor);
            successor.Send(Claimed, 0);
            successor.ReadUntil(Swept);
            Exchange(kept);
        }
        Exchange(kept);
    }

    [Fact]
    public void After_the_probation_the_old_process_leaves_although_the_next_one_dies()
    {
        using var proxy = new Reloadable(Web, global: "handover-probation 200ms");
        proxy.Reload();
        int pid = proxy.Pid;
        using (var successor = new ScriptedSuccessor(proxy.Socket))
        {
            for (int i = 0; i < 8; i++)
                s_steps[i](successor);
            successor.ReadUntil(Done);
        }
        Reloadable.WaitGone(pid, Patience.Ms);
    }

    [Fact]
    public void Release_ends_the_probation_at_once()
    {
        using var proxy = new Reloadable(Web, global: "handover-probation 60s");
        proxy.Reload();
        int pid = proxy.Pid;
        using var successor = new ScriptedSuccessor(proxy.Socket);
        for (int i = 0; i < 8; i++)
            s_steps[i](successor);
        successor.Send(Release);
        successor.ReadUntil(Done);
        Reloadable.WaitGone(pid, 2000);
    }

    [Fact]
    public void A_newer_neighbour_with_unknown_frames_and_participants_is_understood()
    {
        using var proxy = new Reloadable(Web, global: "handover-probation 100ms");
        proxy.Reload();
        int pid = proxy.Pid;
        using var successor = new ScriptedSuccessor(proxy.Socket);
        successor.ReadGreeting();
        successor.Send(900, 1, 2, 3);
        successor.SendHello(2, 1, "counters", "future-state");
        successor.ReadUntil(Hello);
        successor.Send(901);
        successor.Send(Prepared);
        successor.ReadUntil(StateEnd);
        successor.Send(902, 9);
        successor.Send(Accepting, 0, 0, 0, 0);
        successor.ReadUntil(Stopped);
        successor.Send(903, 9);
        successor.ReadUntil(Done);
        Reloadable.WaitGone(pid, 2000);
    }

    [Fact]
    public void A_neighbour_that_is_too_new_is_refused()
    {
        using var proxy = new Reloadable(Web);
        proxy.Reload();
        using var successor = new ScriptedSuccessor(proxy.Socket);
        successor.ReadGreeting();
        successor.SendHello(9, 8, "counters");
        Assert.Equal(Refuse, successor.Read().Type);
        using Socket fresh = Connect(proxy.Port);
        Exchange(fresh);
    }

    [Fact]
    public void Hostile_frames_harm_nothing()
    {
        using var proxy = new Reloadable(Web);
        proxy.Reload();
        int pid = proxy.Pid;
        using Socket kept = Connect(proxy.Port);
        var random = new Random(4711);
        for (int round = 0; round < 60; round++)
        {
            using (var successor = new ScriptedSuccessor(proxy.Socket))
            {
                successor.ReadGreeting();
                int good = random.Next(7);
                try
                {
                    for (int i = 2; i < 2 + good && i < 7; i++)
                        s_steps[i](successor);
                    byte[] junk = new byte[random.Next(40)];
                    random.NextBytes(junk);
                    switch (round % 4)
                    {
                        case 0:
                            successor.Raw(junk);
                            break;
                        case 1:
                            successor.SendHeader(random.Next(1, 16), int.MaxValue, junk);
                            break;
                        case 2:
                            successor.SendHeader(random.Next(1, 16), -1, junk);
                            break;
                        default:
                            successor.SendHeader(random.Next(1, 16), junk.Length, junk);
                            break;
                    }
                }
                catch (Exception e) when (e is SocketException or System.IO.InvalidDataException or System.IO.EndOfStreamException) { }
            }
            Exchange(kept);
        }
        using Socket fresh = Connect(proxy.Port);
        Exchange(fresh);
        Assert.Equal(pid, proxy.Pid);
        Assert.True(Reloadable.IsAlive(pid));
    }

    [Fact]
    public void A_second_successor_is_told_to_wait_for_its_turn()
    {
        using var proxy = new Reloadable(Web);
        proxy.Reload();
        using var first = new ScriptedSuccessor(proxy.Socket);
        for (int i = 1; i < 4; i++)
            s_steps[i](first);
        using var second = new ScriptedSuccessor(proxy.Socket);
        second.ReadGreeting();
        second.SendHello(1, 1, "counters");
        Assert.Equal(Busy, second.Read().Type);
    }

    private static Socket Connect(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveTimeout = Patience.Ms,
        };
        socket.Connect(IPAddress.Loopback, port);
        return socket;
    }

    private static void Exchange(Socket socket)
    {
        socket.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8);
        byte[] buffer = new byte[4096];
        int n = socket.Receive(buffer);
        string text = Encoding.ASCII.GetString(buffer, 0, n);
        Assert.StartsWith("HTTP/1.1 200", text, StringComparison.Ordinal);
        Assert.EndsWith("hello", text, StringComparison.Ordinal);
    }
}
