// What is in a record (RFC 8446 §5.1).
namespace Baton.Http.Tls.Records;

public enum ContentType : byte
{
    ChangeCipherSpec = 20,
    Alert = 21,
    Handshake = 22,
    ApplicationData = 23,
}
