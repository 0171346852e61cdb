// Takes the fields behind a body from the decoder and writes them as lines of text.
using System;
using Baton.Http.H1;
using Baton.Http.H2.Hpack;
using Baton.Http.Headers;
using Baton.Http.Messages;

namespace Baton.Http.H2;

internal ref struct TrailerFields(Span<byte> text, HeadLimits limits) : IHeaderFieldHandler
{
    private readonly Span<byte> _text = text;
    private FieldCounter _counter = new(limits);
    private HeadReading _reading = new() { Status = ParseStatus.Complete };

    public bool OnField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool isNeverIndexed)
    {
        if (name.IsEmpty)
            _reading.Glitches++;
        if (!_counter.Count(name.Length, value.Length) || _text.Length - _reading.Written < name.Length + value.Length + 4)
            return Refuse(HeadVerdict.TooLarge, ParseStatus.HeadTooLarge);
        if (!HeadMaker.IsFrameName(name) || !HeadMaker.IsFrameValue(value) || !MayComeLast(name, value))
            return Refuse(HeadVerdict.Malformed, ParseStatus.BadRequest);
        Write(name);
        Write(": "u8);
        Write(value);
        Write("\r\n"u8);
        return true;
    }

    public void OnTooLong() => Refuse(HeadVerdict.TooLarge, ParseStatus.HeadTooLarge);

    private bool Refuse(HeadVerdict verdict, ParseStatus status)
    {
        (_reading.Verdict, _reading.Status) = (verdict, status);
        return false;
    }

    /// <summary>Nothing of a connection, and nothing that tells the end of a message or whom it is for.</summary>
    private static bool MayComeLast(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        HeaderId id = HeaderNames.Find(name);
        return id is not (HeaderId.ContentLength or HeaderId.Host) && HeadMaker.MayComeInFrames(id, value);
    }

    private void Write(ReadOnlySpan<byte> piece)
    {
        piece.CopyTo(_text[_reading.Written..]);
        _reading.Written += piece.Length;
    }

    public HeadReading End()
    {
        _reading.Fields = _counter.Fields;
        _reading.ListSize = _counter.ListSize;
        return _reading;
    }
}
