namespace Baton.Engine.Samples;

/// <summary>
/// Where a fetch that has several values goes on when the next one is asked for. Without it the n-th value would be looked
/// for from the first one again, and a header of a thousand commas would cost a rule a million steps.
/// </summary>
public struct SampleCursor
{
    /// <summary>The occurrence (from 0) that is found by going on from here; 0 when there is nothing to go on from.</summary>
    public int Next;

    /// <summary>The field, and the offset in its value (or in the text); a negative offset stands for the field's end.</summary>
    public int Field,
        Offset;
}
