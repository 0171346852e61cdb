// The new process's side of _getsocks: fetches the listening sockets of the running process (Baton or HAProxy) and gives
// each to the bind line it belongs to.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using System.Threading;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Listeners;
using Baton.Interop.Linux;
using Native = Baton.Interop.Linux.Sockets;

namespace Baton.Handover.Sockets;

/// <summary>What is left unclaimed is closed by <see cref="CloseUnclaimed"/>, to be called only when every bind has succeeded.</summary>
public sealed class ListeningSocketReceiver : IListenerSource
{
    private sealed record Received(int Fd, byte[] Name, string Namespace, string Interface);

    private readonly List<Received> _sockets = [];

    public int Remaining => _sockets.Count;

    /// <summary>Asks the process behind <paramref name="source"/> (a UNIX path, or sockpair@FD). Null on success, else what went
    /// wrong.</summary>
    /// <param name="oldPids">Those that are to be replaced: an answer of another one, which leaves, is not theirs.</param>
    public string? Fetch(string source, IReadOnlyCollection<int> oldPids)
    {
        var patience = new Patience(oldPids);
        for (int attempt = 1; ; attempt++)
        {
            int fd = OldProcessSocket.Connect(source, out string? error);
            if (fd < 0)
                return error;
            error = Converse(fd);
            // a master asks the worker that serves: it may well have inherited sockets only
            if (error == Leaving && source.StartsWith("sockpair@", StringComparison.Ordinal))
                error = null;
            Files.close(fd);
            if (error is null)
                return null;
            CloseUnclaimed();
            if (error == Leaving ? !patience.AsksAgain(_answeredBy) : error != NoAnswer || attempt >= SocketTransfer.AttemptsWithoutAnswer)
                return error;
            Thread.Sleep(SocketTransfer.PauseMs);
        }
    }

    private const string NoAnswer = "no answer to _getsocks: is it a stats socket with 'expose-fd listeners' of a running process?";
    private const string Leaving = "the process behind this socket is leaving and has no listening sockets any more";

    /// <summary>Who has answered last, by the kernel's word; 0 when it does not say.</summary>
    private int _answeredBy;

    private string? Converse(int fd)
    {
        Native.SetOption(fd, Native.SOL_SOCKET, Native.SO_PASSCRED, 1);
        if (!Files.WriteAll(fd, SocketTransfer.Request))
            return "the running process closed the connection";
        Span<byte> number = stackalloc byte[4];
        if (!ReadExactly(fd, number))
            return Native.Last == Errno.EAGAIN
                ? $"the running process has not answered for {SocketTransfer.StepTimeoutMs / 1000} s"
                : NoAnswer;
        int expected = BitConverter.ToInt32(number);
        if (expected is < 0 or > 1_000_000)
            return "the answer to _getsocks makes no sense: is this another program's socket?";
        if (expected == 0)
            return Leaving;
        long end = Environment.TickCount64 + SocketTransfer.TotalTimeoutMs;
        while (_sockets.Count < expected)
        {
            int before = _sockets.Count;
            if (ReceiveBatch(fd, end) is { } error)
                return error;
            BitConverter.TryWriteBytes(number, before);
            // COMPAT: HAProxy may close without waiting for the last acknowledgement
            if (SocketNames.Send(fd, number) != 4 && _sockets.Count < expected)
                return Gone;
        }
        return null;
    }

    private const string Gone = "the running process went away in the middle of the transfer";

    /// <summary>Descriptors come with the first bytes of a batch; long names may need several reads.</summary>
    private string? ReceiveBatch(int fd, long end)
    {
        var waiting = new Queue<int>();
        try
        {
            var payload = new List<byte>();
            byte[] chunk = new byte[65536];
            int[] descriptors = new int[DescriptorPassing.MaxPerMessage];
            do
            {
                if (Environment.TickCount64 > end)
                    return $"the transfer took longer than {SocketTransfer.TotalTimeoutMs / 1000} s";
                nint n = DescriptorPassing.Receive(fd, chunk, descriptors, out int count);
                int errno = Native.Last;
                for (int i = 0; i < count; i++)
                    waiting.Enqueue(descriptors[i]);
                if (n == 0 || n < 0 && errno == Errno.ECONNRESET)
                    return Gone;
                if (n < 0)
                    return errno == Errno.EAGAIN
                        ? $"the running process has not gone on for {SocketTransfer.StepTimeoutMs / 1000} s"
                        : $"receiving sockets failed ({Errno.Message(errno)})";
                if (waiting.Count == 0)
                    return "malformed description of a socket";
                payload.AddRange(chunk.AsSpan(0, (int)n));
                Take(payload, waiting);
            } while (waiting.Count > 0);
            return payload.Count == 0 ? null : "malformed description of a socket";
        }
        finally
        {
            foreach (int left in waiting)
                Files.close(left);
        }
    }

