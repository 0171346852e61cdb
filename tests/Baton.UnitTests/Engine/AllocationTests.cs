// Steady state allocates nothing on the managed heap: counted on the worker's own thread, over whole exchanges through
// the real engine with real sockets.
using System;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Engine;
using Baton.Engine.Build;
using Baton.Engine.Filters;
using Baton.Engine.Listeners;
using Baton.Engine.Rules;
using Xunit;

namespace Baton.UnitTests.Engine;

public sealed class AllocationTests
{
    private const int Warmup = 300,
        Measured = 2000;

    [Fact]
    public void Http_keep_alive_requests() => Assert.Equal(0, Measure(ProxyMode.Http, keepAlive: true, log: false));

    [Fact]
    public void Http_keep_alive_requests_with_a_log_line_each() => Assert.Equal(0, Measure(ProxyMode.Http, keepAlive: true, log: true));

    [Fact]
    public void Http_short_connections() => Assert.Equal(0, Measure(ProxyMode.Http, keepAlive: false, log: false));

    /// <summary>The one handshake before them takes some, no request does: less than a byte for each is none.</summary>
    [Fact]
    public void Http_keep_alive_requests_over_TLS() =>
        Assert.InRange(Measure(ProxyMode.Http, keepAlive: true, log: true, tls: true), 0, Measured - 1);

    [Fact]
    public void Http_requests_through_a_filter() => Assert.Equal(0, Measure(ProxyMode.Http, keepAlive: true, log: false, filters: true));

    [Fact]
    public void Http_answers_that_are_compressed() =>
        Assert.Equal(0, Measure(ProxyMode.Http, keepAlive: true, log: false, compresses: true));

    [Fact]
    public void Http_2_requests() => Assert.Equal(0, Measure(ProxyMode.Http, keepAlive: true, log: true, frames: true));

    [Fact]
    public void Http_requests_to_servers_in_frames() =>
        Assert.Equal(0, Measure(ProxyMode.Http, keepAlive: true, log: true, serverFrames: true));

    [Fact]
    public void Http_2_requests_to_servers_in_frames() =>
        Assert.Equal(0, Measure(ProxyMode.Http, keepAlive: true, log: false, frames: true, serverFrames: true));

    [Fact]
    public void Tcp_sessions() => Assert.Equal(0, Measure(ProxyMode.Tcp, keepAlive: false, log: false));

    /// <summary>Each has a stream, and buffers; all but a few wait in the server's queue.</summary>
    [Fact]
    public void A_thousand_requests_at_a_time()
    {
        const int count = 1000;
        using var origin = new Origin();
        int port = FreePort();
        EngineState engine = Build(ProxyMode.Http, port, origin.Port, 0, maxConn: 2 * count, serverMaxConn: 8);
        var thread = new Thread(engine.RunFirstWorker) { IsBackground = true };
        thread.Start();
        var clients = new Socket[count];
        try
        {
            for (int i = 0; i < count; i++)
            {
                clients[i] = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
                {
                    NoDelay = true,
                    ReceiveTimeout = 10_000,
                };
                clients[i].Connect(IPAddress.Loopback, port);
            }
            for (int i = 0; i < 3; i++)
                AskAll(clients);
            long least = long.MaxValue;
            for (int i = 0; i < 3 && least > 0; i++)
            {
                long before = Allocated(engine);
                AskAll(clients);
                least = Math.Min(least, Allocated(engine) - before);
            }
            Assert.Equal(0, least);
        }
        finally
        {
            foreach (Socket client in clients)
                client?.Dispose();
            engine.StopWorkers();
            Assert.True(thread.Join(5000));
        }
    }

    private static void AskAll(Socket[] clients)
    {
        byte[] request = Encoding.ASCII.GetBytes("GET /some/path?x=1 HTTP/1.1\r\nHost: example.test\r\nUser-Agent: t\r\n\r\n");
        foreach (Socket client in clients)
            client.Send(request);
        foreach (Socket client in clients)
            ReadAnswer(client, new byte[4096]);
    }

    private static void ReadAnswer(Socket client, byte[] buffer)
    {
        int got = 0;
        // as it is, or in chunks
        while (got < 5 || Encoding.ASCII.GetString(buffer, got - 5, 5) is not ("hello" or "0\r\n\r\n"))
        {
            int n = client.Receive(buffer, got, buffer.Length - got, SocketFlags.None);
            Assert.True(n > 0);
            got += n;
        }
    }

