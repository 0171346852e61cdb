// Ports on the loopback address.
using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace Baton.Bench;

public static class Ports
{
    public static int Free()
    {
        using var s = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        s.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)s.LocalEndPoint!).Port;
    }

    /// <summary>Throws when nothing listens within ten seconds, or <paramref name="alive"/> turns false.</summary>
    public static void WaitFor(int port, Func<bool> alive, string who)
    {
        for (int i = 0; i < 1000 && alive(); i++)
        {
            using var s = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                s.Connect(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException)
            {
                Thread.Sleep(10);
            }
        }
        throw new InvalidOperationException($"{who} does not listen on port {port}");
    }
}
