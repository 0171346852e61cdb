// A key of "baton top".
namespace Baton.Control.Top;

/// <summary>What is no letter.</summary>
public enum TopKey
{
    None,
    Letter,
    Enter,
    Escape,
    Backspace,
    Tab,
    BackTab,
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Home,
    End,
    Interrupt,
    Suspend,
    Redraw,
}
