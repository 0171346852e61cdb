// Receives log datagrams on a UDP port or a UNIX socket, and makes lines comparable by masking what differs from run to run.
using System;
using System.Collections.Concurrent;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using Xunit;

namespace Baton.Conformance.Harness;

public sealed partial class LogCollector : IDisposable
{
    private readonly Socket _socket;
    private readonly BlockingCollection<string> _lines = [];

    public LogCollector()
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Listen();
    }

    public LogCollector(string unixPath)
    {
        _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        _socket.Bind(new UnixDomainSocketEndPoint(unixPath));
        Listen();
    }

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    private void Listen() =>
        new Thread(() =>
        {
            var buffer = new byte[70000];
            try
            {
                while (true)
                    _lines.Add(Encoding.Latin1.GetString(buffer, 0, _socket.Receive(buffer)));
            }
            catch (SocketException) { }
            catch (ObjectDisposedException) { }
        })
        {
            IsBackground = true,
        }.Start();

    /// <summary>The next datagram, whole.</summary>
    public string Next(int timeoutMs = Patience.Ms) =>
        _lines.TryTake(out string? line, timeoutMs) ? line : throw new IOException("no log line arrived");

    /// <summary>The next datagram that is a traffic log ("Proxy x started." and the like are skipped), masked.</summary>
    public string NextTraffic()
    {
        while (true)
        {
            string line = Next();
            if (!Notice().IsMatch(line))
                return Mask(line);
        }
    }

    /// <summary>The same as it came.</summary>
    public string NextPlain()
    {
        while (true)
        {
            string line = Next();
            if (!Notice().IsMatch(line))
                return line.TrimEnd('\n');
        }
    }

    public void ExpectNone(int forMs = 200)
    {
        while (_lines.TryTake(out string? line, forMs))
            if (!Notice().IsMatch(line))
                Assert.Fail($"unexpected log line: {line}");
    }

    /// <summary>
    /// Replaces what cannot be the same twice: dates, the pid, client ports, and times that are not 0, -1 or marked with +.
    /// </summary>
    public static string Mask(string line)
    {
        line = Stamp().Replace(line, "DATE");
        line = AcceptDate().Replace(line, "[ACCEPT]");
        line = Client().Replace(line, "127.0.0.1:PORT");
        line = ProcessId().Replace(line, "[PID]");
        return Timers().Replace(line, m => Number().Replace(m.Value, "T")).TrimEnd('\n');
    }

    public void Dispose() => _socket.Dispose();

    [GeneratedRegex(
        @"Proxy \S+ (started|stopped)|Server \S+ (is|was|enters|remains) |has no server available|Stopping |stopped \(cumulated|Pausing|Resuming"
    )]
    private static partial Regex Notice();

    [GeneratedRegex(@"(?<=^<\d+>(1 )?)([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d)")]
    private static partial Regex Stamp();

    [GeneratedRegex(@"\[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d(\.\d{3}| [+-]\d{4})\]")]
    private static partial Regex AcceptDate();

    [GeneratedRegex(@"127\.0\.0\.1:\d+")]
    private static partial Regex Client();

    [GeneratedRegex(@"\[\d+\]")]
    private static partial Regex ProcessId();

    [GeneratedRegex(@"(?<= )-?\d+/-?\d+/\+?-?\d+(/-?\d+/\+?\d+)?(?= (?!\d+/|""))")]
    private static partial Regex Timers();

    [GeneratedRegex(@"(?<![-\d])\d+")]
    private static partial Regex Number();
}
