// Makes listening sockets: taken over from a running process or inherited where that is possible, bound where not.
// Everything new is bound before anybody is told to stop, so that a failure here harms no one.
// SAFETY: the device name is pinned for the call, and its length goes with it.
using System.Collections.Generic;
using System.Text;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Interop.Linux;

namespace Baton.Engine.Listeners;

public sealed unsafe class ListenerBinder(GlobalConfig global, IListenerSource? source)
{
    private readonly List<(string Temporary, string Final)> _renames = [];

    /// <summary>What the kernel refused of a listener's options, while it serves all the same.</summary>
    public List<(ListenerState Listener, string What)> Refused { get; } = [];

    /// <summary>The last failure was an address in use.</summary>
    public bool WasInUse { get; private set; }

    /// <summary>How many sockets a bind line has for each of its addresses.</summary>
    public static int ShardsOf(BindConfig bind, int workers) =>
        bind.Shards switch
        {
            -1 or -2 => workers,
            <= 1 => 1,
            int n => n,
        };

    /// <summary>Binds and listens. Null on success, else the reason in HAProxy's words.</summary>
    public string? Bind(ListenerState listener, int defaultBacklog)
    {
        int backlog = listener.Config.Backlog > 0 ? listener.Config.Backlog : defaultBacklog;
        WasInUse = false;
        listener.Backlog = backlog;
        int shards = ShardsOf(listener.Config, listener.Engine.WorkerCount);
        var descriptors = new int[listener.InheritedDescriptor >= 0 ? 1 : shards];
        for (int i = 0; i < descriptors.Length; i++)
        {
            string? error = BindOne(listener, backlog, shards > 1, out descriptors[i]);
            if (error is null)
                continue;
            for (int j = 0; j < i; j++)
                Files.close(descriptors[j]);
            return error;
        }
        foreach (int fd in descriptors)
            listener.AddSocket(fd);
        if (listener.IsSocketPair)
            return null;
        listener.BoundAddress = SocketAddress.OfSocket(descriptors[0]);
        listener.BoundToWildcard = listener.BoundAddress.IsUnspecified || listener.Config.Transparent;
        return null;
    }

    /// <summary>
    /// The shards that the running process has more of than this configuration asks for: clients are queued on them, and
    /// the kernel goes on spreading new ones over them. They are served here as well. Call when everything is bound.
    /// </summary>
    public void AdoptSurplus(ListenerState listener)
    {
        if (listener.Endpoint is not { } endpoint || endpoint.Family == Sockets.AF_UNIX || source is null)
            return;
        while (source.Take(endpoint, listener.Config) is var fd and >= 0)
        {
            Files.SetCloseOnExec(fd, true);
            if (Listen(fd, listener, listener.Backlog) is null)
                listener.AddSocket(fd);
            else
                Files.close(fd);
        }
    }

    /// <summary>Puts UNIX sockets bound under temporary names at their paths; call when everything is bound. The path that could not be
    /// taken, or null.</summary>
    public string? Publish()
    {
        foreach ((string temporary, string final) in _renames)
            if (Files.rename(temporary, final) < 0)
                return $"cannot rename UNIX socket to {final} ({Errno.Message(Sockets.Last)})";
        _renames.Clear();
        return null;
    }

    /// <summary>Takes the temporary names away again after a failure.</summary>
    public void Abandon()
    {
        foreach ((string temporary, _) in _renames)
            Files.unlink(temporary);
        _renames.Clear();
    }

    private string? BindOne(ListenerState listener, int backlog, bool shared, out int fd)
    {
        BindConfig bind = listener.Config;
        if (listener.InheritedDescriptor >= 0)
        {
            fd = listener.InheritedDescriptor;
            if (!Files.IsOpen(fd))
                return $"cannot use inherited FD {fd}: {Errno.Message(Errno.EBADF)}";
            Files.SetCloseOnExec(fd, true);
            if (listener.IsSocketPair || listener.IsForOrphan)
            {
                Files.SetNonBlocking(fd);
                return null;
            }
            return Listen(fd, listener, backlog);
        }
        SocketEndpoint endpoint = listener.Endpoint!;
        fd = source?.Take(endpoint, bind) ?? -1;
        if (fd >= 0)
        {
            Files.SetCloseOnExec(fd, true);
            return Listen(fd, listener, backlog);
        }
        fd = NetworkNamespaces.Socket(bind.Namespace, endpoint.Family, Sockets.SOCK_STREAM | Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC);
        if (fd < 0)
            return $"cannot create listening socket ({Errno.Message(Sockets.Last)})";
        string? error = endpoint.Family == Sockets.AF_UNIX ? BindUnix(fd, endpoint, bind) : BindInet(fd, endpoint, bind, shared);
        error ??= Listen(fd, listener, backlog);
        if (error is not null)
            Files.close(fd);
        return error;
    }

