// The table of static-rr and of map-based hashes.
using System;
using Baton.Engine.Servers;

namespace Baton.Engine.Balancing;

internal sealed class MapTables(Proxies.BackendState backend) : ServerTables(backend)
{
    /// <summary>Each server as often as its weight says.</summary>
    public ServerState[] Entries { get; private set; } = [];

    private ServerState[] _made = [];
    private int[] _weights = [];
    private int _divisor;

    protected override bool IsStale(ServerState[] usable)
    {
        if (_divisor == WeightedTable.Divisor(Backend.Servers) && usable.AsSpan().SequenceEqual(_made))
            for (int i = 0; ; i++)
                if (i == usable.Length)
                    return false;
                else if (usable[i].EffectiveWeight != _weights[i])
                    break;
        _made = usable;
        _weights = Array.ConvertAll(usable, static s => s.EffectiveWeight);
        _divisor = WeightedTable.Divisor(Backend.Servers);
        return true;
    }

    protected override long Cost(ServerState[] servers, int[] weights)
    {
        long entries = 0;
        foreach (int weight in weights)
            entries += weight;
        return entries / Math.Max(1, _divisor) * servers.Length;
    }

    protected override int Unit => WeightedTable.Divisor(Backend.Servers);

    protected override object Make(ServerState[] servers, int[] weights, int unit) => WeightedTable.Create(servers, weights, unit);

    protected override void Install(object made) => Entries = (ServerState[])made;
}
