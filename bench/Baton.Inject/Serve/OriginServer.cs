// The origin behind the proxy: answers /size/N with N bytes of the pattern, anything else with a fixed small body, upgrades to
// an echoing WebSocket, or echoes whatever comes. One thread; it has to be cheaper than any proxy in front of it.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.InteropServices;
using Baton.Inject.Load;
using Baton.Interop.Linux;

namespace Baton.Inject.Serve;

public sealed unsafe class OriginServer
{
    public const int BufferSize = 65536;
    private const ulong ListenerMark = ulong.MaxValue;

    private readonly Dictionary<int, OriginConnection> _connections = [];
    private readonly int _epoll = Epoll.epoll_create1(0x80000);
    private readonly bool _echo;
    private readonly int _listener;

    // SAFETY: lives as long as the process.
    internal readonly byte* Buffer = (byte*)NativeMemory.AlignedAlloc(BufferSize, 4096);
    internal readonly int Size;

    /// <summary>The port it listens on.</summary>
    public int Port { get; }
    public volatile bool Stop;

    /// <summary>Connections accepted so far.</summary>
    public long Accepted { get; private set; }

    /// <param name="port">0 for any free one.</param>
    public OriginServer(int port, bool echo, int size)
    {
        (_echo, Size) = (echo, size);
        _listener = Sockets.socket(Sockets.AF_INET, Sockets.SOCK_STREAM | Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC, 0);
        Sockets.SetOption(_listener, Sockets.SOL_SOCKET, Sockets.SO_REUSEADDR, 1);
        byte* address = stackalloc byte[16];
        new Span<byte>(address, 16).Clear();
        address[0] = Sockets.AF_INET;
        (address[2], address[3], address[4], address[7]) = ((byte)(port >> 8), (byte)port, 127, 1);
        if (Sockets.bind(_listener, address, 16) < 0 || Sockets.listen(_listener, 65535) < 0)
            throw new InvalidOperationException($"cannot listen on 127.0.0.1:{port}: {Errno.Message(Sockets.Last)}");
        int length = 16;
        Sockets.getsockname(_listener, address, &length);
        Port = address[2] << 8 | address[3];
        Epoll.Control(_epoll, Epoll.CTL_ADD, _listener, Epoll.IN, ListenerMark);
    }

    public static int Start(string[] args)
    {
        int port = 0,
            size = 100,
            cpu = -1;
        bool echo = false;
        for (int i = 0; i < args.Length; i++)
        {
            if (args[i] == "--echo")
            {
                echo = true;
                continue;
            }
            if (i + 1 >= args.Length || !int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int value))
            {
                Console.Error.WriteLine(Options.Usage);
                return 1;
            }
            switch (args[i++])
            {
                case "--port":
                    port = value;
                    break;
                case "--size":
                    size = value;
                    break;
                case "--cpu":
                    cpu = value;
                    break;
                default:
                    Console.Error.WriteLine(Options.Usage);
                    return 1;
            }
        }
        if (size > Pattern.MaxLength)
        {
            Console.Error.WriteLine("baton-inject serve: the small body has at most 65536 bytes; ask for /size/N");
            return 1;
        }
        Limits.RaiseOpenFiles(1 << 20);
        if (cpu >= 0)
            Processes.SetThreadAffinity([cpu]);
        OriginServer server;
        try
        {
            server = new OriginServer(port, echo, size);
        }
        catch (InvalidOperationException e)
        {
            Console.Error.WriteLine($"baton-inject serve: {e.Message}");
            return 1;
        }
        Console.WriteLine($"listening on 127.0.0.1:{server.Port}");
        server.Run();
        return 0;
    }

    /// <summary>Serves until <see cref="Stop"/>.</summary>
    public void Run()
    {
        const int Max = 256;
        var events = new EpollEvents(Max);
        while (!Stop)
        {
            int n = events.Wait(_epoll, 100);
            for (int i = 0; i < n; i++)
            {
                if (events.Data(i) == ListenerMark)
                {
                    Accept();
                    continue;
                }
                int fd = (int)events.Data(i);
                if (_connections.TryGetValue(fd, out OriginConnection? c) && !c.Serve())
                    Drop(fd);
            }
        }
        foreach (int fd in _connections.Keys)
            Files.close(fd);
        Files.close(_listener);
        Files.close(_epoll);
    }

    private void Accept()
    {
        while (true)
        {
            int fd = Sockets.accept4(_listener, null, null, Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC);
            if (fd < 0)
                return;
            Sockets.SetOption(fd, Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY, 1);
            Accepted++;
            var c = new OriginConnection(this, fd, _echo);
            _connections[fd] = c;
            Epoll.Control(_epoll, Epoll.CTL_ADD, fd, Epoll.IN | Epoll.OUT | Epoll.RDHUP | Epoll.ET, (ulong)fd);
            // a proxy that sends its request with the handshake need not wait for an event
            if (!c.Serve())
                Drop(fd);
        }
    }

    private void Drop(int fd)
    {
        _connections.Remove(fd);
        Files.close(fd);
    }
}
