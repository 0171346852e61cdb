// How a backend chooses a server. One small file per algorithm.
using System;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;
using Baton.Engine.Streams;

namespace Baton.Engine.Balancing;

/// <summary>Called under the backend's gate. Holds the list of usable servers, rebuilt when a server changes.</summary>
public abstract class Balancer(BackendState backend)
{
    protected BackendState Backend { get; } = backend;

    /// <summary>Servers with a weight that may take new streams now.</summary>
    public ServerState[] Usable { get; private set; } = [];

    /// <summary>"option allbackups": they stand in together, not the first of them alone.</summary>
    protected bool UsesAllBackups => (Backend.Config.Options & Configuration.Model.ProxyOptions.AllBackups) != 0;

    /// <summary>Chooses among <see cref="Usable"/>, leaving out servers without a free slot and <paramref name="avoid"/> when another is
    /// there; null when all are full. A hash may name a full server: the stream waits for that one.</summary>
    public abstract ServerState? Pick(ProxyStream stream, ServerState? avoid);

    /// <summary>A stream has given its slot back.</summary>
    public virtual void Released(ServerState server) { }

    /// <summary>Called with the new list whenever a server's state or weight changed.</summary>
    protected abstract void OnServersChanged();

    /// <summary>Works out who is usable: active servers, else the first backup, or all backups with "option allbackups".</summary>
    public void Refresh()
    {
        Usable = Select(backup: false);
        if (Usable.Length == 0)
        {
            Usable = Select(backup: true);
            if (Usable.Length > 1 && !UsesAllBackups)
                Usable = [Usable[0]];
        }
        OnServersChanged();
    }

    private ServerState[] Select(bool backup) => Backend.Servers.FindAll(s => s.Config.Backup == backup && s.IsUsable).ToArray();
}
