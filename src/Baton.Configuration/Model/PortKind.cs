// How the port of an address was written: not at all, as a number, a range, or an offset.
namespace Baton.Configuration.Model;

/// <summary>How the port was written.</summary>
public enum PortKind : byte
{
    None,
    Absolute,

    /// <summary>":+N" or ":-N" on a server line: added to the port the client connected to.</summary>
    Offset,
}
