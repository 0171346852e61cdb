// A server's place in the round of its backend's weighted round robin. Under the backend's gate.
namespace Baton.Engine.Balancing;

public struct BalancingTurn
{
    /// <summary>Whether it has been chosen in this round: before that it has no place.</summary>
    public bool Begun;

    /// <summary>Where in the round it is due next; past the round's end it waits for the next one.</summary>
    public int Place;

    /// <summary>What the divisions of the round by the weight have left.</summary>
    public int Remainder;

    /// <summary>Order among equals.</summary>
    public long Stamp;
}
