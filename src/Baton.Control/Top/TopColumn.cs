// A column of a table of "baton top".
namespace Baton.Control.Top;

/// <param name="Title">What stands above it, and what --sort takes.</param>
/// <param name="IsNumber">It stands to the right, and the largest comes first.</param>
public sealed record TopColumn(string Title, bool IsNumber = false);
