// A server's place in the round of its backend's weighted round robin. Under the backend's gate.
namespace Baton.Engine.Balancing;

public struct BalancingTurn
{
    /// <summary>Its weight in the round, in places; 0 while it takes no part.</summary>
    public int Weight;

    /// <summary>It has not been chosen in this round yet.</summary>
    public bool IsFresh;

    /// <summary>It is not due in this round any more.</summary>
    public bool IsThrough;

    /// <summary>Where in the round it is due next, and where it was due before; 0 while it is fresh.</summary>
    public int Place,
        LastPlace;

    /// <summary>What the divisions of the round by the weight have left.</summary>
    public int Remainder;

    /// <summary>Order among equals.</summary>
    public long Stamp;

    /// <summary>The earlier place, then the heavier server with the smaller remainder, then who queued first.</summary>
    public static bool Precedes(in BalancingTurn a, in BalancingTurn b)
    {
        if (a.Place != b.Place)
            return a.Place < b.Place;
        int aKey = (a.Remainder - a.Weight) >> 4,
            bKey = (b.Remainder - b.Weight) >> 4;
        return aKey != bKey ? aKey < bKey : a.Stamp < b.Stamp;
    }
}
