// What a fresh server connection starts with before any byte of the client's: the PROXY header (send-proxy).
using System;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Http.ProxyProtocol;

namespace Baton.Engine.Streams;

internal static class ClientIntroduction
{
    /// <summary>Bytes of the scratch memory in which a field's text is put together; the header is behind them.</summary>
    private const int FieldRoom = 16384;

    /// <summary>The PROXY header about a stream's client, in the worker's scratch memory; empty when it does not fit there.</summary>
    public static ReadOnlySpan<byte> Of(ProxyStream stream)
    {
        Span<byte> text = stream.Worker.Scratch.OutputSpan[FieldRoom..];
        return text[..Write(stream, text)];
    }

    private static int Write(ProxyStream stream, Span<byte> text)
    {
        Span<byte> source = stackalloc byte[16],
            destination = stackalloc byte[16];
        ref readonly SocketAddress from = ref stream.Source,
            to = ref stream.Destination;
        from.CopyBytes(source);
        to.CopyBytes(destination);
        ProxyHeader header = default;
        header.SetAddresses(source[..from.Length], from.Port, destination[..to.Length], to.Port);
        ServerConfig server = stream.Server!.Config;
        if (server.SendProxy == ProxyProtocolVersion.V1)
            return ProxyHeaderWriter.WriteV1(text, header);
        ProxyHeaderOptions options = server.ProxyHeader;
        // COMPAT: the order of the fields
        var writer = new ProxyHeaderWriter(text, header);
        if ((options & ProxyHeaderOptions.Crc32C) != 0)
            writer.AddCrc32C();
        TlsField.WriteNames(ref writer, stream, options);
        if ((options & ProxyHeaderOptions.UniqueId) != 0 && stream.UniqueId.TryGet(out ReadOnlySpan<byte> id))
            writer.AddTlv(ProxyTlvType.UniqueId, id);
        if ((options & ProxyHeaderOptions.AboutTls) != 0)
            TlsField.Write(ref writer, stream, options);
        foreach ((ProxyTlvType type, Logs.FormattedText format) in stream.Server.ProxyFields)
        {
            Span<byte> field = stream.Worker.Scratch.OutputSpan[..FieldRoom];
            writer.AddTlv(type, field[..format.Write(stream, field)]);
        }
        return writer.Finish();
    }
}
