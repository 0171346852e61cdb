// The table of static-rr and of map-based hashes: as many entries as all weights together, divided by what they have in
// common, each server's entries spread over it.
using System.Collections.Generic;
using Baton.Engine.Servers;

namespace Baton.Engine.Balancing;

public static class WeightedTable
{
    /// <summary>What all weights have in common, whoever is up: the table is as fine as they need.</summary>
    public static int Divisor(List<ServerState> all)
    {
        int divisor = 0;
        foreach (ServerState s in all)
            divisor = CommonDivisor(CommonDivisor(divisor, s.Config.Weight), s.EffectiveWeight);
        return divisor;
    }

    /// <summary>COMPAT: the same table as haproxy's, so that a key finds the same server behind both.</summary>
    public static ServerState[] Create(ServerState[] usable, int[] weights, int divisor)
    {
        int total = 0;
        foreach (int weight in weights)
            total += weight / divisor;
        var table = new ServerState[total];
        var credit = new int[usable.Length];
        for (int i = 0; i < total; i++)
        {
            int best = 0,
                most = -1;
            for (int j = 0; j < usable.Length; j++)
            {
                credit[j] += weights[j] / divisor;
                // whole rounds that a server is behind count, not parts of one
                int behind = (credit[j] + total) / total;
                if (behind > most)
                    (best, most) = (j, behind);
            }
            credit[best] -= total;
            table[i] = usable[best];
        }
        return table;
    }

    private static int CommonDivisor(int a, int b)
    {
        while (b != 0)
            (a, b) = (b, a % b);
        return a;
    }
}
