// One thread of load, on a core of its own: an epoll loop that launches requests when they are due and counts how they end.
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;
using Baton.Core.Timers;
using Baton.Interop.Linux;

namespace Baton.Inject.Load;

/// <summary>
/// Open loop: the n-th request is due n/rate seconds after the start, whether or not the ones before it are answered, and its
/// latency counts from then: a proxy that stalls is charged for everybody who had to wait (no coordinated omission).
/// </summary>
public sealed unsafe class LoadThread
{
    public const int BufferSize = 65536;
    private const int MaxEvents = 256;

    private readonly LoadConnection[] _connections;
    private readonly Stack<LoadConnection> _idle;
    private readonly int _number,
        _epoll;
    private readonly double _nsPerRequest;
    private readonly Slots? _slots;
    private readonly byte[] _targetAddress = new byte[16];
    private long _startNs,
        _launched,
        _ended,
        _deadlineNs;
    private uint _source;
    private long _limit;

    public readonly Options Options;
    public readonly byte[] RequestHead;
    public readonly TimerWheel Wheel;
    public readonly byte* Buffer;

    /// <summary>Finished intervals, for the reporter.</summary>
    public readonly ConcurrentQueue<Tally> Finished = new();
    public Tally Tally { get; private set; } = new();
    public long NowMs { get; private set; }
    public Slots? Slots => _slots;
    public volatile bool Stop;

    /// <summary>When it ended, of the same clock as the start.</summary>
    public long EndNs { get; private set; }

    public LoadThread(Options options, int number)
    {
        (Options, _number) = (options, number);
        int count = options.Connections / options.Threads + (number < options.Connections % options.Threads ? 1 : 0);
        _nsPerRequest = options.Rate > 0 ? 1e9 * options.Threads / options.Rate : 0;
        _limit =
            options.Requests == 0
                ? long.MaxValue
                : options.Requests / options.Threads + (number < options.Requests % options.Threads ? 1 : 0);
        if (options.SlotsFile is not null)
            _slots = new Slots(options.DurationSeconds, options.SlotMs);
        RequestHead = BuildHead(options);
        _epoll = Epoll.epoll_create1(0x80000);
        // SAFETY: lives as long as the process.
        Buffer = (byte*)NativeMemory.AlignedAlloc(BufferSize, 4096);
        NowMs = Environment.TickCount64;
        Wheel = new TimerWheel(NowMs);
        _targetAddress[0] = Sockets.AF_INET;
        (_targetAddress[2], _targetAddress[3]) = ((byte)(options.Port >> 8), (byte)options.Port);
        options.Address.GetAddressBytes().CopyTo(_targetAddress, 4);
        _connections = new LoadConnection[count];
        _idle = new Stack<LoadConnection>(count);
        for (int i = 0; i < count; i++)
        {
            _connections[i] = options.Mode switch
            {
                LoadMode.Tunnel => new TunnelConnection(this, i),
                LoadMode.WebSocket => new WebSocketConnection(this, i),
                _ => new HttpConnection(this, i),
            };
            _idle.Push(_connections[i]);
        }
    }

