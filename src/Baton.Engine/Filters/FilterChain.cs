// The filters of one stream, in the order they see its bytes: the frontend's lines, then the backend's, both ways.
using System;
using Baton.Core.Frames;
using Baton.Core.Pools;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;
using Baton.Engine.Streams;
using Baton.Http.Messages;

namespace Baton.Engine.Filters;

/// <summary>OWNER: the stream's worker. Rented with the first filter, given back at the end of the stream.</summary>
public sealed class FilterChain : IPooled
{
    private StreamFilter[] _filters = new StreamFilter[2];
    private int _count;
    private readonly FilterStage _request,
        _response;

    public FilterChain()
    {
        _request = new(this, ChannelSide.Request);
        _response = new(this, ChannelSide.Response);
    }

    internal ProxyStream Stream { get; private set; } = null!;

    internal ReadOnlySpan<StreamFilter> Filters => new(_filters, 0, _count);

    /// <summary>When a filter wants to be asked again; long.MaxValue for never.</summary>
    public long WakeMs => Math.Min(_request.WakeMs, _response.WakeMs);

    /// <summary>The time has come: whoever still waits says so again.</summary>
    public void ClearWake() => _request.WakeMs = _response.WakeMs = long.MaxValue;

    /// <summary>Null when there is no memory for one.</summary>
    internal static FilterChain? Rent(ProxyStream stream)
    {
        FilterChain? chain = stream.Worker.FilterChains.Rent();
        if (chain is not null)
            chain.Stream = stream;
        return chain;
    }

    /// <summary>Adds the filters of a proxy behind those there are. False when there is no memory for them.</summary>
    internal bool Add(ProxyFilter[] filters)
    {
        foreach (ProxyFilter one in filters)
        {
            if (one.Rent(Stream.Worker) is not { } filter)
                return false;
            if (_count == _filters.Length)
                Array.Resize(ref _filters, 2 * _count);
            _filters[_count++] = filter;
            _request.Fit(_count);
            _response.Fit(_count);
            filter.Begin(Stream);
        }
        return true;
    }

    /// <summary>The one of that line; null when the stream does not meet it.</summary>
    internal StreamFilter? Find(StreamFilterConfig line)
    {
        foreach (StreamFilter filter in Filters)
            if (filter.Of.Config == line)
                return filter;
        return null;
    }

    internal void BackendChosen(BackendState backend)
    {
        foreach (StreamFilter filter in Filters)
            filter.BackendChosen(Stream, backend);
    }

    internal void Judge(ChannelSide side, MessageHead head)
    {
        foreach (StreamFilter filter in Filters)
            filter.Judge(Stream, side, head);
    }

    internal void Head(ChannelSide side, MessageHead head)
    {
        foreach (StreamFilter filter in Filters)
            filter.Edit(Stream, side, head);
        foreach (StreamFilter filter in Filters)
            filter.Head(Stream, side, head);
    }

    /// <summary>
    /// Puts the filters between a channel and its sink, if one of them wants to see its payload and they are not there yet. The first
    /// <paramref name="passing"/> bytes that are ready are none of theirs (the head), and what comes is framed in chunks or not.
    /// </summary>
    internal void Place(ref Channel channel, ChannelSide side, int passing, bool inChunks)
    {
        if (channel.Filter is not null || !IsWanted(side))
            return;
        FilterStage stage = side == ChannelSide.Request ? _request : _response;
        if (!channel.BringBack(Stream.Worker.Buffers))
            throw new InsufficientMemoryException();
        stage.Begin(passing, inChunks);
        channel.Filter = stage;
    }

    private bool IsWanted(ChannelSide side)
    {
        foreach (StreamFilter filter in Filters)
            if (filter.Wants(side))
                return true;
        return false;
    }

