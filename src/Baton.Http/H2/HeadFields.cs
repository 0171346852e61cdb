// Takes the fields of a head from the decoder to HeadMaker: the pseudo-fields by their names, the others as they are.
using System;
using Baton.Http.H2.Hpack;
using Baton.Http.Messages;

namespace Baton.Http.H2;

internal ref struct HeadFields(HeadMaker maker, HeadLimits limits) : IHeaderFieldHandler
{
    private HeadMaker _maker = maker;
    private FieldCounter _counter = new(limits);
    private int _glitches;
    private bool _isTooLarge;

    public bool OnField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool isNeverIndexed)
    {
        if (!_counter.Count(name.Length, value.Length))
        {
            _isTooLarge = true;
            return false;
        }
        if (name.IsEmpty)
            _glitches++;
        return !name.IsEmpty && name[0] == ':' ? OnPseudoField(name, value) : _maker.Add(name, value, isNeverIndexed);
    }

    public void OnTooLong() => _isTooLarge = true;

    private bool OnPseudoField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        name.Length switch
        {
            5 when name.SequenceEqual(":path"u8) => _maker.SetPath(value),
            7 when name.SequenceEqual(":method"u8) => _maker.SetMethod(value),
            7 when name.SequenceEqual(":scheme"u8) => _maker.SetScheme(value),
            7 when name.SequenceEqual(":status"u8) => _maker.SetStatus(StatusOf(value)),
            9 when name.SequenceEqual(":protocol"u8) => _maker.SetProtocol(value),
            10 when name.SequenceEqual(":authority"u8) => _maker.SetAuthority(value),
            // as a name it is none, and refused as such
            _ => _maker.Add(name, value),
        };

    private static int StatusOf(ReadOnlySpan<byte> value)
    {
        if (value.Length != 3)
            return 0;
        int status = 0;
        foreach (byte b in value)
        {
            if (!char.IsAsciiDigit((char)b))
                return 0;
            status = 10 * status + (b - '0');
        }
        return status;
    }

    public HeadReading End(bool hasBody)
    {
        ParseStatus status = _isTooLarge && _maker.Status == ParseStatus.Incomplete ? ParseStatus.HeadTooLarge : _maker.End(hasBody);
        return new HeadReading
        {
            Status = status,
            Verdict =
                status == ParseStatus.Complete ? HeadVerdict.Fine
                : status is ParseStatus.HeadTooLarge or ParseStatus.UriTooLong ? HeadVerdict.TooLarge
                : HeadVerdict.Malformed,
            Fields = _counter.Fields,
            ListSize = _counter.ListSize,
            Glitches = _glitches,
            IsExtendedConnect = _maker.IsExtendedConnect,
        };
    }
}
