// Reads DER (X.690), the form that certificates and keys have: values one behind another, each a tag, a length and its content.
using System;

namespace Baton.Http.Certificates;

/// <summary>Goes through the values in some bytes, which it believes nothing of.</summary>
public ref struct DerReader(ReadOnlySpan<byte> bytes)
{
    public const byte Integer = 0x02,
        BitString = 0x03,
        OctetString = 0x04,
        ObjectIdentifier = 0x06,
        UtcTime = 0x17,
        GeneralizedTime = 0x18,
        BmpString = 0x1E,
        Sequence = 0x30,
        Set = 0x31;

    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool AtEnd => _rest.IsEmpty;

    /// <summary>The tag of the next value; 0 at the end.</summary>
    public readonly byte NextTag => _rest.IsEmpty ? (byte)0 : _rest[0];

    /// <summary>Takes the next value. False when there is none, or when it is not DER.</summary>
    /// <param name="whole">With its tag and length.</param>
    public bool TryRead(out byte tag, out ReadOnlySpan<byte> content, out ReadOnlySpan<byte> whole)
    {
        tag = 0;
        content = whole = default;
        if (_rest.Length < 2 || (_rest[0] & 0x1F) == 0x1F)
            return false;
        int header = 2,
            length = _rest[1];
        if (length >= 0x80)
        {
            int bytes = length & 0x7F;
            if (bytes is 0 or > 3 || _rest.Length < 2 + bytes)
                return false;
            length = 0;
            for (int i = 0; i < bytes; i++)
                length = length << 8 | _rest[2 + i];
            header += bytes;
        }
        if (length > _rest.Length - header)
            return false;
        tag = _rest[0];
        content = _rest.Slice(header, length);
        whole = _rest[..(header + length)];
        _rest = _rest[(header + length)..];
        return true;
    }

    /// <summary>Takes the next value if it has that tag; leaves it otherwise.</summary>
    public bool TryRead(byte wanted, out ReadOnlySpan<byte> content)
    {
        content = default;
        return NextTag == wanted && TryRead(out _, out content, out _);
    }
}
