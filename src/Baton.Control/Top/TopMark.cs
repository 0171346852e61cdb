// How a row of "baton top" stands out. The state is told by a word as well.
namespace Baton.Control.Top;

public enum TopMark
{
    None,
    Good,
    Waiting,
    Bad,
}
