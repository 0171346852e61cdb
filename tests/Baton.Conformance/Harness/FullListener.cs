using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;

namespace Baton.Conformance.Harness;

/// <summary>A listening socket whose accept queue is full: connections to it stay unanswered.</summary>
public sealed class FullListener : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _fillers = [];

    public FullListener()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(0);
        for (int i = 0; i < 4; i++)
        {
            var s = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            try
            {
                s.Connect(_listener.LocalEndPoint!);
            }
            catch (SocketException) { }
            _fillers.Add(s);
        }
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public void Dispose()
    {
        foreach (Socket s in _fillers)
            s.Dispose();
        _listener.Dispose();
    }
}