    /// <summary>The stream is over: gives everything back, itself too.</summary>
    internal void Release()
    {
        ProxyStream stream = Stream;
        Worker worker = stream.Worker;
        // what ends with its connection is known to have ended only now
        if (stream.Cause == TerminationCause.None && stream.Response.Filter == _response)
            _response.NoteEnd(in stream.Response);
        stream.Request.Filter = stream.Response.Filter = null;
        _request.Stop();
        _response.Stop();
        // COMPAT: the backend's leave first
        for (int ofBackend = 1; ofBackend >= 0; ofBackend--)
            foreach (StreamFilter filter in Filters)
                if (filter.Of.IsOfBackend == (ofBackend == 1))
                    filter.End(stream);
        for (int i = 0; i < _count; i++)
        {
            StreamFilter filter = _filters[i];
            _filters[i] = null!;
            filter.Of.Return(worker, filter);
        }
        _count = 0;
        Stream = null!;
        worker.FilterChains.Return(this);
    }

    /// <summary>
    /// For the next process: each filter by its side, its keyword and its name, with what it knows and how far it has passed what is not
    /// out; and what of both channels is none of theirs.
    /// </summary>
    internal static void Write(FrameWriter w, FilterChain? chain)
    {
        w.Int32(chain?._count ?? 0);
        if (chain is null)
            return;
        for (int i = 0; i < chain._count; i++)
        {
            StreamFilter filter = chain._filters[i];
            int record = w.BeginRecord();
            w.Flag(filter.Of.IsOfBackend);
            w.Text(filter.Of.Config.Keyword.Name);
            w.Text(filter.Of.Config.Name);
            w.Int32(chain._request.AheadOf(i));
            w.Int32(chain._response.AheadOf(i));
            filter.WriteTo(w);
            w.EndRecord(record);
        }
        w.Int32(chain._request.Passing);
        w.Int32(chain._response.Passing);
    }

    /// <summary>
    /// Goes on where the other process stopped. A filter that this configuration has not is left out; one that is new begins here. The
    /// stream's channels hold what is not out.
    /// </summary>
    internal void Read(ref FrameReader r, ref Channel request, ref Channel response)
    {
        int count = r.Int32();
        Span<bool> taken = stackalloc bool[MostMoved];
        Span<(int Index, int Up, int Down)> ahead = stackalloc (int, int, int)[MostMoved];
        int known = 0;
        for (int i = 0; i < count && !r.AtEnd; i++)
        {
            FrameReader record = r.Record();
            bool ofBackend = record.Flag();
            string keyword = record.Text(),
                name = record.Text();
            int up = record.Int32(),
                down = record.Int32();
            int at = 0;
            while (at < _count && at < MostMoved && (taken[at] || !IsOf(_filters[at], ofBackend, keyword, name)))
                at++;
            if (at >= _count || at >= MostMoved)
                continue;
            taken[at] = true;
            ahead[known++] = (at, up, down);
            _filters[at].ReadFrom(ref record);
        }
        GoOn(ref request, ChannelSide.Request, r.Int32());
        GoOn(ref response, ChannelSide.Response, r.Int32());
        foreach ((int index, int up, int down) in ahead[..known])
        {
            _request.SetAhead(index, up, in request);
            _response.SetAhead(index, down, in response);
        }
    }

    private void GoOn(ref Channel channel, ChannelSide side, int passing)
    {
        passing = Math.Clamp(passing, 0, channel.Ready - channel.Start);
        Place(ref channel, side, passing, inChunks: false);
        // one may have been there from the begin
        channel.Filter?.Begin(passing, inChunks: false);
    }

    /// <summary>Filters of a stream that keep what they know; who has more begins anew with the rest.</summary>
    private const int MostMoved = 64;

    /// <summary>It stands for a line of the same words.</summary>
    private static bool IsOf(StreamFilter filter, bool ofBackend, string keyword, string name) =>
        filter.Of.IsOfBackend == ofBackend && filter.Of.Config.Keyword.Name == keyword && filter.Of.Config.Name == name;

    public uint Life { get; set; }

    public string? HeldBy() => _count > 0 ? "filters" : null;

    public void Spoil() => Stream = null!;

    public bool IsSpoiled() => Stream is null && _count == 0;
}
