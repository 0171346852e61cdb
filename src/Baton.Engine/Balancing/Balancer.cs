// How a backend chooses a server. One small file per algorithm. What takes long is made outside of the gate that streams take, from a
// snapshot, and swapped in: a change of a server's state holds the gate for as long as it takes to move that server.
using System;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;
using Baton.Engine.Streams;

namespace Baton.Engine.Balancing;

/// <summary>Servers are chosen under the backend's gate; they change under its state lock.</summary>
public abstract class Balancer(BackendState backend)
{
    protected BackendState Backend { get; } = backend;

    /// <summary>Servers with a weight that may take new streams now. Replaced as a whole.</summary>
    public ServerState[] Usable { get; private set; } = [];

    /// <summary>"option allbackups": they stand in together, not the first of them alone.</summary>
    protected bool UsesAllBackups => (Backend.Config.Options & Configuration.Model.ProxyOptions.AllBackups) != 0;

    /// <summary>Chooses among <see cref="Usable"/>, leaving out servers without a free slot and <paramref name="avoid"/> when another is
    /// there; null when all are full. A hash may name a full server: the stream waits for that one.</summary>
    public abstract ServerState? Pick(ProxyStream stream, ServerState? avoid);

    /// <summary>A stream has given its slot back.</summary>
    public virtual void Released(ServerState server) { }

    /// <summary>Called under the gate, with the new list, for a server whose state or weight changed. Cheap.</summary>
    protected abstract void OnServerChanged(ServerState server);

    /// <summary>Called under the gate when many may have changed.</summary>
    protected virtual void OnServersChanged()
    {
        foreach (ServerState server in Backend.Servers)
            OnServerChanged(server);
    }

    /// <summary>Puts the usable servers into the order in which they are asked. Outside of the gate.</summary>
    protected virtual void Arrange(ServerState[] usable) { }

    /// <summary>Tables that are costly to make; null where there are none. Owned by the state lock.</summary>
    private protected virtual ServerTables? Tables => null;

    /// <summary>Everything anew, under the gate or before anybody else is there.</summary>
    public void Refresh()
    {
        Take(FindUsable(), null);
        if (Tables is { } tables)
            tables.MakeNow(Usable);
    }

    /// <summary>One server has changed, or the list of servers. Under the state lock and not under the gate.</summary>
    public void Change(ServerState server)
    {
        ServerState[] usable = FindUsable();
        using (Backend.Gate.Enter())
        {
            Take(usable, server);
        }
        Tables?.Renew(usable);
    }

    /// <summary>Another balancer's part: its list is the same.</summary>
    internal void Follow(ServerState[] usable, ServerState? server) => Take(usable, server);

    private void Take(ServerState[] usable, ServerState? server)
    {
        ServerState[] before = Usable;
        Usable = usable;
        // one that joins or leaves its like; else the backups stand in, or stand down, and all have to be looked at
        bool isSameGroup = usable.Length > 0 && before.Length > 0 && usable[0].Config.Backup == before[0].Config.Backup;
        if (server is not null && isSameGroup && (UsesAllBackups || !server.Config.Backup))
            server.BalancedWeight = server.IsUsable && server.Config.Backup == usable[0].Config.Backup ? server.ScaledWeight : 0;
        else
        {
            foreach (ServerState s in Backend.Servers)
                s.BalancedWeight = 0;
            foreach (ServerState s in usable)
                s.BalancedWeight = s.ScaledWeight;
        }
        if (server is null)
            OnServersChanged();
        else
            OnServerChanged(server);
    }

    /// <summary>Works out who is usable: active servers, else the first backup, or all backups with "option allbackups".</summary>
    private ServerState[] FindUsable()
    {
        ServerState[] usable = Select(backup: false);
        if (usable.Length == 0)
        {
            usable = Select(backup: true);
            if (usable.Length > 1 && !UsesAllBackups)
                usable = [usable[0]];
        }
        Arrange(usable);
        return usable;
    }

    private ServerState[] Select(bool backup) => Backend.Servers.FindAll(s => s.Config.Backup == backup && s.IsUsable).ToArray();
}
