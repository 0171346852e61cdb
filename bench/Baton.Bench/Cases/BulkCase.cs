// One TCP session that carries as much as it can: CPU of the proxy for a gigabyte.
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using Baton.Bench.Contestants;
using Baton.Bench.Measures;

namespace Baton.Bench.Cases;

/// <summary>Sender and receiver are threads of this program, which runs on the load's cores.</summary>
public sealed class BulkCase : Case
{
    private readonly Setup _setup;
    private readonly Socket _origin = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public BulkCase()
        : base("tcp-bulk", "TCP, one bulk session", "ms/GB", "MB/s")
    {
        _origin.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _origin.Listen(16);
        _setup = new Setup { Tcp = true, OriginPort = ((IPEndPoint)_origin.LocalEndPoint!).Port };
        new Thread(Send) { IsBackground = true }.Start();
    }

    public override Setup Setup => _setup;

    public override Sample Measure(Contestant proxy, double seconds)
    {
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(IPAddress.Loopback, proxy.Port);
        var buffer = new byte[1 << 18];
        client.Receive(buffer);
        double before = ProcessMeter.CpuSeconds(proxy.Pid);
        long start = Stopwatch.GetTimestamp(),
            bytes = 0;
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            int n = client.Receive(buffer);
            if (n == 0)
                throw new System.InvalidOperationException($"{proxy.Name} ended the session");
            bytes += n;
        }
        double gigabytes = bytes / 1e9;
        return new Sample(
            (ProcessMeter.CpuSeconds(proxy.Pid) - before) * 1e3 / gigabytes,
            gigabytes * 1e3 / Stopwatch.GetElapsedTime(start).TotalSeconds
        );
    }

    /// <summary>Serves one session after the other until the program ends.</summary>
    private void Send()
    {
        var block = new byte[1 << 18];
        while (true)
        {
            using Socket s = _origin.Accept();
            try
            {
                while (true)
                    s.Send(block);
            }
            catch (SocketException)
            { /* the client has seen enough */
            }
        }
    }
}
