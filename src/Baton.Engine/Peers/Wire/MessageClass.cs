namespace Baton.Engine.Peers.Wire;

/// <summary>The first byte of a message.</summary>
public enum MessageClass : byte
{
    Control = 0,
    Error = 1,
    Table = 10,
}