    private string? BindInet(int fd, SocketEndpoint endpoint, BindConfig bind, bool shared)
    {
        Sockets.SetOption(fd, Sockets.SOL_SOCKET, Sockets.SO_REUSEADDR, 1);
        if (!global.NoReusePort || shared)
            Sockets.SetOption(fd, Sockets.SOL_SOCKET, Sockets.SO_REUSEPORT, 1);
        bool v6 = endpoint.Family == Sockets.AF_INET6;
        if (v6)
            Sockets.SetOption(fd, Sockets.IPPROTO_IPV6, Sockets.IPV6_V6ONLY, bind.V4V6 ? 0 : 1);
        if (bind.Transparent)
        {
            int done = v6
                ? Sockets.SetOption(fd, Sockets.IPPROTO_IPV6, Sockets.IPV6_TRANSPARENT, 1)
                : Sockets.SetOption(fd, Sockets.IPPROTO_IP, Sockets.IP_TRANSPARENT, 1);
            if (done < 0 && Sockets.SetOption(fd, Sockets.IPPROTO_IP, Sockets.IP_FREEBIND, 1) < 0)
                return "cannot make listening socket transparent";
        }
        if (bind.Interface is { } device)
        {
            byte[] name = Encoding.ASCII.GetBytes(device + "\0");
            fixed (byte* p = name)
                if (Sockets.setsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_BINDTODEVICE, p, name.Length) < 0)
                    return $"cannot bind listener to device ({Errno.Message(Sockets.Last)})";
        }
        return endpoint.Bind(fd) < 0 ? Failed("bind") : null;
    }

    private string Failed(string call)
    {
        int errno = Sockets.Last;
        WasInUse = errno == Errno.EADDRINUSE;
        return call == "bind" ? $"cannot bind socket ({Errno.Message(errno)})" : $"cannot listen to socket ({Errno.Message(errno)})";
    }

    /// <summary>A path is bound under a temporary name and renamed when all is ready: there is no moment without a socket at the
    /// path.</summary>
    private string? BindUnix(int fd, SocketEndpoint endpoint, BindConfig bind)
    {
        if (endpoint.Path.StartsWith('\0'))
        {
            if (endpoint.Bind(fd) >= 0)
                return null;
            int errno = Sockets.Last;
            WasInUse = errno == Errno.EADDRINUSE;
            return $"cannot bind UNIX socket ({Errno.Message(errno)})";
        }
        string temporary = $"{endpoint.Path}.{Processes.getpid()}.tmp";
        if (temporary.Length > 107)
            return "path too long for UNIX socket";
        Files.unlink(temporary);
        if (SocketEndpoint.FromPath(temporary, false).Bind(fd) < 0)
            return $"cannot bind UNIX socket ({Errno.Message(Sockets.Last)})";
        _renames.Add((temporary, endpoint.Path));
        int mode = bind.UnixMode >= 0 ? bind.UnixMode : global.UnixBindMode;
        int uid = bind.UnixUid >= 0 ? bind.UnixUid : global.UnixBindUid,
            gid = bind.UnixGid >= 0 ? bind.UnixGid : global.UnixBindGid;
        if (mode > 0 && Files.chmod(temporary, mode) < 0 || (uid >= 0 || gid >= 0) && Files.chown(temporary, uid, gid) < 0)
            return $"cannot change UNIX socket ownership ({Errno.Message(Sockets.Last)})";
        return null;
    }

    /// <summary>listen() is called on sockets taken over as well: it applies a changed backlog and leaves the queue alone.</summary>
    private string? Listen(int fd, ListenerState listener, int backlog)
    {
        BindConfig bind = listener.Config;
        Files.SetNonBlocking(fd);
        int family = Sockets.GetOption(fd, Sockets.SOL_SOCKET, Sockets.SO_DOMAIN);
        if (family != Sockets.AF_UNIX)
        {
            // accepted sockets inherit these: set once here, never per connection
            Sockets.SetOption(fd, Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY, 1);
            if (bind.DeferAccept)
                Sockets.SetOption(fd, Sockets.IPPROTO_TCP, Sockets.TCP_DEFER_ACCEPT, 1);
            else if (Sockets.GetOption(fd, Sockets.IPPROTO_TCP, Sockets.TCP_DEFER_ACCEPT) > 0)
                Sockets.SetOption(fd, Sockets.IPPROTO_TCP, Sockets.TCP_DEFER_ACCEPT, 0);
            if (bind.SaveSyn > 0 || Sockets.GetOption(fd, Sockets.IPPROTO_TCP, Sockets.TCP_SAVE_SYN) > 0)
                Sockets.SetOption(fd, Sockets.IPPROTO_TCP, Sockets.TCP_SAVE_SYN, bind.SaveSyn);
            // COMPAT: what is sent along with a SYN is held for no more than may be served, however long the queue is
            int fastOpen = bind.Backlog == 0 && bind.MaxConn > 0 ? bind.MaxConn : backlog;
            if (bind.TcpFastOpen)
                Sockets.SetOption(fd, Sockets.IPPROTO_TCP, Sockets.TCP_FASTOPEN, fastOpen);
            if (bind.Mss > 0 && Sockets.SetOption(fd, Sockets.IPPROTO_TCP, Sockets.TCP_MAXSEG, bind.Mss) < 0)
                Refused.Add((listener, $"cannot set MSS to {bind.Mss}"));
            if (bind.TcpUserTimeoutMs > 0)
                Sockets.SetOption(fd, Sockets.IPPROTO_TCP, Sockets.TCP_USER_TIMEOUT, bind.TcpUserTimeoutMs);
        }
        return Sockets.listen(fd, backlog) < 0 ? Failed("listen") : null;
    }
}