    /// <summary>Moves the sockets whose description is complete from <paramref name="waiting"/> to what has been received.</summary>
    private void Take(List<byte> payload, Queue<int> waiting)
    {
        ReadOnlySpan<byte> bytes = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(payload);
        int done = 0;
        for (int at = 0; waiting.Count > 0 && SocketDescription.TryRead(bytes, ref at, out string space, out string device); done = at)
        {
            int fd = waiting.Dequeue();
            _sockets.Add(new Received(fd, SocketNames.Local(fd), space, device));
        }
        payload.RemoveRange(0, done);
    }

    /// <summary>The first bytes of the answer, and who they are from.</summary>
    private bool ReadExactly(int fd, Span<byte> into)
    {
        _answeredBy = 0;
        for (int done = 0; done < into.Length; )
        {
            int n = (int)DescriptorPassing.Receive(fd, into[done..], [], out _, out int sender);
            if (n <= 0)
                return false;
            if (sender != 0)
                _answeredBy = sender;
            done += n;
        }
        return true;
    }

    public int Take(SocketEndpoint endpoint, BindConfig bind)
    {
        for (int i = 0; i < _sockets.Count; i++)
        {
            Received r = _sockets[i];
            if (
                !SameName(r.Name, endpoint)
                || r.Interface != (bind.Interface ?? "")
                || r.Namespace != (bind.Namespace ?? "")
                || !SameOptions(r.Fd, endpoint, bind)
            )
                continue;
            _sockets.RemoveAt(i);
            return r.Fd;
        }
        return -1;
    }

    private static bool SameName(byte[] name, SocketEndpoint endpoint)
    {
        byte[] wanted = endpoint.Sockaddr;
        if (name.Length < 2 || name[0] != wanted[0] || name[1] != wanted[1])
            return false;
        if (endpoint.Family != Native.AF_UNIX)
        {
            int significant = endpoint.Family == Native.AF_INET ? 8 : 24;
            return name.Length >= significant && name.AsSpan(2, significant - 2).SequenceEqual(wanted.AsSpan(2, significant - 2));
        }
        ReadOnlySpan<byte> bound = name.AsSpan(2);
        if (bound.Length > 0 && bound[0] == 0)
        {
            // an abstract name counts whole; trailing NULs depend on who bound it
            return endpoint.Path.StartsWith('\0') && bound.TrimEnd((byte)0).SequenceEqual(wanted.AsSpan(2).TrimEnd((byte)0));
        }
        int end = bound.IndexOf((byte)0);
        return !endpoint.Path.StartsWith('\0')
            && WithoutTemporary(Encoding.UTF8.GetString(end < 0 ? bound : bound[..end])) == endpoint.Path;
    }

    /// <summary>"/run/x.sock.123.tmp" is bound for "/run/x.sock": paths are bound under a temporary name and renamed.</summary>
    private static string WithoutTemporary(string path)
    {
        if (!path.EndsWith(".tmp", StringComparison.Ordinal))
            return path;
        int dot = path.LastIndexOf('.', path.Length - 5);
        return dot > 0 && int.TryParse(path.AsSpan(dot + 1, path.Length - 5 - dot), NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? path[..dot]
            : path;
    }

    private static bool SameOptions(int fd, SocketEndpoint endpoint, BindConfig bind)
    {
        if (Native.GetOption(fd, Native.SOL_SOCKET, Native.SO_TYPE) != Native.SOCK_STREAM)
            return false;
        if (endpoint.Family == Native.AF_INET6)
            return (Native.GetOption(fd, Native.IPPROTO_IPV6, Native.IPV6_V6ONLY) == 1) == !bind.V4V6;
        if (endpoint.Family != Native.AF_INET)
            return true;
        bool transparent =
            Native.GetOption(fd, Native.IPPROTO_IP, Native.IP_TRANSPARENT) == 1
            || Native.GetOption(fd, Native.IPPROTO_IP, Native.IP_FREEBIND) == 1;
        return transparent == bind.Transparent;
    }

    /// <summary>Everything that was received, now owned by the caller (the master keeps copies).</summary>
    public List<(int Fd, string Namespace, string Interface)> TakeAll()
    {
        List<(int, string, string)> all = _sockets.ConvertAll(static r => (r.Fd, r.Namespace, r.Interface));
        _sockets.Clear();
        return all;
    }

    /// <summary>Closes what no bind line asked for; the old process still holds its copy and drains it.</summary>
    public void CloseUnclaimed()
    {
        foreach (Received r in _sockets)
            Files.close(r.Fd);
        _sockets.Clear();
    }
}
