// The handover with a fault at every boundary between two frames: either process killed, stopped for a while, or the frame
// itself late. Every round is a reload with live connections, and what has to be true afterwards is checked on the wire.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Reload;

public sealed class FrameBoundaryTests
{
    public enum Fault
    {
        None,
        NewKilled,
        OldKilled,
        NewStopped,
        OldStopped,
        FrameLate,
    }

    private const int SigKill = 9,
        SigContinue = 18,
        SigStop = 19,
        Prepared = 3,
        Claimed = 9,
        Commit = 10,
        Withdraw = 11,
        Done = 14;

    /// <summary>Longer than the deadline for a batch (250 ms), so that the other side does not wait for it.</summary>
    private const int HiccupMs = 400;

    /// <summary>More boundaries than one conversation has; rounds beyond the last are plain reloads.</summary>
    private const int Boundaries = 20;

    [Theory]
    [InlineData(Fault.None)]
    [InlineData(Fault.NewKilled)]
    [InlineData(Fault.OldKilled)]
    [InlineData(Fault.NewStopped)]
    [InlineData(Fault.OldStopped)]
    [InlineData(Fault.FrameLate)]
    public void Whatever_happens_at_whatever_frame_nothing_acknowledged_is_lost(Fault fault)
    {
        var failures = new List<string>();
        int next = 0,
            last = fault == Fault.None ? 1 : Boundaries;
        // threads of their own: the echo origins live on the pool's
        var threads = new Thread[Math.Min(4, last)];
        for (int i = 0; i < threads.Length; i++)
        {
            (
                threads[i] = new Thread(() =>
                {
                    for (int boundary; (boundary = Interlocked.Increment(ref next)) <= last; )
                    {
                        using var round = new Round(fault, boundary);
                        try
                        {
                            round.Run();
                        }
                        catch (Exception e)
                        {
                            lock (failures)
                                failures.Add($"{fault} at frame {boundary} ({round.Story}): {e.Message}");
                        }
                    }
                })
            ).Start();
        }
        foreach (Thread thread in threads)
            thread.Join();
        Assert.True(failures.Count == 0, string.Join("\n", failures));
    }

    /// <summary>One reload, one fault.</summary>
    private sealed class Round(Fault fault, int boundary) : IDisposable
    {
        private readonly string _directory = Directory.CreateTempSubdirectory("baton-frames-").FullName;
        private readonly int _web = Ports.Free(),
            _tcp = Ports.Free();
        private readonly List<int> _frames = [];
        private readonly ManualResetEventSlim _done = new();
        private Process? _old,
            _new;

        /// <summary>The frames as they passed.</summary>
        public string Story
        {
            get
            {
                lock (_frames)
                    return string.Join(' ', _frames);
            }
        }

