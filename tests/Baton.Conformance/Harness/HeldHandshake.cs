// Between a client of TLS 1.3 that sends early data and its server: passes on the greeting and the early data, and holds what ends the
// handshake until it is told to let it go.
using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace Baton.Conformance.Harness;

/// <summary>For one connection at a time.</summary>
public sealed class HeldHandshake : IDisposable
{
    private const byte ApplicationData = 23;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly int _server;
    private readonly int _records;
    private readonly ManualResetEventSlim _letGo = new();
    private long _fromServer;

    /// <param name="server">The port of the server.</param>
    /// <param name="records">Records of early data: what comes behind them is held.</param>
    public HeldHandshake(int server, int records = 1)
    {
        (_server, _records) = (server, records);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(4);
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Bytes that have come from the server.</summary>
    public long FromServer => Interlocked.Read(ref _fromServer);

    /// <summary>Something has come that is held.</summary>
    public bool Holds { get; private set; }

    /// <summary>What is held goes on with a bit turned over: as from somebody who repeats what he has recorded.</summary>
    public bool Spoils { get; init; }

    /// <summary>The client's end of the handshake goes on.</summary>
    public void LetGo() => _letGo.Set();

    private void Accept()
    {
        try
        {
            using Socket client = _listener.Accept();
            using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            server.Connect(IPAddress.Loopback, _server);
            var back = new Thread(() => PassBack(server, client)) { IsBackground = true };
            back.Start();
            PassOn(client, server);
            back.Join();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // the test is over
        }
    }

    private void PassOn(Socket client, Socket server)
    {
        byte[] record = new byte[5 + 65535];
        for (int early = 0; Fill(client, record.AsSpan(0, 5)); )
        {
            int length = record[3] << 8 | record[4];
            if (!Fill(client, record.AsSpan(5, length)))
                break;
            if (record[0] == ApplicationData && ++early > _records)
            {
                Holds = true;
                _letGo.Wait();
                record[5] ^= (byte)(Spoils ? 1 : 0);
            }
            server.Send(record.AsSpan(0, 5 + length));
        }
        server.Shutdown(SocketShutdown.Send);
    }

    private static bool Fill(Socket from, Span<byte> into)
    {
        while (into.Length > 0)
        {
            int n = from.Receive(into);
            if (n == 0)
                return false;
            into = into[n..];
        }
        return true;
    }

    private void PassBack(Socket server, Socket client)
    {
        byte[] bytes = new byte[16384];
        try
        {
            for (int n = server.Receive(bytes); n > 0; n = server.Receive(bytes))
            {
                // counted before the client can answer
                Interlocked.Add(ref _fromServer, n);
                client.Send(bytes.AsSpan(0, n));
            }
            client.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // the other side has gone
        }
    }

    public void Dispose()
    {
        _letGo.Set();
        _listener.Dispose();
    }
}
