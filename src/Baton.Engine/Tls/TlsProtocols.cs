// Names of protocols for ALPN, as they stand on the wire.
using System;
using System.Collections.Generic;

namespace Baton.Engine.Tls;

internal static class TlsProtocols
{
    /// <summary>A protocol is among them.</summary>
    public static bool Has(byte[] wire, ReadOnlySpan<byte> name)
    {
        for (int at = 0; at < wire.Length; at += wire[at] + 1)
            if (wire.AsSpan(at + 1, wire[at]).SequenceEqual(name))
                return true;
        return false;
    }

    /// <summary>What is offered where HTTP/2 cannot be spoken; null when that is the same.</summary>
    public static byte[]? WithoutFrames(byte[] wire)
    {
        var kept = new List<byte>(wire.Length);
        for (int at = 0; at < wire.Length; at += wire[at] + 1)
        {
            ReadOnlySpan<byte> name = wire.AsSpan(at, wire[at] + 1);
            if (!name.SequenceEqual("\u0002h2"u8))
                kept.AddRange(name);
        }
        return kept.Count == wire.Length ? null : [.. kept];
    }
}