    /// <summary>Managed bytes the worker allocated while it served the measured exchanges.</summary>
    private static long Measure(
        ProxyMode mode,
        bool keepAlive,
        bool log,
        bool filters = false,
        bool compresses = false,
        bool tls = false,
        bool frames = false,
        bool serverFrames = false
    )
    {
        using var origin = new Origin(serverFrames);
        using var logs = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        logs.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int port = FreePort();
        EngineState engine = Build(
            mode,
            port,
            origin.Port,
            log ? ((IPEndPoint)logs.LocalEndPoint!).Port : 0,
            filters: filters,
            compresses: compresses,
            certificate: tls ? Certificate.Value : null,
            serverFrames: serverFrames
        );
        var thread = new Thread(engine.RunFirstWorker) { IsBackground = true };
        thread.Start();
        try
        {
            // sessions overlap while the last one closes: the pools must have seen several at a time
            var overlapping = new Thread[8];
            for (int i = 0; i < overlapping.Length; i++)
                (overlapping[i] = new Thread(() => Exchange(port, Warmup / 10, keepAlive, tls, frames)) { IsBackground = true }).Start();
            foreach (Thread t in overlapping)
                t.Join();
            Exchange(port, Warmup, keepAlive, tls, frames);
            // a busy machine may let more of them overlap than ever before, once; what every request allocates is there each time
            long least = long.MaxValue;
            for (int i = 0; i < 3 && least > 0; i++)
            {
                long before = Allocated(engine);
                Exchange(port, Measured, keepAlive, tls, frames);
                least = Math.Min(least, Allocated(engine) - before);
            }
            return least;
        }
        finally
        {
            engine.StopWorkers();
            Assert.True(thread.Join(5000));
        }
    }

    private static long Allocated(EngineState engine)
    {
        long bytes = 0;
        using var done = new ManualResetEventSlim();
        // the last exchange's end may still be under way when its answer has arrived
        Thread.Sleep(50);
        engine
            .Workers[0]
            .Post(_ =>
            {
                bytes = GC.GetAllocatedBytesForCurrentThread();
                done.Set();
            });
        Assert.True(done.Wait(5000));
        return bytes;
    }

    /// <summary>A bandwidth limit that nothing comes near, and the rule that turns it on.</summary>
    private static void AddFilter(ProxyConfig proxy)
    {
        proxy.Filters.Add(
            new BandwidthLimitConfig
            {
                Keyword = BandwidthLimitConfig.Rows[1],
                Name = "down",
                Position = proxy.Position,
                Side = ChannelSide.Response,
                Limit = 1L << 40,
                PeriodMs = 1000,
            }
        );
        proxy.HttpRequest.Add(
            new RuleConfig
            {
                Action = SetBandwidthLimitAction.Rows[0],
                RuleSet = RuleSets.HttpRequest,
                Position = proxy.Position,
                Proxy = proxy,
                Arguments = [new Argument(ArgumentKind.String, 0, "down")],
            }
        );
    }

    private static EngineState Build(
        ProxyMode mode,
        int port,
        int originPort,
        int logPort,
        int maxConn = 100,
        int serverMaxConn = 0,
        bool filters = false,
        bool compresses = false,
        string? certificate = null,
        bool serverFrames = false
    )
    {
        var at = new SourcePosition("test", 1);
        var config = new ProcessConfig();
        config.Global.NbThread = 1;
        config.Global.MaxConn = maxConn;
        config.Global.LogTag = "test";
        var front = new ProxyConfig
        {
            Name = "fe",
            Capabilities = ProxyCapabilities.Frontend,
            Position = at,
            Mode = mode,
            DefaultBackend = "be",
        };
        front.Binds.Add(new BindConfig { Position = at, Addresses = { Address(port) } });
        AddTls(front, certificate);
        if (filters)
            AddFilter(front);
        if (compresses)
            front.Compression = new CompressionConfig { Algorithms = [CompressionAlgorithm.Gzip] };
        AddLog(front, logPort);
        var back = new ProxyConfig
        {
            Name = "be",
            Capabilities = ProxyCapabilities.Backend,
            Position = at,
            Mode = mode,
            HttpReuse = HttpReuse.Always,
        };
        back.Servers.Add(
            new ServerConfig
            {
                Name = "s",
                Position = at,
                Address = Address(originPort),
                MaxConn = serverMaxConn,
                Proto = serverFrames ? "h2" : null,
            }
        );
        foreach (ProxyConfig p in new[] { front, back })
            p.Timeouts.Client = p.Timeouts.Server = p.Timeouts.Connect = 20_000;
        config.Proxies.Add(front);
        config.Proxies.Add(back);
        ResourceLimits limits = ResourceLimits.Apply(config, 1, 1, _ => { }, _ => { })!;
        var builder = new EngineBuilder(config, limits);
        EngineState engine = builder.Build() ?? throw new InvalidOperationException(builder.Errors[0].Message);
        var binder = new ListenerBinder(config.Global, null);
        foreach (ListenerState listener in engine.Listeners)
            Assert.Null(binder.Bind(listener, 128));
        binder.Publish();
        foreach (ListenerState listener in engine.Listeners)
            engine.AddAcceptors(listener);
        return engine;
    }

