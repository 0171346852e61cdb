// What can go wrong with a connection before it carries anything, as logs and fetches tell it (fc_err, bc_err): a number and a text each.
// COMPAT: HAProxy's numbers and words (manual 7.3.3, fc_err_str), which tools that read logs know.
using System;
using System.Collections.Generic;
using System.Text;

namespace Baton.Engine.Connections;

/// <summary>Numbers of faults; those that have no name here come by their text.</summary>
internal static class ConnectionFaults
{
    public const byte None = 0,
        TlsClosed = 24,
        TlsFailed = 25,
        TlsTimeout = 26,
        TlsTooMany = 27,
        TlsNoMemory = 28,
        AuthorityUnknown = 30,
        CertificateNotTrusted = 31,
        NotAsConfigured = 32,
        NotAsAsked = 33,
        Handshake = 34;

    private static readonly byte[][] s_texts =
    [
        .. Bytes([
            "Success",
            "Reached configured maxconn value",
            "Too many sockets on the process",
            "Too many sockets on the system",
            "Out of system buffers",
            "Protocol or address family not supported",
            "General socket error",
            "Source port range exhausted",
            "Can't bind to source address",
            "Out of local source ports on the system",
            "Local source address already in use",
            "Connection closed while waiting for PROXY protocol header",
            "Connection error while waiting for PROXY protocol header",
            "Timeout while waiting for PROXY protocol header",
            "Truncated PROXY protocol header received",
            "Received something which does not look like a PROXY protocol header",
            "Received an invalid PROXY protocol header",
            "Received an unhandled protocol in the PROXY protocol header",
            "Connection closed while waiting for NetScaler Client IP header",
            "Connection error while waiting for NetScaler Client IP header",
            "Timeout while waiting for a NetScaler Client IP header",
            "Truncated NetScaler Client IP header received",
            "Received an invalid NetScaler Client IP magic number",
            "Received an unhandled protocol in the NetScaler Client IP header",
            "Connection closed during SSL handshake",
            "Connection error during SSL handshake",
            "Timeout during SSL handshake",
            "Too many SSL connections",
            "Out of memory when initializing an SSL connection",
            "Rejected a client-initiated SSL renegotiation attempt",
            "SSL client CA chain cannot be verified",
            "SSL client certificate not trusted",
            "Server presented an SSL certificate different from the configured one",
            "Server presented an SSL certificate different from the expected one",
            "SSL handshake failure",
        ]),
    ];

    private static IEnumerable<byte[]> Bytes(string[] texts)
    {
        foreach (string text in texts)
            yield return Encoding.ASCII.GetBytes(text);
    }

    /// <summary>Empty for a number that is not known.</summary>
    public static ReadOnlySpan<byte> Text(byte number) => number < s_texts.Length ? s_texts[number] : default;

    /// <summary>The number of a text; <see cref="None"/> for one that is not known.</summary>
    public static byte NumberOf(ReadOnlySpan<byte> text)
    {
        for (byte i = 1; i < s_texts.Length; i++)
            if (text.SequenceEqual(s_texts[i]))
                return i;
        return None;
    }
}
