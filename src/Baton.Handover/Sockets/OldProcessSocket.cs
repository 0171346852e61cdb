// Reaching the running process for "-x": a UNIX path, an abstract name, or sockpair@FD.
using System;
using System.Globalization;
using Baton.Engine.Connections;
using Baton.Interop.Linux;
using Native = Baton.Interop.Linux.Sockets;

namespace Baton.Handover.Sockets;

internal static class OldProcessSocket
{
    /// <summary>A connected, blocking socket with the step's deadline set, or -1 and the reason.</summary>
    public static int Connect(string source, out string? error)
    {
        error = null;
        if (source.StartsWith("sockpair@", StringComparison.Ordinal))
            return ConnectThroughPair(source[9..], out error);
        if (source.StartsWith("unix@", StringComparison.Ordinal))
            source = source[5..];
        int fd = Native.socket(Native.AF_UNIX, Native.SOCK_STREAM | Native.SOCK_CLOEXEC, 0);
        if (fd < 0)
        {
            error = $"cannot create a socket ({Errno.Message(Native.Last)})";
            return -1;
        }
        SocketNames.SetTimeouts(fd, SocketTransfer.StepTimeoutMs);
        bool isAbstract = source.StartsWith("abns@", StringComparison.Ordinal);
        if (SocketEndpoint.FromPath(isAbstract ? source[5..] : source, isAbstract).Connect(fd) == 0)
            return fd;
        error = $"cannot connect to '{source}' ({Errno.Message(Native.Last)})";
        Files.close(fd);
        return -1;
    }

    /// <summary>sockpair@N: one end of a fresh pair goes over N, the conversation runs on the other.</summary>
    private static int ConnectThroughPair(string number, out string? error)
    {
        error = null;
        if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int carrier))
        {
            error = $"bad descriptor 'sockpair@{number}'";
            return -1;
        }
        if (!SocketNames.Pair(out int mine, out int theirs))
        {
            error = "cannot create a socket pair";
            return -1;
        }
        nint sent = DescriptorPassing.Send(carrier, [0, 0], [theirs]);
        Files.close(theirs);
        // the same deadline as for a path: a process that hangs must not hang this start
        SocketNames.SetTimeouts(mine, SocketTransfer.StepTimeoutMs);
        if (sent == 2)
            return mine;
        error = $"cannot pass a socket over 'sockpair@{number}' ({Errno.Message(Native.Last)})";
        Files.close(mine);
        return -1;
    }
}
