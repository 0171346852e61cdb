// The load generator itself: that every way to send is on the wire what its name says, that every way to fail is counted as what it
// is, and that a stall is charged to all who waited.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Threading;
using Baton.Lab.Runs;
using Baton.Lab.Stages;
using Xunit;

namespace Baton.LabTests;

public sealed class InjectTests : IDisposable
{
    private const string Answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private readonly string _directory = Directory.CreateTempSubdirectory("baton-inject-").FullName;
    private readonly List<Peer> _peers = [];

    private static string Program()
    {
        LabOptions o = LabOptions.Parse(["--method", "passed-sockets"]);
        Assert.Null(o.Error);
        return o.InjectProgram;
    }

    /// <summary>Runs it; its exit status, its JSON report and what it printed.</summary>
    private (int Status, JsonElement Report, string Text) Run(int port, params string[] options)
    {
        string json = Path.Combine(_directory, "report.json");
        (int status, string text) = Shell.Run([Program(), "--plain", "--json", json, .. options, $"127.0.0.1:{port}"]);
        Assert.True(status is 0 or 2, text);
        return (status, JsonDocument.Parse(File.ReadAllText(json)).RootElement, text);
    }

    private static long Number(JsonElement report, string name) => report.GetProperty(name).GetInt64();

    private static long Errors(JsonElement report, string kind = "total") => report.GetProperty("errors").GetProperty(kind).GetInt64();

    private Peer Serve(Action<Socket> script, bool fastOpen = false)
    {
        var peer = new Peer(script, fastOpen);
        _peers.Add(peer);
        return peer;
    }

    /// <summary>Answers requests until the client closes.</summary>
    private static void AnswerAll(Socket s)
    {
        while (ReadHead(s).Length > 0)
            s.Send(Encoding.ASCII.GetBytes(Answer));
    }

