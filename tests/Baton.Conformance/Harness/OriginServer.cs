// A scriptable server on a raw socket: the other end of the proxy. One thread a connection, so scripts read like a dialogue.
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace Baton.Conformance.Harness;

public sealed class OriginServer : IDisposable
{
    private readonly Socket _listener;
    private readonly Action<OriginConnection> _handler;
    private readonly ConcurrentBag<Exception> _failures = [];
    private readonly List<OriginConnection> _connections = [];
    private readonly Thread _acceptor;
    private int _accepted;
    private volatile bool _stopping;

    public OriginServer(Action<OriginConnection> handler, int port = 0, string address = "127.0.0.1", int backlog = 512)
    {
        _handler = handler;
        _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Bind(new IPEndPoint(IPAddress.Parse(address), port));
        _listener.Listen(backlog);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _acceptor = new Thread(AcceptLoop) { IsBackground = true };
        _acceptor.Start();
    }

    public int Port { get; }

    /// <summary>Connections accepted so far.</summary>
    public int Connections => Volatile.Read(ref _accepted);

    /// <summary>Every request head read with ReadHead, in order of arrival.</summary>
    public ConcurrentQueue<string> Heads { get; } = new();

    /// <summary>An HTTP/1.1 server with keep-alive; bodies with Content-Length are read before the answer.</summary>
    public static OriginServer Http(Func<string, string> answer) =>
        new(c =>
        {
            while (c.TryReadHead(out string head))
            {
                int length = HttpText.ContentLength(head);
                if (length > 0)
                    c.ReadBytes(length);
                c.Send(answer(head));
                if (head.Contains("connection: close", StringComparison.OrdinalIgnoreCase))
                    return;
            }
        });

    private void AcceptLoop()
    {
        while (!_stopping)
        {
            Socket socket;
            try
            {
                socket = _listener.Accept();
            }
            catch (SocketException)
            {
                return;
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            socket.NoDelay = true;
            int number = Interlocked.Increment(ref _accepted);
            var connection = new OriginConnection(this, socket, number);
            lock (_connections)
                _connections.Add(connection);
            new Thread(() => Serve(connection), 256 * 1024) { IsBackground = true }.Start();
        }
    }

    private void Serve(OriginConnection connection)
    {
        try
        {
            _handler(connection);
        }
        catch (SocketException) { }
        catch (IOException) { }
        catch (ObjectDisposedException) { }
        catch (Exception e)
        {
            if (!_stopping)
                _failures.Add(e);
        }
        finally
        {
            connection.Close();
        }
    }

    public void Dispose()
    {
        _stopping = true;
        _listener.Dispose();
        lock (_connections)
            foreach (OriginConnection c in _connections)
                c.Close();
        _acceptor.Join(1000);
        if (!_failures.IsEmpty)
            throw new AggregateException("in an origin's script", _failures);
    }
}

/// <summary>One connection as the origin's script sees it. Reads throw IOException at the end of stream.</summary>
public sealed class OriginConnection(OriginServer server, Socket socket, int number)
{
    private readonly List<byte> _pending = [];
    private readonly byte[] _buffer = new byte[65536];

    /// <summary>1 for the server's first connection.</summary>
    public int Number => number;
    public Socket Socket => socket;

    public string ReadHead() => TryReadHead(out string head) ? head : throw new IOException("end of stream instead of a head");

    /// <summary>Reads a head including its empty line; false at an orderly end before its first byte.</summary>
    public bool TryReadHead(out string head)
    {
        while (true)
        {
            int end = HttpText.HeadEnd(_pending);
            if (end >= 0)
            {
                head = Encoding.Latin1.GetString(_pending.GetRange(0, end).ToArray());
                _pending.RemoveRange(0, end);
                server.Heads.Enqueue(head);
                return true;
            }
            if (!Fill())
            {
                head = "";
                return _pending.Count == 0 ? false : throw new IOException("end of stream within a head");
            }
        }
    }

    public byte[] ReadBytes(int count)
    {
        while (_pending.Count < count)
            if (!Fill())
                throw new IOException("end of stream within a body");
        byte[] bytes = _pending.GetRange(0, count).ToArray();
        _pending.RemoveRange(0, count);
        return bytes;
    }

    /// <summary>Reads up to and including the text.</summary>
    public string ReadUntil(string text)
    {
        while (true)
        {
            string s = Encoding.Latin1.GetString(_pending.ToArray());
            int at = s.IndexOf(text, StringComparison.Ordinal);
            if (at >= 0)
            {
                _pending.RemoveRange(0, at + text.Length);
                return s[..(at + text.Length)];
            }
            if (!Fill())
                throw new IOException($"end of stream before '{text}', got '{s}'");
        }
    }

    /// <summary>Everything until the client ends the stream.</summary>
    public byte[] ReadToEnd()
    {
        while (Fill()) { }
        byte[] all = _pending.ToArray();
        _pending.Clear();
        return all;
    }

    /// <summary>What is there, at least one byte; empty at the end.</summary>
    public byte[] ReadSome()
    {
        if (_pending.Count == 0 && !Fill())
            return [];
        byte[] all = _pending.ToArray();
        _pending.Clear();
        return all;
    }

    public void Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[socket.Send(bytes)..];
    }

    public void ShutdownSend() => socket.Shutdown(SocketShutdown.Send);

    public void Close()
    {
        try
        {
            socket.Dispose();
        }
        catch (SocketException) { }
    }

    /// <summary>Closes with a reset.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    private bool Fill()
    {
        int n = socket.Receive(_buffer);
        _pending.AddRange(new ReadOnlySpan<byte>(_buffer, 0, n));
        return n > 0;
    }
}
