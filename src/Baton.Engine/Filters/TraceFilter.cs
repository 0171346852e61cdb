// filter trace: prints on standard error what becomes of a stream, for whoever looks for a fault. COMPAT: in the lines and the order that
// tools and people know; HAProxy's steps of analysis, which are not ours, have no lines.
using System;
using System.Globalization;
using System.Text;
using Baton.Engine.Proxies;
using Baton.Engine.Streams;
using Baton.Http.Messages;
using Baton.Interop.Linux;

namespace Baton.Engine.Filters;

/// <summary>It allocates what it prints; a line is one write.</summary>
internal sealed class TraceFilter(TraceFilterConfig config) : StreamFilter
{
    /// <summary>Bytes in a line of a dump.</summary>
    private const int Row = 16;

    private bool _hasResponse;

    public override bool Wants(ChannelSide side) => true;

    public override void Begin(ProxyStream stream)
    {
        _hasResponse = false;
        Print(stream, "trace_attach", Of.IsOfBackend ? "filter-type=backend" : "filter-type=frontend");
        if (Of.IsOfBackend)
            return;
        Print(stream, "trace_stream_start");
        Print(stream, "trace_chn_start_analyze", Channel(stream, ChannelSide.Request));
    }

    public override void BackendChosen(ProxyStream stream, BackendState backend)
    {
        Print(stream, "trace_stream_set_backend", $"backend={backend.Name}");
        if (Of.IsOfBackend)
            Print(stream, "trace_chn_start_analyze", Channel(stream, ChannelSide.Request));
    }

    public override void Head(ProxyStream stream, ChannelSide side, MessageHead head)
    {
        if (side == ChannelSide.Response)
            BeginResponse(stream);
        if (config.IsQuiet)
            return;
        string line =
            side == ChannelSide.Request
                ? $"{Text(head.MethodSpan)} {Text(head.Target)} HTTP/{Text(head.VersionText)}"
                : $"HTTP/{Text(head.VersionText)} {head.Status} {Text(head.Reason)}";
        Print(stream, "trace_http_headers", $"{Channel(stream, side)}\t{line}");
        for (int i = 0; i < head.FieldCount; i++)
        {
            ref HeaderField field = ref head.Field(i);
            if (!field.IsRemoved)
                Line(config, Of.ProxyName, $"{Id(stream)}\t{Text(field.NameSpan).ToLowerInvariant()}: {Text(field.ValueSpan)}");
        }
    }

    public override int Pass(ProxyStream stream, ChannelSide side, ReadOnlySpan<byte> payload, int offset, ref long wakeMs)
    {
        if (side == ChannelSide.Response)
            BeginResponse(stream);
        int most = config.MaxForward == 0 ? payload.Length : Math.Min(config.MaxForward, payload.Length),
            passed = config.IsRandom ? Random.Shared.Next(most + 1) : most;
        if (passed < payload.Length)
            wakeMs = Math.Min(wakeMs, stream.Worker.NowMs + 1);
        Print(
            stream,
            stream.IsHttp ? "trace_http_payload" : "trace_tcp_payload",
            $"{Channel(stream, side)} - offset={offset} - len={payload.Length} - forward={passed}"
        );
        if (config.HasHexDump)
            Dump(payload[..passed]);
        return passed;
    }

    public override void EndOfMessage(ProxyStream stream, ChannelSide side)
    {
        if (stream.IsHttp)
            Print(stream, "trace_http_end", Channel(stream, side));
    }

    public override void End(ProxyStream stream)
    {
        Print(stream, "trace_chn_end_analyze", Channel(stream, ChannelSide.Request));
        if (_hasResponse)
            Print(stream, "trace_chn_end_analyze", Channel(stream, ChannelSide.Response));
        if (!Of.IsOfBackend)
            Print(stream, "trace_stream_stop");
        Print(stream, "trace_detach", Of.IsOfBackend ? "filter-type=backend" : "filter-type=frontend");
    }

    private void BeginResponse(ProxyStream stream)
    {
        if (_hasResponse)
            return;
        _hasResponse = true;
        Print(stream, "trace_chn_start_analyze", Channel(stream, ChannelSide.Response));
    }

    private void Print(ProxyStream stream, string what, string more = "")
    {
        if (!config.IsQuiet)
            Line(config, Of.ProxyName, $"{Id(stream)}{what, -25}{(more.Length > 0 ? ": " : "")}{more}");
    }

    /// <summary>COMPAT: in the place of an address and of steps of analysis there is nothing here but the stream's number.</summary>
    private static string Id(ProxyStream stream) =>
        string.Create(CultureInfo.InvariantCulture, $"[strm 0x{stream.Number:x}({stream.Number:x}) 0x00000000 0x00000000] ");

    private static string Channel(ProxyStream stream, ChannelSide side) =>
        $"channel={(side == ChannelSide.Request ? "REQUEST" : "RESPONSE"), -10} - mode={(stream.IsHttp ? "HTTP" : "TCP"), -5} "
        + (stream.Backend is null ? "(frontend)" : "(backend)");

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    internal static void Line(TraceFilterConfig config, string proxy, string text)
    {
        long us = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        StandardStreams.Error(
            string.Create(CultureInfo.InvariantCulture, $"{us / 1_000_000}.{us % 1_000_000:D6} [{$"{config.Name}/{proxy}", -20}] {text}\n")
        );
    }

    private static void Dump(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        for (int at = 0; at < bytes.Length; at += Row)
        {
            ReadOnlySpan<byte> row = bytes.Slice(at, Math.Min(Row, bytes.Length - at));
            text.Append(CultureInfo.InvariantCulture, $"\t0x{at:x6}: ");
            for (int i = 0; i < Row; i++)
            {
                text.Append(i < row.Length ? row[i].ToString("x2", CultureInfo.InvariantCulture) : "  ").Append(' ');
                if (i == Row / 2 - 1)
                    text.Append("  ");
            }
            text.Append("  |");
            foreach (byte b in row)
                text.Append(b is >= 0x20 and < 0x7f ? (char)b : '.');
            text.Append("|\n");
        }
        StandardStreams.Error(text.ToString());
    }
}
