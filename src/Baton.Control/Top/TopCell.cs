// A cell of a table of "baton top".
namespace Baton.Control.Top;

/// <param name="Text">What is shown.</param>
/// <param name="Value">What a column of numbers is sorted by.</param>
public readonly record struct TopCell(string Text, double Value = 0);
