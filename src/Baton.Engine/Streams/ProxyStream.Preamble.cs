// What a fresh server connection starts with before any byte of the client's: the PROXY header (send-proxy).
using System;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Http.ProxyProtocol;

namespace Baton.Engine.Streams;

public abstract partial class ProxyStream
{
    /// <summary>The PROXY header about this stream's client, in the worker's scratch memory; empty when it does not fit there.</summary>
    internal ReadOnlySpan<byte> ProxyHeader()
    {
        Span<byte> text = Worker.Scratch.OutputSpan[ProxyFieldRoom..];
        return text[..WriteProxyHeader(text)];
    }

    /// <summary>Bytes of the scratch memory in which a field's text is put together; the header is behind them.</summary>
    private const int ProxyFieldRoom = 16384;

    private int WriteProxyHeader(Span<byte> text)
    {
        Span<byte> source = stackalloc byte[16],
            destination = stackalloc byte[16];
        ref readonly SocketAddress to = ref Destination;
        Source.CopyBytes(source);
        to.CopyBytes(destination);
        Http.ProxyProtocol.ProxyHeader header = default;
        header.SetAddresses(source[..Source.Length], Source.Port, destination[..to.Length], to.Port);
        if (Server!.Config.SendProxy == ProxyProtocolVersion.V1)
            return ProxyHeaderWriter.WriteV1(text, header);
        ProxyHeaderOptions options = Server.Config.ProxyHeader;
        // COMPAT: the order of the fields
        var writer = new ProxyHeaderWriter(text, header);
        if ((options & ProxyHeaderOptions.Crc32C) != 0)
            writer.AddCrc32C();
        TlsField.WriteNames(ref writer, this, options);
        if ((options & ProxyHeaderOptions.UniqueId) != 0 && TryGetUniqueId(out ReadOnlySpan<byte> id))
            writer.AddTlv(ProxyTlvType.UniqueId, id);
        if ((options & ProxyHeaderOptions.AboutTls) != 0)
            TlsField.Write(ref writer, this, options);
        foreach ((ProxyTlvType type, Logs.FormattedText format) in Server.ProxyFields)
        {
            Span<byte> field = Worker.Scratch.OutputSpan[..ProxyFieldRoom];
            writer.AddTlv(type, field[..format.Write(this, field)]);
        }
        return writer.Finish();
    }
}