    private static void AddLog(ProxyConfig proxy, int port)
    {
        if (port > 0)
            proxy.Logs.Add(
                new LogTargetConfig
                {
                    Position = proxy.Position,
                    Address = Address(port),
                    Facility = 16,
                }
            );
    }

    private static void AddTls(ProxyConfig proxy, string? certificate)
    {
        if (certificate is null)
            return;
        proxy.Binds[0].Tls.IsOn = true;
        proxy.Binds[0].Tls.Certificates.Add(new TlsCertificateLine(new TlsFileName(certificate, certificate), false, false));
    }

    /// <summary>A file with a certificate and its key.</summary>
    private static readonly Lazy<string> Certificate = new(static () =>
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=example.test", key, HashAlgorithmName.SHA256);
        using X509Certificate2 made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        string file = System.IO.Path.GetTempFileName();
        System.IO.File.WriteAllText(file, made.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
        return file;
    });

    private static AddressConfig Address(int port) =>
        new()
        {
            Kind = AddressKind.IPv4,
            Text = "127.0.0.1",
            Ip = [127, 0, 0, 1],
            PortKind = PortKind.Absolute,
            Port = port,
            PortHigh = port,
        };

    private static int FreePort()
    {
        using var s = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        s.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)s.LocalEndPoint!).Port;
    }

    /// <summary>The same on one TLS connection.</summary>
    private static void ExchangeSealed(int port, int count)
    {
        byte[] request = Encoding.ASCII.GetBytes("GET /some/path?x=1 HTTP/1.1\r\nHost: example.test\r\n\r\n"),
            buffer = new byte[4096];
        using var client = new TcpClient("127.0.0.1", port) { NoDelay = true, ReceiveTimeout = 5000 };
        using var stream = new SslStream(client.GetStream(), false, static (_, _, _, _) => true);
        stream.AuthenticateAsClient("example.test");
        for (int i = 0; i < count; i++)
        {
            stream.Write(request);
            int got = 0;
            while (got < 5 || Encoding.ASCII.GetString(buffer, got - 5, 5) != "hello")
            {
                int n = stream.Read(buffer, got, buffer.Length - got);
                Assert.True(n > 0);
                got += n;
            }
        }
    }

    private static void Exchange(int port, int count, bool keepAlive, bool tls = false, bool frames = false)
    {
        if (frames)
        {
            FramePeer.Ask(port, count);
            return;
        }
        if (tls)
        {
            ExchangeSealed(port, count);
            return;
        }

        byte[] request = Encoding.ASCII.GetBytes(
            $"GET /some/path?x=1 HTTP/1.1\r\nHost: example.test\r\nUser-Agent: t\r\nAccept-Encoding: gzip\r\n{(keepAlive ? "" : "Connection: close\r\n")}\r\n"
        );
        var buffer = new byte[4096];
        Socket? client = null;
        for (int i = 0; i < count; i++)
        {
            if (client is null)
            {
                client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
                {
                    NoDelay = true,
                    ReceiveTimeout = 5000,
                };
                client.Connect(IPAddress.Loopback, port);
            }
            client.Send(request);
            ReadAnswer(client, buffer);
            if (keepAlive)
                continue;
            client.Dispose();
            client = null;
        }
        client?.Dispose();
    }

    /// <summary>Answers every request head with five bytes, on its own threads.</summary>
    private sealed class Origin : IDisposable
    {
        private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        private readonly bool _frames;

        public Origin(bool frames = false)
        {
            _frames = frames;
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _listener.Listen(128);
            new Thread(Accept) { IsBackground = true }.Start();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

        private void Accept()
        {
            try
            {
                while (true)
                {
                    Socket socket = _listener.Accept();
                    new Thread(() => Serve(socket)) { IsBackground = true }.Start();
                }
            }
            catch (SocketException) { }
            catch (ObjectDisposedException) { }
        }

        private void Serve(Socket socket)
        {
            if (_frames)
            {
                FramePeer.Serve(socket);
                return;
            }
            byte[] answer = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
            var buffer = new byte[4096];
            using (socket)
            {
                try
                {
                    while (socket.Receive(buffer) > 0)
                        socket.Send(answer);
                }
                catch (SocketException) { }
            }
        }

        public void Dispose() => _listener.Dispose();
    }
}
