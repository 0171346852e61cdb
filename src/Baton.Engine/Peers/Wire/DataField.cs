namespace Baton.Engine.Peers.Wire;

/// <summary>One of the data types that a table has.</summary>
/// <param name="Type">Its number, which is its bit in a definition (<see cref="DataTypes"/>).</param>
/// <param name="Shape">How each element is written.</param>
/// <param name="Elements">1, or as many as the array has.</param>
/// <param name="PeriodMs">Of a rate.</param>
/// <param name="At">Where its first number lies among those of an entry.</param>
public readonly record struct DataField(int Type, DataShape Shape, int Elements, uint PeriodMs, int At)
{
    /// <summary>Numbers that a rate consists of: age, present, previous.</summary>
    public const int RateNumbers = 3;

    /// <summary>Numbers that it takes among those of an entry; a word takes none.</summary>
    public int Numbers =>
        Shape switch
        {
            DataShape.Integer => Elements,
            DataShape.Rate => Elements * RateNumbers,
            _ => 0,
        };
}
