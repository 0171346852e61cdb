// Whom an error of a frame is about (RFC 9113 §5.4).
namespace Baton.Http.H2;

/// <summary>Whom an error is about.</summary>
public enum FrameScope : byte
{
    /// <summary>No error.</summary>
    Fine,

    /// <summary>
    /// No error, and nothing to do for the stream. Of DATA the windows are still to be kept, of a field block the HPACK table.
    /// </summary>
    PassOver,

    /// <summary>RST_STREAM with the code; the connection goes on. Windows and table are still to be kept.</summary>
    Stream,

    /// <summary>GOAWAY with the code, then the end.</summary>
    Connection,
}
