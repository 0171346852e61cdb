// The data types of stick tables by their numbers in the peers protocol, which are the bits of a table definition.
using System;

namespace Baton.Engine.Peers.Wire;

/// <summary>Numbers, and how each type's values are written.</summary>
public static class DataTypes
{
    public const int ServerId = 0,
        ConnectionsNow = 6,
        ServerKey = 19,
        Gpt = 22,
        Gpc = 23,
        GpcRate = 24;

    /// <summary>Bits that a definition has room for.</summary>
    public const int Most = 64;

    /// <summary>Elements that an array may have.</summary>
    public const int MaxElements = 100;

    private static ReadOnlySpan<byte> Rates => [3, 5, 8, 10, 12, 14, 16, 18, 21, GpcRate, 26];

    /// <summary>Types beyond are of releases that nobody has seen yet.</summary>
    private const int Last = 26;

    public static DataShape ShapeOf(int type) =>
        type > Last ? DataShape.Unknown
        : type == ServerKey ? DataShape.Word
        : Rates.Contains((byte)type) ? DataShape.Rate
        : DataShape.Integer;

    /// <summary>It has as many elements as the table's definition says.</summary>
    public static bool IsArray(int type) => type is Gpt or Gpc or GpcRate;
}
