// A fault in the handling of one connection (an exception, thrown on purpose in each kind of handler) ends that connection: it is
// counted, told with its stack, and leaves no slot, no count and no limit behind it. The process goes on.
using System;
using System.Globalization;
using System.IO;
using System.Net.Sockets;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Life;

public sealed class FaultTests : Scenario
{
    [Theory]
    [InlineData("event=25", "Event")]
    [InlineData("timer=2", "Timer")]
    [InlineData("task=9", "Task")]
    [InlineData("queue=9", "Queue")]
    [InlineData("receive=30", "Receive")]
    [InlineData("send=30", "Send")]
    [InlineData("accept=12", "Accept")]
    [InlineData("choose=9", "Choose")]
    public void A_failing_handler_ends_its_connection_and_nothing_else(string faults, string place)
    {
        OriginServer origin = Origin(c =>
        {
            while (c.TryReadHead(out string head))
            {
                Thread.Sleep(3);
                c.Send($"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            }
        });
        ProxyProcess proxy = Start(
            Product.Baton,
            $$"""
            global
                nbthread 2
                stats socket ${dir}/cli mode 600 level admin
            defaults
                timeout connect 20s
                timeout client 300ms
                timeout server 2s
                timeout queue 2s
            frontend fe
                mode http
                maxconn 12
                bind 127.0.0.1:${p1}
                default_backend be
            backend be
                mode http
                server s 127.0.0.1:{{origin.Port}} maxconn 3
            listen relay
                mode tcp
                maxconn 12
                bind 127.0.0.1:${p2}
                server s 127.0.0.1:{{origin.Port}} maxconn 3
            """,
            new ProxyOptions { Faults = faults }
        );
        int served = 0;
        Load(proxy, place, ref served);
        Assert.False(proxy.HasExited, proxy.ErrorText);
        Assert.True(served > 30, $"{served} requests were served");
        Eventually(() => proxy.ErrorText.Contains($"injected at {place}", StringComparison.Ordinal), "no fault was told");
        Eventually(() => proxy.ErrorText.Contains("   at Baton.", StringComparison.Ordinal), "the fault has no stack");
        Assert.True(Sum("eint") > 0, "no fault was counted");
        Eventually(() => Sum("scur") + Sum("qcur") == 0, "sessions are left that nobody has");
        Assert.Equal(0, Info("CurrConns"));
        // limits are whole: as many as there may be get in at the same time, and all get a slot
        int before = served;
        for (int i = 0; i < 40; i++)
        {
            Session(proxy.Port("p1"), ref served);
            Session(proxy.Port("p2"), ref served);
        }
        Assert.True(served - before > 40, $"{served - before} requests were served afterwards");
    }

    /// <summary>Eight clients for a second and a half, two of them through the relay; longer on a busy machine.</summary>
    private static void Load(ProxyProcess proxy, string place, ref int served)
    {
        int count = 0;
        bool IsEnough() =>
            proxy.HasExited || Volatile.Read(ref count) > 30 && proxy.ErrorText.Contains($"injected at {place}", StringComparison.Ordinal);
        var threads = new Thread[8];
        long end = Environment.TickCount64 + 1500;
        for (int t = 0; t < threads.Length; t++)
        {
            int port = proxy.Port(t % 4 == 3 ? "p2" : "p1");
            threads[t] = new Thread(() =>
            {
                while (Environment.TickCount64 < end || !IsEnough() && Environment.TickCount64 < end + Patience.Ms)
                    Session(port, ref count);
            });
            threads[t].Start();
        }
        foreach (Thread thread in threads)
            thread.Join();
        served += count;
    }

    /// <summary>A few requests on one connection, and a while of silence now and then; whatever becomes of it.</summary>
    private static void Session(int port, ref int served)
    {
        try
        {
            using RawClient client = RawClient.Tcp(port);
            client.Socket.ReceiveTimeout = 3000;
            for (int i = 0; i < 4; i++)
            {
                client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
                for (int k = 0; k < 2; k++)
                    if (client.ReadResponse().Body == "ok")
                        Interlocked.Increment(ref served);
            }
            if (client.LocalPort % 8 == 0)
                client.ReadToEnd();
        }
        catch (SocketException) { }
        catch (IOException) { }
    }

    private string Command(string line)
    {
        // the runtime API's own connections are no exception
        for (int tries = 0; ; tries++)
        {
            try
            {
                using RawClient cli = RawClient.Unix(Path.Combine(Directory, "cli"));
                cli.Send(line + "\n");
                if (cli.ReadTextToEnd() is { Length: > 0 } answer)
                    return answer;
            }
            catch (SocketException) when (tries < 10) { }
            Assert.True(tries < 10, "no answer");
        }
    }

    private long Sum(string name)
    {
        string[] lines = Command("show stat").Split('\n');
        int column = Array.IndexOf(lines[0].Split(','), name);
        long sum = 0;
        for (int i = 1; i < lines.Length; i++)
            if (
                lines[i].Split(',') is { Length: > 20 } fields
                && long.TryParse(fields[column], NumberStyles.None, CultureInfo.InvariantCulture, out long n)
            )
                sum += n;
        return sum;
    }

    private long Info(string name)
    {
        foreach (string line in Command("show info").Split('\n'))
            if (line.StartsWith(name + ":", StringComparison.Ordinal))
                return long.Parse(line.AsSpan(name.Length + 1).Trim(), CultureInfo.InvariantCulture);
        return -1;
    }
}
