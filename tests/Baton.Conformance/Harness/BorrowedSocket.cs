// The proxy's own end of a connection, for looking at its socket options: a duplicate of the descriptor (pidfd_getfd).
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Baton.Conformance.Harness;

internal static partial class BorrowedSocket
{
    private const long PidfdOpen = 434,
        PidfdGetFd = 438;

    [LibraryImport("libc")]
    private static partial long syscall(long number, long first, long second, long third);

    /// <summary>The connection of this process whose other end has this port, within a second.</summary>
    public static Socket ConnectedTo(int pid, int port)
    {
        for (long end = Environment.TickCount64 + 1000; Environment.TickCount64 < end; )
        {
            List<Socket> found = AllConnectedTo(pid, port);
            foreach (Socket other in found[Math.Min(1, found.Count)..])
                other.Dispose();
            if (found.Count > 0)
                return found[0];
            System.Threading.Thread.Sleep(5);
        }
        throw new InvalidOperationException($"process {pid} has no connection to port {port}");
    }

    public static List<Socket> AllConnectedTo(int pid, int port) => All(pid, s => PeerOf(s) == port);

    /// <summary>The listening sockets of this process on this port, one at least.</summary>
    public static List<Socket> ListeningOn(int pid, int port)
    {
        List<Socket> found = All(pid, s => PeerOf(s) == 0 && s.LocalEndPoint is IPEndPoint own && own.Port == port);
        return found.Count > 0 ? found : throw new InvalidOperationException($"process {pid} does not listen on port {port}");
    }

    private static List<Socket> All(int pid, Predicate<Socket> wanted)
    {
        var found = new List<Socket>();
        using var process = new SafeFileHandle((nint)syscall(PidfdOpen, pid, 0, 0), ownsHandle: true);
        foreach (string entry in Directory.GetFiles($"/proc/{pid}/fd"))
        {
            try
            {
                if (File.ResolveLinkTarget(entry, false) is not { } link || !link.Name.StartsWith("socket:", StringComparison.Ordinal))
                    continue;
            }
            catch (IOException)
            {
                continue;
            }
            long copy = syscall(
                PidfdGetFd,
                process.DangerousGetHandle(),
                int.Parse(Path.GetFileName(entry), CultureInfo.InvariantCulture),
                0
            );
            if (copy < 0)
                continue;
            var socket = new Socket(new SafeSocketHandle((nint)copy, ownsHandle: true));
            if (socket.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6 && wanted(socket))
                found.Add(socket);
            else
                socket.Dispose();
        }
        return found;
    }

    private static int PeerOf(Socket socket)
    {
        try
        {
            return socket.RemoteEndPoint is IPEndPoint peer ? peer.Port : 0;
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    /// <summary>An integer option by its numbers.</summary>
    public static int Option(this Socket socket, int level, int name)
    {
        Span<byte> value = stackalloc byte[sizeof(int)];
        socket.GetRawSocketOption(level, name, value);
        return BitConverter.ToInt32(value);
    }
}