    private static byte[] BuildHead(Options o)
    {
        var head = new StringBuilder();
        head.Append(o.Body > 0 && o.Mode != LoadMode.WebSocket ? "POST " : "GET ").Append(o.Path).Append(" HTTP/1.1\r\nHost: ");
        head.Append(o.Host.Length > 0 ? o.Host : $"{o.Address}:{o.Port}").Append("\r\n");
        if (o.Mode == LoadMode.WebSocket)
            head.Append(
                "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            );
        else
        {
            if (o.Body > 0)
                head.Append("Content-Length: ").Append(o.Body).Append("\r\n");
            if (!o.KeepAlive)
                head.Append("Connection: close\r\n");
        }
        return Encoding.ASCII.GetBytes(head.Append("\r\n").ToString());
    }

    /// <summary>Runs until the time is over or <see cref="Stop"/>; <paramref name="startNs"/> is the common start of all threads.</summary>
    public void Run(long startNs)
    {
        if (Options.Cores.Count > 0)
            Processes.SetThreadAffinity([Options.Cores[_number % Options.Cores.Count]]);
        _startNs = startNs;
        _deadlineNs = startNs + (long)(Options.DurationSeconds * 1e9);
        var events = new EpollEvents(MaxEvents);
        while (true)
        {
            long now = Now();
            NowMs = now / 1_000_000;
            if (Stop || now >= _deadlineNs || _ended >= _limit)
                break;
            Roll(now);
            Wheel.Advance(NowMs);
            Launch(now);
            int n = events.Wait(_epoll, WaitMs(now));
            for (int i = 0; i < n; i++)
            {
                ulong data = events.Data(i);
                LoadConnection c = _connections[(int)(uint)data];
                if (c.Generation == (int)(data >> 32))
                    c.OnEvents(events.Events(i));
            }
        }
        EndNs = Now();
        foreach (LoadConnection c in _connections)
        {
            if (c.Busy)
                Tally.Unfinished++;
            c.Close();
        }
        Finished.Enqueue(Tally);
    }

    private static long Now() => Stopwatch.GetTimestamp();

    private void Launch(long now)
    {
        if (_nsPerRequest == 0)
        {
            while (_launched < _limit && _idle.TryPop(out LoadConnection? c))
            {
                _launched++;
                c.Begin(Now(), NowMs);
                // a connection that fails at once comes back at once: give events their turn
                if (_idle.TryPeek(out LoadConnection? next) && next == c)
                    return;
            }
            return;
        }
        while (_launched < _limit)
        {
            long due = _startNs + (long)(_launched * _nsPerRequest);
            if (due > now || !_idle.TryPop(out LoadConnection? c))
                return;
            _launched++;
            c.Begin(due, NowMs);
        }
    }

    private int WaitMs(long now)
    {
        if (_idle.Count > 0 && _launched < _limit)
        {
            if (_nsPerRequest == 0)
                return 0;
            long wait = _startNs + (long)(_launched * _nsPerRequest) - now;
            if (wait < 1_000_000)
                return 0;
            return (int)Math.Min(wait / 1_000_000, 10);
        }
        int timer = Wheel.NextDelayMs(NowMs, 10);
        return timer < 0 ? 10 : timer;
    }

    /// <summary>Hands a finished interval to the reporter.</summary>
    private void Roll(long now)
    {
        int index = (int)((now - _startNs) / 1_000_000 / Options.IntervalMs);
        if (index <= Tally.Index)
            return;
        Finished.Enqueue(Tally);
        Tally = new Tally { Index = index };
    }

    public void Record(long dueNs)
    {
        long now = Now(),
            us = (now - dueNs) / 1000;
        Tally.Record(us);
        _slots?.Record(now - _startNs, us);
    }

    public void RecordError(ErrorKind kind)
    {
        Tally.Errors[(int)kind]++;
        _slots?.RecordError(Now() - _startNs);
    }

    /// <summary>A connection is free for the next request.</summary>
    public void Ended(LoadConnection connection)
    {
        _ended++;
        if (Options.PauseMs > 0)
            Wheel.Arm(connection, NowMs + Options.PauseMs);
        else
            _idle.Push(connection);
    }

    /// <summary>A connection has rested for its pause.</summary>
    public void Rested(LoadConnection connection) => _idle.Push(connection);

    public void Watch(int fd, uint interest, LoadConnection owner) =>
        Epoll.Control(_epoll, Epoll.CTL_ADD, fd, interest, (ulong)owner.Generation << 32 | (uint)owner.Index);

    /// <summary>The next source address: 127.0.0.1, 127.0.0.2, … around <see cref="Options.Sources"/>.</summary>
    public void NextSource(byte* address)
    {
        uint host = 1 + (uint)((_source++ * (uint)Options.Threads + (uint)_number) % (uint)Options.Sources);
        new Span<byte>(address, 16).Clear();
        address[0] = Sockets.AF_INET;
        (address[4], address[5], address[6], address[7]) = (127, (byte)(host >> 16), (byte)(host >> 8), (byte)host);
    }

    public void Target(byte* address) => _targetAddress.CopyTo(new Span<byte>(address, 16));
}
