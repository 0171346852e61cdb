// A stage whose payload becomes another one on its way (compression). What its transforming filter makes lies in the stage's block until
// the filters behind that have let it pass, and goes out in chunks, for nobody knows how long it will be.
//
//   _framed ..                free, at least BeforeMade bytes
//   _madeStart .. _madeEnd    made, not framed yet
//   ..                        room for what ends the message
//
// SAFETY: a chunk's head is written in front of what is made, where there is free room or what has been sent; its end behind that, where
// Make has left AfterMade bytes of the block.
using System;
using Baton.Engine.Streams;

namespace Baton.Engine.Filters;

public sealed unsafe partial class FilterStage
{
    /// <summary>In front of a chunk: a line's end that the one before it still owes, eight digits, a line's end. Behind the last: a line's
    /// end, and the last chunk with the end of an empty trailer section.</summary>
    private const int BeforeMade = 12,
        AfterMade = 7;

    /// <summary>Its place in the chain; -1 for none.</summary>
    private int _transformer = -1;
    private int _madeStart,
        _madeEnd;

    /// <summary>The transforming filter keeps nothing to itself; it has made all it will; the end is framed; the last chunk lacks its
    /// line's end.</summary>
    private bool _isFlushed,
        _isFinished,
        _isEnded,
        _owesLineEnd;

    private bool HasMade => _madeStart < _madeEnd;

    /// <summary>All of the message has come, and what ends the transformed one is still to be made.</summary>
    internal bool IsUnfinished => _transformer >= 0 && !_isEnded;

    private void BeginTransforming()
    {
        _transformer = -1;
        _isFinished = _isEnded = _owesLineEnd = false;
        _isFlushed = true;
        ReadOnlySpan<StreamFilter> filters = chain.Filters;
        for (int i = 0; i < filters.Length && _transformer < 0; i++)
            if (filters[i].Transforms(side))
            {
                _transformer = i;
                filters[i].BeginTransform(side);
            }
    }

    /// <summary>A step towards something that can be sent.</summary>
    private int PrepareTransformed(ref Channel channel)
    {
        if (_isEnded)
        {
            // what is left of the message is its trailer section
            Passing = channel.Ready - channel.Start;
            return Passing > 0 ? Prepared : Nothing;
        }
        if (Room() == 0)
            return Nothing;
        if (!HasMade && !Make(ref channel))
            return Nothing;
        if (HasMade)
            return FrameMade();
        if (_isFinished)
            FrameEnd(BeforeMade);
        return Prepared;
    }

    /// <summary>Gives the filter what there is, or tells it that this is all for now, or for ever. False: there is nothing to do.</summary>
    private bool Make(ref Channel channel)
    {
        int available = Available(ref channel, out bool isEnd);
        var payload = new ReadOnlySpan<byte>(channel.Data + channel.Start, available);
        int allowed = available > 0 ? Ask(payload, 0, _transformer) : 0;
        IsHolding = allowed < available && allowed == 0;
        if (allowed == 0 && (isEnd ? _isFinished : _isFlushed))
            return isEnd;
        var to = new Span<byte>(_framed + BeforeMade, Room() - BeforeMade - AfterMade);
        int made = chain.Filters[_transformer].Transform(chain.Stream, side, payload[..allowed], to, isEnd, out int taken);
        channel.Start += taken;
        if (_inChunks)
            _scanner.SkipPayload(taken);
        Consume(taken, _ahead.AsSpan(0, _transformer));
        (_madeStart, _madeEnd) = (BeforeMade, BeforeMade + made);
        if (allowed > 0)
            _isFlushed = false;
        else if (made < to.Length)
        {
            _isFlushed = true;
            _isFinished = isEnd;
        }
        return true;
    }

    /// <summary>Payload at the front of what is ready, behind what frames it.</summary>
    /// <param name="channel">Where it lies.</param>
    /// <param name="isEnd">There is none, and no more will come.</param>
    private int Available(ref Channel channel, out bool isEnd)
    {
        if (!_inChunks)
        {
            isEnd = channel.Complete && channel.Start == channel.Ready;
            return channel.Ready - channel.Start;
        }
        if (!_scanner.IsInTrailers && _scanner.ChunkRemaining == 0)
        {
            int position = 0;
            _scanner.SkipFraming(new ReadOnlySpan<byte>(channel.Data + channel.Start, channel.Ready - channel.Start), ref position);
            channel.Start += position;
        }
        isEnd = _scanner.IsInTrailers;
        return isEnd ? 0 : (int)Math.Min(channel.Ready - channel.Start, _scanner.ChunkRemaining);
    }

    /// <summary>Makes a chunk of what is made, as far as the filters behind it let it pass.</summary>
    private int FrameMade()
    {
        int passed = Ask(new ReadOnlySpan<byte>(_framed + _madeStart, _madeEnd - _madeStart), _transformer + 1, int.MaxValue);
        if (passed == 0)
        {
            IsHolding = true;
            return Nothing;
        }
        Span<byte> digits = stackalloc byte[8];
        passed.TryFormat(digits, out int count, "x");
        int start = _madeStart - count - 2 - (_owesLineEnd ? 2 : 0);
        var head = new Span<byte>(_framed + start, _madeStart - start);
        if (_owesLineEnd)
            "\r\n"u8.CopyTo(head);
        digits[..count].CopyTo(head[^(count + 2)..]);
        "\r\n"u8.CopyTo(head[^2..]);
        Consume(passed, _ahead.AsSpan(_transformer + 1));
        _madeStart += passed;
        (_framedStart, _framedEnd) = (start, _madeStart);
        _owesLineEnd = true;
        if (HasMade)
            return Prepared;
        "\r\n"u8.CopyTo(new Span<byte>(_framed + _framedEnd, 2));
        _framedEnd += 2;
        _owesLineEnd = false;
        if (_isFinished)
            FrameEnd(_framedEnd);
        return Prepared;
    }

    /// <summary>The last chunk. Behind it comes the trailer section of a message that came in chunks itself.</summary>
    private void FrameEnd(int at)
    {
        ReadOnlySpan<byte> end = _inChunks ? LastChunk : "0\r\n\r\n"u8;
        end.CopyTo(new Span<byte>(_framed + at, end.Length));
        if (!IsFramed)
            _framedStart = at;
        _framedEnd = at + end.Length;
        _isEnded = true;
    }
}
