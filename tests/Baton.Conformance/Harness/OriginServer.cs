// A scriptable server on a raw socket: the other end of the proxy. One thread a connection, so scripts read like a dialogue.
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;
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
