// The peer's table, as far as a sender has to do with it that never puts anything in: it has a size from the start, and where the peer
// wants a smaller one it has to be told that this is kept to (RFC 7541 §4.2), or it does not decode the next block.
using System;

namespace Baton.Http.H2.Hpack;

/// <summary>State of a connection's encoder: two bits. <c>default</c> is that of a new connection.</summary>
public struct HpackSendTable
{
    /// <summary>Most bytes that <see cref="WriteUpdate"/> writes.</summary>
    public const int MaxUpdate = 1;

    private const byte GivenUp = 1,
        Due = 2;

    /// <summary>All of it, to be kept and set again.</summary>
    public byte State { get; set; }

    /// <summary>
    /// SETTINGS_HEADER_TABLE_SIZE of the peer. At the first that is below what a table has at the start, the table is given up for good:
    /// a size of none is kept to whatever the peer says next.
    /// </summary>
    public void SetLimit(uint limit)
    {
        if (limit < HpackDecoder.DefaultTableSize && (State & GivenUp) == 0)
            State = GivenUp | Due;
    }

    /// <summary>The next block on the connection has to begin with an update.</summary>
    public readonly bool IsUpdateDue => (State & Due) != 0;

    /// <summary>Begins the next block on the connection, whatever its stream; returns the bytes written, mostly none.</summary>
    public int WriteUpdate(Span<byte> to)
    {
        if ((State & Due) == 0)
            return 0;
        State = GivenUp;
        to[0] = 0x20;
        return 1;
    }
}