        public void Run()
        {
            using var echo = new EchoLoad();
            string config = Write(echo.OriginPort);
            _old = Start("-f", config);
            WaitFor(() => RequestLoad.Request(_web) is null, "the first process");
            using Socket kept = Connect(_web),
                tunnel = Connect(_tcp),
                half = Connect(_web);
            Exchange(kept, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            Echo(tunnel, "before");
            half.Send("GET / HTTP/1.1\r\nHo"u8);
            using var relay = new HandoverRelay(Path.Combine(_directory, "relay"), Path.Combine(_directory, "s"), OnFrame);
            var load = new RequestLoad(_web, 1);
            _new = Start("-f", config, "-x", Path.Combine(_directory, "relay"), "-sf", _old.Id.ToString(CultureInfo.InvariantCulture));
            bool struck = WaitFor(() => _struckAt > 0 || (_done.IsSet || _new.HasExited) && !_striking, "the fault");
            Judge(load, kept, tunnel, half, struck && _struckAt > 0);
        }

        /// <summary>Set before the fault, as it may be what ends the process; <see cref="_struckAt"/> is set after it.</summary>
        private volatile bool _striking;

        private volatile int _struckAt;
        private int _struckType;

        private bool Passed(int type)
        {
            lock (_frames)
                return _frames.Contains(type);
        }

        private int Count(int type)
        {
            lock (_frames)
                return _frames.Count(f => f == type);
        }

        private void OnFrame(RelayedFrame frame)
        {
            bool strikes = frame.Number == boundary && fault != Fault.None;
            if (strikes)
            {
                _struckType = frame.Type;
                _striking = true;
                switch (fault)
                {
                    case Fault.NewKilled:
                        Kill(_new!);
                        break;
                    case Fault.OldKilled:
                        Kill(_old!);
                        break;
                    case Fault.NewStopped:
                        Hiccup(_new!);
                        break;
                    case Fault.OldStopped:
                        Hiccup(_old!);
                        break;
                    default:
                        Thread.Sleep(HiccupMs);
                        break;
                }
            }
            lock (_frames)
                _frames.Add(frame.Type);
            if (strikes)
                _struckAt = frame.Number;
            if (frame.Type == Done)
                _done.Set();
        }

        private static void Kill(Process process) => Inheritance.Signal(process.Id, SigKill);

        private static void Hiccup(Process process)
        {
            Inheritance.Signal(process.Id, SigStop);
            Thread.Sleep(HiccupMs);
            Inheritance.Signal(process.Id, SigContinue);
        }

        private void Judge(RequestLoad load, Socket kept, Socket tunnel, Socket half, bool struck)
        {
            bool killed = struck && fault is Fault.NewKilled or Fault.OldKilled;
            // nothing was prepared yet: the new process has nothing to go on with, says so, and the killed one was the only one
            bool nobodyLeft =
                struck && fault == Fault.OldKilled && !Passed(Prepared) && _struckType != Prepared && _new!.WaitForExit(Patience.Ms);
            if (nobodyLeft)
            {
                load.Stop();
                Assert.Contains("Failed to get the sockets", _new!.StandardError.ReadToEnd());
                return;
            }
            if (!killed)
                Assert.False(_new!.HasExited, "the new process has left: " + (_new.HasExited ? _new.StandardError.ReadToEnd() : ""));
            // Done may have been on its way when the fault struck: the probation was over, the one that died was the only one in charge
            bool Over() => killed && fault == Fault.NewKilled && Passed(Done);
            WaitFor(() => Over() || RequestLoad.Request(_web) is null, "an answer");
            if (Over())
            {
                load.Stop();
                return;
            }
            bool connectionsLive = !killed || SurviveTheKill();
            if (connectionsLive)
                Echo(tunnel, "after");
            if (connectionsLive)
                Exchange(kept, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            if (connectionsLive)
                Exchange(half, "st: a\r\n\r\n");
            (_, int failed, string? why) = load.Stop();
            Assert.Equal(0, load.Refused);
            Assert.True(failed <= (killed ? 1 : 0), $"{failed} requests failed: {why}");
        }

        /// <summary>
        /// Whether the connections have to outlive a kill: the old process's until Commit, the new one's from Claimed on. In between
        /// both could go on with it, and exactly one does.
        /// </summary>
        private bool SurviveTheKill()
        {
            bool committed = Count(Commit) > 0 || _struckType == Commit;
            // a claim that comes after the batch was taken back is void
            return fault == Fault.NewKilled ? !committed : Count(Claimed) > Count(Withdraw);
        }

        private string Write(int origin)
        {
            string path = Path.Combine(_directory, "cfg");
            File.WriteAllText(
                path,
                $"""
                global
                    nbthread 1
                    handover-probation 1500ms
                    stats socket {_directory}/s mode 600 level admin expose-fd listeners
                defaults
                    timeout connect 20s
                    timeout client 30s
                    timeout server 30s
                frontend web
                    mode http
                    bind 127.0.0.1:{_web}
                    http-request return status 200 content-type text/plain string hello
                frontend tcp
                    mode tcp
                    bind 127.0.0.1:{_tcp}
                    default_backend echo
                backend echo
                    mode tcp
                    server s 127.0.0.1:{origin}

                """
            );
            return path;
        }

        private static Process Start(params string[] arguments) =>
            Process.Start(new ProcessStartInfo(Products.Path(Product.Baton), ["-db", .. arguments]) { RedirectStandardError = true })!;

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

        private static void Exchange(Socket socket, string request)
        {
            socket.Send(Encoding.ASCII.GetBytes(request));
            byte[] buffer = new byte[4096];
            string text = Encoding.ASCII.GetString(buffer, 0, socket.Receive(buffer));
            Assert.StartsWith("HTTP/1.1 200", text, StringComparison.Ordinal);
            Assert.EndsWith("hello", text, StringComparison.Ordinal);
        }

        private static void Echo(Socket socket, string text)
        {
            socket.Send(Encoding.ASCII.GetBytes(text));
            byte[] buffer = new byte[100];
            Assert.Equal(text, Encoding.ASCII.GetString(buffer, 0, socket.Receive(buffer)));
        }

        private static bool WaitFor(Func<bool> condition, string what)
        {
            for (long end = Environment.TickCount64 + Patience.Ms; !condition(); Thread.Sleep(2))
                Assert.True(Environment.TickCount64 < end, "waited too long for " + what);
            return true;
        }

        public void Dispose()
        {
            // the new one first, and twice: the old one may come back while it is on probation
            for (int i = 0; i < 2; i++)
                foreach (Process? process in (Process?[])[_new, _old])
                    if (process is { HasExited: false })
                    {
                        Inheritance.Signal(process.Id, i == 0 ? 15 : SigKill);
                        process.WaitForExit(Patience.Ms);
                    }
            _new?.Dispose();
            _old?.Dispose();
            Directory.Delete(_directory, true);
        }
    }
}
