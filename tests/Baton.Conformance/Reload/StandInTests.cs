// The new process stops answering while the old one stands by: it was stopped (SIGSTOP), or hangs. The old one accepts for
// it, and steps aside when it is there again.
using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Reload;

public sealed class StandInTests
{
    private const int SIGCONT = 18,
        SIGSTOP = 19,
        SIGKILL = 9;

    private const string Web = """
        frontend web
            mode http
            bind 127.0.0.1:${port}
            http-request return status 200 content-type text/plain string hello
        """;

    /// <summary>Longer than the probation, at its beginning and later: nobody may be left without an answer.</summary>
    [Theory]
    [InlineData(0, 1)]
    [InlineData(30, 1)]
    [InlineData(120, 2)]
    public void While_the_new_process_does_not_answer_the_old_one_accepts(int afterMs, int threads)
    {
        using var proxy = new Reloadable(Web, global: $"nbthread {threads}\n    handover-probation 3s");
        proxy.Reload();
        int old = proxy.Reload(),
            next = proxy.Pid;
        Thread.Sleep(afterMs);
        Stop(next);
        for (int i = 0; i < 35; i++)
        {
            Assert.Null(RequestLoad.Request(proxy.Port));
            Thread.Sleep(100);
        }
        Assert.True(Reloadable.IsAlive(old), "the old process has left while the new one does not answer");
        Inheritance.Signal(next, SIGCONT);
        Reloadable.WaitGone(old, Patience.Ms);
        Assert.Null(RequestLoad.Request(proxy.Port));
        Assert.Equal(next, proxy.Pid);
        // and the next reload is like any other
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        Assert.Null(RequestLoad.Request(proxy.Port));
    }

    [Fact]
    public void A_process_that_dies_while_it_is_stopped_is_replaced_by_the_old_one()
    {
        using var proxy = new Reloadable(Web, global: "handover-probation 3s");
        proxy.Reload();
        int old = proxy.Reload(),
            next = proxy.Pid;
        Stop(next);
        Thread.Sleep(3500);
        Inheritance.Signal(next, SIGKILL);
        for (int i = 0; i < 20; i++)
            Assert.Null(RequestLoad.Request(proxy.Port));
        Assert.True(Reloadable.IsAlive(old));
    }

    /// <summary>What the old process has accepted meanwhile moves when the new one is there again.</summary>
    [Fact]
    public void Connections_that_the_stand_in_accepted_move()
    {
        using var proxy = new Reloadable(Web, global: "handover-probation 3s");
        proxy.Reload();
        int old = proxy.Reload(),
            next = proxy.Pid;
        Stop(next);
        Thread.Sleep(500);
        using var kept = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveTimeout = Patience.Ms,
        };
        kept.Connect(IPAddress.Loopback, proxy.Port);
        Exchange(kept);
        Exchange(kept);
        Inheritance.Signal(next, SIGCONT);
        Reloadable.WaitGone(old, Patience.Ms);
        Exchange(kept);
    }

    /// <summary>A thread that has not been scheduled since the signal may still accept, and then has the connection with it.</summary>
    private static void Stop(int pid)
    {
        Inheritance.Signal(pid, SIGSTOP);
        foreach (string task in Directory.GetDirectories($"/proc/{pid}/task"))
            for (int i = 0; i < 1000 && !File.ReadAllText(task + "/stat").Contains(") T ", StringComparison.Ordinal); i++)
                Thread.Sleep(1);
    }

    private static void Exchange(Socket socket)
    {
        socket.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8);
        byte[] buffer = new byte[4096];
        int n = socket.Receive(buffer);
        string text = System.Text.Encoding.ASCII.GetString(buffer, 0, n);
        Assert.StartsWith("HTTP/1.1 200", text, StringComparison.Ordinal);
        Assert.DoesNotContain("close", text, StringComparison.Ordinal);
    }
}
