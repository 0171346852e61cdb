namespace Baton.Configuration.Model;

/// <summary>The boolean "option" lines of a proxy, by the manual's names.</summary>
[System.Flags]
public enum ProxyOptions : ulong
{
    None = 0,
    DontLogNull = 1UL << 0, DontLogNormal = 1UL << 1, LogAsap = 1UL << 2, LogSeparateErrors = 1UL << 3, LogHealthChecks = 1UL << 4,
    HttpBufferRequest = 1UL << 5, HttpPretendKeepAlive = 1UL << 6, HttpIgnoreProbes = 1UL << 7, HttpNoDelay = 1UL << 8, HttpUseProxyHeader = 1UL << 9,
    AbortOnClose = 1UL << 10, AllBackups = 1UL << 11, IdleCloseOnResponse = 1UL << 12, PreferLastServer = 1UL << 13, Persist = 1UL << 14,
    TcpSmartAccept = 1UL << 15, TcpSmartConnect = 1UL << 16, ClientTcpKeepAlive = 1UL << 17, ServerTcpKeepAlive = 1UL << 18, NoLinger = 1UL << 19,
    SpliceAuto = 1UL << 20, SpliceRequest = 1UL << 21, SpliceResponse = 1UL << 22, ContStats = 1UL << 23, SocketStats = 1UL << 24,
    AcceptUnsafeRequest = 1UL << 25, AcceptUnsafeResponse = 1UL << 26, IndependentStreams = 1UL << 27, Transparent = 1UL << 28,
    CheckCache = 1UL << 29, HttpDropRequestTrailers = 1UL << 30, HttpDropResponseTrailers = 1UL << 31, DisableH2Upgrade = 1UL << 32, HttpRestrictReqHdrDelete = 1UL << 33,
    Forwarded = 1UL << 34, H1CaseAdjustBogusClient = 1UL << 35, H1CaseAdjustBogusServer = 1UL << 36, AssumeRfc6587Ntf = 1UL << 37,
}
