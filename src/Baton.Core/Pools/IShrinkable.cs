namespace Baton.Core.Pools;

/// <summary>A pool that can give back what it has not needed for a while.</summary>
public interface IShrinkable
{
    /// <summary>
    /// Gives back about <paramref name="most"/>, or a share of a large pool, of what stayed unused since the last call, or of all that is
    /// unused when
    /// <paramref name="all"/> is set. Bytes given back.
    /// </summary>
    long Shrink(int most, bool all);

    /// <summary>It holds nothing that could be given back, now or when its last object returns.</summary>
    bool IsSmall { get; }

    /// <summary>What is given back is garbage until the collector has run.</summary>
    bool IsManaged { get; }
}
