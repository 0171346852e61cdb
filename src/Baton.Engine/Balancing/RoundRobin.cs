// balance roundrobin: a weighted round for the active servers and one for the backups.
using System;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;
using Baton.Engine.Streams;

namespace Baton.Engine.Balancing;

public sealed class RoundRobin(BackendState backend) : Balancer(backend)
{
    private readonly WeightedRound _active = new(),
        _backup = new();
    private bool _begun;

    public override ServerState? Pick(ProxyStream stream, ServerState? avoid)
    {
        if (Usable.Length == 1)
            return Usable[0].HasFreeSlot ? PickOnly(Usable[0]) : null;
        if (Usable.Length == 0)
            return null;
        ServerState? found = (Usable[0].Config.Backup ? _backup : _active).Pick(avoid);
        if (found is null && avoid is { HasFreeSlot: true } && Array.IndexOf(Usable, avoid) >= 0)
            found = avoid;
        return found;
    }

    /// <summary>The backup that stands in alone, where only one does, is outside of any round.</summary>
    private ServerState? PickOnly(ServerState server) =>
        server.Config.Backup
            ? UsesAllBackups
                ? _backup.Pick(null)
                : server
            : _active.Pick(null);

    protected override void OnServersChanged()
    {
        base.OnServersChanged();
        _begun = true;
    }

    protected override void OnServerChanged(ServerState server)
    {
        int weight = server.IsUsable ? server.ScaledWeight : 0;
        WeightedRound round = server.Config.Backup ? _backup : _active;
        if (_begun)
            round.Change(server, weight);
        else if (weight > 0)
            round.Begin(server, weight);
    }
}
