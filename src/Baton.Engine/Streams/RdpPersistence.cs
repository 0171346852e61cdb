// "persist rdp-cookie": the first packet of an RDP client may carry a cookie that says which server it was on,
// "ADDRESS.PORT.0000", both as decimal numbers with their bytes in network order.
using System;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using Baton.Engine.Servers;
using Baton.Http.Tls;

namespace Baton.Engine.Streams;

internal static class RdpPersistence
{
    private const int LongestName = 256;

    /// <summary>The value of the RDP cookie in what the client has sent so far.</summary>
    public static bool TryFind(ProxyStream stream, string name, out ReadOnlySpan<byte> value)
    {
        Span<byte> wanted = stackalloc byte[LongestName];
        int length = Encoding.ASCII.GetBytes(name.AsSpan(0, Math.Min(name.Length, LongestName)), wanted);
        return RdpCookie.Parse(stream.RequestBytes, wanted[..length], out value) == HelloStatus.Complete;
    }

    /// <summary>Pins the stream to the server its cookie names, unless a rule has chosen one already or the server is down.</summary>
    public static void Apply(ProxyStream stream)
    {
        if (stream.Backend!.Config.PersistRdpCookie is not { } name || stream.Choice.Pinned is not null || stream.Choice.IgnorePersist)
            return;
        if (!TryFind(stream, name, out ReadOnlySpan<byte> value) || !TryRead(value, out uint address, out ushort port))
            return;
        foreach (ServerState server in CollectionsMarshal.AsSpan(stream.Backend.Servers))
        {
            if (
                server.Endpoint is not { Address.IsIPv4: true } endpoint
                || endpoint.Address.Port != port
                || AddressOf(endpoint.Address) != address
            )
                continue;
            if (!server.IsRunning && !stream.Choice.Insists)
                continue;
            stream.Choice.Pinned = server;
            return;
        }
    }

    private static bool TryRead(ReadOnlySpan<byte> value, out uint address, out ushort port)
    {
        port = 0;
        if (!Utf8Parser.TryParse(value, out address, out int used) || used >= value.Length || value[used] != '.')
            return false;
        value = value[(used + 1)..];
        if (!Utf8Parser.TryParse(value, out ushort swapped, out used) || used >= value.Length || value[used] != '.')
            return false;
        port = BinaryPrimitives.ReverseEndianness(swapped);
        return true;
    }

    /// <summary>The first byte of the address is the lowest of the number.</summary>
    private static uint AddressOf(in Connections.SocketAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        address.CopyBytes(bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}
