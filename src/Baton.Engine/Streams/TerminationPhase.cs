// The second character of the termination state in logs (manual 8.5).
namespace Baton.Engine.Streams;

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
