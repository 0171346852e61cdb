// The PROXY header of a check: there is no client to tell of. COMPAT: version 1 names the two ends of the check's own connection,
// version 2 says that it is our own (LOCAL).
using System;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Http.ProxyProtocol;

namespace Baton.Engine.Checks;

internal static class CheckPreamble
{
    private static ReadOnlySpan<byte> Local => "\r\n\r\n\0\r\nQUIT\n\x20\0\0\0"u8;

    public static ReadOnlySpan<byte> Write(Span<byte> text, ProxyProtocolVersion version, SocketAddress from, SocketAddress to)
    {
        if (version == ProxyProtocolVersion.V2)
            return Local;
        Span<byte> near = stackalloc byte[16],
            far = stackalloc byte[16];
        from.CopyBytes(near);
        to.CopyBytes(far);
        ProxyHeader header = default;
        header.SetAddresses(near[..from.Length], from.Port, far[..to.Length], to.Port);
        return text[..ProxyHeaderWriter.WriteV1(text, header)];
    }
}
