namespace Baton.Core.Pools;

/// <summary>An object of an <see cref="ObjectPool{T}"/>.</summary>
public interface IPooled
{
    /// <summary>Odd while somebody holds it; it grows by one at each rent and each return, so that a life is a number of its own.</summary>
    uint Life { get; set; }

    /// <summary>
    /// What still has hold of an object that is being returned (a timer, a list, a descriptor), or null. Asked when pools are checked.
    /// </summary>
    string? HeldBy();

    /// <summary>Makes a returned object useless: whoever goes on with it fails at once. When pools are checked.</summary>
    void Spoil();

    /// <summary>False when a spoiled object was written to. When pools are checked.</summary>
    bool IsSpoiled();
}
