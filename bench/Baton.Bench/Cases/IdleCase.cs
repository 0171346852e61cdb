// Thousands of clients that made a request and now keep their connection: resident memory of the proxy for each.
using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using Baton.Bench.Contestants;
using Baton.Bench.Measures;

namespace Baton.Bench.Cases;

public sealed class IdleCase(Setup setup, int connections)
    : Case("idle", $"{connections:N0} idle connections", "B/connection", "kB resident")
{
    private static readonly byte[] Request = Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: idle.test\r\n\r\n");

    public override Setup Setup => setup;

    /// <summary>Memory that was used once is not given back: every sample needs a fresh process.</summary>
    public override bool NeedsRunningProxy => false;

    public override Sample Measure(Contestant proxy, double seconds)
    {
        proxy.Start(setup);
        var clients = new List<Socket>();
        try
        {
            var buffer = new byte[4096];
            // what the first requests touch is not the price of a connection
            for (int i = 0; i < 100; i++)
                clients.Add(Open(proxy.Port, buffer));
            Thread.Sleep(300);
            double before = ProcessMeter.ResidentKb(proxy.Pid);
            for (int i = 0; i < connections; i++)
                clients.Add(Open(proxy.Port, buffer));
            Thread.Sleep(300);
            double after = ProcessMeter.ResidentKb(proxy.Pid);
            return new Sample((after - before) * 1024 / connections, after);
        }
        finally
        {
            foreach (Socket s in clients)
                s.Dispose();
            proxy.Stop();
        }
    }

    private static Socket Open(int port, byte[] buffer)
    {
        var s = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 5000 };
        s.Connect(IPAddress.Loopback, port);
        s.Send(Request);
        string answer = "";
        while (!answer.EndsWith("xxxx", StringComparison.Ordinal))
        {
            int n = s.Receive(buffer);
            if (n == 0)
                throw new InvalidOperationException("closed without an answer");
            answer += Encoding.ASCII.GetString(buffer, 0, n);
        }
        return s;
    }
}
