// A reload: from the command to the first answer that follows the new configuration, asked for without a pause.
using System;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using Baton.Bench.Contestants;
using Baton.Bench.Measures;

namespace Baton.Bench.Cases;

/// <summary>Each configuration redirects to a place of its own, so that the answer tells which one is serving.</summary>
public sealed class ReloadCase(string name, string title, Setup setup) : Case(name, title, "ms", "failed requests")
{
    private int _generation;

    public override Setup Setup => setup;
    public override bool NeedsRunningProxy => false;

    public override Sample Measure(Contestant proxy, double seconds)
    {
        proxy.Start(setup with { Marker = "/" + _generation.ToString(CultureInfo.InvariantCulture) });
        try
        {
            Thread.Sleep(300);
            var buffer = new byte[4096];
            string marker = "/" + (++_generation).ToString(CultureInfo.InvariantCulture);
            proxy.Write(setup with { Marker = marker });
            long start = Stopwatch.GetTimestamp();
            proxy.Reload(setup.Workers);
            int failed = 0;
            while (true)
            {
                string? place = Ask(proxy.Port, buffer);
                if (place == marker)
                    break;
                if (place is null)
                    failed++;
                if (Stopwatch.GetElapsedTime(start).TotalSeconds > 20)
                    throw new InvalidOperationException($"{proxy.Name} does not reload");
            }
            double took = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            // the next sample starts afresh; let the predecessor end by itself
            for (int i = 0; i < 300 && proxy.Previous is { HasExited: false }; i++)
                Thread.Sleep(10);
            return new Sample(took, failed);
        }
        finally
        {
            proxy.Stop();
        }
    }

    /// <summary>The Location of an answer over a connection of its own; null when there was none.</summary>
    private static string? Ask(int port, byte[] buffer)
    {
        using var s = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 5000 };
        try
        {
            s.Connect(IPAddress.Loopback, port);
            s.Send("GET / HTTP/1.1\r\nHost: b0\r\nConnection: close\r\n\r\n"u8);
            string answer = "";
            while (s.Receive(buffer) is > 0 and int n)
                answer += Encoding.ASCII.GetString(buffer, 0, n);
            int at = answer.IndexOf("ocation: ", StringComparison.Ordinal);
            if (at < 0)
                return null;
            string place = answer[(at + 9)..];
            place = place[..place.IndexOf('\r', StringComparison.Ordinal)];
            // nginx makes the address absolute
            return place[place.LastIndexOf('/')..];
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
