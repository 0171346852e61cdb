// TCP and UDP port numbers outside the ephemeral range, each given out once, and free when given out; who listens where.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace Baton.Conformance.Harness;

public static class Ports
{
    private const int Low = 10000,
        High = 32000;

    /// <summary>Ports that a run of the tests has to itself: proxies share a port with whoever else binds it.</summary>
    private const int BlockSize = 50;

    private static readonly Lock s_lock = new();

    /// <summary>Bound to an abstract name for each block as long as this process lives, so that another run takes another.</summary>
    private static readonly List<Socket> s_claims = [];
    private static int s_next = Random.Shared.Next(High - Low),
        s_end;

    private static int Next()
    {
        lock (s_lock)
        {
            while (s_next >= s_end)
                Claim();
            return Low + s_next++;
        }
    }

    private static void Claim()
    {
        int block = (s_next + BlockSize - 1) / BlockSize % ((High - Low) / BlockSize);
        (s_next, s_end) = (block * BlockSize, (block + 1) * BlockSize);
        var claim = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            claim.Bind(new UnixDomainSocketEndPoint($"\0baton-tests-ports-{block}"));
            s_claims.Add(claim);
        }
        catch (SocketException)
        {
            claim.Dispose();
            s_next = s_end;
        }
    }

    public static int Free()
    {
        for (int tries = 0; tries < High - Low; tries++)
        {
            int port = Next();
            try
            {
                using var tcp = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp)
                {
                    DualMode = true,
                    ExclusiveAddressUse = true,
                };
                tcp.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
                using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                udp.Bind(new IPEndPoint(IPAddress.Any, port));
                return port;
            }
            catch (SocketException) { }
        }
        throw new InvalidOperationException("no free port");
    }

    /// <summary>Two or more neighbouring free ports; the first.</summary>
    public static int FreeRange(int count)
    {
        while (true)
        {
            int first = Free();
            bool ok = true;
            for (int i = 1; i < count && ok; i++)
                ok = Free() == first + i;
            if (ok)
                return first;
        }
    }

    /// <summary>The TCP ports in state LISTEN, from /proc/net/tcp and tcp6.</summary>
    public static HashSet<int> Listening()
    {
        var ports = new HashSet<int>();
        foreach (string file in new[] { "/proc/net/tcp", "/proc/net/tcp6" })
        {
            if (!File.Exists(file))
                continue;
            foreach (string line in File.ReadLines(file))
            {
                string[] f = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (f.Length < 4 || f[0] == "sl")
                    continue;
                // those that listen come first; behind them there may be tens of thousands in TIME_WAIT
                if (f[3] != "0A")
                    break;
                ports.Add(int.Parse(f[1].AsSpan(f[1].LastIndexOf(':') + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            }
        }
        return ports;
    }

    /// <summary>Whether a UNIX socket listens that was bound to this path, or to one that begins with it.</summary>
    public static bool ListensOn(string path)
    {
        const int FlagsColumn = 3,
            PathColumn = 7;
        foreach (string line in File.ReadLines("/proc/net/unix"))
        {
            string[] f = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (f.Length > PathColumn && f[FlagsColumn] == "00010000" && f[PathColumn].StartsWith(path, StringComparison.Ordinal))
                return true;
        }
        return false;
    }
}
