// What a record was to whoever reads the connection.
namespace Baton.Http.Tls.Records;

public enum RecordEvent : byte
{
    /// <summary>Nothing that concerns the reader: an empty record, a warning, a ticket, a part of a message.</summary>
    Nothing,

    /// <summary>Bytes of the user.</summary>
    Data,

    /// <summary>The peer's next records are under its next key.</summary>
    KeyUpdated,

    /// <summary>The same, and it wants ours to be, before our next data.</summary>
    KeyUpdateWanted,

    /// <summary>TLS 1.2: it asks for another handshake, which is to be refused with a warning.</summary>
    Renegotiation,

    /// <summary>close_notify: it sends nothing more.</summary>
    Closed,

    /// <summary>It has ended the connection; <see cref="RecordState.LastAlert"/> says why.</summary>
    Aborted,

    /// <summary>The record is not what may come; the peer is told <see cref="RecordState.LastAlert"/>, and the connection is
    /// over.</summary>
    Fault,
}
