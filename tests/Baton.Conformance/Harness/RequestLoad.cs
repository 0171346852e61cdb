// Clients that open a new connection for every request, as fast as they can, and count what fails: the measure of a reload.
using System;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace Baton.Conformance.Harness;

/// <summary>Runs from construction to <see cref="Stop"/>.</summary>
public sealed class RequestLoad
{
    private readonly int _port;
    private readonly string _body;
    private readonly Thread[] _threads;
    private int _served,
        _failed,
        _refused;
    private volatile bool _stop;
    private string? _firstFailure;

    /// <param name="port">Where to connect on 127.0.0.1.</param>
    /// <param name="clients">Connections at a time.</param>
    /// <param name="body">How every answer must end.</param>
    public RequestLoad(int port, int clients = 4, string body = "hello")
    {
        (_port, _body) = (port, body);
        _threads = new Thread[clients];
        for (int i = 0; i < clients; i++)
            (_threads[i] = new Thread(Run) { IsBackground = true }).Start();
    }

    /// <summary>Failures that were failed connects.</summary>
    public int Refused => Volatile.Read(ref _refused);

    public int Served => Volatile.Read(ref _served);

    /// <summary>How many failed (connect, write, read, time-out, wrong answer), and the first reason.</summary>
    public (int Served, int Failed, string? Why) Stop()
    {
        _stop = true;
        foreach (Thread thread in _threads)
            thread.Join();
        return (_served, _failed, _firstFailure);
    }

    /// <summary>One request on a connection of its own; null when it was answered with 200 and the body.</summary>
    public static string? Request(int port, string body = "hello")
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = Patience.Ms };
            socket.Connect(IPAddress.Loopback, port);
            TestWire? wire = TestWire.Create();
            ReadOnlySpan<byte> request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8;
            socket.Send(wire is null ? request : wire.ToSend(request));
            var answer = new StringBuilder();
            byte[] buffer = new byte[4096];
            for (int n; (n = socket.Receive(buffer)) > 0; )
            {
                wire?.Received(buffer.AsSpan(0, n));
                answer.Append(Encoding.ASCII.GetString(buffer, 0, n));
            }
            string text = answer.ToString();
            return text.StartsWith("HTTP/1.1 200", StringComparison.Ordinal) && text.EndsWith(body, StringComparison.Ordinal)
                ? null
                : $"answered '{text}'";
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode.ToString();
        }
    }

    private void Run()
    {
        while (!_stop)
        {
            string? why = Request(_port, _body);
            if (why is null)
            {
                Interlocked.Increment(ref _served);
                continue;
            }
            Interlocked.Increment(ref _failed);
            if (why == "ConnectionRefused")
                Interlocked.Increment(ref _refused);
            Interlocked.CompareExchange(ref _firstFailure, why, null);
        }
    }
}
