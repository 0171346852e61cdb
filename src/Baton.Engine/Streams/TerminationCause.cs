namespace Baton.Engine.Streams;

/// <summary>First character of the termination state (manual 8.5).</summary>
public enum TerminationCause : byte
{
    None = (byte)'-',
    ClientAbort = (byte)'C',
    ServerAbort = (byte)'S',
    Proxy = (byte)'P',
    Local = (byte)'L',
    Resource = (byte)'R',
    Internal = (byte)'I',
    Down = (byte)'D',
    Up = (byte)'U',
    Killed = (byte)'K',
    ClientTimeout = (byte)'c',
    ServerTimeout = (byte)'s',
}
