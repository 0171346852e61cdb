// Casting a sample to the type a converter asks for. What the parser let pass can still fail on a value: not every text is
// an address.
using System;
using System.Buffers.Binary;
using Baton.Configuration.Expressions;
using Baton.Engine.Connections;

namespace Baton.Engine.Samples;

internal static class SampleCast
{
    /// <summary>False when the value is none of that type. Text made here lies in scratch.</summary>
    public static bool To(SampleType type, Span<byte> scratch, ref SampleValue v)
    {
        switch (type)
        {
            case SampleType.Bool or SampleType.Integer:
                return ToInteger(ref v);
            case SampleType.String or SampleType.Method:
                // COMPAT: bytes are a text up to the first that is zero
                if (v.Type == SampleType.Binary && v.Text.IndexOf((byte)0) is >= 0 and int zero)
                    v.SetText(v.Text[..zero]);
                else
                    v.SetText(v.AsText(scratch));
                return true;
            case SampleType.Binary:
                return ToBinary(scratch, ref v);
            case SampleType.Address or SampleType.IPv4 or SampleType.IPv6:
                return ToAddress(ref v);
            default:
                return true;
        }
    }

    private static bool ToInteger(ref SampleValue v)
    {
        if (v.Type is SampleType.Integer or SampleType.Bool)
            return true;
        if (v.HasText)
        {
            if (v.Text.IsEmpty)
                return false;
            v.SetNumber(LeadingNumber(v.Text));
            return true;
        }
        if (!v.Address.IsIPv4)
            return false;
        v.SetNumber((uint)v.Address[0] << 24 | (uint)v.Address[1] << 16 | (uint)v.Address[2] << 8 | v.Address[3]);
        return true;
    }

    /// <summary>COMPAT: the digits at the beginning, 0 when there are none; what follows is not looked at.</summary>
    internal static long LeadingNumber(ReadOnlySpan<byte> text)
    {
        int at = text.Length > 0 && text[0] is (byte)'-' or (byte)'+' ? 1 : 0;
        bool negative = at > 0 && text[0] == '-';
        long n = 0;
        for (; at < text.Length && text[at] is >= (byte)'0' and <= (byte)'9'; at++)
        {
            int digit = text[at] - '0';
            if (negative)
            {
                if (n < (long.MinValue + digit) / 10)
                    return long.MinValue;
                n = n * 10 - digit;
            }
            else
            {
                if (n > (long.MaxValue - digit) / 10)
                    return long.MaxValue;
                n = n * 10 + digit;
            }
        }
        return n;
    }

    private static bool ToBinary(Span<byte> scratch, ref SampleValue v)
    {
        if (v.HasText)
        {
            v.Type = SampleType.Binary;
            return true;
        }
        if (v.Type is SampleType.Integer or SampleType.Bool)
        {
            BinaryPrimitives.WriteInt64BigEndian(scratch, v.Number);
            v.SetBinary(scratch[..8]);
            return true;
        }
        int length = v.Address.Length;
        v.Address.CopyBytes(scratch);
        v.SetBinary(scratch[..length]);
        return length > 0;
    }

    private static bool ToAddress(ref SampleValue v)
    {
        if (v.Type is SampleType.Integer or SampleType.Bool)
        {
            Span<byte> ip = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(ip, (uint)v.Number);
            v.SetAddress(SocketAddress.From(ip, 0));
            return true;
        }
        if (!v.TryGetAddress(out SocketAddress address))
            return false;
        v.SetAddress(address);
        return true;
    }
}
