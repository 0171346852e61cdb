// Why a connection ends, as the peer is told (RFC 8446 §6). Those that the record layer sends, and those it treats by themselves.
namespace Baton.Http.Tls.Records;

public enum AlertDescription : byte
{
    CloseNotify = 0,
    UnexpectedMessage = 10,
    BadRecordMac = 20,
    RecordOverflow = 22,
    IllegalParameter = 47,
    DecodeError = 50,
    InternalError = 80,
    UserCanceled = 90,
    NoRenegotiation = 100,
}
