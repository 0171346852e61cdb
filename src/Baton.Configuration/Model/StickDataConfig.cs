namespace Baton.Configuration.Model;

/// <summary>Something that a table stores.</summary>
/// <param name="Count">Elements of an array; 1 for what is none.</param>
/// <param name="PeriodMs">Of a rate; 0 for what is none.</param>
public sealed record StickDataConfig(StickDataType Type, int Count = 1, int PeriodMs = 0)
{
    public StickDataKind Kind => StickDataKind.Of(Type);
}
