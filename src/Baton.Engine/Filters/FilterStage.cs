// The filters of one stream in one of its channels: what the channel has ready passes through them on its way to the sink. A body in
// chunks is taken out of them, and what may go on is framed again; any other body leaves from where it lies. A filter that holds bytes
// back leaves them in the channel, which then has no room to read more from its source.
// Where one of the filters transforms the payload (FilterStage.Transforming.cs), those in front of it see what it takes, those behind it
// what it makes.
// SAFETY: _framed is null or a block of the worker's pool that this stage alone holds, from the first chunk to Stop; of the channel's
// block only what lies between Start and Ready is looked at.
using System;
using Baton.Core.Buffers;
using Baton.Engine.Connections;
using Baton.Engine.Streams;
using Baton.Http.H1;

namespace Baton.Engine.Filters;

/// <summary>OWNER: the stream's worker. Belongs to a <see cref="FilterChain"/>.</summary>
public sealed unsafe partial class FilterStage(FilterChain chain, ChannelSide side)
{
    /// <summary>Around a chunk: eight digits and a line's end before it, a line's end behind it.</summary>
    private const int Framing = 12;

    /// <summary>Payload at the front of what is ready that each filter has passed, by its place in the chain.</summary>
    private int[] _ahead = new int[2];
    private ChunkedScanner _scanner;
    private bool _inChunks,
        _hasEnded;
    private int _begun;
    private byte* _framed;
    private int _framedStart,
        _framedEnd;

    /// <summary>A filter wants to be asked again then; long.MaxValue for never.</summary>
    internal long WakeMs { get; set; } = long.MaxValue;

    /// <summary>A filter has something in hand that it does not let go on yet, and the sink would take it.</summary>
    public bool IsHolding { get; private set; }

    /// <summary>Bytes at the front of what is ready that are none of the filters': a head, or the trailer section.</summary>
    internal int Passing { get; private set; }

    private bool IsFramed => _framedStart < _framedEnd;

    /// <summary>Something has left the channel and is not out.</summary>
    public bool HasOutput => IsFramed || HasMade;

    internal void Begin(int passing, bool inChunks)
    {
        Stop();
        _scanner = default;
        _inChunks = inChunks;
        _begun = Passing = passing;
        _hasEnded = false;
        Array.Clear(_ahead);
        BeginTransforming();
    }

    /// <summary>The chain has so many filters now.</summary>
    internal void Fit(int filters)
    {
        if (_ahead.Length < filters)
            Array.Resize(ref _ahead, filters);
    }

    /// <summary>The message is sent once more, from its first byte on.</summary>
    internal void Restart() => Begin(_begun, _inChunks);

    /// <summary>The head in front has become longer by so much.</summary>
    internal void Lengthen(int by)
    {
        _begun += by;
        Passing += by;
    }

    /// <summary>What it holds is for nobody.</summary>
    internal void Stop()
    {
        if (_framed is not null)
            chain.Stream.Worker.Buffers.Return(_framed);
        _framed = null;
        _framedStart = _framedEnd = _madeStart = _madeEnd = 0;
        IsHolding = false;
        WakeMs = long.MaxValue;
    }

    internal int AheadOf(int index) => _ahead[index];

    internal void SetAhead(int index, int bytes, in Channel channel) => _ahead[index] = Math.Clamp(bytes, 0, channel.Ready - channel.Start);

    /// <summary>As <see cref="Channel.Send"/>.</summary>
    internal Flow Send(ref Channel channel, StreamEnd sink, bool last)
    {
        Flow result = Flow.Idle;
        IsHolding = false;
        WakeMs = long.MaxValue;
        while (sink.CanWrite)
        {
            int sent = SendSome(ref channel, sink, last);
            if (sent == Failed)
                return Flow.SinkFailed;
            if (sent == Nothing)
                break;
            if (sent != Prepared)
                result = Flow.Moved;
        }
        NoteEnd(in channel);
        return result;
    }

    /// <summary>Tells the filters, once, when all of the message is out.</summary>
    internal void NoteEnd(in Channel channel)
    {
        if (_hasEnded || !channel.Complete || channel.HasUnsent)
            return;
        _hasEnded = true;
        foreach (StreamFilter filter in chain.Filters)
            if (filter.Wants(side))
                filter.EndOfMessage(chain.Stream, side);
    }

    /// <summary>What a step of sending comes to besides bytes: nothing can be done, the sink has failed, there is something to send
    /// now.</summary>
    private const int Nothing = -1,
        Failed = -2,
        Prepared = 0;

