// What a field block may come to.
namespace Baton.Http.H2;

/// <summary>Limits of one field block; 0: none besides those of the head that is made.</summary>
public readonly struct HeadLimits
{
    /// <summary>Fields, pseudo-fields and pieces of cookies among them; at most.</summary>
    public int MaxFields { get; init; }

    /// <summary>Octets of names and values and 32 a field (RFC 9113 §6.5.2); at most. A reference of one octet counts what it stands
    /// for.</summary>
    public int MaxListSize { get; init; }
}