    private static string ReadHead(Socket s)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            int n = s.Receive(buffer);
            if (n == 0)
                break;
            text.Append(Encoding.ASCII.GetString(buffer, 0, n));
        }
        return text.ToString();
    }

    [Fact]
    public void A_connection_per_request_or_the_same_one_again()
    {
        Peer peer = Serve(AnswerAll);
        (int status, JsonElement report, _) = Run(peer.Port, "--requests", "50", "-n", "4");
        Assert.Equal((0, 50L, 50L), (status, Number(report, "requests"), Number(report, "opened")));
        (status, report, _) = Run(peer.Port, "--requests", "50", "-n", "4", "-k");
        Assert.Equal((0, 50L, 4L), (status, Number(report, "requests"), Number(report, "opened")));
    }

    /// <summary>Segments that came and those of them that had data, when the request was read: struct tcp_info of linux/tcp.h.</summary>
    private static (uint In, uint DataIn, int Options) Segments(Socket s)
    {
        const int TcpInfo = 11,
            OptionsAt = 5,
            SegmentsInAt = 140,
            DataSegmentsInAt = 152;
        byte[] info = new byte[232];
        s.GetRawSocketOption(6, TcpInfo, info);
        return (BitConverter.ToUInt32(info, SegmentsInAt), BitConverter.ToUInt32(info, DataSegmentsInAt), info[OptionsAt]);
    }

    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 1)]
    public void A_request_that_rides_on_the_ack_saves_a_segment(bool ride, int withoutData)
    {
        var seen = new List<int>();
        Peer peer = Serve(s =>
        {
            ReadHead(s);
            (uint all, uint data, _) = Segments(s);
            lock (seen)
                seen.Add((int)(all - data));
            s.Send(Encoding.ASCII.GetBytes(Answer));
        });
        (int status, _, string text) = Run(peer.Port, ["--requests", "20", "-n", "1", .. ride ? (string[])["-F"] : []]);
        Assert.True(status == 0, text);
        // the SYN, and without -F the empty ACK
        Assert.Equal(20, seen.Count);
        Assert.All(seen, n => Assert.Equal(withoutData, n));
    }

    [Fact]
    public void With_fast_open_the_request_rides_on_the_syn()
    {
        const int SynData = 32;
        // clients may by default (bit 1), servers may not (bit 2): there the option must at least not hurt
        bool servers = (int.Parse(File.ReadAllText("/proc/sys/net/ipv4/tcp_fastopen"), CultureInfo.InvariantCulture) & 2) != 0;
        int fast = 0;
        Peer peer = Serve(
            s =>
            {
                ReadHead(s);
                if ((Segments(s).Options & SynData) != 0)
                    Interlocked.Increment(ref fast);
                s.Send(Encoding.ASCII.GetBytes(Answer));
            },
            fastOpen: true
        );
        (int status, JsonElement report, string text) = Run(peer.Port, "--requests", "20", "-n", "1", "-T");
        Assert.True(status == 0, text);
        Assert.Equal(20, Number(report, "requests"));
        // the first one fetches the cookie
        if (servers)
            Assert.True(fast >= 18, $"{fast} of 20 with data on the SYN");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_connection_is_closed_with_a_reset_when_asked_for(bool reset)
    {
        int resets = 0,
            ends = 0;
        Peer peer = Serve(s =>
        {
            ReadHead(s);
            s.Send(Encoding.ASCII.GetBytes(Answer));
            try
            {
                if (s.Receive(new byte[10]) == 0)
                    Interlocked.Increment(ref ends);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
            {
                Interlocked.Increment(ref resets);
            }
        });
        (int status, _, string text) = Run(peer.Port, ["--requests", "20", "-n", "2", .. reset ? (string[])["-c"] : []]);
        Assert.True(status == 0, text);
        peer.Join();
        Assert.Equal(reset ? (20, 0) : (0, 20), (resets, ends));
    }

    [Fact]
    public void A_slow_client_sends_a_few_bytes_a_tick()
    {
        int largest = 0,
            pieces = 0,
            total = 0;
        Peer peer = Serve(s =>
        {
            byte[] buffer = new byte[4096];
            var text = new StringBuilder();
            while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                int n = s.Receive(buffer);
                if (n == 0)
                    return;
                largest = Math.Max(largest, n);
                total += n;
                pieces++;
                text.Append(Encoding.ASCII.GetString(buffer, 0, n));
            }
            s.Send(Encoding.ASCII.GetBytes(Answer));
        });
        (int status, JsonElement report, string text) = Run(
            peer.Port,
            "-m",
            "slow",
            "--requests",
            "1",
            "-n",
            "1",
            "--slow-bytes",
            "3",
            "--slow-tick",
            "20"
        );
        Assert.True(status == 0, text);
        Assert.Equal(1, Number(report, "requests"));
        Assert.True(pieces >= 10, $"{pieces} pieces");
        // what has waited for a busy reader comes together, but not most of it
        Assert.InRange(largest, 1, total / 2);
    }

    [Theory]
    [InlineData("http", "--body", "100000")]
    [InlineData("http", "--path", "/size/1000000", "--expect", "1000000", "--verify")]
    [InlineData("tunnel", "--body", "50000")]
    [InlineData("websocket", "--body", "60000")]
    public void Every_mode_works_against_its_own_origin(string mode, params string[] options)
    {
        using Process origin = Shell.Start([Program(), "serve", .. mode == "tunnel" ? (string[])["--echo"] : []]);
        try
        {
            string line = origin.StandardOutput.ReadLine()!;
            int port = int.Parse(line[(line.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);
            (int status, JsonElement report, string text) = Run(port, ["-m", mode, "-n", "3", "-k", "--requests", "60", .. options]);
            Assert.True(status == 0, text);
            Assert.Equal((60L, 3L), (Number(report, "requests"), Number(report, "opened")));
        }
        finally
        {
            origin.Kill();
            origin.WaitForExit();
        }
    }

    [Fact]
    public void Connections_come_from_many_addresses()
    {
        var from = new HashSet<string>();
        Peer peer = Serve(s =>
        {
            lock (from)
                from.Add(((IPEndPoint)s.RemoteEndPoint!).Address.ToString());
            AnswerAll(s);
        });
        Run(peer.Port, "--requests", "40", "-n", "2", "--sources", "10");
        Assert.Equal(Enumerable.Range(1, 10).Select(i => $"127.0.0.{i}").Order(), from.Order());
    }

    public static TheoryData<string, string> Failures =>
        new()
        {
            { "reset_before", "reset at once" },
            { "reset_after", "reset after the request" },
            { "timeout", "silence" },
            { "short", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nok" },
            { "wrong", "HTTP/1.1 503 No\r\nContent-Length: 2\r\n\r\nok" },
            { "wrong", "nonsense\r\n\r\n" },
        };

    [Theory, MemberData(nameof(Failures))]
    public void Every_failure_is_counted_as_what_it_is(string kind, string answer)
    {
        bool before = kind == "reset_before";
        Peer peer = Serve(s =>
        {
            // the head alone, while the body is still on its way
            if (before)
                s.Receive(new byte[10]);
            else
                ReadHead(s);
            if (answer == "silence")
            {
                ReadHead(s);
                return;
            }
            if (kind.StartsWith("reset", StringComparison.Ordinal))
            {
                s.LingerState = new LingerOption(true, 0);
                return;
            }
            s.Send(Encoding.ASCII.GetBytes(answer));
        });
        // a body the peer's buffers cannot hold is never completely out
        (int status, JsonElement report, string text) = Run(
            peer.Port,
            ["--requests", "5", "-n", "1", "--timeout", "200", .. before ? (string[])["--body", "100000000"] : []]
        );
        Assert.Equal(2, status);
        Assert.True(Errors(report, kind) == 5 && Errors(report) == 5, text);
        Assert.Equal(0, Number(report, "requests"));
    }

    [Fact]
    public void A_port_without_a_listener_refuses()
    {
        Peer peer = Serve(_ => { });
        peer.Dispose();
        (int status, JsonElement report, _) = Run(peer.Port, "--requests", "5", "-n", "1");
        Assert.Equal((2, 5L, 5L), (status, Errors(report, "refused"), Errors(report)));
    }

    /// <summary>One byte of an echo is another: every byte is looked at.</summary>
    [Fact]
    public void A_tunnel_finds_a_single_wrong_byte()
    {
        bool done = false;
        Peer peer = Serve(s =>
        {
            byte[] buffer = new byte[4096];
            for (int total = 0, n; (n = s.Receive(buffer)) > 0; total += n)
            {
                if (!done && total + n > 30_000)
                {
                    buffer[30_000 - total] ^= 1;
                    done = true;
                }
                s.Send(buffer.AsSpan(0, n));
            }
        });
        (_, JsonElement report, string text) = Run(peer.Port, "-m", "tunnel", "-n", "1", "--requests", "10", "--body", "10000");
        Assert.True(Errors(report, "wrong") == 1 && Number(report, "requests") == 9, text);
    }

    /// <summary>A second of silence in the middle: in an open loop all that was due in it is late, not one request a connection.</summary>
    [Fact]
    public void A_stall_is_charged_to_everybody_who_had_to_wait()
    {
        int served = 0;
        Peer peer = Serve(s =>
        {
            while (ReadHead(s).Length > 0)
            {
                if (Interlocked.Increment(ref served) == 300)
                    Thread.Sleep(1000);
                s.Send(Encoding.ASCII.GetBytes(Answer));
            }
        });
        (int status, JsonElement report, string text) = Run(peer.Port, "-k", "-n", "1", "--rate", "500", "--duration", "3");
        Assert.True(status == 0, text);
        // due while it was stalled: 500 of 1500, half of them later than half a second
        Assert.True(report.GetProperty("latency_us").GetProperty("p90").GetInt64() > 400_000, text);
        Assert.True(report.GetProperty("latency_us").GetProperty("max").GetInt64() > 900_000, text);
    }

    [Fact]
    public void What_is_under_way_at_the_end_is_told_apart_and_every_interval_has_its_row()
    {
        Peer peer = Serve(s =>
        {
            ReadHead(s);
            ReadHead(s);
        });
        string csv = Path.Combine(_directory, "report.csv");
        (int status, JsonElement report, string text) = Run(peer.Port, "-n", "3", "--duration", "1", "--interval", "200", "--csv", csv);
        Assert.Equal((0, 0L, 3L), (status, Number(report, "requests"), Number(report, "unfinished")));
        Assert.Contains("unfinished at the end: 3", text);
        string[] rows = File.ReadAllLines(csv);
        Assert.StartsWith("at_ms,requests,opened,", rows[0]);
        Assert.InRange(rows.Length, 5, 7);
        Assert.Equal(rows.Length - 1, report.GetProperty("intervals").GetArrayLength());
    }

    [Theory]
    [InlineData("--rate", "many", "127.0.0.1:1")]
    [InlineData("--no-such-option", "", "127.0.0.1:1")]
    [InlineData("-n", "5", "nowhere")]
    public void A_wrong_word_is_named(string option, string value, string target)
    {
        (int status, string text) = Shell.Run([Program(), option, .. value.Length > 0 ? (string[])[value] : [], target]);
        Assert.Equal(1, status);
        Assert.Contains(
            value.Length > 0 && target != "nowhere" ? value
                : target == "nowhere" ? target
                : option,
            text
        );
    }

    public void Dispose()
    {
        foreach (Peer peer in _peers)
            peer.Dispose();
        Directory.Delete(_directory, true);
    }

    /// <summary>A server with a thread a connection, closed when its script ends.</summary>
    private sealed class Peer : IDisposable
    {
        private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly List<Thread> _threads = [];

        public Peer(Action<Socket> script, bool fastOpen)
        {
            const int TcpFastOpen = 23;
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            if (fastOpen)
                _listener.SetRawSocketOption(6, TcpFastOpen, BitConverter.GetBytes(100));
            _listener.Listen(512);
            Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
            new Thread(() =>
            {
                try
                {
                    while (true)
                    {
                        Socket s = _listener.Accept();
                        s.NoDelay = true;
                        var thread = new Thread(() =>
                        {
                            using (s)
                                try
                                {
                                    script(s);
                                }
                                catch (SocketException) { }
                        })
                        {
                            IsBackground = true,
                        };
                        lock (_threads)
                            _threads.Add(thread);
                        thread.Start();
                    }
                }
                catch (SocketException) { }
                catch (ObjectDisposedException) { }
            })
            {
                IsBackground = true,
            }.Start();
        }

        public int Port { get; }

        /// <summary>Waits for the scripts of all connections so far.</summary>
        public void Join()
        {
            Thread[] threads;
            lock (_threads)
                threads = [.. _threads];
            foreach (Thread thread in threads)
                Assert.True(thread.Join(5000));
        }

        public void Dispose() => _listener.Dispose();
    }
}