    private int SendSome(ref Channel channel, StreamEnd sink, bool last)
    {
        if (IsFramed)
            return SendFramed(ref channel, sink, last);
        if (Passing > 0 && channel.Start < channel.Ready)
        {
            int passed = SendPlain(ref channel, sink, Math.Min(Passing, channel.Ready - channel.Start), last);
            Passing -= Math.Max(0, passed);
            return passed;
        }
        if (_transformer >= 0)
            return PrepareTransformed(ref channel);
        if (channel.Start == channel.Ready)
            return Nothing;
        if (_inChunks && Room() == 0)
            return Nothing;
        if (_inChunks && !IsAtPayload(ref channel))
            return Prepared;
        int available = channel.Ready - channel.Start;
        if (_inChunks)
            available = (int)Math.Min(available, _scanner.ChunkRemaining);
        if (available == 0)
            return Prepared;
        int allowed = Ask(new ReadOnlySpan<byte>(channel.Data + channel.Start, available), 0, int.MaxValue);
        if (allowed == 0)
        {
            IsHolding = true;
            return Nothing;
        }
        if (_inChunks)
            return Frame(ref channel, allowed);
        int n = SendPlain(ref channel, sink, allowed, last);
        Consume(Math.Max(0, n));
        return n;
    }

    /// <summary>Goes over what frames the payload. False when there was something else to do: the rest of a size line is not here, or the
    /// last chunk is.</summary>
    private bool IsAtPayload(ref Channel channel)
    {
        if (_scanner.IsInTrailers)
        {
            Passing = channel.Ready - channel.Start;
            return false;
        }
        int position = 0;
        _scanner.SkipFraming(new ReadOnlySpan<byte>(channel.Data + channel.Start, channel.Ready - channel.Start), ref position);
        channel.Start += position;
        if (!_scanner.IsInTrailers)
            return _scanner.ChunkRemaining > 0;
        LastChunk.CopyTo(new Span<byte>(_framed, LastChunk.Length));
        _framedEnd = LastChunk.Length;
        return false;
    }

    /// <summary>Behind it comes what is left of the message: the trailer section, or the line's end alone.</summary>
    private static ReadOnlySpan<byte> LastChunk => "0\r\n"u8;

    /// <summary>Asks the filters one after the other, each for what the one before it has let pass.</summary>
    /// <param name="payload">What they see.</param>
    /// <param name="from">The first of them.</param>
    /// <param name="to">Behind the last of them.</param>
    private int Ask(ReadOnlySpan<byte> payload, int from, int to)
    {
        int limit = payload.Length;
        long wake = WakeMs;
        ReadOnlySpan<StreamFilter> filters = chain.Filters;
        to = Math.Min(to, filters.Length);
        for (int i = from; i < to; i++)
        {
            StreamFilter filter = filters[i];
            ref int ahead = ref _ahead[i];
            if (!filter.Wants(side))
                continue;
            if (ahead < limit)
                ahead += filter.Pass(chain.Stream, side, payload[ahead..limit], ahead, ref wake);
            limit = Math.Min(limit, ahead);
            if (limit == 0)
                break;
        }
        WakeMs = wake;
        return limit;
    }

    private void Consume(int bytes) => Consume(bytes, _ahead);

    private static void Consume(int bytes, Span<int> all)
    {
        foreach (ref int ahead in all)
            ahead = Math.Max(0, ahead - bytes);
    }

    private int SendPlain(ref Channel channel, StreamEnd sink, int length, bool last)
    {
        // behind the head of a message that is transformed comes what is made of the rest, at once
        bool more = last && length == channel.Ready - channel.Start || _transformer >= 0 && length < channel.Ready - channel.Start;
        int n = sink.Send(channel.Data + channel.Start, length, more);
        if (n <= 0)
            return n == Failed ? Failed : Nothing;
        channel.Start += n;
        channel.Sent += n;
        return n;
    }

    private int SendFramed(ref Channel channel, StreamEnd sink, bool last)
    {
        int n = sink.Send(_framed + _framedStart, _framedEnd - _framedStart, more: last && channel.Start == channel.Ready && !HasMade);
        if (n <= 0)
            return n == Failed ? Failed : Nothing;
        _framedStart += n;
        channel.Sent += n;
        if (!IsFramed)
            _framedStart = _framedEnd = 0;
        return n;
    }

    /// <summary>Makes a chunk of payload, as far as there is room for it.</summary>
    private int Frame(ref Channel channel, int length)
    {
        length = Math.Min(length, chain.Stream.Worker.Buffers.BlockSize - Framing);
        var to = new Span<byte>(_framed, length + Framing);
        length.TryFormat(to, out int digits, "x");
        "\r\n"u8.CopyTo(to[digits..]);
        int at = digits + 2;
        new ReadOnlySpan<byte>(channel.Data + channel.Start, length).CopyTo(to[at..]);
        "\r\n"u8.CopyTo(to[(at + length)..]);
        _framedEnd = at + length + 2;
        _scanner.SkipPayload(length);
        channel.Start += length;
        Consume(length);
        return Prepared;
    }

    /// <summary>Bytes of the block for what is framed, 0 when there is no memory for one: the stream is looked after again soon.</summary>
    private int Room()
    {
        BufferPool pool = chain.Stream.Worker.Buffers;
        if (_framed is null)
            _framed = side == ChannelSide.Response ? pool.RentLast() : pool.Rent();
        return _framed is null ? 0 : pool.BlockSize;
    }
}
