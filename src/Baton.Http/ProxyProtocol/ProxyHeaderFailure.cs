// Why a PROXY header was refused, in the words logs have for it. COMPAT: HAProxy's, as tools that read logs know them.
using System;

namespace Baton.Http.ProxyProtocol;

public static class ProxyHeaderFailure
{
    public static ReadOnlySpan<byte> Closed => "Connection closed while waiting for PROXY protocol header"u8;
    public static ReadOnlySpan<byte> Failed => "Connection error while waiting for PROXY protocol header"u8;
    public static ReadOnlySpan<byte> TimedOut => "Timeout while waiting for PROXY protocol header"u8;
    public static ReadOnlySpan<byte> Truncated => "Truncated PROXY protocol header received"u8;

    /// <summary>What is wrong with bytes that the parser found bad.</summary>
    public static ReadOnlySpan<byte> Describe(ReadOnlySpan<byte> data)
    {
        if (data.StartsWith("PROXY "u8))
        {
            ReadOnlySpan<byte> rest = data[6..];
            return rest.StartsWith("TCP4 "u8) || rest.StartsWith("TCP6 "u8) || rest.StartsWith("UNKNOWN"u8)
                ? "Received an invalid PROXY protocol header"u8
                : "Received an unhandled protocol in the PROXY protocol header"u8;
        }
        bool isSecondVersion = data.Length > 12 && data.StartsWith("\r\n\r\n\0\r\nQUIT\n"u8) && data[12] >> 4 == 2;
        return isSecondVersion
            ? "Received an invalid PROXY protocol header"u8
            : "Received something which does not look like a PROXY protocol header"u8;
    }
}
