// "check-reuse-pool": a check takes an idle connection of its server's pool, and gives it back when it has had its answer; one that it had
// to make goes there too. On its own worker: the pools of other workers are left alone, since its next check finds what this one leaves.
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Connections.Transports;
using Baton.Engine.Servers;

namespace Baton.Engine.Checks;

/// <summary>A part of its check. OWNER: the check's worker.</summary>
internal sealed class CheckPool(ServerCheck check, string? name)
{
    private bool _avoids;
    private int _reuses;
    private SocketEndpoint? _madeFor;

    /// <summary>The connection that the check has was the pool's, and still counts where the server's are counted.</summary>
    public bool IsBorrowed { get; private set; }

    /// <summary>A new check.</summary>
    public void Begin() => _avoids = false;

    /// <summary>Until the next one: what the pool keeps is of no use.</summary>
    public void Avoid()
    {
        Forget();
        _avoids = true;
    }

    /// <summary>COMPAT: without a name of its own ("check-pool-conn-name") it is what checks ask for by TLS.</summary>
    private ulong NameKey => KeyOf(name ?? check.NameAskedFor);

    private static ulong KeyOf(string? text) => text is null ? 0 : IdlePool.KeyOf(System.Text.Encoding.ASCII.GetBytes(text));

    public bool TryBorrow(out int fd, out Transport? transport)
    {
        (fd, transport) = (-1, null);
        if (_avoids || check.Server.Pools.Find(check.Worker.Index)?.Pop(provenOnly: false, NameKey, toLend: true) is not { } idle)
            return false;
        (_reuses, _madeFor, IsBorrowed) = (idle.Reuses + 1, idle.MadeFor, true);
        idle.MoveAway(out fd, out transport);
        return true;
    }

    /// <summary>Its connection is idle again, or for the first time.</summary>
    public void GiveBack()
    {
        ServerState server = check.Server;
        bool isWanted =
            server.Backend.Config.HttpReuse != HttpReuse.Never
            && (server.Config.MaxReuse < 0 || _reuses < server.Config.MaxReuse)
            && server.WantsIdle(server.Pools[check.Worker.Index], check.Worker.NowMs);
        if (!isWanted || !IsBorrowed && !MayBeNew(server))
            return;
        ulong key = NameKey;
        int fd = check.LeaveSocket(out Transport? transport);
        SocketEndpoint? madeFor = IsBorrowed ? _madeFor : server.Endpoint;
        int reuses = IsBorrowed ? _reuses : 0;
        IsBorrowed = false;
        if (ServerConnection.Moved(check.Worker, server, fd, transport, reuses) is not { } kept)
        {
            transport?.Release(null);
            return;
        }
        (kept.MadeFor, kept.NameKey, kept.IdleSinceMs) = (madeFor, key, check.Worker.NowMs);
        kept.CanRead = false;
        kept.EnterPool();
    }

    /// <summary>One that the check has made counts from here on. What TLS asked for has to be what it is called, unless traffic's own
    /// connections are called otherwise too.</summary>
    private bool MayBeNew(ServerState server)
    {
        bool isCalledSo = server.Tls is null || server.PoolNameIndex >= 0 || KeyOf(check.NameAskedFor) == NameKey;
        return isCalledSo && (server.OpenConnections is null || server.OpenConnections.TryTake(ConnectionRoom.LimitOf(server)));
    }

    /// <summary>The check's connection is closed, or given back.</summary>
    public void Forget()
    {
        if (IsBorrowed)
            check.Server.OpenConnections?.GiveBack();
        (IsBorrowed, _madeFor, _reuses) = (false, null, 0);
    }
}
