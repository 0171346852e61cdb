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

/// <summary>Second character: what the stream was doing.</summary>
public enum TerminationPhase : byte
{
    None = (byte)'-',
    Request = (byte)'R',
    Queue = (byte)'Q',
    Connect = (byte)'C',
    Headers = (byte)'H',
    Data = (byte)'D',
    Last = (byte)'L',
    Tarpit = (byte)'T',
}
