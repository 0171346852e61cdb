// filter compression: what of a stream's two messages is compressed, decided by their heads, and done to their payload.
using System;
using System.Collections.Generic;
using Baton.Configuration.Model;
using Baton.Engine.Streams;
using Baton.Http.Headers;
using Baton.Http.Messages;

namespace Baton.Engine.Filters.Compression;

internal sealed class CompressionFilter(CompressionFilterConfig config) : StreamFilter
{
    private CompressedSide _request,
        _response;

    /// <summary>What the client would like the response to be compressed with.</summary>
    private CompressionAlgorithm? _accepted;

    /// <summary>How the response is compressed; null while it is not.</summary>
    public CompressionAlgorithm? ResponseAlgorithm => _response.IsOn ? _response.Algorithm : null;

    /// <summary>That of the stream's response, by whichever of its filters; null for none.</summary>
    public static CompressionAlgorithm? AlgorithmOf(ProxyStream stream)
    {
        foreach (StreamFilter filter in stream.Filters is { } chain ? chain.Filters : default)
            if (filter is CompressionFilter { ResponseAlgorithm: { } algorithm })
                return algorithm;
        return null;
    }

    private ref CompressedSide Side(ChannelSide side) => ref side == ChannelSide.Request ? ref _request : ref _response;

    public override bool Wants(ChannelSide side) => Side(side).IsOn;

    public override bool Transforms(ChannelSide side) => Side(side).IsOn;

    public override void BeginTransform(ChannelSide side) => Side(side).Restart();

    public override void Begin(ProxyStream stream)
    {
        _accepted = null;
        _request = _response = default;
    }

    public override void End(ProxyStream stream)
    {
        _request.Release(stream.Worker);
        _response.Release(stream.Worker);
    }

    /// <summary>COMPAT: a response is judged as it came, whatever rules make of it.</summary>
    public override void Judge(ProxyStream stream, ChannelSide side, MessageHead head)
    {
        if (side == ChannelSide.Request)
            Accept(stream, head);
        else if (
            _accepted is { } algorithm
            && AlgorithmOf(stream) is null
            && head.Status is >= 200 and <= 203
            && CompressionRules.IsFit(head, CompressionRules.ResponseTypes(stream), CompressionRules.ResponseMinSize(stream))
        )
            _response.Begin(stream.Worker, algorithm);
    }

    public override void Edit(ProxyStream stream, ChannelSide side, MessageHead head)
    {
        if (stream is not HttpStream http)
            return;
        if (side == ChannelSide.Request)
            EditRequest(http, head);
        else if (_response.IsOn)
        {
            http.Heads.BeginEdit(head);
            if (!CompressionRules.WeakenTag(head) || !head.AddField("vary"u8, "Accept-Encoding"u8) || !Announce(ref _response, head))
                _response.Release(stream.Worker);
        }
    }

    private void Accept(ProxyStream stream, MessageHead request)
    {
        if (config.IsOf(ChannelSide.Response) && request.MinorVersion > 0 && CompressionRules.AreResponsesMeant(stream))
            _accepted = AcceptedEncoding.Choose(CompressionRules.Algorithms(stream), request);
    }

    private void EditRequest(HttpStream stream, MessageHead head)
    {
        Accept(stream, head);
        if (_accepted is not null && CompressionRules.IsOffloading(stream))
        {
            stream.Heads.BeginEdit(head);
            head.RemoveAll(HeaderId.AcceptEncoding);
        }
        if (
            !config.IsOf(ChannelSide.Request)
            || CompressionRules.RequestAlgorithm(stream) is not { } algorithm
            || head.HasUpgradeHeader
            || IsRequestTaken(stream)
            || !CompressionRules.IsFit(head, CompressionRules.RequestTypes(stream), CompressionRules.RequestMinSize(stream))
            || !_request.Begin(stream.Worker, algorithm)
        )
            return;
        stream.Heads.BeginEdit(head);
        if (!Announce(ref _request, head))
            _request.Release(stream.Worker);
    }

    /// <summary>The filter of the other proxy compresses it.</summary>
    private static bool IsRequestTaken(HttpStream stream)
    {
        foreach (StreamFilter filter in stream.Filters!.Filters)
            if (filter is CompressionFilter { _request.IsOn: true })
                return true;
        return false;
    }

    /// <summary>Says in the head how it is compressed. False when that does not fit.</summary>
    private static bool Announce(ref CompressedSide side, MessageHead head)
    {
        if (
            side.Algorithm != CompressionAlgorithm.Identity
            && !head.AddField("content-encoding"u8, AcceptedEncoding.NameOf(side.Algorithm))
        )
            return false;
        head.SendInChunks();
        return true;
    }

    public override int Pass(ProxyStream stream, ChannelSide side, ReadOnlySpan<byte> payload, int offset, ref long wakeMs) =>
        payload.Length;

    public override int Transform(
        ProxyStream stream,
        ChannelSide side,
        ReadOnlySpan<byte> payload,
        Span<byte> to,
        bool isEnd,
        out int taken
    )
    {
        int made = Side(side).Run(stream.Worker, payload, to, isEnd, out taken, out bool isCompressed);
        if (isCompressed)
            stream.Worker.Engine.Compression.Count(stream.Worker, taken, made);
        if (side == ChannelSide.Request)
            return made;
        Count(stream.Counters.Frontend, taken, made, isCompressed);
        if (stream.Counters.Backend is { } backend)
            Count(backend, taken, made, isCompressed);
        return made;
    }

    private static void Count(Proxies.TrafficCounters counters, int taken, int made, bool isCompressed)
    {
        if (!isCompressed)
        {
            counters.CompressionBypassed += taken;
            return;
        }
        counters.CompressedIn += taken;
        counters.CompressedOut += made;
    }

    public override void EndOfMessage(ProxyStream stream, ChannelSide side)
    {
        if (side == ChannelSide.Request)
            return;
        stream.Counters.Frontend.CompressedResponses++;
        if (stream.Counters.Backend is { } backend)
            backend.CompressedResponses++;
    }

    public override string? HeldBy() => _request.HasDeflater || _response.HasDeflater ? "a compressor" : null;
}
