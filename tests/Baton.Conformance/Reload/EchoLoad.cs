// Long-lived connections through a proxy to an echo origin: every byte is a function of its position, so that a lost,
// doubled or swapped one is seen at once, in both directions, while the connection moves from process to process.
using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Baton.Conformance.Reload;

internal sealed class EchoLoad : IDisposable
{
    private readonly Socket _origin = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _clients = [];
    private long _bytes,
        _errors,
        _longestPauseMs;
    private string _firstError = "";

    public EchoLoad()
    {
        _origin.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _origin.Listen(65535);
        _ = Task.Run(AcceptAsync);
    }

    public int OriginPort => ((IPEndPoint)_origin.LocalEndPoint!).Port;

    /// <summary>Connections the origin has accepted.</summary>
    public int OriginConnections;

    public long Bytes => Interlocked.Read(ref _bytes);
    public long Errors => Interlocked.Read(ref _errors);
    public string FirstError => _firstError;
    public long LongestPauseMs => Interlocked.Read(ref _longestPauseMs);

    public void ResetPause() => Interlocked.Exchange(ref _longestPauseMs, 0);

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket peer;
            try
            {
                peer = await _origin.AcceptAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
            Interlocked.Increment(ref OriginConnections);
            _ = EchoAsync(peer);
        }
    }

    /// <summary>Echoes everything; an HTTP upgrade request is answered with 101 first.</summary>
    private static async Task EchoAsync(Socket peer)
    {
        using (peer)
        {
            peer.NoDelay = true;
            byte[] buffer = new byte[4096];
            bool first = true;
            try
            {
                while (true)
                {
                    int n = await peer.ReceiveAsync(buffer.AsMemory());
                    if (n == 0)
                        return;
                    int from = 0;
                    if (first && buffer.AsSpan(0, n).StartsWith("GET "u8))
                    {
                        int end;
                        while ((end = buffer.AsSpan(0, n).IndexOf("\r\n\r\n"u8)) < 0)
                            n += await peer.ReceiveAsync(buffer.AsMemory(n));
                        await peer.SendAsync(
                            Encoding.ASCII.GetBytes(
                                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: HSmrc0sMlYUkAGmm5OPpG2HaGWk=\r\n\r\n"
                            )
                        );
                        from = end + 4;
                    }
                    first = false;
                    for (int sent = from; sent < n; )
                        sent += await peer.SendAsync(buffer.AsMemory(sent, n - sent));
                }
            }
            catch (SocketException) { }
        }
    }

    /// <summary>Opens connections and keeps them talking: one exchange of up to <paramref name="block"/> bytes, a pause, the
    /// next.</summary>
    public void Open(int port, int count, bool webSocket, int block, int pauseMs, bool overTls = false)
    {
        for (int i = 0; i < count; i++)
        {
            int seed = _clients.Count;
            _clients.Add(Task.Run(() => TalkAsync(port, webSocket, seed, block, pauseMs, overTls)));
        }
    }

    private async Task TalkAsync(int port, bool webSocket, int seed, int block, int pauseMs, bool overTls)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, port);
            await using Stream stream = overTls ? await ShakeHandsAsync(socket) : new NetworkStream(socket);
            if (webSocket)
                await UpgradeAsync(stream);
            var random = new Random(seed);
            byte[] outgoing = new byte[block],
                incoming = new byte[block];
            long position = 0;
            while (!_stop.IsCancellationRequested)
            {
                int length = random.Next(1, block + 1);
                for (int i = 0; i < length; i++)
                    outgoing[i] = (byte)((position + i) * 31 + seed ^ (position + i) >> 8);
                long began = Environment.TickCount64;
                Task sending = stream.WriteAsync(outgoing.AsMemory(0, length)).AsTask();
                for (int got = 0; got < length; )
                {
                    int n = await stream.ReadAsync(incoming.AsMemory(got, length - got));
                    if (n == 0)
                        throw new InvalidOperationException($"closed at byte {position + got}");
                    got += n;
                }
                await sending;
                if (!incoming.AsSpan(0, length).SequenceEqual(outgoing.AsSpan(0, length)))
                    throw new InvalidOperationException($"wrong bytes at {position}");
                Max(ref _longestPauseMs, Environment.TickCount64 - began);
                position += length;
                Interlocked.Add(ref _bytes, length);
                if (pauseMs > 0)
                    await Task.Delay(random.Next(pauseMs));
            }
        }
        catch (Exception e) when (e is SocketException or IOException or InvalidOperationException)
        {
            Interlocked.CompareExchange(ref _firstError, $"{(webSocket ? "websocket" : "tunnel")} {seed}: {e.Message}", "");
            Interlocked.Increment(ref _errors);
        }
    }

    private static async Task<Stream> ShakeHandsAsync(Socket socket)
    {
        var stream = new SslStream(new NetworkStream(socket));
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "site.example",
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
                AllowTlsResume = false,
            }
        );
        return stream;
    }

    private static async Task UpgradeAsync(Stream stream)
    {
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\n\r\n"
            )
        );
        var head = new StringBuilder();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one.AsMemory()) == 0)
                throw new InvalidOperationException("closed during the upgrade");
            head.Append((char)one[0]);
        }
        if (!head.ToString().StartsWith("HTTP/1.1 101", StringComparison.Ordinal))
            throw new InvalidOperationException("not upgraded: " + head);
    }

    private static void Max(ref long target, long value)
    {
        long seen = Interlocked.Read(ref target);
        while (value > seen)
        {
            long was = Interlocked.CompareExchange(ref target, value, seen);
            if (was == seen)
                return;
            seen = was;
        }
    }

    /// <summary>Lets every client finish its exchange and close.</summary>
    public void Stop()
    {
        _stop.Cancel();
        Task.WaitAll(_clients.ToArray());
    }

    public void Dispose()
    {
        _stop.Cancel();
        _origin.Dispose();
    }
}
