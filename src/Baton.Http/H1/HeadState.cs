namespace Baton.Http.H1;

/// <summary>Where in an HTTP/1 message a fault lies. COMPAT: the numbers and, in capitals behind "MSG_", the names are those that "show
/// errors" prints.</summary>
public enum HeadState : byte
{
    RqBefore = 0,
    RqMeth = 2,
    RqUri = 4,
    RqVer = 6,
    RqLineEnd = 7,
    RpVer = 10,
    RpCode = 12,
    RpReason = 14,
    HdrName = 17,
    HdrVal = 22,
    HdrL2Lf = 23,
    HdrL2Lws = 24,
    LastLf = 25,
    ChunkSize = 26,
    Data = 27,
    Done = 30,
}
