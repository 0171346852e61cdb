// A sample while it is evaluated: never on the heap; text points into a head or into the caller's scratch memory.
using System;
using System.Buffers.Text;
using System.Globalization;
using Baton.Configuration.Expressions;
using Baton.Engine.Connections;
using Baton.Http.ProxyProtocol;

namespace Baton.Engine.Samples;

public ref struct SampleValue
{
    public SampleType Type;
    public long Number;
    public ReadOnlySpan<byte> Text;
    public SocketAddress Address;

    /// <summary>More bytes may still come and change it, or make it exist: whoever can wait should, before taking it as final.</summary>
    public bool MayChange;

    /// <summary>Belongs to the fetch: it survives from one occurrence to the next as long as the same value is passed.</summary>
    public SampleCursor Cursor;

    /// <summary>The value is in <see cref="Text"/>.</summary>
    public readonly bool HasText => Type is SampleType.String or SampleType.Binary or SampleType.Method;

    public void SetText(ReadOnlySpan<byte> text)
    {
        Type = SampleType.String;
        Text = text;
    }

    public void SetBinary(ReadOnlySpan<byte> bytes)
    {
        Type = SampleType.Binary;
        Text = bytes;
    }

    public void SetNumber(long number)
    {
        Type = SampleType.Integer;
        Number = number;
    }

    public void SetBool(bool value)
    {
        Type = SampleType.Bool;
        Number = value ? 1 : 0;
    }

    public void SetAddress(in SocketAddress address)
    {
        Type = SampleType.Address;
        Address = address;
    }

    /// <summary>The sample as a number, read from its text when it is one.</summary>
    public readonly bool TryGetNumber(out long number)
    {
        number = Number;
        return Type is SampleType.Integer or SampleType.Bool
            || HasText && Utf8Parser.TryParse(Text, out number, out int used) && used == Text.Length;
    }

    /// <summary>
    /// The sample as an address, read from its text when it is one. COMPAT: a number of an IPv4 address may have zeros in front,
    /// and what follows the last one, such as a port, is not looked at.
    /// </summary>
    public readonly bool TryGetAddress(out SocketAddress address)
    {
        address = Address;
        if (Type is SampleType.Address or SampleType.IPv4 or SampleType.IPv6)
            return Address.Length > 0;
        if (!HasText)
            return false;
        Span<byte> ip = stackalloc byte[16];
        int length =
            AddressText.TryReadIPv4(Text, ip, out _) ? 4
            : AddressText.TryParseIPv6(Text, ip) ? 16
            : 0;
        if (length > 0)
            address = SocketAddress.From(ip[..length], 0);
        return length > 0;
    }

    /// <summary>The sample as text; numbers and addresses are written into <paramref name="scratch"/>.</summary>
    public readonly ReadOnlySpan<byte> AsText(Span<byte> scratch)
    {
        switch (Type)
        {
            case SampleType.Bool or SampleType.Integer:
                Number.TryFormat(scratch, out int n, default, CultureInfo.InvariantCulture);
                return scratch[..n];
            case SampleType.Address or SampleType.IPv4 or SampleType.IPv6:
                return scratch[..Address.FormatIp(scratch)];
            default:
                return Text;
        }
    }
}
