// The second byte of a message, class by class.
namespace Baton.Engine.Peers.Wire;

/// <summary>The types of all three classes; from <see cref="VariableLength"/> on a length and a body follow.</summary>
public static class MessageType
{
    public const byte VariableLength = 128;

    /// <summary>Control: everything is asked for; everything is told, and the teller knows all; the same from one who may not; this was
    /// heard; one is alive.</summary>
    public const byte ResyncRequest = 0,
        ResyncFinished = 1,
        ResyncPartial = 2,
        ResyncConfirmed = 3,
        Heartbeat = 4;

    /// <summary>Error.</summary>
    public const byte ProtocolError = 0,
        SizeLimit = 1;

    /// <summary>Table: an entry with the number of its change, with the next number, the same two with the time it has left; what a table
    /// looks like; which table the next entries are of; and up to which number changes have been heard.</summary>
    public const byte Update = 128,
        IncrementalUpdate = 129,
        Definition = 130,
        Switch = 131,
        Acknowledgement = 132,
        TimedUpdate = 133,
        IncrementalTimedUpdate = 134;
}
