// Names of protocols for ALPN, as they stand on the wire.
using System;
using System.Collections.Generic;

namespace Baton.Engine.Tls;

internal static class TlsProtocols
{
    /// <summary>What streams cannot speak is not offered: whoever may choose would choose it.</summary>
    public static byte[] Offered(byte[] wire, bool isHttp, out bool dropped)
    {
        dropped = false;
        if (!isHttp)
            return wire;
        var kept = new List<byte>(wire.Length);
        for (int at = 0; at < wire.Length; at += wire[at] + 1)
        {
            ReadOnlySpan<byte> name = wire.AsSpan(at, wire[at] + 1);
            if (name.SequenceEqual("\u0002h2"u8))
                dropped = true;
            else
                kept.AddRange(name);
        }
        return [.. kept];
    }
}
