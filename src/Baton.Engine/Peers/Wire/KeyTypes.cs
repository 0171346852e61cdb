namespace Baton.Engine.Peers.Wire;

/// <summary>Types of keys by their numbers in the peers protocol.</summary>
public static class KeyTypes
{
    public const int Integer = 2,
        IPv4 = 4,
        IPv6 = 5,
        Text = 6,
        Binary = 7;
}
