// A row of a table of "baton top".
namespace Baton.Control.Top;

/// <param name="Key">What the runtime API calls it: "backend/server", a stream's id. The selection stays with it.</param>
public sealed record TopRow(string Key, TopMark Mark, TopCell[] Cells);
